"""The figures of a programme over its whole term: every measure in every year, computed once.

A year with a report is told by the report's own rows, and by nothing else; a year without one has only the
plan in force. Money in тис. грн; a blank is not 0.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from . import calculations
from .amendments import is_in_force
from .calculations import BLANK, Money
from .enums import DecisionKind
from .figures import Figures, ReportFigures, amount_money, base_of, figures_of, report_figures
from .models import (
    AnnualReport,
    FundingSource,
    Measure,
    MeasureResult,
    PlannedFunding,
    Program,
    Task,
    with_edition_facts,
)
from .plans import newest_plans


@dataclass(frozen=True, slots=True)
class YearFigures:
    """What is known of one year, of a measure, a task or the programme."""

    money: Money
    """Without a report the plan alone."""
    reported: Figures | None
    """As that year's report gives it; None where there is no report, and so no percent."""
    is_printed: bool = True
    """False of a task: the form has no percent of one, so nothing stands for one that cannot be computed."""

    @property
    def percent(self) -> Decimal | None:
        """The figure that the report prints; of a task the computed one."""
        if self.reported is None:
            return None
        return self.reported.percent if self.is_printed else self.reported.computed_percent

    @property
    def computed_percent(self) -> Decimal | None:
        return self.reported.computed_percent if self.reported else None

    @property
    def stated_percent(self) -> Decimal | None:
        return self.reported.stated_percent if self.reported else None


NOTHING = YearFigures(BLANK, None)


@dataclass(frozen=True, slots=True)
class MeasureOverTerm:
    """One measure. Another one may have its number: the one that was withdrawn, or took its place."""

    measure: Measure
    years: Mapping[int, YearFigures]
    """Those in whose report it stands, or for which it has a plan where there is no report."""
    results: Mapping[int, MeasureResult]
    """Its rows in the reports, by year, amounts and all but the texts fetched."""
    in_force: frozenset[int]
    """The programme's years in which decisions have it, whatever its own term."""
    total: Money
    """Of all its years, those that are only planned too."""
    reported: Figures
    """Of the years that have a report alone: what a percent over the term is taken of."""
    never_financed: bool
    """Reports of years of its own term tell its financing, and it has been nothing in every report."""

    @property
    def is_untold(self) -> bool:
        """No report tells its financing yet: of such a one nobody knows whether it was financed."""
        return self.reported.money.financed is None

    @property
    def note(self) -> str:
        """By which decisions it came later than the programme, or went; «» else."""
        introduced, withdrawn = self.measure.introduced_by, self.measure.withdrawn_by
        told = []
        if introduced and introduced.kind != DecisionKind.APPROVES:
            told.append(f"введено рішенням {introduced}")
        if withdrawn:
            told.append(f"виключено рішенням {withdrawn}")
        return "; ".join(told)

    def is_outside_term(self, year: int) -> bool:
        """Shown and added up all the same, as the report does."""
        return year not in self.measure.term


@dataclass(frozen=True, slots=True)
class TaskOverTerm:
    task: Task
    measures: Sequence[MeasureOverTerm]
    """In printed order, the withdrawn too."""
    years: Mapping[int, YearFigures]
    total: Money
    reported: Figures


@dataclass(frozen=True, slots=True)
class FundOverTerm:
    line: str
    """Of the form, «з загального фонду»; «» for what is summed into none."""
    years: Mapping[int, Money]
    """Every year of the programme."""
    total: Money
    reported: Money


@dataclass(frozen=True, slots=True)
class TermFigures:
    program: Program
    years: Sequence[int]
    """Every year of the programme's term, and beyond it those of a report or a plan."""
    reports: Mapping[int, AnnualReport]
    """By year, those that exist, with the facts of their editions."""
    tasks: Sequence[TaskOverTerm]
    by_year: Mapping[int, YearFigures]
    """Every year. Of one with a report, `figures.report_figures(…).total`."""
    funds: Sequence[FundOverTerm]
    """In the form's order; what is summed into no line comes last, if there is any."""
    total: Money
    """Of all the years."""
    reported: Figures
    """Of the years that have a report alone."""

    @property
    def measures(self) -> Iterator[MeasureOverTerm]:
        return (measure for task in self.tasks for measure in task.measures)

    @property
    def never_financed(self) -> list[MeasureOverTerm]:
        return [measure for measure in self.measures if measure.never_financed]

    @property
    def untold(self) -> list[MeasureOverTerm]:
        """Measures of which nobody knows whether they were financed."""
        return [measure for measure in self.measures if measure.is_untold]

    @property
    def known_years(self) -> list[int]:
        """Those of which a report or a plan says anything: what `total` is of."""
        return [year for year, one in self.by_year.items() if one.reported or one.money != BLANK]

    @property
    def untold_years(self) -> list[int]:
        """Reports that have what a percent is taken of and no word on financing: it comes out too low."""
        return [
            year
            for year, one in self.by_year.items()
            if one.reported and one.money.financed is None and base_of(self.program, one.money)
        ]


