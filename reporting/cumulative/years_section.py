"""The years, which of them have a report and in what state, and what the programme had in each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.utils import timezone

from programs.enums import PercentBase
from programs.models import Edition
from programs.term_figures import TermFigures
from programs.textforms import format_decimal, listed_years

from ..document import CellKind, Column, Scope
from .document import Facts, PeriodKind, YearLine, Years
from .periods import facts_of, is_final, periods, spelled_years


def years_section(figures: TermFigures, editions: Sequence[Edition], words: Mapping[str, Any]) -> Years:
    said = words["years"]
    by_report: dict[int, list[Edition]] = {}
    for edition in editions:
        by_report.setdefault(edition.report_id, []).append(edition)
    columns = periods(figures, words)
    told = facts_of(columns, figures.by_year, figures.total, figures.reported)
    lines, totals = [], []
    for column, facts in zip(columns, told, strict=True):
        if column.kind is PeriodKind.YEAR:
            year = column.years[0]
            report = figures.reports.get(year)
            of_report = by_report.get(report.pk, []) if report else []
            lines.append(_year(year, report, of_report, facts, said))
        elif column.kind is PeriodKind.REPORTED:
            label = said["reported_label"].format(years=listed_years(column.years))
            totals.append(_line(label, facts, years=column.years))
        else:
            label = said["term_label"].format(years=spelled_years(column.years, words))
            totals.append(_line(label, facts, years=column.years))
    return Years(
        heading=said["heading"],
        sheet_name=said["sheet_name"],
        columns=table_columns(said),
        lines=tuple(lines),
        totals=tuple(totals),
        notes=tuple(_notes(figures, by_report, words["notes"])),
    )


def table_columns(said: Mapping[str, Any]) -> tuple[Column, ...]:
    return tuple(
        Column(
            key=column["key"],
            heading=column["heading"],
            kind=CellKind(column["kind"]),
            scope=Scope.MEASURE,
            width=Decimal(column["width"]),
        )
        for column in said["columns"]
    )


def _line(label: str, facts: Facts, **texts: Any) -> YearLine:
    return YearLine(
        year=label,
        planned=facts.planned,
        actual=facts.actual,
        financed=facts.financed,
        percent=facts.percent,
        is_stated=facts.is_stated,
        **texts,
    )


def _year(
    year: int,
    report: Any,
    editions: Sequence[Edition],
    facts: Facts,
    said: Mapping[str, Any],
) -> YearLine:
    """`report` with the facts of its editions, or None."""
    if report is None:
        state = said["empty_state" if facts.planned is None else "plan_state"]
        return _line(str(year), facts, state=state, years=(year,))
    public = next((one for one in editions if one.number == report.public_number), None)
    edition = published = ""
    if editions:
        newest = editions[-1]
        edition = said["edition"].format(number=newest.number, date=_day(newest.signed_at))
    if public:
        date = _day(public.publication.published_at)
        published = said["published"].format(number=public.number, date=date)
    state = "; ".join(_states(report, said))
    return _line(
        str(year), facts, state=state, edition=edition, published=published, years=(year,), has_report=True
    )


def _states(report: Any, said: Mapping[str, Any]) -> Iterator[str]:
    """What the pages of the portal say of it, in one line."""
    if report.is_published:
        yield said["published_state"]
    elif report.is_signed:
        yield said["signed_state"]
    elif report.is_transcribed and report.report_state.accepts_figures:
        # Nobody is to hand it in: the paper was, long ago.
        yield said["transcribed_state"]
    else:
        yield str(report.report_state.label)
    if report.is_demonstration:
        yield said["demonstration_state"]


def _day(moment: Any) -> str:
    return f"{timezone.localtime(moment):%d.%m.%Y}"


def _notes(
    figures: TermFigures, editions: Mapping[int, Sequence[Edition]], said: Mapping[str, Any]
) -> Iterator[str]:
    yield said["sources"]
    of_actual = figures.program.percent_base == PercentBase.ACTUAL
    yield said["percent_of_actual" if of_actual else "percent_of_planned"]
    if figures.untold_years and figures.reported.computed_percent is not None:
        yield said["untold_years"].format(years=listed_years(figures.untold_years))
    for year in figures.years:
        told = figures.by_year[year]
        if told.stated_percent is not None and told.stated_percent != told.computed_percent:
            name = "stated_only" if told.computed_percent is None else "stated_total"
            computed = "" if told.computed_percent is None else format_decimal(told.computed_percent)
            yield said[name].format(year=year, stated=format_decimal(told.stated_percent), computed=computed)
        report = figures.reports.get(year)
        if report and not is_final(report) and editions.get(report.pk):
            yield said["reopened"].format(year=year, number=editions[report.pk][-1].number)
