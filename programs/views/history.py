"""History of one row's cells: who changed what, when, with long texts compared word by word."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import cached_property
from django.views.decorators.http import require_safe

from ..changes import CELLS, Change, Piece, cell_name, changes_of, difference
from .reach import NoSuchPage, result_of, signed_in, visible_report

PER_PAGE = 30
# Texts of prose; the other cells hold one word or number, told whole.
PROSE = ("narrative", "stated_justification")


@dataclass(frozen=True)
class Shown:
    """A change as the page shows it."""

    change: Change

    @cached_property
    def pieces(self) -> list[Piece]:
        """Of a text that was there before; what is written for the first time needs no comparison."""
        is_compared = self.change.cell in PROSE and self.change.old and self.change.new
        return difference(self.change.old, self.change.new) if is_compared else []


@require_safe
def row_history(request: HttpRequest, public_id: str, year: int, result_id: int) -> HttpResponse:
    """All cells of the row or, by `?cell=`, one; a fragment for htmx, else a page."""
    report = visible_report(signed_in(request), public_id, year)
    result = result_of(report, result_id)
    chosen = request.GET.get("cell", "")
    if chosen and chosen not in CELLS:
        raise NoSuchPage("Такої графи в рядку звіту немає.")
    found = changes_of(result)
    changed = {change.cell for change in found}
    page = Paginator([one for one in found if chosen in ("", one.cell)], PER_PAGE).get_page(
        request.GET.get("page")
    )
    context = {
        "program": report.program,
        "report": report,
        "result": result,
        "chosen": chosen,
        "chosen_name": cell_name(chosen) if chosen else "",
        "cells": [(cell, cell_name(cell)) for cell in CELLS if cell in changed],
        "page": page,
        "moments": [
            list(map(Shown, together)) for _, together in groupby(page, lambda one: (one.at, one.by, one.how))
        ],
    }
    is_fragment = bool(request.htmx)  # type: ignore[attr-defined]
    return render(request, "history/panel.html" if is_fragment else "history/page.html", context)
