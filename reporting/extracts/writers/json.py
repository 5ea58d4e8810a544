"""JSON: every sheet as a list of objects with the columns' keys; money and percents are exact numbers."""

from __future__ import annotations

import datetime
import json
import shutil
from collections.abc import Sequence
from decimal import Decimal
from typing import IO

from programs.textforms import plain_decimal

from ..sheets import Row, Sheet, Totals, Value
from .base import Heading, Spooled

SCHEMA_VERSION = 1


class JsonWriter(Spooled):
    """See `base.Writer`. A blank number or date is null, a blank text is empty; a row a line."""

    def __init__(self, file: IO[bytes], sheets: Sequence[Sheet], heading: Heading) -> None:
        super().__init__(file, sheets, heading)
        # Made once instead of with every row.
        self.keys = [[f"{_text(column.key)}:" for column in sheet.columns] for sheet in sheets]

    def write(self, sheet: int, row: Row) -> None:
        spool = self.spools[sheet]
        cells = ",".join(key + _value(value) for key, value in zip(self.keys[sheet], row, strict=True))
        spool.write((",\n{" if spool.tell() else "\n{").encode() + cells.encode() + b"}")

    def finish(self, totals: Sequence[Totals]) -> None:
        head = {
            "schema_version": SCHEMA_VERSION,
            "title": self.heading.title,
            "author": self.heading.author,
            "created": self.heading.created.isoformat(),
            "columns": {
                sheet.code: {column.key: column.heading for column in sheet.columns} for sheet in self.sheets
            },
        }
        # Without the end «\n}»: the sheets come before it.
        self.file.write(json.dumps(head, ensure_ascii=False, indent=1)[:-2].encode())
        for sheet, spool in zip(self.sheets, self.spools, strict=True):
            self.file.write(f",\n {_text(sheet.code)}: [".encode())
            spool.seek(0)
            shutil.copyfileobj(spool, self.file)
            self.file.write(b"\n ]")
        self.file.write(b"\n}\n")


def _value(value: Value) -> str:
    if value is None:
        return "null"
    if isinstance(value, Decimal):
        return plain_decimal(value)
    if isinstance(value, int):
        return str(value)
    return _text(value.isoformat() if isinstance(value, datetime.date) else value)


def _text(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
