"""The list of programmes and a programme's page."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from programs import composing, permissions
from programs.figures import Figures, total_figures
from programs.models import AnnualReport, Measure, Program, with_edition_facts
from programs.views.reach import signed_in, visible_program


@dataclass(frozen=True)
class YearLine:
    """One report of a programme and its totals, as the report itself prints them."""

    report: AnnualReport
    total: Figures


@require_safe
def program_list(request: HttpRequest) -> HttpResponse:
    user = signed_in(request)
    programs = (
        Program.objects.visible_to(user)
        .select_related("responsible")
        .prefetch_related(Prefetch("reports", with_edition_facts(AnnualReport.objects.all())))
    )
    context = {
        "programs": programs,
        "can_manage": permissions.can_create_programs(user),
        "can_import": permissions.can_import(user),
        "may_read": permissions.can_read_programs(user),
        "manages_accounts": permissions.can_manage_accounts(user),
    }
    return render(request, "pages/program_list.html", context)


@require_safe
def program_page(request: HttpRequest, public_id: str) -> HttpResponse:
    user = signed_in(request)
    program = visible_program(user, public_id)
    measures = (
        Measure.objects.select_related("task", "withdrawn_by")
        .prefetch_related("participations__executor")
        .order_by("number", "pk")
    )
    tasks = program.tasks.order_by("number").prefetch_related(Prefetch("measures", queryset=measures))
    context = {
        "program": program,
        "years": year_lines(program),
        "tasks": tasks,
        "can_manage": permissions.can_manage_program(user, program),
        "can_confirm": program.awaits_confirmation and permissions.can_confirm_program(user, program),
        "can_reject": program.awaits_confirmation and permissions.can_reject_program(user, program),
        "rejection": composing.rejection_event(program),
    }
    return render(request, "pages/program.html", context)


def year_lines(program: Program) -> list[YearLine]:
    """Every report's totals, newest year first, in two queries."""
    reports = list(with_edition_facts(program.reports.all()).order_by("-year"))
    for report in reports:
        # The same programme object for each: its base of percents is asked for.
        report.program = program
    totals = total_figures(reports)
    return [YearLine(report, totals[report.pk]) for report in reports]