def term_figures(program: Program) -> TermFigures:
    """In eight queries, whatever the number of years and measures."""
    told = _fetched(program)
    years = sorted({*program.term, *told.reports, *(year for year, plans in told.plans.items() if plans)})
    by_year = {year: told.total_of(year) for year in years}
    total, reported = _sums(program, by_year.values())
    return TermFigures(
        program=program,
        years=years,
        reports=told.reports,
        tasks=[_task(told, task, years) for task in told.tasks],
        by_year=by_year,
        funds=list(_funds(told, years)),
        total=total,
        reported=reported,
    )


@dataclass(frozen=True, slots=True)
class _Told:
    """All that reports and decisions say, fetched."""

    program: Program
    reports: Mapping[int, AnnualReport]
    figures: Mapping[int, ReportFigures]
    """By the year of the report."""
    results: Mapping[int, Mapping[int, MeasureResult]]
    """By measure id and year."""
    plans: Mapping[int, Mapping[int, Mapping[int, Decimal]]]
    """By a year without a report, measure id and funding source id: of measures in force."""
    sources: Sequence[FundingSource]
    tasks: Sequence[Task]
    measures: Mapping[int, Sequence[Measure]]
    """By task id, in printed order."""
    decided: Mapping[int, datetime.date]
    """Dates of the decisions, by id."""

    def total_of(self, year: int) -> YearFigures:
        if year in self.reports:
            total = self.figures[year].total
            return YearFigures(total.money, total)
        planned = calculations.total(
            amount for plan in self.plans.get(year, {}).values() for amount in plan.values()
        )
        return YearFigures(Money(planned=planned), None)

    def of_measure(self, measure: Measure, year: int) -> YearFigures | None:
        if year in self.reports:
            result = self.results.get(measure.pk, {}).get(year)
            if result is None:
                return None
            figures = self.figures[year].rows[result.pk]
            return YearFigures(figures.money, figures)
        plan = self.plans.get(year, {}).get(measure.pk)
        return None if plan is None else YearFigures(Money(planned=calculations.total(plan.values())), None)

    def of_task(self, task: Task, year: int, measures: Iterable[MeasureOverTerm]) -> YearFigures | None:
        if year in self.reports:
            figures = self.figures[year].tasks.get(task.pk)
            return None if figures is None else YearFigures(figures.money, figures, is_printed=False)
        known = [one.years[year].money for one in measures if year in one.years]
        return YearFigures(calculations.total_money(known), None) if known else None


def _fetched(program: Program) -> _Told:
    reports = {report.year: report for report in with_edition_facts(program.reports.order_by("year"))}
    for report in reports.values():
        # The same programme object for each: its base of percents is asked for.
        report.program = program
    sources = list(FundingSource.objects.all())
    measures: dict[int, list[Measure]] = {}
    ordered = Measure.objects.of_program(program).select_related("task", "introduced_by", "withdrawn_by")
    for measure in ordered.order_by("task__number", "number", "pk"):
        measures.setdefault(measure.task_id, []).append(measure)
    decided = {decision.pk: decision.date for decision in program.decisions.all()}
    by_report = _results(program, {measure.pk: measure for group in measures.values() for measure in group})
    results: dict[int, dict[int, MeasureResult]] = {}
    for report in reports.values():
        for result in by_report.get(report.pk, ()):
            results.setdefault(result.measure_id, {})[report.year] = result
    return _Told(
        program=program,
        reports=reports,
        figures={
            year: report_figures(report, by_report.get(report.pk, []), sources)
            for year, report in reports.items()
        },
        results=results,
        plans=_plans(program, reports.keys(), measures, decided),
        sources=sources,
        tasks=list(program.tasks.order_by("number")),
        measures=measures,
        decided=decided,
    )


