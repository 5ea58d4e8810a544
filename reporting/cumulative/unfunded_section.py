"""The measures that no report tells any financing of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from programs.calculations import total
from programs.enums import ZeroReason
from programs.term_figures import MeasureOverTerm, TermFigures
from programs.textforms import listed_years

from .document import Unfunded, UnfundedLine
from .measures_section import measure_text
from .years_section import table_columns


def unfunded_section(figures: TermFigures, words: Mapping[str, Any]) -> Unfunded:
    said = words["unfunded"]
    lines = tuple(_line(measure, said) for measure in figures.never_financed)
    return Unfunded(
        heading=said["heading"],
        sheet_name=said["sheet_name"],
        leads=tuple(_leads(figures, len(lines), said)),
        columns=table_columns(said),
        lines=lines,
        total=UnfundedLine(
            number=said["total"],
            text="",
            planned=total(line.planned for line in lines),
            actual=total(line.actual for line in lines),
        )
        if lines
        else None,
    )


def _leads(figures: TermFigures, count: int, said: Mapping[str, Any]) -> Iterator[str]:
    if not figures.reports:
        yield said["no_reports"]
        return
    untold = figures.untold
    told = len(list(figures.measures)) - len(untold)
    years = listed_years(figures.reports)
    yield said["lead" if count else "nothing"].format(years=years, count=count, told=told)
    if untold:
        yield said["untold"].format(measures=", ".join(one.measure.code for one in untold))


def _line(over_term: MeasureOverTerm, said: Mapping[str, Any]) -> UnfundedLine:
    money = over_term.reported.money
    return UnfundedLine(
        number=over_term.measure.code,
        text=measure_text(over_term),
        term=over_term.measure.printed_term,
        years=listed_years(over_term.results),
        planned=money.planned,
        actual=money.actual,
        reasons="; ".join(_reasons(over_term, said)),
    )


def _reasons(over_term: MeasureOverTerm, said: Mapping[str, Any]) -> Iterator[str]:
    """Each with its years, in the order in which they first were given; then years without a word."""
    given: dict[str, list[int]] = {}
    for year, result in sorted(over_term.results.items()):
        if result.zero_reason:
            given.setdefault(result.zero_reason, []).append(year)
    for reason, years in given.items():
        yield said["reason"].format(years=listed_years(years), reason=ZeroReason(reason).label)
    if silent := [year for year in over_term.results if over_term.years[year].money.financed is None]:
        yield said["reason"].format(years=listed_years(silent), reason=said["not_told"])
