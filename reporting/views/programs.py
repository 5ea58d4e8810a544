"""The list of programmes and a programme's page."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from programs import permissions
from programs.figures import Figures, report_figures
from programs.models import AnnualReport, FundingSource, Measure, MeasureResult, Program, User

from .service import NoSuchPage


@dataclass(frozen=True)
class YearLine:
    """One report of a programme and its totals, as the report itself prints them."""

    report: AnnualReport
    total: Figures


@require_safe
def program_list(request: HttpRequest) -> HttpResponse:
    user = signed_in(request)
    programs = Program.objects.visible_to(user).select_related("responsible").prefetch_related("reports")
    context = {
        "programs": programs,
        "can_manage": permissions.can_manage_programs(user),
        "may_read": permissions.can_read_programs(user),
        "manages_accounts": permissions.can_manage_accounts(user),
    }
    return render(request, "pages/program_list.html", context)


@require_safe
def program_page(request: HttpRequest, public_id: str) -> HttpResponse:
    user = signed_in(request)
    program = visible_program(user, public_id)
    measures = (
        Measure.objects.of_program(program)
        .select_related("task", "withdrawn_by")
        .prefetch_related("participations__executor")
        .order_by("task__number", "number", "pk")
    )
    context = {
        "program": program,
        "years": year_lines(program),
        "tasks": [
            (task, list(group))
            for task, group in itertools.groupby(measures, key=lambda measure: measure.task)
        ],
        "can_manage": permissions.can_manage_programs(user),
    }
    return render(request, "pages/program.html", context)


def visible_program(user: User, public_id: str) -> Program:
    """With its decisions and responsible executor. Raises NoSuchPage for who may not see it."""
    program = (
        Program.objects.visible_to(user)
        .filter(public_id=public_id)
        .select_related("responsible")
        .prefetch_related("decisions")
        .first()
    )
    if program is None:
        raise NoSuchPage("Такої програми немає або вона не стосується вашого підрозділу.")
    return program


def year_lines(program: Program) -> list[YearLine]:
    """Every report's totals, newest year first, in a constant number of queries."""
    rows = MeasureResult.objects.select_related("measure").prefetch_related("amounts")
    reports = (
        AnnualReport.objects.filter(program=program)
        .order_by("-year")
        .prefetch_related(Prefetch("results", queryset=rows))
    )
    sources = list(FundingSource.objects.all())
    lines = []
    for report in reports:
        # The same programme object for each: its base of percents is asked for.
        report.program = program
        lines.append(YearLine(report, report_figures(report, list(report.results.all()), sources).total))
    return lines


def signed_in(request: HttpRequest) -> User:
    """The user of a page behind LoginRequiredMiddleware, as our own class."""
    assert isinstance(request.user, User)
    return request.user
