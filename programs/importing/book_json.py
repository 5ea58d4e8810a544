"""A book as compressed JSON, and back equal: how a staged import keeps what it has read."""

from __future__ import annotations

import datetime
import json
import zlib
from dataclasses import asdict
from decimal import Decimal
from typing import Any

from .files.tables import Book, CellValue, Span, Table


def pack(book: Book) -> bytes:
    plain = json.dumps(asdict(book), ensure_ascii=False, separators=(",", ":"), default=_plain)
    return zlib.compress(plain.encode())


def unpack(data: bytes) -> Book:
    raw = json.loads(zlib.decompress(data))
    return Book(raw["kind"], tuple(_table(table) for table in raw["tables"]), tuple(raw["lines"]))


def _plain(value: Any) -> dict[str, str]:
    if isinstance(value, Decimal):
        return {"number": str(value)}
    if isinstance(value, datetime.date):
        return {"date": value.isoformat()}
    raise TypeError(f"{type(value).__name__} is no value of a cell")


def _table(raw: dict[str, Any]) -> Table:
    rows = tuple(tuple(_cell(value) for value in row) for row in raw.pop("rows"))
    spans = tuple(Span(**span) for span in raw.pop("spans"))
    return Table(rows=rows, spans=spans, **raw)


def _cell(value: Any) -> CellValue:
    if not isinstance(value, dict):
        plain: str | bool | None = value
        return plain
    return Decimal(value["number"]) if "number" in value else datetime.date.fromisoformat(value["date"])
