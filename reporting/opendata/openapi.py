"""The OpenAPI 3.1 document of the read-only JSON: the tables, what describes them, and public reports."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.urls import reverse

from ..document import ReportDocument
from .addresses import absolute, address
from .files import json_head, publisher
from .json_schema import PLACE, schemas_of
from .schema import Column, Dataset, DataType, Table

JSON_TYPES: Mapping[DataType, dict[str, str]] = {
    DataType.STRING: {"type": "string"},
    DataType.YEAR: {"type": "integer"},
    DataType.DATE: {"type": "string", "format": "date"},
    DataType.MOMENT: {"type": "string", "format": "date-time"},
    DataType.ADDRESS: {"type": "string", "format": "uri"},
    DataType.DECIMAL: {"type": "number"},
    DataType.INTEGER: {"type": "integer"},
    DataType.BOOLEAN: {"type": "boolean"},
}
PROGRAM, YEAR = "programmeIdentifier", "year"


def openapi(about: Dataset) -> dict[str, Any]:
    told = publisher()
    contact = {name: told[name] for name in ("name", "email") if told[name]}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": about.title,
            "description": f"{about.description} Лише для читання, без облікового запису.",
            "version": about.version,
            "license": {"name": about.licence.title, "identifier": about.licence.name},
            **({"contact": contact} if contact else {}),
        },
        "servers": [{"url": absolute("")}],
        "externalDocs": {"description": "Словник даних", "url": address("opendata")},
        "paths": {
            **{_path(table.code): {"get": _table_operation(table)} for table in about.tables},
            _path("dictionary"): {"get": _operation("dictionary", "Словник даних", {"type": "object"})},
            _path("datapackage"): {
                "get": _operation("datapackage", "Опис набору за Data Package 1", {"type": "object"})
            },
            _report_path(): {"get": _report_operation()},
        },
        "components": {
            "schemas": {
                **{table.name: _file_schema(about, table) for table in about.tables},
                **{f"{table.name}Row": _row_schema(table) for table in about.tables},
                **schemas_of(ReportDocument),
            }
        },
    }


def _path(code: str) -> str:
    return reverse("opendata_file", args=[code, "json"])


def _report_path() -> str:
    """Of the public report's JSON, with its two parameters."""
    path = reverse("public_report_file", args=[PROGRAM, 1111, "json"])
    return path.replace(PROGRAM, f"{{{PROGRAM}}}").replace("1111", f"{{{YEAR}}}")


# --- operations --------------------------------------------------------------------------


def _table_operation(table: Table) -> dict[str, Any]:
    found = _operation(table.code, table.title, {"$ref": PLACE + table.name})
    found["responses"]["503"] = {
        "description": "Файл саме складається: через скільки секунд спитати знову, каже Retry-After."
    }
    return found | {"description": f"{table.description} Один запис: {table.row}."}


def _report_operation() -> dict[str, Any]:
    found = _operation("report", "Оприлюднений звіт як дані", {"$ref": PLACE + ReportDocument.__name__})
    return found | {
        "description": (
            "Остання оприлюднена редакція байт у байт: SHA-256 цієї відповіді є відбитком, надрукованим "
            "у PDF. Якщо доступ до текстів деяких рядків обмежено за законом, це публічна копія без них, і "
            "відбиток її. Суми в тис. грн, записані текстом із десятковою крапкою; null: суми немає, "
            "це не нуль."
        ),
        "parameters": [
            _parameter(PROGRAM, "Графа identifier таблиці Programs.", {"type": "string"}, "1688-2019-12-18"),
            _parameter(YEAR, "Звітний рік.", {"type": "integer"}, 2023),
        ],
    }


def _operation(name: str, summary: str, schema: dict[str, Any]) -> dict[str, Any]:
    headers = {
        "ETag": {"description": "Змінюється, коли змінюється вміст.", "schema": {"type": "string"}},
    }
    return {
        "operationId": name,
        "summary": summary,
        "responses": {
            "200": {
                "description": "Дані.",
                "headers": headers,
                "content": {"application/json": {"schema": schema}},
            },
            "304": {"description": "Відтоді, як ви брали ці дані, вони не змінилися."},
            "404": {"description": "Такого набору чи звіту немає, або місто відкритих даних не ввімкнуло."},
        },
    }


def _parameter(name: str, description: str, schema: dict[str, Any], example: Any) -> dict[str, Any]:
    return {
        "name": name,
        "in": "path",
        "required": True,
        "description": description,
        "schema": schema,
        "example": example,
    }


# --- schemas -----------------------------------------------------------------------------


def _file_schema(about: Dataset, table: Table) -> dict[str, Any]:
    head: dict[str, Any] = {name: {"type": "string"} for name in json_head(about, table)}
    optional = {"type": ["string", "null"]}
    head["publisher"] = {
        "type": "object",
        "properties": dict.fromkeys(publisher(), optional),
        "required": list(publisher()),
    }
    return _whole({**head, "rows": {"type": "array", "items": {"$ref": f"{PLACE}{table.name}Row"}}})


def _row_schema(table: Table) -> dict[str, Any]:
    return _whole({column.name: _value_schema(column) for column in table.columns})


def _whole(properties: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def _value_schema(column: Column) -> dict[str, Any]:
    unit = f" Одиниця: {column.unit}." if column.unit else ""
    told: dict[str, Any] = {
        **JSON_TYPES[column.type],
        "title": column.title,
        "description": column.description + unit,
    }
    if not column.always:
        told["type"] = [told["type"], "null"]
    if column.values:
        told["enum"] = [*column.values, *([] if column.always else [None])]
    return told
