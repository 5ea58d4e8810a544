"""The portfolio of a year: every programme with its report's figures, and the same as a file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from http import HTTPStatus
from typing import IO, Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from programs import permissions
from programs.models import User
from programs.views.reach import NoSuchPage, signed_in

from ..extracts.writing import FORMATS, NotWritten
from ..portfolio.asking import Order, PortfolioFilter
from ..portfolio.columns import COLUMNS, in_order, read_order
from ..portfolio.file import file_name, write_portfolio
from ..portfolio.form import PortfolioForm
from ..portfolio.lines import Seen, are_counted, is_named, lines_of, with_findings
from ..portfolio.totals import PortfolioTotal
from .extracts import reader_of
from .files import journalled_extract

LINES_ON_PAGE = 50
"""Findings need whole reports, so they are counted for so many at a time."""
YEARS_AROUND = 4
"""Years before and after the one shown that are offered, besides the first and the last."""


@require_safe
def program_list(request: HttpRequest) -> HttpResponse:
    return portfolio_page(request)


def portfolio_page(
    request: HttpRequest, *, refusal: str = "", status: HTTPStatus = HTTPStatus.OK
) -> HttpResponse:
    """The whole page; `refusal` where a file of it was refused."""
    user = signed_in(request)
    seen = Seen.by(user)
    form = PortfolioForm(request.GET, seen)
    wanted, order = form.wanted(), read_order(request.GET.get("sort", ""))
    lines = in_order(lines_of(user, seen, wanted), order)
    page = Paginator(lines, LINES_ON_PAGE).get_page(request.GET.get("page"))
    shown = list(page.object_list)
    context = {
        "form": form,
        "complaints": form.complaints(),
        "wanted": wanted,
        "chosen_executor": str(wanted.responsible or ""),
        "words": wanted.in_words(form.executors),
        "sort": order.to_query().get("sort", ""),
        "query": _query(wanted, order),
        "years": _years(seen, wanted, order),
        "headings": _headings(wanted, order),
        "page": page,
        "pages": _pages(page.paginator, wanted, order),
        "lines": shown if are_counted(shown) else with_findings(shown),
        "total": PortfolioTotal.of(lines),
        "apart": _apart(seen, wanted),
        "sees_any": bool(seen.programs),
        "formats": list(FORMATS.values()),
        "measures_query": wanted.measures().to_query(),
        "refusal": refusal,
        **_rights(user),
    }
    return render(request, "portfolio/page.html", context, status=status)


def _rights(user: User) -> dict[str, bool]:
    return {
        "can_manage": permissions.can_create_programs(user),
        "creates_reports": permissions.can_manage_programs(user),
        "can_import": permissions.can_import(user),
        "may_read": permissions.can_read_programs(user),
        "manages_accounts": permissions.can_manage_accounts(user),
    }


# --- addresses of the same page, otherwise -------------------------------------------------


def _query(wanted: PortfolioFilter, order: Order, **more: str) -> str:
    return urlencode(wanted.to_query() | order.to_query() | more)


def _years(seen: Seen, wanted: PortfolioFilter, order: Order) -> list[Mapping[str, Any]]:
    """Years to go to with the same filter; of many those near the one shown, the first and the last."""
    years = seen.years()
    ends = (*years[:1], *years[-1:])
    near = [year for year in years if abs(year - wanted.year) <= YEARS_AROUND or year in ends]
    return [
        {
            "year": year,
            "query": _query(replace(wanted, year=year), order),
            "is_shown": year == wanted.year,
            "is_after_gap": before is not None and year > before + 1,
        }
        for before, year in zip((None, *near), near, strict=False)
    ]


def _headings(wanted: PortfolioFilter, order: Order) -> list[Mapping[str, Any]]:
    """Each column with the address that sorts by it, or the other way where it is sorted by already."""
    headings: list[Mapping[str, Any]] = []
    for column in COLUMNS.values():
        is_active = column.key == order.column
        descending = not order.descending if is_active else column.is_figure
        headings.append(
            {
                "column": column,
                "query": _query(wanted, Order(column.key, descending)),
                "sorted": ("descending" if order.descending else "ascending") if is_active else "",
                "hint": "за спаданням" if descending else "за зростанням",
            }
        )
    return headings


def _pages(paginator: Paginator[Any], wanted: PortfolioFilter, order: Order) -> list[Mapping[str, Any]]:
    numbers = paginator.page_range if paginator.num_pages > 1 else ()
    return [{"number": number, "query": _query(wanted, order, page=str(number))} for number in numbers]


def _apart(seen: Seen, wanted: PortfolioFilter) -> list[Mapping[str, Any]]:
    """Programmes that are in no line of this year, whatever the rest of the filter says of reports."""
    of_report = wanted.state or wanted.only_findings or wanted.deviation_over is not None
    outside = [program for program in seen.live if not seen.concerns(program, wanted.year)]
    groups = [("outside", outside), ("rejected", seen.rejected)]
    return [
        {"name": name, "programs": found}
        for name, programs in groups
        if not of_report and (found := [program for program in programs if is_named(program, wanted)])
    ]


# --- the same as a file --------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def portfolio_file(request: HttpRequest, format_name: str) -> HttpResponseBase:
    """The lines that the page with this address shows, all pages of it; it leaves a line in the journal.

    Who comes by a link is led to that page.
    """
    user = reader_of(request)
    if format_name not in FORMATS:
        raise NoSuchPage("Такого формату немає.")
    if request.method != "POST":
        return redirect(f"{reverse('program_list')}?{request.GET.urlencode()}")
    seen = Seen.by(user)
    form = PortfolioForm(request.GET, seen)
    wanted, order = form.wanted(), read_order(request.GET.get("sort", ""))
    if form.complaints():
        # What is left out would make the file hold more than was asked for.
        refusal = "Умови змінилися, тому файл не зроблено. Перегляньте їх і завантажте знову."
        return portfolio_page(request, refusal=refusal, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        return _file(wanted, order, format_name, user, seen, wanted.in_words(form.executors))
    except NotWritten as refused:
        return portfolio_page(request, refusal=str(refused), status=HTTPStatus.UNPROCESSABLE_ENTITY)


def _file(
    wanted: PortfolioFilter, order: Order, format_name: str, user: User, seen: Seen, words: Sequence[str]
) -> FileResponse:
    now = timezone.now()

    def write(file: IO[bytes]) -> dict[str, Any]:
        made = write_portfolio(wanted, order, format_name, file, by=user, seen=seen, words=words, now=now)
        return made.for_journal(wanted, order)

    name = file_name(wanted, format_name, now)
    return journalled_extract(write, FORMATS[format_name].content_type, name, by=user)
