"""The figures as CSV: one row a measure, exact amounts, for programs rather than for eyes."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from decimal import Decimal
from io import StringIO

from programs.textforms import plain_decimal

from ..document import ReportDocument

HEADER = (
    "task_number",
    "task",
    "measure_number",
    "measure",
    "term",
    "executors",
    "planned",
    "actual",
    "financed",
    "computed_percent",
    "stated_percent",
    "percent",
    "information",
)


def render(document: ReportDocument) -> bytes:
    """UTF-8 without a byte-order mark, LF line ends, decimal points; a blank is an empty field."""
    text = StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(HEADER)
    writer.writerows(_records(document))
    return text.getvalue().encode()


def _records(document: ReportDocument) -> Iterator[tuple[str | int, ...]]:
    for task in document.tasks:
        for row in task.rows:
            yield (
                task.number,
                task.text,
                row.number,
                row.measure,
                row.term,
                row.executors,
                _number(row.planned),
                _number(row.actual),
                _number(row.financed),
                _number(row.computed_percent),
                _number(row.stated_percent),
                _number(row.percent),
                row.information,
            )


def _number(value: Decimal | None) -> str:
    return "" if value is None else plain_decimal(value)
