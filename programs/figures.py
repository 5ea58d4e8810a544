"""Every figure of one report, computed once from its rows and shown the same everywhere."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from . import calculations
from .calculations import Money
from .enums import PercentBase
from .models import Amount, AnnualReport, FundingSource, MeasureResult


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
    of_actual = report.program.percent_base == PercentBase.ACTUAL
    line_of = {source.pk: source.form_line for source in sources if source.form_line}

    def figures(money: Money, stated: Decimal | None) -> Figures:
        base = calculations.percent_base(money, of_actual=of_actual)
        computed = calculations.computed_percent(money.financed, base)
        return Figures(money, computed, stated, calculations.printed_percent(stated, computed))

    rows = {
        result.pk: figures(
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
        tasks={task_id: figures(money, None) for task_id, money in by_task.items()},
        fund_lines={line: by_line.get(line, calculations.BLANK) for line in line_of.values()},
        total=figures(
            calculations.total_money(row.money for row in rows.values()), report.stated_total_percent
        ),
    )


def amount_money(amount: Amount) -> Money:
    return Money(amount.planned, amount.actual, amount.financed)
