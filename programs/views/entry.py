"""The entry sheet: its page, and what the page asks while somebody works in it.

A row is saved by itself; many rows, pasted or given one reason, all or nothing. Answers to htmx are
fragments that name their places in the page; inputs are never among them, since somebody may be typing.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from http import HTTPStatus
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from .. import permissions
from ..entry import (
    AMOUNT_FIELDS,
    EntryClosed,
    EntryForbidden,
    InvalidResults,
    StaleResults,
    require_open,
    save_results,
)
from ..enums import ZeroReason
from ..grid import Row, refuse, written_money, written_percent
from ..models import AnnualReport, FundingSource, MeasureResult, User
from ..sheet import ManyCells, RowView, Sheet, findings_by_row, open_grid, paste, row_of, typed_texts
from ..textforms import TextFormError
from .reach import NoSuchPage, require, result_of, signed_in, visible_report

NOT_THEIR_SHEET = "Аркуш введення відкривають працівники відповідального виконавця Програми."
# What became of a row, as the page is told in X-Row-State, and the answer's status.
STATUSES = {
    "saved": HTTPStatus.OK,
    "invalid": HTTPStatus.BAD_REQUEST,
    "conflict": HTTPStatus.CONFLICT,
    "closed": HTTPStatus.CONFLICT,
    "forbidden": HTTPStatus.FORBIDDEN,
}


@require_safe
def entry_sheet(request: HttpRequest, public_id: str, year: int) -> HttpResponse:
    user = signed_in(request)
    report = visible_report(user, public_id, year)
    if not permissions.can_open_entry(user, report):
        return _led_elsewhere(request, report)
    context = {
        **_around_findings(report, user),
        "sheet": Sheet(report, user),
        "can_submit": report.report_state.accepts_figures and permissions.can_submit_report(user, report),
        "zero_reasons": ZeroReason.choices,
        "facts": AMOUNT_FIELDS,
        "last_year": year - 1,
        "last_year_words": f"показати {year - 1} рік",
    }
    return render(request, "entry/sheet.html", context)


def _around_findings(report: AnnualReport, user: User) -> dict[str, Any]:
    """What the findings of a row need, wherever they are shown."""
    return {
        "report": report,
        "program": report.program,
        "may_take_plan": permissions.can_edit_figures(user, report),
    }


def _led_elsewhere(request: HttpRequest, report: AnnualReport) -> HttpResponse:
    where = [report.program.public_id, report.year]
    sentence = format_html(
        '{} Про свої заходи співвиконавці подають на сторінці <a href="{}">«Інформація співвиконавців»</a>, '
        'а прочитати звіт можна на <a href="{}">його сторінці</a>.',
        NOT_THEIR_SHEET,
        reverse("contributions", args=where),
        reverse("report_page", args=where),
    )
    return render(request, "403.html", {"exception": sentence}, status=HTTPStatus.FORBIDDEN)


# --- one row -----------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def entry_row(request: HttpRequest, public_id: str, year: int, result_id: int) -> HttpResponse:
    user = signed_in(request)
    report = visible_report(user, public_id, year)
    if request.method == "POST":
        return _saved_row(request, user, report, result_id)
    require(permissions.can_open_entry(user, report), NOT_THEIR_SHEET)
    result, sources = result_of(report, result_id), list(FundingSource.objects.all())
    view = RowView.of(result, sources, row_of(result, user, sources))
    return _row_answer(request, view, "as_is")


def _saved_row(request: HttpRequest, user: User, report: AnnualReport, result_id: int) -> HttpResponse:
    sources = list(FundingSource.objects.all())
    # One lock from reading to answering: the answer tells of the row exactly as it was left.
    with transaction.atomic():
        _lock(report)
        result = result_of(report, result_id)
        row = row_of(result, user, sources)
        row.read(request.POST)
        if permissions.can_open_entry(user, report):
            outcome, sentence = _save([row], report, user)
        else:
            # Lost meanwhile, perhaps: told in the row, where what was typed stays.
            outcome, sentence = "forbidden", f"{NOT_THEIR_SHEET} Нічого не записано."
        if outcome == "saved":
            conversions = row.conversions
            result = result_of(report, result_id)
            row = row_of(result, user, sources)
        else:
            conversions = []
        view = RowView.of(result, sources, row)
    return _row_answer(request, view, outcome, sentence, conversions)


def _save(rows: Iterable[Row], report: AnnualReport, user: User) -> tuple[str, str]:
    """What became of the rows, and the sentence when nothing was written."""
    rows = list(rows)
    if any(cell.error for row in rows for cell in row.all_cells()):
        return "invalid", ""
    try:
        save_results(report, [row.entry() for row in rows], by=user)
    except EntryClosed as error:
        return "closed", str(error)
    except EntryForbidden as error:
        return "forbidden", str(error)
    except (InvalidResults, StaleResults) as error:
        refuse(rows, error)
        return ("invalid", "") if isinstance(error, InvalidResults) else ("conflict", "")
    return "saved", ""


def _lock(report: AnnualReport) -> None:
    locked = AnnualReport.objects.select_for_update(of=("self",)).get(pk=report.pk)
    report.state = locked.state


def _row_answer(
    request: HttpRequest,
    view: RowView,
    outcome: str,
    sentence: str = "",
    conversions: Iterable[str] = (),
) -> HttpResponse:
    context = {
        **_around_findings(view.row.result.report, signed_in(request)),
        "rows": [(view.row, view.findings)],
        "texts": view.texts,
        "outcome": outcome,
        "sentence": sentence,
        "conversions": conversions,
        "at": timezone.now(),
    }
    response = render(request, "entry/answer.html", context, status=STATUSES.get(outcome, HTTPStatus.OK))
    response["X-Row-State"] = outcome
    return response


@require_POST
def entry_figures(request: HttpRequest, public_id: str, year: int, result_id: int) -> JsonResponse:
    """Percents and totals with what is typed in one row, not saved; and hryvnias turned into thousands."""
    user = signed_in(request)
    report = visible_report(user, public_id, year)
    require(permissions.can_open_entry(user, report), NOT_THEIR_SHEET)
    sources = list(FundingSource.objects.all())
    row = row_of(result_of(report, result_id), user, sources)
    row.read(request.POST)
    converted = {
        cell.name: {"text": cell.written(cell.value), "note": cell.conversion}
        for cell in row.all_cells()
        if cell.conversion
    }
    return JsonResponse({"texts": typed_texts(row, sources), "converted": converted})


@require_safe
def entry_last_year(request: HttpRequest, public_id: str, year: int, result_id: int) -> HttpResponse:
    """The same measure in the report of the year before."""
    user = signed_in(request)
    report = visible_report(user, public_id, year)
    require(permissions.can_open_entry(user, report), NOT_THEIR_SHEET)
    result = result_of(report, result_id)
    before = (
        MeasureResult.objects.filter(
            report__program=report.program, report__year=year - 1, measure=result.measure_id
        )
        .prefetch_related("amounts__source")
        .first()
    )
    if before is None:
        raise NoSuchPage(f"У звіті за {year - 1} рік цього заходу немає.")
    amounts = [
        (amount.source, [written_money(getattr(amount, fact)) for fact in AMOUNT_FIELDS])
        for amount in before.amounts.all()
    ]
    context = {
        "row": row_of(result, user, []),
        "before": before,
        "amounts": amounts,
        "stated_percent": written_percent(before.stated_percent),
        "year": year - 1,
    }
    return render(request, "entry/last_year.html", context)


# --- many rows ---------------------------------------------------------------------------


@require_POST
def entry_paste(request: HttpRequest, public_id: str, year: int) -> HttpResponse:
    """A copied block: first what it will change; then, with `apply`, those very cells, all or nothing."""

    def typed(many: ManyCells) -> None:
        if "apply" in request.POST:
            many.take(_chosen(many, request.POST))
        else:
            paste(many, request.POST.get("cell", ""), request.POST.get("text", ""))

    return _many(request, public_id, year, typed, at_once="apply" in request.POST)


@require_POST
def entry_reasons(request: HttpRequest, public_id: str, year: int) -> HttpResponse:
    """One reason for a zero, `reason`, to the rows named in `rows`, all or nothing."""

    def typed(many: ManyCells) -> None:
        reason = request.POST.get("reason", "")
        if reason not in ZeroReason.values:
            raise TextFormError("Виберіть причину зі списку. Нічого не записано.")
        many.take({f"r{row}-zero_reason": reason for row in request.POST.getlist("rows")})

    return _many(request, public_id, year, typed, at_once=True)


def _many(
    request: HttpRequest, public_id: str, year: int, typed: Callable[[ManyCells], None], *, at_once: bool
) -> HttpResponse:
    user = signed_in(request)
    report = visible_report(user, public_id, year)
    require(permissions.can_open_entry(user, report), NOT_THEIR_SHEET)
    with transaction.atomic():
        _lock(report)
        try:
            require_open(report)
            many = ManyCells(open_grid(report, user), request.POST)
            typed(many)
            if not at_once:
                many.check(user)
                return _preview(request, report, many, "preview")
        except EntryClosed as error:
            return _many_refused(request, str(error), "closed")
        except EntryForbidden as error:
            return _many_refused(request, str(error), "forbidden")
        except TextFormError as error:
            return _many_refused(request, str(error), "invalid")
        outcome, sentence = _save(many.taken_rows, report, user)
        if outcome == "saved":
            return _many_saved(request, report, user, many)
    if sentence:
        return _many_refused(request, sentence, outcome)
    return _preview(request, report, many, outcome)


def _chosen(many: ManyCells, data: Mapping[str, str]) -> dict[str, str]:
    """The cells sent back from a preview, without those where the value of the base was chosen."""
    names = {cell.name for row in many.grid.rows for cell in row.all_cells()}
    return {name: data[name] for name in names.intersection(data) if data.get(f"choose-{name}") != "theirs"}


def _preview(request: HttpRequest, report: AnnualReport, many: ManyCells, outcome: str) -> HttpResponse:
    context = {"report": report, "program": report.program, "many": many, "outcome": outcome}
    status = STATUSES.get(outcome, HTTPStatus.OK)
    response = render(request, "entry/preview.html", context, status=status)
    response["X-Row-State"] = outcome
    return response


def _many_refused(request: HttpRequest, sentence: str, outcome: str) -> HttpResponse:
    response = render(request, "entry/refused.html", {"sentence": sentence}, status=STATUSES[outcome])
    response["X-Row-State"] = outcome
    return response


def _many_saved(request: HttpRequest, report: AnnualReport, user: User, many: ManyCells) -> HttpResponse:
    """The rows as they now stand."""
    taken = {row.result.pk for row in many.taken_rows}
    grid = open_grid(report, user)
    found = findings_by_row(grid)
    rows = [(row, found.get(row.result.pk, [])) for row in grid.rows if row.result.pk in taken]
    context = {
        **_around_findings(report, user),
        "rows": rows,
        "texts": grid.texts(),
        "outcome": "saved",
        "changed": len(many.changed_rows),
        "cells_json": json.dumps(many.taken_cells),
        "at": timezone.now(),
    }
    response = render(request, "entry/many_saved.html", context)
    response["X-Row-State"] = "saved"
    return response
