"""What gives way on paper where texts or figures are too long for their columns."""

from __future__ import annotations

import math
from collections.abc import Sequence

from ..document import CellKind, Column
from ..formatting import shown
from ..renderers.workbook import advance, points
from .document import CumulativeDocument, Measures

LONG_TEXT = 700
"""Signs; a longer measure is set smaller, so that it and its figures take one page at most."""
# Points beside a figure that its column's lines and padding take.
_FRAME = 4.9


def label_span(columns: Sequence[Column]) -> int:
    """Columns before the first figure: what a total is of stands over them."""
    return next(place for place, column in enumerate(columns) if column.kind is not CellKind.TEXT)


def is_long(text: str) -> bool:
    return len(text) > LONG_TEXT


def figure_size(document: CumulativeDocument) -> float:
    """Points at which every figure of the measures' table takes one line: the sheet's, or less by halves."""
    usual = float(document.sheet.font_size)
    fits = min(
        (
            (points(period.width) - _FRAME) / longest
            for period, longest in zip(
                document.measures.periods, longest_figures(document.measures), strict=True
            )
            if longest
        ),
        default=usual,
    )
    return min(usual, math.floor(fits * 2) / 2)


def longest_figures(measures: Measures) -> list[float]:
    """Of each period, em."""
    longest = [0.0] * len(measures.periods)
    for line in measures.lines:
        for place, facts in enumerate(line.facts):
            for value in (facts.planned, facts.actual, facts.financed):
                longest[place] = max(longest[place], advance(shown(value, CellKind.MONEY)))
    return longest
