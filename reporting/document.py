"""The report as a document: every word and figure that is printed, and nothing that is not.

Renderers take a `ReportDocument` and return bytes; they hold no words, no arithmetic, no clock.
A document goes to JSON and comes back equal, so a frozen one prints the same years later.
"""

from __future__ import annotations

import dataclasses
import datetime
import json
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

SCHEMA_VERSION = 1


class CellKind(StrEnum):
    """What a column holds; decides how its cells are shown and typed, in every format."""

    TEXT = "text"
    MONEY = "money"
    PERCENT = "percent"


class Scope(StrEnum):
    """Whether a column belongs to the task (one tall cell) or to each measure."""

    TASK = "task"
    MEASURE = "measure"


@dataclass(frozen=True)
class Column:
    key: str
    """The attribute of `TaskBlock` (scope task) or `MeasureRow` that the column prints."""
    heading: str
    kind: CellKind
    scope: Scope
    width: Decimal
    """Millimetres on paper."""


@dataclass(frozen=True)
class Sheet:
    """Margins of the A4 landscape sheet, millimetres; type size, points."""

    margin_top: Decimal
    margin_right: Decimal
    margin_bottom: Decimal
    margin_left: Decimal
    font_size: Decimal


@dataclass(frozen=True)
class MeasureRow:
    """One measure. Money in тис. грн, exact; percents with one decimal; None is blank."""

    number: str
    measure: str
    content: str
    """Number and text as the form prints them in one cell."""
    term: str
    executors: str
    planned: Decimal | None
    actual: Decimal | None
    financed: Decimal | None
    computed_percent: Decimal | None
    stated_percent: Decimal | None
    percent: Decimal
    information: str


@dataclass(frozen=True)
class TaskBlock:
    number: int
    number_text: str
    text: str
    rows: tuple[MeasureRow, ...]


@dataclass(frozen=True)
class Section:
    heading: str
    tasks: tuple[TaskBlock, ...]


@dataclass(frozen=True)
class TotalsRow:
    label: str
    planned: Decimal | None
    actual: Decimal | None
    financed: Decimal | None
    computed_percent: Decimal | None
    stated_percent: Decimal | None
    percent: Decimal
    percent_base: str
    """«planned» or «actual»: the column the computed percents are taken of."""


@dataclass(frozen=True)
class FundLine:
    label: str
    planned: Decimal | None
    actual: Decimal | None
    financed: Decimal | None


@dataclass(frozen=True)
class Signature:
    post: str
    name: str


@dataclass(frozen=True)
class ReportDocument:
    program_id: str
    year: int
    language: str
    title: str
    """For the window, the file's properties and the reader aloud; not on the sheet."""
    author: str
    heading: str
    heading_lines: tuple[str, ...]
    act_line: str
    term_line: str
    columns: tuple[Column, ...]
    sections: tuple[Section, ...]
    totals: TotalsRow
    fund_lines: tuple[FundLine, ...]
    signatures: tuple[Signature, ...]
    marks: tuple[str, ...]
    """«ПРОЄКТ …» and the like, at the head of every page; empty on a final document."""
    page_label: str
    """With {page} and {pages}."""
    dated: datetime.datetime
    """The moment, with its offset, written into files' properties: the same document, the same bytes."""
    sheet: Sheet
    schema: int = SCHEMA_VERSION

    @property
    def tasks(self) -> tuple[TaskBlock, ...]:
        return tuple(task for section in self.sections for task in section.tasks)

    @property
    def rows(self) -> tuple[MeasureRow, ...]:
        return tuple(row for task in self.tasks for row in task.rows)


class UnknownSchema(ValueError):
    """The JSON is of a version this code does not read."""


def to_json(document: ReportDocument) -> bytes:
    """The canonical JSON: UTF-8, keys in the order above, decimals as plain strings."""
    plain = json.dumps(dataclasses.asdict(document), ensure_ascii=False, indent=1, default=_plain)
    return (plain + "\n").encode()


def _plain(value: Any) -> str:
    if isinstance(value, Decimal):
        return plain_decimal(value)
    if isinstance(value, datetime.datetime):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no place in a document")


def plain_decimal(value: Decimal) -> str:
    """Every significant digit with a decimal point and at least one decimal: «2.4», «42.35», «0.0»."""
    digits = f"{value.normalize():f}"
    return digits if "." in digits else f"{digits}.0"


def from_json(data: bytes) -> ReportDocument:
    """Raises UnknownSchema for another version, ValueError or KeyError for what is no document."""
    raw = json.loads(data)
    if raw.get("schema") != SCHEMA_VERSION:
        raise UnknownSchema(f"Версія документа {raw.get('schema')!r} невідома цій програмі.")

    def decimals(item: dict[str, Any], *names: str) -> dict[str, Any]:
        return {**item, **{n: None if item[n] is None else Decimal(item[n]) for n in names}}

    money = ("planned", "actual", "financed")
    percents = ("computed_percent", "stated_percent", "percent")
    sections = tuple(
        Section(
            heading=section["heading"],
            tasks=tuple(
                TaskBlock(
                    **{
                        **task,
                        "rows": tuple(MeasureRow(**decimals(row, *money, *percents)) for row in task["rows"]),
                    }
                )
                for task in section["tasks"]
            ),
        )
        for section in raw["sections"]
    )
    columns = tuple(
        Column(
            **{
                **decimals(column, "width"),
                "kind": CellKind(column["kind"]),
                "scope": Scope(column["scope"]),
            }
        )
        for column in raw["columns"]
    )
    return ReportDocument(
        **{
            **raw,
            "heading_lines": tuple(raw["heading_lines"]),
            "columns": columns,
            "sections": sections,
            "totals": TotalsRow(**decimals(raw["totals"], *money, *percents)),
            "fund_lines": tuple(FundLine(**decimals(line, *money)) for line in raw["fund_lines"]),
            "signatures": tuple(Signature(**signature) for signature in raw["signatures"]),
            "marks": tuple(raw["marks"]),
            "dated": datetime.datetime.fromisoformat(raw["dated"]),
            "sheet": Sheet(**{name: Decimal(value) for name, value in raw["sheet"].items()}),
        }
    )
