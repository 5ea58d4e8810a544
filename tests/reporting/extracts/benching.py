"""For `make bench`: what an extract costs, beside XlsxWriter alone writing the same cells."""

from __future__ import annotations

import datetime
import tempfile
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from reporting.extracts.choosing import batches
from reporting.extracts.selection import Selection
from reporting.extracts.sheets import Row
from reporting.extracts.writing import sheets_of, write_extract

Rows = list[tuple[int, Row]]


def extracting(selection: Selection) -> dict[str, Callable[[], Any]]:
    """All sheets of the selection; the peer has the rows at hand and neither asks the database nor counts."""
    rows = [
        (place, row)
        for batch in batches(selection, None, with_records=True)
        for place, sheet in enumerate(sheets_of("xlsx", Selection()))
        for row in sheet.rows(batch)
    ]
    return {
        "extract xlsx": lambda: written(selection, "xlsx"),
        "extract ods": lambda: written(selection, "ods"),
        "extract csv": lambda: written(selection, "csv"),
        "bare XlsxWriter": lambda: bare_xlsxwriter(rows),
    }


def written(selection: Selection, format_name: str) -> None:
    with tempfile.TemporaryFile() as file:
        write_extract(selection, format_name, file, by=None, now=datetime.datetime.now(datetime.UTC))


def bare_xlsxwriter(rows: Rows) -> None:
    """In constant memory too; no formats but of dates, no heights, no totals."""
    from xlsxwriter import Workbook

    with tempfile.TemporaryFile() as file, Workbook(file, {"constant_memory": True}) as workbook:
        dated = workbook.add_format({"num_format": "dd.mm.yyyy hh:mm"})
        sheets = [workbook.add_worksheet() for _ in range(max(place for place, _ in rows) + 1)]
        written_so_far = [0] * len(sheets)
        for place, row in rows:
            sheet, number = sheets[place], written_so_far[place]
            written_so_far[place] += 1
            for column, value in enumerate(row):
                if isinstance(value, str) and value:
                    sheet.write_string(number, column, value)
                elif isinstance(value, Decimal | int):
                    sheet.write_number(number, column, value)
                elif isinstance(value, datetime.date):
                    sheet.write_datetime(number, column, value, dated)
