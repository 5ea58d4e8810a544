"""The official table as HTML: the same in the browser, in a saved file, and on its way to PDF."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe

from ..document import CellKind, Column, ReportDocument, Scope
from ..formatting import shown
from . import sheet

SERIF = "Tinos, 'Times New Roman', 'Liberation Serif', serif"


@dataclass(frozen=True)
class Piece:
    """A row of the printed table: a whole measure, or the part of a tall one that fits its page."""

    row: int
    """The measure's place in `document.rows`."""
    texts: tuple[str, ...]
    """What the measure's columns show, in their order."""
    starts_page: bool = False
    continues: bool = False
    """The measure began on an earlier page."""


@dataclass(frozen=True)
class Layout:
    """How a sheet of paper is set."""

    pieces: Sequence[Piece]
    fit: sheet.Fit = sheet.AS_USUAL


@dataclass(frozen=True)
class Cell:
    text: str
    kind: str


@dataclass(frozen=True)
class PrintedRow:
    anchor: str
    task_cells: tuple[Cell, ...]
    """Empty but in the first row of a task, and of a task's part on each further page."""
    span: int
    cells: tuple[Cell, ...]
    starts_page: bool


def render(document: ReportDocument) -> bytes:
    """A file that opens and prints by itself, styles and all."""
    return standalone(document, Layout(whole_pieces(document)), SERIF).encode()


def form_fragment(document: ReportDocument) -> SafeString:
    """The form for a page of the portal, which links static/form.css itself."""
    return _form(document, whole_pieces(document))


def standalone(document: ReportDocument, layout: Layout, family: str) -> str:
    """The whole file; `family` is the CSS font-family value of the printed form."""
    return render_to_string(
        "form/standalone.html",
        {
            "document": document,
            "form": _form(document, layout.pieces),
            "styles": mark_safe(form_css() + sheet.print_css(document, family, layout.fit)),
        },
    )


@cache
def form_css() -> str:
    return (Path(settings.BASE_DIR) / "static" / "form.css").read_text(encoding="utf-8")


def measure_texts(document: ReportDocument) -> list[tuple[str, ...]]:
    """What every measure's columns show, by row."""
    columns = [column for column in document.columns if column.scope is Scope.MEASURE]
    return [
        tuple(shown(getattr(row, column.key), column.kind) for column in columns) for row in document.rows
    ]


def whole_pieces(document: ReportDocument) -> list[Piece]:
    return [Piece(place, texts) for place, texts in enumerate(measure_texts(document))]


def printed_rows(document: ReportDocument, pieces: Sequence[Piece]) -> list[PrintedRow]:
    """The table's rows, the task's cells standing at each task's start and at each page's top."""
    task_of = [task for task in document.tasks for _ in task.rows]
    columns = [column for column in document.columns if column.scope is Scope.MEASURE]
    task_columns = [column for column in document.columns if column.scope is Scope.TASK]
    starts = [
        place
        for place, piece in enumerate(pieces)
        if piece.starts_page or place == 0 or task_of[piece.row] is not task_of[pieces[place - 1].row]
    ]
    spans = {start: end - start for start, end in itertools.pairwise([*starts, len(pieces)])}
    rows = []
    for place, (piece, anchor) in enumerate(zip(pieces, anchors(document, pieces), strict=True)):
        task = task_of[piece.row]
        rows.append(
            PrintedRow(
                anchor=anchor,
                task_cells=tuple(
                    Cell(shown(getattr(task, column.key), column.kind), column.kind)
                    for column in task_columns
                )
                if place in spans
                else (),
                span=spans.get(place, 0),
                cells=tuple(
                    Cell(text, column.kind) for text, column in zip(piece.texts, columns, strict=True)
                ),
                starts_page=piece.starts_page,
            )
        )
    return rows


def anchors(document: ReportDocument, pieces: Sequence[Piece]) -> list[str]:
    """An id for each piece: its row's, and «m-2.10-2» for a measure's second part."""
    of_rows = row_anchors([row.number for row in document.rows])
    names = []
    part = 1
    for piece in pieces:
        part = part + 1 if piece.continues else 1
        name = of_rows[piece.row]
        names.append(name if part == 1 else f"{name}-{part}")
    return names


def row_anchors(numbers: Sequence[str]) -> list[str]:
    """An id for each row of a report, by the measures' numbers in printed order: «m-2.10».

    Two measures share a number in the year in which one is withdrawn and the other introduced in its
    place: the later one's id ends with its row.
    """
    first = {number: place for place, number in reversed(list(enumerate(numbers)))}
    return [
        f"m-{number}" if first[number] == place else f"m-{number}-row{place + 1}"
        for place, number in enumerate(numbers)
    ]


def signature_anchor(place: int) -> str:
    """The id of the document's signature at this place, from 0."""
    return f"signature-{place + 1}"


def _form(document: ReportDocument, pieces: Sequence[Piece]) -> SafeString:
    return render_to_string(
        "form/form.html",
        {
            "document": document,
            "columns": document.columns,
            "widths": _relative_widths(document.columns),
            "sections": document.sections,
            "rows": printed_rows(document, pieces),
            "totals": closing_cells(document, document.totals),
            "fund_lines": [closing_cells(document, line) for line in document.fund_lines],
            "signatures": [
                (signature_anchor(place), signature) for place, signature in enumerate(document.signatures)
            ],
        },
    )


def _relative_widths(columns: Sequence[Column]) -> list[str]:
    """Per cent of the table, for screens; print sets millimetres over them."""
    whole = sum(column.width for column in columns)
    return [f"{column.width * 100 / whole:.3f}%" for column in columns]


def label_span(document: ReportDocument) -> int:
    """Columns before the first figure: the label of a row under the table stands over them."""
    return next(place for place, column in enumerate(document.columns) if column.kind is not CellKind.TEXT)


def closing_cells(document: ReportDocument, line: Any) -> dict[str, Any]:
    """A row under the table: its label, then the figures."""
    columns = document.columns
    first = label_span(document)
    values: list[Decimal | None] = [
        getattr(line, column.key, None) if column.kind is not CellKind.TEXT else None
        for column in columns[first:]
    ]
    return {
        "label": line.label,
        "label_span": first,
        "cells": [
            Cell(shown(value, column.kind), column.kind)
            for value, column in zip(values, columns[first:], strict=True)
        ],
    }
