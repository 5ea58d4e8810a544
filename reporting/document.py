"""The report as a document: every word and figure that is printed, and nothing that is not.

Renderers take a `ReportDocument` and return bytes; they hold no words, no arithmetic, no clock.
A document goes to JSON and comes back equal, so a frozen one prints the same years later.
"""

from __future__ import annotations

import dataclasses
import datetime
import json
import re
import types
import typing
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import cache
from typing import Any, Protocol

from programs.textforms import plain_decimal

SCHEMA_VERSION = 2
"""2: `program`, `edition`, `seal`. Documents of version 1 were only submitted, never issued as editions."""


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


class Printed(Protocol):
    """What every document has that goes on our sheet of paper, whatever it tells."""

    @property
    def language(self) -> str: ...
    @property
    def author(self) -> str: ...
    @property
    def marks(self) -> tuple[str, ...]: ...
    @property
    def page_label(self) -> str: ...
    @property
    def sheet(self) -> Sheet: ...


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
class Seal:
    """What a final copy says of its own authenticity; {fingerprint} is the SHA-256 of its canonical JSON."""

    label: str
    """In every page's footer, with {fingerprint}, which is printed in its short form."""
    address: str
    """Where the square code leads, with {fingerprint} in its short form without spaces."""
    field_label: str
    """For the reader aloud, of the place of an electronic signature; with {post} and {name}."""


SHORT_FINGERPRINT = 16
"""Hexadecimal digits of a fingerprint that are printed: enough to look an edition up by."""


def short_fingerprint(sha256: str) -> str:
    """As it is printed and read aloud: «3f2a 91bc 77d0 e4a1»."""
    digits = sha256[:SHORT_FINGERPRINT]
    return " ".join(digits[place : place + 4] for place in range(0, SHORT_FINGERPRINT, 4))


@dataclass(frozen=True)
class ReportDocument:
    program_id: str
    program: str
    """Its kind, title and years as the heading prints them; empty in documents of version 1."""
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
    edition: int = 1
    """The number under which this is or would be issued; from 2 on it stands in the heading too."""
    seal: Seal | None = None
    """None on drafts and on what is not going to be signed."""
    schema: int = SCHEMA_VERSION

    @property
    def tasks(self) -> tuple[TaskBlock, ...]:
        return tuple(task for section in self.sections for task in section.tasks)

    @property
    def rows(self) -> tuple[MeasureRow, ...]:
        return tuple(row for task in self.tasks for row in task.rows)


class NoDocument(ValueError):
    """The JSON holds no report document; the message is a Ukrainian sentence with the place."""


class UnknownSchema(NoDocument):
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


def from_json(data: bytes) -> ReportDocument:
    """A document of this or an older version.

    Raises UnknownSchema for a newer version, NoDocument for whatever else is not a document. What was
    written by an older version is never written anew: its fingerprint is that of the bytes then.
    """
    try:
        raw = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise NoDocument("Це не JSON у кодуванні UTF-8.") from error
    schema = raw.get("schema") if isinstance(raw, dict) else None
    if type(schema) is int and schema != SCHEMA_VERSION:
        if schema not in _UPGRADES:
            raise UnknownSchema(f"Версія документа {schema} невідома цій програмі.")
        for version in range(schema, SCHEMA_VERSION):
            raw = {**raw, **_UPGRADES[version], "schema": version + 1}
    document: ReportDocument = _read(ReportDocument, raw, "документ")
    return document


# What each version lacks that the next one has, and how that was then.
_UPGRADES: dict[int, dict[str, Any]] = {1: {"program": "", "edition": 1, "seal": None}}


def _read(kind: Any, raw: Any, place: str) -> Any:
    """The JSON value as the type that the dataclasses above declare, nothing added and nothing left out."""
    if dataclasses.is_dataclass(kind) and isinstance(kind, type):
        return _read_fields(kind, raw, place)
    if typing.get_origin(kind) is tuple:
        if not isinstance(raw, list):
            raise NoDocument(f"{place}: має бути перелік.")
        return tuple(_read(typing.get_args(kind)[0], item, f"{place}[{n}]") for n, item in enumerate(raw))
    if typing.get_origin(kind) is types.UnionType:
        return None if raw is None else _read(typing.get_args(kind)[0], raw, place)
    if kind is int and type(raw) is int:
        return raw
    if kind is not int and isinstance(raw, str):
        try:
            return _READERS.get(kind, kind)(raw)
        except ValueError as error:
            raise NoDocument(f"{place}: не підходить значення «{_quoted(raw)}».") from error
    raise NoDocument(f"{place}: значення не того виду.")


def _read_fields(kind: type[Any], raw: Any, place: str) -> Any:
    if not isinstance(raw, dict):
        raise NoDocument(f"{place}: має бути запис із назвами полів.")
    declared = _declared(typing.cast(Hashable, kind))
    if lacking := declared.keys() - raw.keys():
        raise NoDocument(f"{place}: бракує полів {', '.join(sorted(lacking))}.")
    if unknown := raw.keys() - declared.keys():
        raise NoDocument(f"{place}: невідомі поля {', '.join(map(_quoted, sorted(unknown)))}.")
    return kind(**{name: _read(inner, raw[name], f"{place}.{name}") for name, inner in declared.items()})


@cache
def _declared(kind: Hashable) -> dict[str, Any]:
    return typing.get_type_hints(kind)


def _quoted(text: str) -> str:
    """Short, and fit for a terminal and a page whatever it holds."""
    return text[:80].encode(errors="backslashreplace").decode()


def _text(raw: str) -> str:
    # A lone surrogate, which JSON can spell, has no place in any file we write.
    raw.encode()
    return raw


def _decimal(raw: str) -> Decimal:
    """As `plain_decimal` writes them: «NaN» and «1E+999999» are no amounts."""
    if not re.fullmatch(r"-?\d{1,20}\.\d{1,20}", raw, re.ASCII):
        raise ValueError(raw)
    return Decimal(raw)


def _moment(raw: str) -> datetime.datetime:
    moment = datetime.datetime.fromisoformat(raw)
    if moment.utcoffset() is None:
        raise ValueError(raw)
    return moment


_READERS: dict[Any, Callable[[str], Any]] = {str: _text, Decimal: _decimal, datetime.datetime: _moment}
