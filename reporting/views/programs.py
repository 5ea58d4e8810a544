"""A programme's page."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from programs import composing, permissions
from programs.amendments import amendments
from programs.figures import Figures, base_of
from programs.models import AnnualReport, Measure, Program, User
from programs.term_figures import TermFigures, term_figures
from programs.textforms import listed_years
from programs.views.reach import NoSuchPage, signed_in, visible_program

from ..matrix import matrix
from ..program_pictures import funds_picture, tasks_picture, years_picture
from ..timeline import timeline

ALL_YEARS = "all"


@dataclass(frozen=True)
class YearLine:
    """One report of a programme and its totals, as the report itself prints them."""

    report: AnnualReport
    total: Figures


@require_safe
def program_page(request: HttpRequest, public_id: str) -> HttpResponse:
    """Tasks and funds by the last report, by another year's (`?year=2023`), or by all (`?year=all`)."""
    user = signed_in(request)
    program = visible_program(user, public_id)
    term = term_figures(program)
    year = year_asked_for(request.GET.get("year", ""), term)
    context = {
        "program": program,
        "term": term,
        "timeline": timeline(amendments(program)),
        "years": year_lines(term),
        "by_year": years_picture(term),
        "year": year,
        "years_to_choose": sorted(term.reports, reverse=True),
        "pictures": [tasks_picture(term, year), funds_picture(term, year)] if term.reports else [],
        "reported_base": base_of(program, term.reported.money),
        "measures_number": len(list(term.measures)),
        "reported_years": listed_years(term.reports),
        "known_years": listed_years(term.known_years),
        "untold_years": listed_years(term.untold_years),
        "matrix": matrix(term, {one: reverse("report_page", args=[public_id, one]) for one in term.reports}),
        "tasks": tasks_with_measures(program),
        **actions(user, program),
    }
    return render(request, "pages/program.html", context)


def actions(user: User, program: Program) -> dict[str, object]:
    """What this person may do with the programme, and what became of one that was rejected."""
    waits = program.awaits_confirmation
    rejection = composing.rejection_event(program)
    may_have_reports = program.public_id is not None and not waits and rejection is None
    return {
        "can_manage": permissions.can_manage_program(user, program),
        "can_confirm": waits and permissions.can_confirm_program(user, program),
        "can_reject": waits and permissions.can_reject_program(user, program),
        "can_create_reports": may_have_reports and permissions.can_manage_programs(user),
        "rejection": rejection,
    }


def tasks_with_measures(program: Program) -> list[object]:
    """With all that their list says: executors, and which decision withdrew a measure."""
    measures = (
        Measure.objects.select_related("task", "withdrawn_by")
        .prefetch_related("participations__executor")
        .order_by("number", "pk")
    )
    return list(program.tasks.order_by("number").prefetch_related(Prefetch("measures", queryset=measures)))


def year_asked_for(text: str, term: TermFigures) -> int | None:
    """Without being asked, the last year that has a report; None for all together."""
    if not text:
        return max(term.reports, default=None)
    if text == ALL_YEARS:
        return None
    if text not in map(str, term.reports):
        raise NoSuchPage("Звіту цієї програми за такий рік немає.")
    return int(text)


def year_lines(term: TermFigures) -> list[YearLine]:
    """Every report's totals, newest year first."""
    return [
        YearLine(report, total)
        for year, report in sorted(term.reports.items(), reverse=True)
        if (total := term.by_year[year].reported)
    ]