def _results(program: Program, measures: Mapping[int, Measure]) -> dict[int, list[MeasureResult]]:
    """Rows of all reports, by report id, without their long texts; the amounts in one more query."""
    by_report: dict[int, list[MeasureResult]] = {}
    rows = (
        MeasureResult.objects.filter(report__program=program)
        .defer("narrative", "stated_justification")
        .prefetch_related("amounts")
        .order_by("measure__task__number", "measure__number", "pk")
    )
    for result in rows:
        result.measure = measures[result.measure_id]
        by_report.setdefault(result.report_id, []).append(result)
    return by_report


def _plans(
    program: Program,
    reported: Iterable[int],
    measures: Mapping[int, Sequence[Measure]],
    decided: Mapping[int, datetime.date],
) -> dict[int, dict[int, dict[int, Decimal]]]:
    """The plans in force of the years without a report, of the measures that are in force in them."""
    rows: dict[int, list[PlannedFunding]] = {}
    every = PlannedFunding.objects.filter(measure__task__program=program).exclude(year__in=set(reported))
    for row in every.order_by("decision__date", "decision_id", "source__position"):
        # What was decided after a year's end changes nothing in it.
        if decided[row.decision_id].year <= row.year:
            rows.setdefault(row.year, []).append(row)
    by_id = {measure.pk: measure for group in measures.values() for measure in group}
    return {
        year: {
            pk: plan.amounts
            for pk, plan in newest_plans(of_year).items()
            if is_in_force(by_id[pk], year, decided)
        }
        for year, of_year in rows.items()
    }


def _task(told: _Told, task: Task, years: Sequence[int]) -> TaskOverTerm:
    measures = [_measure(told, measure, years) for measure in told.measures.get(task.pk, ())]
    known = {year: one for year in years if (one := told.of_task(task, year, measures))}
    total, reported = _sums(told.program, known.values())
    return TaskOverTerm(task, measures, known, total, reported)


def _measure(told: _Told, measure: Measure, years: Sequence[int]) -> MeasureOverTerm:
    known = {year: one for year in years if (one := told.of_measure(measure, year))}
    total, reported = _sums(told.program, known.values())
    told_in_term = any(
        one.reported and one.money.financed is not None for year, one in known.items() if year in measure.term
    )
    return MeasureOverTerm(
        measure=measure,
        years=known,
        results=told.results.get(measure.pk, {}),
        in_force=frozenset(year for year in years if is_in_force(measure, year, told.decided)),
        total=total,
        reported=reported,
        never_financed=told_in_term and not reported.money.financed,
    )


def _sums(program: Program, years: Iterable[YearFigures]) -> tuple[Money, Figures]:
    """Of all these years, and of those with a report."""
    known = list(years)
    reported = calculations.total_money(one.money for one in known if one.reported)
    return calculations.total_money(one.money for one in known), figures_of(program, reported)


def _funds(told: _Told, years: Sequence[int]) -> Iterator[FundOverTerm]:
    parts = dict(_by_fund(told))
    lines = [*dict.fromkeys(source.form_line for source in told.sources if source.form_line)]
    if any(line == "" for line, _ in parts):
        lines.append("")
    for line in lines:
        of_line = {year: parts.get((line, year), BLANK) for year in years}
        yield FundOverTerm(
            line,
            of_line,
            total=calculations.total_money(of_line.values()),
            reported=calculations.total_money(of_line[year] for year in years if year in told.reports),
        )


def _by_fund(told: _Told) -> Mapping[tuple[str, int], Money]:
    """By the form's line, «» for none, and year."""
    line_of = {source.pk: source.form_line for source in told.sources}
    reported = (
        ((line_of[amount.source_id], year), amount_money(amount))
        for by_year in told.results.values()
        for year, result in by_year.items()
        for amount in result.amounts.all()
    )
    planned = (
        ((line_of[source_id], year), Money(planned=amount))
        for year, plans in told.plans.items()
        for plan in plans.values()
        for source_id, amount in plan.items()
    )
    return calculations.total_money_by([*reported, *planned])
