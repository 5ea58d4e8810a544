"""The form's words and measures: one TOML file a city, read once and checked before anything leans on it."""

from __future__ import annotations

import string
import tomllib
import typing
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from .document import CellKind, MeasureRow, Scope, Sheet, TaskBlock

# What each text may mention in braces; None where braces are no mention.
_TEXTS: dict[str, set[str] | None] = {
    "language": None,
    "title": {"program", "department", "year", "term"},
    "heading": None,
    "act_line": {"number", "date"},
    "term_line": {"program", "department", "year", "term"},
    "section_heading": None,
    "measure_content": {"number", "measure"},
    "task_number": {"number"},
    "by_consent": {"executor"},
    "totals_label": None,
    "draft_mark": {"moment"},
    "demonstration_mark": None,
    "page_label": {"page", "pages"},
    "edition_line": {"edition"},
    "seal_label": {"fingerprint", "site"},
    "seal_address": {"fingerprint", "site"},
    "signature_field_label": {"post", "name"},
    "withheld_text": {"ground", "reason"},
    "withheld_cell": None,
    "public_copy_mark": {"edition", "measures"},
}
_HEADING_LINE = {"program", "department", "year", "term"}
_ROWS = {Scope.TASK: TaskBlock, Scope.MEASURE: MeasureRow}
_PAPER_WIDTH_MM = 297


class WordingError(ValueError):
    """The file cannot serve the form; the message is a Ukrainian sentence with the file and the place."""


@cache
def form_wording(path: Path) -> dict[str, Any]:
    """Texts by name, `sheet` and `columns` as tables, numbers exact. Raises WordingError."""
    try:
        with path.open("rb") as file:
            words = tomllib.load(file, parse_float=Decimal)
    except OSError as error:
        raise WordingError(f"Файл слів форми {path} не читається: {error.strerror}.") from error
    except ValueError as error:
        raise WordingError(f"Файл слів форми {path} не є TOML у кодуванні UTF-8: {error}.") from error
    faults = [*_text_faults(words), *_sheet_faults(words), *_column_faults(words)]
    if faults:
        raise WordingError(f"У файлі слів форми {path} помилки: {'; '.join(faults)}.")
    return words


def _text_faults(words: dict[str, Any]) -> list[str]:
    faults = []
    for name, mentions in _TEXTS.items():
        if not isinstance(words.get(name), str):
            faults.append(f"бракує тексту {name}")
        elif mentions is not None:
            faults += _mention_faults(name, words[name], mentions)
    lines = words.get("heading_lines")
    if not isinstance(lines, list) or not all(isinstance(line, str) for line in lines):
        return [*faults, "бракує переліку рядків heading_lines"]
    for line in lines:
        faults += _mention_faults("heading_lines", line, _HEADING_LINE)
    return faults


def _mention_faults(name: str, text: str, allowed: set[str]) -> list[str]:
    try:
        parts = [part for part in string.Formatter().parse(text) if part[1] is not None]
    except ValueError:
        return [f"у {name} дужки без пари"]
    if any(form or conversion for _, _, form, conversion in parts):
        return [f"у {name} в дужках може бути лише назва"]
    mentioned = {str(mention) for _, mention, _, _ in parts}
    known = ", ".join(f"{{{one}}}" for one in sorted(allowed))
    return [f"у {name} немає чого підставити в {{{one}}}, є {known}" for one in sorted(mentioned - allowed)]


def _sheet_faults(words: dict[str, Any]) -> list[str]:
    sheet = words.get("sheet")
    measures = sheet if isinstance(sheet, dict) else {}
    names = list(typing.get_type_hints(Sheet))
    faults = [f"бракує додатного числа sheet.{name}" for name in names if not _is_length(measures.get(name))]
    return faults + [f"невідоме sheet.{name}" for name in measures if name not in names]


def _column_faults(words: dict[str, Any]) -> list[str]:
    columns = words.get("columns")
    if not isinstance(columns, list) or not all(isinstance(column, dict) for column in columns):
        return ["бракує граф columns"]
    faults = [
        f"графа {number}: {fault}"
        for number, column in enumerate(columns, start=1)
        for fault in _one_column_faults(column)
    ]
    if faults:
        return faults
    scopes = [column["scope"] for column in columns]
    if scopes != sorted(scopes, key=list(Scope).index) or set(scopes) != set(Scope):
        faults.append("спершу мають іти графи завдання (scope = task), за ними графи заходу (measure)")
    kinds = [column["kind"] for column in columns]
    if set(kinds) == {CellKind.TEXT} or kinds[0] != CellKind.TEXT:
        faults.append("графам із числами має передувати графа з текстом, і хоча б одна з числами потрібна")
    return faults + _width_faults(words, columns)


def _one_column_faults(column: dict[str, Any]) -> list[str]:
    faults = []
    if not isinstance(column.get("heading"), str):
        faults.append("бракує heading")
    if not _is_length(column.get("width")):
        faults.append("width має бути додатним числом")
    if column.get("kind") not in list(CellKind):
        faults.append(f"kind може бути {', '.join(CellKind)}")
    if column.get("scope") not in list(Scope):
        return [*faults, f"scope може бути {', '.join(Scope)}"]
    fields = typing.get_type_hints(_ROWS[Scope(column["scope"])])
    key = column.get("key")
    if not isinstance(key, str) or key not in fields or key == "rows":
        known = ", ".join(name for name in fields if name != "rows")
        return [*faults, f"немає показника «{key}», є {known}"]
    is_text = fields[key] in (str, int)
    if not faults and is_text is not (column["kind"] == CellKind.TEXT):
        faults.append(f"показник «{key}» {'є текстом' if is_text else 'є числом'}, а kind інший")
    return faults


def _width_faults(words: dict[str, Any], columns: list[dict[str, Any]]) -> list[str]:
    if _sheet_faults(words):
        return []
    room = _PAPER_WIDTH_MM - words["sheet"]["margin_left"] - words["sheet"]["margin_right"]
    whole = sum(column["width"] for column in columns)
    return [f"графи завширшки {whole} мм, а між берегами лише {room} мм"] if whole > room else []


def _is_length(value: Any) -> bool:
    return type(value) in (int, Decimal) and Decimal(value).is_finite() and value > 0
