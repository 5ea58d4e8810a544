"""How a year's report begins: one empty result for every measure in force, its plan copied in."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from simple_history.utils import bulk_create_with_history

from . import permissions
from .enums import EventKind
from .journal import record
from .models import Amount, AnnualReport, Measure, MeasureResult, Program, User
from .plans import plan_in_force


@transaction.atomic
def open_report(program: Program, year: int, *, by: User, **heading: Any) -> AnnualReport:
    """Create the annual report of a programme with its rows. `heading` sets fields of AnnualReport.

    Raises PermissionDenied for who may not, ValidationError for a second report of the same year
    or a year outside the programme.
    """
    if not permissions.can_manage_program(by, program):
        raise PermissionDenied("Створювати звіти цієї програми може адміністратор програм.")
    # Who opens the same year at the same moment waits, and is then told that it is there.
    Program.objects.select_for_update().get(pk=program.pk)
    report = AnnualReport(program=program, year=year, created_by=by, **heading)
    report.full_clean()
    report._history_user = by  # type: ignore[attr-defined]  # how simple-history is told the person
    report.save()
    rows = add_missing_rows(report, by=by)
    record(EventKind.OPENED, by=by, report=report, measures=len(rows))
    return report


@transaction.atomic
def add_missing_rows(report: AnnualReport, *, by: User) -> list[MeasureResult]:
    """Give the report a row for each measure in force that has none; existing rows stay untouched.

    The plan is a copy made now: a later amendment does not rewrite it. Raises as `open_report` does.
    """
    report = (
        AnnualReport.objects.select_for_update(of=("self",))
        .select_related("program__responsible")
        .get(pk=report.pk)
    )
    if not (permissions.works_on_report(by, report) or permissions.can_manage_program(by, report.program)):
        raise PermissionDenied(
            "Рядки додають працівники відповідального виконавця або адміністратор програм."
        )
    if not report.report_state.accepts_figures:
        raise ValidationError("Рядки можна додавати лише до чернетки звіту.")
    present = set(report.results.values_list("measure_id", flat=True))
    missing = [
        measure
        for measure in Measure.objects.of_program(report.program).in_force(report.year)
        if measure.pk not in present
    ]
    results = bulk_create_with_history(
        [MeasureResult(report=report, measure=measure) for measure in missing],
        MeasureResult,
        default_user=by,
    )
    plan = plan_in_force(report.program, report.year)
    bulk_create_with_history(
        [
            Amount(result=result, source_id=source_id, planned=planned)
            for result in results
            for source_id, planned in plan.get(result.measure_id, {}).items()
        ],
        Amount,
        default_user=by,
    )
    return results
