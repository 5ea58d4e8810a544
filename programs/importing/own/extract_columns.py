"""Which column of an extract's table is what."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from ...entry import AMOUNT_FIELDS
from ...models import FundingSource
from ...textforms import search_key
from ..measure_columns import (
    AFTER_SOURCES,
    BEFORE_SOURCES,
    EDITABLE,
    TOTALS,
    TOTALS_IN_HRYVNIAS,
    source_column,
)
from .cells import Cell, OwnTable

HEADINGS = {
    spec.key: search_key(spec.heading)
    for spec in (*BEFORE_SOURCES, *TOTALS, *TOTALS_IN_HRYVNIAS, *AFTER_SOURCES)
}
"""Of the columns that every extract has, as an `OwnTable` knows them."""


@dataclass(frozen=True)
class Columns:
    cells: Mapping[Cell, int]
    """What may be changed."""
    sums_in_hryvnias: Mapping[Cell, int]
    known: Collection[str]
    """Every heading that an extract may have."""


def extract_columns(own: OwnTable, sources: Iterable[FundingSource]) -> Columns:
    """Of those columns that the file has."""
    money: dict[str, Cell] = {}
    in_hryvnias: dict[str, Cell] = {}
    for source in sources:
        for fact in AMOUNT_FIELDS:
            money[search_key(source_column(fact, source.name))] = (fact, source.pk)
            in_hryvnias[search_key(source_column(fact, source.name, hryvnias=True))] = (fact, source.pk)
    editable: dict[str, Cell] = {HEADINGS[name]: (name, None) for name in EDITABLE}
    return Columns(
        _found(own, editable | money), _found(own, in_hryvnias), {*HEADINGS.values(), *money, *in_hryvnias}
    )


def _found(own: OwnTable, headings: Mapping[str, Cell]) -> dict[Cell, int]:
    return {cell: own.columns[heading] for heading, cell in headings.items() if heading in own.columns}
