"""The lines of a portfolio: a programme a line, with the figures that its report of the year prints."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from django.utils import timezone

from programs import calculations, textforms
from programs.consistency import Severity
from programs.enums import ReportState
from programs.figures import Figures, total_figures
from programs.models import AnnualReport, Program, User, with_edition_facts

from ..extracts.gathering import Reference, ReportPart, gathered
from ..extracts.selection import state_of
from .asking import NO_REPORT, PortfolioFilter

REPORTS_AT_ONCE = 50
"""Reports that are held whole at a time, for their findings."""


# --- what a person sees, whatever is asked -----------------------------------------------


@dataclass(frozen=True)
class Seen:
    """All programmes that a person may see, in their order, and the years of their reports."""

    programs: Sequence[Program]
    """Rejected ones too, for who may see them; with the responsible executor."""
    reported: frozenset[tuple[int, int]]
    """Programme id and year of every report."""

    @classmethod
    def by(cls, user: User) -> Seen:
        programs = Program.objects.visible_to(user).select_related("responsible")
        reports = AnnualReport.objects.visible_to(user).order_by()
        return cls(list(programs), frozenset(reports.values_list("program_id", "year")))

    @property
    def live(self) -> list[Program]:
        return [program for program in self.programs if not program.is_rejected]

    @property
    def rejected(self) -> list[Program]:
        return [program for program in self.programs if program.is_rejected]

    def years(self) -> list[int]:
        """Every year of which some programme has a report or its term."""
        live = {program.pk for program in self.live}
        of_reports = {year for program_id, year in self.reported if program_id in live}
        return sorted(of_reports.union(*(program.term for program in self.live)))

    def usual_year(self) -> int:
        """The newest that has a report; without any this year, or the one of some term that is nearest."""
        live = {program.pk for program in self.live}
        reported = [year for program_id, year in self.reported if program_id in live]
        if reported:
            return max(reported)
        today = timezone.localdate().year
        return min(self.years(), key=lambda year: (abs(year - today), year), default=today)

    def concerns(self, program: Program, year: int) -> bool:
        """Whether the programme has a report of that year, or it is a year of its term."""
        return year in program.term or (program.pk, year) in self.reported


# --- one programme in one year -----------------------------------------------------------


@dataclass(frozen=True, order=True)
class FindingCount:
    errors: int
    warnings: int

    @classmethod
    def of(cls, part: ReportPart) -> FindingCount:
        weights = Counter(finding.severity for finding in part.findings)
        return cls(weights[Severity.ERROR], weights[Severity.WARNING])

    @property
    def errors_text(self) -> str:
        return textforms.counted(self.errors, "помилка", "помилки", "помилок")

    @property
    def warnings_text(self) -> str:
        return textforms.counted(self.warnings, "попередження", "попередження", "попереджень")


@dataclass(frozen=True)
class Line:
    program: Program
    report: AnnualReport | None
    """Of the year, with `with_edition_facts`."""
    figures: Figures | None
    """Of the whole report, тис. грн; None where there is none."""
    findings: FindingCount | None = None
    """None where there is no report, or as long as they are not counted."""

    @property
    def state(self) -> str:
        """Of `PORTFOLIO_STATES`."""
        return state_of(self.report) if self.report else NO_REPORT

    @property
    def due(self) -> datetime.date | None:
        return self.report.department_due if self.report else None

    @property
    def is_overdue(self) -> bool:
        """Not agreed though the day has passed; what is copied from paper waits for nobody."""
        return (
            self.report is not None
            and self.due is not None
            and self.due < timezone.localdate()
            and self.report.report_state is not ReportState.AGREED
            and not self.report.is_transcribed
        )

    @property
    def prints_another_percent(self) -> bool:
        """Whether a report copied from paper prints a percent that its totals do not give."""
        its = self.figures
        return its is not None and its.stated_percent not in (None, its.computed_percent)


def lines_of(user: User, seen: Seen, wanted: PortfolioFilter) -> list[Line]:
    """What the filter finds, in the order of programmes; findings are counted only if it asks for them."""
    programs = [
        program for program in seen.live if seen.concerns(program, wanted.year) and is_named(program, wanted)
    ]
    found = [line for line in _lines(user, programs, wanted.year) if _is_asked_for(line, wanted)]
    if not wanted.only_findings:
        return found
    return [line for line in with_findings(found) if line.findings and line.findings > FindingCount(0, 0)]


def is_named(program: Program, wanted: PortfolioFilter) -> bool:
    """By the parts of the filter that concern the programme alone."""
    if wanted.responsible not in (None, program.responsible_id):
        return False
    return all(word in program.search_key for word in textforms.search_key(wanted.text).split())


def _lines(user: User, programs: Sequence[Program], year: int) -> Iterator[Line]:
    reports = with_edition_facts(AnnualReport.objects.visible_to(user).filter(year=year))
    by_program = {report.program_id: report for report in reports}
    for program in programs:
        if report := by_program.get(program.pk):
            # The same object: its base of percents is asked for.
            report.program = program
    figures = total_figures([by_program[one.pk] for one in programs if one.pk in by_program])
    for program in programs:
        found = by_program.get(program.pk)
        yield Line(program, found, figures[found.pk] if found else None)


def _is_asked_for(line: Line, wanted: PortfolioFilter) -> bool:
    if wanted.state not in ("", line.state):
        return False
    if wanted.deviation_over is None:
        return True
    return line.figures is not None and calculations.deviates_over(line.figures.money, wanted.deviation_over)


# --- findings: they need every row of a report --------------------------------------------


def with_findings(lines: Sequence[Line]) -> list[Line]:
    """The same with their findings counted: a dozen queries for every fifty reports, none without reports."""
    counts = {part.report.pk: FindingCount.of(part) for part in parts_of(lines)}
    return [replace(line, findings=counts.get(line.report.pk)) if line.report else line for line in lines]


def are_counted(lines: Sequence[Line]) -> bool:
    return all(line.findings is not None for line in lines if line.report)


def parts_of(lines: Sequence[Line]) -> Iterator[ReportPart]:
    """Their reports whole, in this order."""
    ids = [line.report.pk for line in lines if line.report]
    if not ids:
        return
    reference = Reference.fetched()
    for first in range(0, len(ids), REPORTS_AT_ONCE):
        yield from gathered(ids[first : first + REPORTS_AT_ONCE], (), reference, with_records=False)
