"""The document that everybody reads where texts are withheld: the signed one without them, and saying so."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

from django.conf import settings

from programs.enums import PublicForm, WithheldScope
from programs.withholding import Withheld

from . import renderers
from .document import MeasureRow, ReportDocument
from .wordings import form_wording

NAMED = 12
"""So many measures are named at the head of a page; there is no room for more."""


def redacted(document: ReportDocument, withheld: Sequence[Withheld]) -> ReportDocument:
    """Without the texts of these rows, in the document's order; every sum and percent stays.

    Without a seal too: nobody signs it, and its fingerprint is not the one that was signed.
    """
    words = form_wording(settings.FORM_WORDING)
    hidden = {one.place: one for one in withheld}
    places = iter(range(1, len(document.rows) + 1))
    return dataclasses.replace(
        document,
        sections=tuple(
            dataclasses.replace(
                section,
                tasks=tuple(
                    dataclasses.replace(
                        task, rows=tuple(_row(row, hidden.get(next(places)), words) for row in task.rows)
                    )
                    for task in section.tasks
                ),
            )
            for section in document.sections
        ),
        marks=(*document.marks, _mark(document, withheld, words)),
        seal=None,
    )


def copy_files(document: ReportDocument, withheld: Sequence[Withheld]) -> dict[PublicForm, bytes]:
    """The public copy in every form. Takes its time; raises PrintingUnavailable."""
    public = redacted(document, withheld)
    return {form: renderers.render(public, form.value) for form in PublicForm}


def _row(row: MeasureRow, hidden: Withheld | None, words: dict[str, Any]) -> MeasureRow:
    if hidden is None:
        return row
    reason = hidden.text.rstrip(".")
    told = dataclasses.replace(
        row, information=words["withheld_text"].format(ground=hidden.ground.label, reason=f"{reason}.")
    )
    if hidden.scope is WithheldScope.INFORMATION:
        return told
    cell = words["withheld_cell"]
    return dataclasses.replace(
        told,
        measure=cell,
        content=words["measure_content"].format(number=row.number, measure=cell),
        executors=cell,
    )


def _mark(document: ReportDocument, withheld: Sequence[Withheld], words: dict[str, Any]) -> str:
    named = ", ".join(one.number for one in withheld[:NAMED])
    more = "" if len(withheld) <= NAMED else f" +{len(withheld) - NAMED}"
    return str(words["public_copy_mark"].format(edition=document.edition, measures=f"{named}{more}"))
