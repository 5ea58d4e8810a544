"""The published schema: one TOML file with every table, column and word, checked before it is leant on."""

from __future__ import annotations

import datetime
import hashlib
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings


class DataType(StrEnum):
    """As the national recommendation names them, after XML Schema."""

    STRING = "string"
    YEAR = "gYear"
    DATE = "date"
    MOMENT = "dateTime"
    ADDRESS = "anyURI"
    DECIMAL = "decimal"
    INTEGER = "integer"
    BOOLEAN = "boolean"


TYPE_WORDS: Mapping[DataType, str] = {
    DataType.STRING: "текст",
    DataType.YEAR: "рік",
    DataType.DATE: "дата",
    DataType.MOMENT: "дата й час",
    DataType.ADDRESS: "адреса",
    DataType.DECIMAL: "число",
    DataType.INTEGER: "ціле число",
    DataType.BOOLEAN: "true або false",
}


@dataclass(frozen=True)
class Column:
    name: str
    """In the first line of every file and as the key in JSON."""
    title: str
    description: str
    type: DataType
    source: str
    """Where the value comes from, in words."""
    example: str
    value: str = ""
    """Which of the values of `values` stands in it."""
    constant: str = ""
    """What stands in it instead, always the same."""
    unit: str = ""
    """«тис. грн», «%»; nothing for what has none."""
    long: bool = False
    values: tuple[str, ...] = ()
    """All that can stand there; nothing where that is open."""
    refers: str = ""
    """«programs.identifier»: the column whose values it repeats."""
    recommended: bool = False
    required: bool = False
    """By the recommendation."""
    always: bool = False
    """Whether the portal always has a value."""
    draft: str = ""
    """What a later draft of the national structure calls it."""

    @property
    def type_words(self) -> str:
        return TYPE_WORDS[self.type]


@dataclass(frozen=True)
class Table:
    code: str
    """In addresses: `programs`."""
    name: str
    """Of the resource and of the sheet: `Programs`."""
    title: str
    row: str
    """What one row is."""
    description: str
    key: tuple[str, ...]
    """Names of the columns that tell one row from another."""
    columns: tuple[Column, ...]


@dataclass(frozen=True)
class Licence:
    name: str
    """By the SPDX list."""
    title: str
    address: str


@dataclass(frozen=True)
class Dataset:
    version: str
    dated: datetime.date
    name: str
    title: str
    description: str
    basis: str
    basis_address: str
    basis_note: str
    draft_note: str
    keywords: tuple[str, ...]
    licence: Licence
    tables: tuple[Table, ...]
    digest: str
    """SHA-256 of the file that says all this."""

    def table(self, code: str) -> Table | None:
        return next((table for table in self.tables if table.code == code), None)


class SchemaError(ValueError):
    """The file cannot serve; the message is a Ukrainian sentence with the file and the place."""


def dataset() -> Dataset:
    """The schema in force. Raises SchemaError."""
    return read(settings.OPENDATA_SCHEMA)


@cache
def read(path: Path) -> Dataset:
    """Raises SchemaError."""
    try:
        content = path.read_bytes()
        told = tomllib.loads(content.decode())
        tables = tuple(_table(one) for one in told["tables"])
        about = _made(
            Dataset,
            told["dataset"],
            "dataset",
            licence=_made(Licence, told["dataset"].get("licence", {}), "dataset.licence"),
            tables=tables,
            digest=hashlib.sha256(content).hexdigest(),
        )
    except OSError as error:
        raise SchemaError(f"Файл граф відкритих даних {path} не читається: {error.strerror}.") from error
    except (SchemaError, KeyError, ValueError) as error:
        what = f"бракує {error}" if isinstance(error, KeyError) else str(error)
        raise SchemaError(f"У файлі граф відкритих даних {path} помилка: {what}.") from error
    if faults := [*_faults(tables), *_reference_faults(tables)]:
        raise SchemaError(f"У файлі граф відкритих даних {path} помилки: {'; '.join(faults)}.")
    return about


def _table(told: Mapping[str, Any]) -> Table:
    place = f"таблиця {told.get('code', '?')}"
    columns = tuple(
        _made(
            Column, {**one, "type": DataType(one.get("type", ""))}, f"{place}, графа {one.get('name', '?')}"
        )
        for one in told.get("columns", ())
    )
    return _made(Table, told, place, columns=columns)


def _made(kind: type[Any], told: Mapping[str, Any], place: str, **more: Any) -> Any:
    """The dataclass with what the file tells of it; lists as tuples. Raises SchemaError."""
    given = {name: tuple(one) if isinstance(one, list) else one for name, one in told.items()} | more
    known = {field.name: field for field in fields(kind)}
    if unknown := sorted(given.keys() - known.keys()):
        raise SchemaError(f"{place}: невідоме {', '.join(unknown)}")
    try:
        made = kind(**given)
    except TypeError as error:
        lacking = re.findall(r"'(\w+)'", str(error))
        raise SchemaError(f"{place}: бракує {', '.join(lacking)}") from error
    for name, field in known.items():
        # Every annotation is a string here; what is no text is said by name.
        if field.type == "str" and not isinstance(getattr(made, name), str):
            raise SchemaError(f"{place}: {name} має бути текстом")
    return made


def _faults(tables: Iterable[Table]) -> list[str]:
    from .values import VALUES

    faults = []
    for table in tables:
        if table.code not in VALUES:
            faults.append(f"таблиці «{table.code}» портал не має, є {', '.join(VALUES)}")
            continue
        names = [column.name for column in table.columns]
        faults += [
            f"{table.code}: графа {name} двічі" for name in sorted({n for n in names if names.count(n) > 1})
        ]
        faults += [f"{table.code}: ключа {name} немає серед граф" for name in table.key if name not in names]
        known = VALUES[table.code]
        faults += [
            f"{table.code}.{column.name}: немає показника «{column.value}», є {', '.join(known)}"
            for column in table.columns
            if column.value not in known and not column.constant
        ]
    return faults


def _reference_faults(tables: Iterable[Table]) -> list[str]:
    known = {f"{table.code}.{column.name}" for table in tables for column in table.columns}
    return [
        f"{table.code}.{column.name}: немає графи {column.refers}"
        for table in tables
        for column in table.columns
        if column.refers and column.refers not in known
    ]
