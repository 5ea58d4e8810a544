"""The cumulative report as HTML: the same in the browser, in a saved file, and on its way to PDF."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe

from ..document import CellKind, Column
from ..formatting import shown
from ..renderers import sheet
from ..renderers.html import SERIF, Cell, form_css
from .document import CumulativeDocument, Indicator, Line, Measures, Part
from .fitting import figure_size, is_long, label_span


@dataclass(frozen=True)
class _Row:
    label: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class _Group:
    """Rows that stay together on a page: a measure, or what is added up."""

    kind: str
    anchor: str
    line: Line
    is_long: bool
    rows: tuple[_Row, ...]
    """Its indicators; none in a task's heading."""


@dataclass(frozen=True)
class _Table:
    anchor: str
    heading: str
    columns: Sequence[Any]
    groups: tuple[_Group, ...]
    widths: Sequence[Decimal]
    """Of all columns, on screens as parts of the table."""


def render(document: CumulativeDocument) -> bytes:
    """A file that opens and prints by itself, styles and all."""
    return standalone(document, SERIF).encode()


def fragment(document: CumulativeDocument) -> SafeString:
    """For a page of the portal, which links static/form.css and static/cumulative.css itself."""
    return render_to_string(
        "cumulative/report.html",
        {
            "document": document,
            "years": _simple(document.years.columns, document.years.lines, document.years.totals),
            "tables": [
                _table(document.measures, part, place)
                for place, part in enumerate(document.measures.parts, 1)
            ],
            "unfunded": _simple(
                document.unfunded.columns,
                document.unfunded.lines,
                [document.unfunded.total] if document.unfunded.total else [],
            ),
        },
    )


def standalone(document: CumulativeDocument, family: str) -> str:
    """The whole file; `family` is the CSS font-family value of the printed form."""
    styles = form_css() + _css() + print_css(document, family)
    return render_to_string(
        "form/standalone.html",
        {"document": document, "form": fragment(document), "styles": mark_safe(styles)},
    )


@cache
def _css() -> str:
    return (Path(settings.BASE_DIR) / "static" / "cumulative.css").read_text(encoding="utf-8")


def print_css(document: CumulativeDocument, family: str) -> str:
    """The page, its margin boxes and the tables' measures; joins static/cumulative.css in print."""
    measures = document.measures
    widths = {
        "years": [column.width for column in document.years.columns],
        "unfunded": [column.width for column in document.unfunded.columns],
        **{_anchor(place): _part_widths(measures, part) for place, part in enumerate(measures.parts, 1)},
    }
    rules = "".join(
        f"#{anchor} col:nth-child({place}){{width:{width}mm}}"
        for anchor, columns in widths.items()
        for place, width in enumerate(columns, 1)
    )
    return f"""{sheet.page_css(document, family)}
@media print {{
.cumulative-table {{ font-size: {sheet.type_size(document)}pt; line-height: {sheet.LINE_HEIGHT}; }}
.cumulative-table th, .cumulative-table td {{ border: {sheet.BORDER}pt solid #000; }}
.cumulative-table thead th {{ font-size: {sheet.header_size(document)}pt; }}
.cumulative-measures td.money, .cumulative-measures td.percent {{ font-size: {figure_size(document):g}pt; }}
{rules}
}}
"""


# --- the table of measures ---------------------------------------------------------------


def _anchor(place: int) -> str:
    return f"measures-{place}"


def _part_widths(measures: Measures, part: Part) -> list[Decimal]:
    return [
        measures.number_width,
        part.text_width,
        measures.term_width,
        measures.indicator_width,
        *(period.width for period in measures.periods[part.first : part.end]),
    ]


def _table(measures: Measures, part: Part, place: int) -> _Table:
    columns = measures.periods[part.first : part.end]
    return _Table(
        anchor=_anchor(place),
        heading=part.heading,
        columns=columns,
        groups=tuple(_groups(measures, part, place)),
        widths=_part_widths(measures, part),
    )


def _groups(measures: Measures, part: Part, place: int) -> Iterator[_Group]:
    every = measures.indicators
    # Figures of the form's funds have no percents.
    money = [indicator for indicator in every if indicator.kind is CellKind.MONEY]
    number = 0

    def group(kind: str, line: Line, indicators: Sequence[Indicator], anchor: str = "") -> _Group:
        rows = tuple(_row(line, indicator, part) for indicator in indicators)
        return _Group(kind, anchor, line, is_long(line.text), rows)

    for task in measures.tasks:
        yield group("task", Line(task.heading, ()), ())
        for line in task.measures:
            number += 1
            # Measures may share a number, one withdrawn and another in its place: the rows tell them apart.
            yield group("measure", line, every, f"row-{number}" if place == 1 else "")
        yield group("task-total", task.total, every)
    yield group("total", measures.total, every)
    for line in measures.fund_lines:
        yield group("fund", line, money)


def _row(line: Line, indicator: Indicator, part: Part) -> _Row:
    facts = line.facts[part.first : part.end]
    cells = (Cell(shown(getattr(one, indicator.key), indicator.kind), indicator.kind) for one in facts)
    return _Row(indicator.label, tuple(cells))


# --- tables of one row a line ------------------------------------------------------------


def _simple(columns: Sequence[Column], lines: Sequence[Any], totals: Sequence[Any]) -> dict[str, Any]:
    span = label_span(columns)
    return {
        "columns": columns,
        "rows": [_cells(columns, line) for line in lines],
        "span": span,
        "totals": [
            (shown(getattr(line, columns[0].key), CellKind.TEXT), _cells(columns[span:], line))
            for line in totals
        ],
    }


def _cells(columns: Sequence[Column], line: Any) -> list[Cell]:
    return [Cell(shown(getattr(line, column.key), column.kind), column.kind) for column in columns]
