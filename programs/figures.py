"""Every figure of one report, computed once from its rows and shown the same everywhere."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from . import calculations
from .calculations import Money
from .enums import PercentBase
from .models import Amount, AnnualReport, FundingSource, MeasureResult, Program


@dataclass(frozen=True, slots=True)
class Figures:
    """Money in тис. грн, and the percents: computed, stated by people, and the one printed."""

    money: Money
    computed_percent: Decimal | None
    stated_percent: Decimal | None
    percent: Decimal


@dataclass(frozen=True, slots=True)
class ReportFigures:
    rows: dict[int, Figures]
    """By result id."""
    tasks: dict[int, Figures]
    """By task id."""
    fund_lines: dict[str, Money]
    """By the form's line, in the order of the funding sources."""
    total: Figures


def report_figures(
    report: AnnualReport, results: Sequence[MeasureResult], sources: Iterable[FundingSource]
) -> ReportFigures:
    """`results` are the report's rows with amounts, measures and tasks prefetched: no query here."""
    program = report.program
    line_of = {source.pk: source.form_line for source in sources if source.form_line}
    rows = {
        result.pk: figures_of(
            program,
            calculations.total_money(amount_money(amount) for amount in result.amounts.all()),
            result.stated_percent,
        )
        for result in results
    }
    by_task = calculations.total_money_by(
        (result.measure.task_id, rows[result.pk].money) for result in results
    )
    by_line = calculations.total_money_by(
        (line_of[amount.source_id], amount_money(amount))
        for result in results
        for amount in result.amounts.all()
        if amount.source_id in line_of
    )
    return ReportFigures(
        rows=rows,
        tasks={task_id: figures_of(program, money) for task_id, money in by_task.items()},
        fund_lines={line: by_line.get(line, calculations.BLANK) for line in line_of.values()},
        total=figures_of(
            program,
            calculations.total_money(row.money for row in rows.values()),
            report.stated_total_percent,
        ),
    )


def figures_around(result: MeasureResult, sources: Iterable[FundingSource]) -> ReportFigures:
    """Of a report only what one row changes: the row, its task, the fund lines and the total.

    The row's own amounts are taken as they stand in memory, saved or not; all others are added up by the
    database, so it costs one query whatever the size of the report.
    """
    report, task_id = result.report, result.measure.task_id
    own = [(amount, amount_money(amount)) for amount in result.amounts.all()]
    others = Amount.objects.filter(result__report=report).exclude(result=result)
    parts = [
        *others.totals_by("result__measure__task", "source__form_line").items(),
        *(((task_id, amount.source.form_line), money) for amount, money in own),
    ]
    by_line = calculations.total_money_by((line, money) for (_, line), money in parts)
    task = calculations.total_money(money for (of_task, _), money in parts if of_task == task_id)
    total = calculations.total_money(money for _, money in parts)
    row = calculations.total_money(money for _, money in own)
    return ReportFigures(
        rows={result.pk: figures_of(report.program, row, result.stated_percent)},
        tasks={task_id: figures_of(report.program, task)},
        fund_lines={
            source.form_line: by_line.get(source.form_line, calculations.BLANK)
            for source in sources
            if source.form_line
        },
        total=figures_of(report.program, total, report.stated_total_percent),
    )


def total_figures(reports: Sequence[AnnualReport]) -> dict[int, Figures]:
    """Of many reports only the totals row, by report id: one query, added up by the database."""
    money = Amount.objects.filter(result__report__in=reports).totals_by("result__report")
    return {
        report.pk: figures_of(
            report.program, money.get((report.pk,), calculations.BLANK), report.stated_total_percent
        )
        for report in reports
    }


def figures_of(program: Program, money: Money, stated: Decimal | None = None) -> Figures:
    """Percents of money that is added up already, of the base that the programme has chosen."""
    computed = calculations.computed_percent(money.financed, base_of(program, money))
    return Figures(money, computed, stated, calculations.printed_percent(stated, computed))


def base_of(program: Program, money: Money) -> Decimal | None:
    """What the programme counts 100 % from, тис. грн."""
    return calculations.percent_base(money, of_actual=program.percent_base == PercentBase.ACTUAL)


def amount_money(amount: Amount) -> Money:
    return Money(amount.planned, amount.actual, amount.financed)
