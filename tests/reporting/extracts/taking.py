"""Extracts taken and read back."""

from __future__ import annotations

import datetime
import functools
import io
import json
import tempfile
from decimal import Decimal
from typing import Any

from openpyxl import load_workbook
from openpyxl.workbook import Workbook

from programs.models import MeasureResult, User
from reporting.extracts.choosing import batches
from reporting.extracts.selection import Selection
from reporting.extracts.writing import ExtractFacts, write_extract

NOW = datetime.datetime(2025, 1, 14, 10, 30, 5, tzinfo=datetime.UTC)
EVERYTHING = Selection()


def taken(
    format_name: str, selection: Selection = EVERYTHING, *, by: User | None = None
) -> tuple[bytes, ExtractFacts]:
    with tempfile.TemporaryFile() as file:
        facts = write_extract(selection, format_name, file, by=by, now=NOW)
        file.seek(0)
        return file.read(), facts


def as_json(selection: Selection = EVERYTHING, *, by: User | None = None) -> dict[str, Any]:
    """Rows by the sheets' names in JSON; numbers with a point as Decimals."""
    return json.loads(taken("json", selection, by=by)[0], parse_float=Decimal)


def book(selection: Selection = EVERYTHING, *, values: bool = False, by: User | None = None) -> Workbook:
    """Formulas, or with `values` what they gave when the file was written."""
    return load_workbook(io.BytesIO(taken("xlsx", selection, by=by)[0]), data_only=values)


@functools.cache
def demo_book(selection: Selection = EVERYTHING, *, values: bool = False) -> Workbook:
    """The same of the demonstration data, for tests that only read them: made once."""
    return book(selection, values=values)


def found(selection: Selection, reader: User | None = None) -> list[MeasureResult]:
    """The rows that an extract would have, in its order."""
    return [row for batch in batches(selection, reader) for part in batch.parts for row in part.selected]


def codes(selection: Selection, reader: User | None = None) -> list[str]:
    """«2023 1.1» …"""
    return [f"{row.report.year} {row.measure.code}" for row in found(selection, reader)]
