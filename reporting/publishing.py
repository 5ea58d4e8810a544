"""Where publication begins: the look at the texts that everybody is about to read, and the public copy.

What is looked at is the frozen document, which nobody changes any more; what the head accepts is named by
keys of what they were shown, so that nothing they have not seen slips through. The same is shown, and stops
nobody, before submission and on review, while a text is still easily changed. The copy is printed outside
the transaction, for that takes its time; `programs.editions` writes all of it down or nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from programs import editions, workflow
from programs.enums import SensitiveKind, WithheldScope
from programs.models import AnnualReport, Publication, User
from programs.sensitive.checking import WHY, sensitive_places
from programs.withholding import Accepted, PublicCopy, Withheld, require_whole

from .document import ReportDocument
from .redacting import copy_files
from .standing import frozen_document

CELLS = ("content", "executors", "information")
"""The texts of a row that are looked at, by their names in `MeasureRow`."""
AROUND = 70
"""Signs of the text shown on either side of what was found."""


@dataclass(frozen=True)
class Finding:
    """Something sensitive in a cell of a document."""

    place: int
    """Of the row in the document, from 1."""
    number: str
    cell: str
    kind: SensitiveKind
    start: int
    end: int
    text: str
    """The whole cell's."""
    fingerprint: str
    """Of the frozen document; empty of one that is not frozen yet, whose findings nobody accepts."""

    @property
    def key(self) -> str:
        """The same for the same words at the same place of the same document. Hexadecimal."""
        said = (self.fingerprint, self.place, self.cell, self.kind, self.start, self.end, self.found)
        return hashlib.blake2b("\x1f".join(map(str, said)).encode(), digest_size=12).hexdigest()

    @property
    def found(self) -> str:
        return self.text[self.start : self.end]

    @property
    def before(self) -> str:
        whole = self.text[: self.start]
        return whole if len(whole) <= AROUND else f"…{whole[-AROUND:].partition(' ')[2]}"

    @property
    def after(self) -> str:
        whole = self.text[self.end :]
        return whole if len(whole) <= AROUND else f"{whole[:AROUND].rpartition(' ')[0]}…"

    @property
    def why(self) -> str:
        return WHY[self.kind]

    def is_left_out(self, withheld: Collection[Withheld]) -> bool:
        """Whether the public copy has it no more."""
        return any(
            one.place == self.place
            and (one.scope is WithheldScope.TEXTS or self.cell == WithheldScope.INFORMATION)
            for one in withheld
        )


class NotSeen(workflow.NotNow):
    """Something sensitive that the head has neither accepted nor withheld."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        self.findings = findings
        super().__init__(
            f"Не оприлюднено: про кожне знайдене місце ({len(findings)}) вирішіть, чи лишити його як є, чи "
            f"приховати. {workflow.NOTHING_CHANGED}"
        )


def findings_in(document: ReportDocument, *, fingerprint: str = "") -> list[Finding]:
    """Row by row, cell by cell; the fingerprint is that of the frozen document, if it is one."""
    officials = [signature.name for signature in document.signatures]
    return [
        Finding(
            place,
            row.number,
            cell,
            found.kind,
            found.start,
            found.end,
            getattr(row, cell),
            fingerprint,
        )
        for place, row in enumerate(document.rows, start=1)
        for cell in CELLS
        for found in sensitive_places(getattr(row, cell), officials=officials)
    ]


def publish_report(
    report: AnnualReport,
    *,
    by: User,
    seen: int,
    vouched: bool = False,
    accepted: Collection[str] = (),
    withheld: Collection[Withheld] = (),
) -> Publication:
    """«Оприлюднити»; `accepted` are keys of findings.

    Raises NotSeen, PrintingUnavailable, and as `editions.publish` does.
    """
    _, edition = editions.require_publishable(workflow.fetch(report), by=by, seen=seen, vouched=vouched)
    frozen = edition.frozen
    document = frozen_document(frozen)
    whole = require_whole(withheld)
    _require_rows(document, whole)
    shown = [
        one for one in findings_in(document, fingerprint=frozen.fingerprint) if not one.is_left_out(whole)
    ]
    if unseen := [one for one in shown if one.key not in accepted]:
        raise NotSeen(unseen)
    return editions.publish(
        report,
        by=by,
        seen=seen,
        vouched=vouched,
        frozen=frozen,
        accepted=[Accepted(one.kind, one.number) for one in shown],
        copy=PublicCopy(whole, copy_files(document, whole)) if whole else None,
    )


def _require_rows(document: ReportDocument, withheld: Collection[Withheld]) -> None:
    numbers = {place: row.number for place, row in enumerate(document.rows, start=1)}
    for one in withheld:
        if numbers.get(one.place) != one.number:
            raise workflow.NotWhole(
                f"Заходу {one.number} на цьому місці документа немає. {workflow.NOTHING_CHANGED} "
                "Оновіть сторінку."
            )
