"""What describes the tables, made of the schema: the data dictionary and datapackage.json."""

from __future__ import annotations

import csv
import dataclasses
import io
import json
from collections.abc import Mapping
from typing import Any

from programs.importing.measure_columns import guarded

from .addresses import address
from .files import CSV_DIALECT, CSV_NOTE, all_files, publisher
from .schema import Column, Dataset, DataType, Table

IN_DICTIONARY = (
    "name",
    "title",
    "description",
    "type",
    "unit",
    "values",
    "source",
    "example",
    "recommended",
    "required",
    "always",
    "refers",
    "draft",
)
"""What the dictionary says of a column."""

# By Table Schema of the Frictionless Data specifications.
FIELD_TYPES: Mapping[DataType, dict[str, str]] = {
    DataType.STRING: {"type": "string"},
    DataType.YEAR: {"type": "year"},
    DataType.DATE: {"type": "date"},
    DataType.MOMENT: {"type": "datetime", "format": "any"},
    DataType.ADDRESS: {"type": "string", "format": "uri"},
    DataType.DECIMAL: {"type": "number"},
    DataType.INTEGER: {"type": "integer"},
    DataType.BOOLEAN: {"type": "boolean"},
}


def dictionary(about: Dataset) -> dict[str, Any]:
    return {
        "dataset": about.title,
        "description": about.description,
        "schemaVersion": about.version,
        "schemaDated": about.dated.isoformat(),
        "basis": about.basis,
        "basisAddress": about.basis_address,
        "basisNote": about.basis_note,
        "draftNote": about.draft_note,
        "licence": dataclasses.asdict(about.licence),
        "publisher": publisher(),
        "tables": [_table_told(table) for table in about.tables],
    }


def _table_told(table: Table) -> dict[str, Any]:
    names = ("code", "name", "title", "row", "description")
    return {
        **{name: getattr(table, name) for name in names},
        "key": list(table.key),
        "files": [file.name for file in all_files() if table in file.tables],
        "columns": [
            {name: _told(getattr(column, name)) for name in IN_DICTIONARY} for column in table.columns
        ],
    }


def _told(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def dictionary_csv(about: Dataset) -> bytes:
    """A line for each column of each table."""
    text = io.StringIO(newline="")
    lines = csv.writer(text, delimiter=CSV_DIALECT.delimiter, lineterminator="\r\n")
    lines.writerow(["table", "position", *IN_DICTIONARY])
    for table in about.tables:
        for place, column in enumerate(table.columns, start=1):
            lines.writerow([table.name, place, *(_line(getattr(column, name)) for name in IN_DICTIONARY)])
    return text.getvalue().encode(CSV_DIALECT.encoding)


def _line(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return guarded("; ".join(value) if isinstance(value, tuple) else value)


def datapackage(about: Dataset) -> dict[str, Any]:
    """By Data Package 1 of the Frictionless Data specifications, over the CSV files."""
    name, email = publisher()["name"], publisher()["email"]
    contributor = {"title": name, "role": "publisher", **({"email": email} if email else {})}
    return {
        "profile": "tabular-data-package",
        "name": about.name,
        "id": address("opendata"),
        "title": about.title,
        "description": about.description,
        "homepage": address("opendata"),
        "version": about.version,
        "keywords": list(about.keywords),
        "licenses": [
            {"name": about.licence.name, "title": about.licence.title, "path": about.licence.address}
        ],
        **({"contributors": [contributor]} if name else {}),
        "resources": [_resource(table) for table in about.tables],
    }


def _resource(table: Table) -> dict[str, Any]:
    return {
        "profile": "tabular-data-resource",
        "name": table.code,
        "title": table.title,
        "description": f"{table.description} {CSV_NOTE}",
        "path": address("opendata_file", table.code, "csv"),
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": CSV_DIALECT.encoding,
        "dialect": {"delimiter": CSV_DIALECT.delimiter, "doubleQuote": True, "header": True},
        "schema": {
            "fields": [_field(column) for column in table.columns],
            "primaryKey": list(table.key),
            "foreignKeys": [_foreign_key(column) for column in table.columns if column.refers],
            "missingValues": [""],
        },
    }


def _field(column: Column) -> dict[str, Any]:
    constraints: dict[str, Any] = {"required": True} if column.always else {}
    if column.values:
        constraints["enum"] = list(column.values)
    unit = f" Одиниця: {column.unit}." if column.unit else ""
    return {
        "name": column.name,
        "title": column.title,
        "description": column.description + unit,
        "example": column.example,
        **FIELD_TYPES[column.type],
        **({"constraints": constraints} if constraints else {}),
    }


def _foreign_key(column: Column) -> dict[str, Any]:
    table, name = column.refers.split(".")
    return {"fields": column.name, "reference": {"resource": table, "fields": name}}


def as_json(told: Any) -> bytes:
    return (json.dumps(told, ensure_ascii=False, indent=1) + "\n").encode()
