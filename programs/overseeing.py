"""What an administrator of programmes looks after: reports that nobody created, departments that are late."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from .enums import OPEN_STATES
from .models import AnnualReport, Program, User, with_edition_facts
from .waiting import live_reports

# From this month on the report of the year that still goes on is prepared too.
AUTUMN = 9


@dataclass(frozen=True)
class UncreatedReport:
    program: Program
    year: int


def years_to_report(today: datetime.date) -> list[int]:
    """The last full year, and from autumn on the current one too."""
    return [today.year - 1, *([today.year] if today.month >= AUTUMN else [])]


def uncreated_reports(user: User, today: datetime.date) -> list[UncreatedReport]:
    """Of confirmed programmes that the person manages, in force in a year to be reported on: two queries."""
    years = years_to_report(today)
    managed = Program.objects.managed_by(user).filter(
        public_id__isnull=False,
        awaits_confirmation=False,
        start_year__lte=max(years),
        end_year__gte=min(years),
    )
    programs = list(managed.select_related("responsible"))
    there = set(
        AnnualReport.objects.filter(program__in=programs, year__in=years).values_list("program_id", "year")
    )
    return [
        UncreatedReport(program, year)
        for year in years
        for program in programs
        if year in program.term and (program.pk, year) not in there
    ]


def late_reports(user: User, today: datetime.date) -> list[AnnualReport]:
    """Not submitted although their department's deadline has passed, the longest late first: one query."""
    late = live_reports().visible_to(user).filter(state__in=OPEN_STATES, department_due__lt=today)
    return list(
        with_edition_facts(late).select_related("program__responsible").order_by("department_due", "pk")
    )
