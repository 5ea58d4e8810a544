"""The columns of figures: every year, the years with a report together, the whole term."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from programs.calculations import BLANK, Money
from programs.enums import ReportState
from programs.figures import Figures
from programs.models import AnnualReport
from programs.term_figures import TermFigures, YearFigures
from programs.textforms import listed_years

from .document import Facts, Part, Period, PeriodKind


def is_final(report: AnnualReport) -> bool:
    """No project of a report any more: agreed, or the copy of what was once issued on paper."""
    return report.report_state is ReportState.AGREED or report.is_transcribed


def all_are_reported(figures: TermFigures) -> bool:
    return all(year in figures.reports for year in figures.years)


def spelled_years(years: Sequence[int], words: Mapping[str, Any]) -> str:
    """«2020–2025 роки», «2024 рік»."""
    if len(years) == 1:
        return str(words["year_label"].format(first=years[0]))
    return str(words["years_label"].format(first=years[0], last=years[-1]))


def periods(figures: TermFigures, words: Mapping[str, Any]) -> tuple[Period, ...]:
    """In printed order. Two kinds of totals only where they differ and there is a report to add up."""
    widths = words["widths"]
    made = [
        Period(PeriodKind.YEAR, str(year), _source_of(figures, year, words), (year,), Decimal(widths["year"]))
        for year in figures.years
    ]
    totals = [(PeriodKind.TERM, words["term_heading"], tuple(figures.years))]
    if figures.reports and not all_are_reported(figures):
        reported = tuple(year for year in figures.years if year in figures.reports)
        totals.insert(0, (PeriodKind.REPORTED, words["reported_heading"], reported))
    made += [
        Period(kind, heading, listed_years(years), years, Decimal(widths["total"]))
        for kind, heading, years in totals
    ]
    return tuple(made)


def _source_of(figures: TermFigures, year: int, words: Mapping[str, Any]) -> str:
    report = figures.reports.get(year)
    if report is None:
        return str(words["from_nothing" if figures.by_year[year].money == BLANK else "from_plan"])
    return str(words["from_report" if is_final(report) else "from_draft"])


def parts(columns: Sequence[Period], room: Decimal, words: Mapping[str, Any]) -> tuple[Part, ...]:
    """The years in tables of about as many columns each, the totals beside the last of them.

    `room`: millimetres for the measure's text and the figures.
    """
    years = [column for column in columns if column.kind is PeriodKind.YEAR]
    count = len(range(0, len(years), words["measures"]["years_in_part"]))
    least, over = divmod(len(years), count)
    ends = list(itertools.accumulate(least + (place < over) for place in range(count)))
    made = []
    for first, end in itertools.pairwise([0, *ends]):
        told = listed_years(year.years[0] for year in years[first:end])
        last = len(columns) if end == len(years) else end
        made.append(
            Part(
                heading=words["measures"]["part_heading"].format(years=told) if count > 1 else "",
                first=first,
                end=last,
                text_width=room - sum((column.width for column in columns[first:last]), Decimal(0)),
            )
        )
    return tuple(made)


def facts_of(
    columns: Sequence[Period], years: Mapping[int, YearFigures], total: Money, reported: Figures
) -> tuple[Facts, ...]:
    """What a measure, a task or the programme has in each column."""
    return tuple(_facts(columns, years, total, reported))


def _facts(
    columns: Sequence[Period], years: Mapping[int, YearFigures], total: Money, reported: Figures
) -> Iterator[Facts]:
    told_apart = any(column.kind is PeriodKind.REPORTED for column in columns)
    for column in columns:
        if column.kind is PeriodKind.YEAR:
            yield year_facts(years.get(column.years[0]))
        elif column.kind is PeriodKind.REPORTED or not told_apart:
            # Where every year is reported, the term is told as reported; where none is, no percent is.
            money = reported.money if column.kind is PeriodKind.REPORTED else total
            yield money_facts(money, percent=reported.computed_percent)
        else:
            yield money_facts(total)


def year_facts(year: YearFigures | None) -> Facts:
    if year is None:
        return Facts()
    return money_facts(year.money, percent=year.percent, is_stated=year.stated_percent is not None)


def money_facts(money: Money, *, percent: Decimal | None = None, is_stated: bool = False) -> Facts:
    return Facts(money.planned, money.actual, money.financed, percent, is_stated)
