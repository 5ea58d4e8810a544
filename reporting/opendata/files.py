"""The files: a table, or several in one workbook, in one format; made when first asked for, then kept.

What is kept goes by the stamp of its content, so it is never older than the data; as soon as the data
change a new one is made. One version of each file is kept, and lost without harm.
"""

from __future__ import annotations

import contextlib
import datetime
import json
import os
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import IO, Any

from django.conf import settings
from django.core.files import locks
from django.utils import timezone

from programs.importing.measure_columns import ColumnKind, ColumnSpec
from programs.textforms import plain_decimal

from ..extracts.gathering import one_moment
from ..extracts.sheets import Adder, Sheet
from ..extracts.sheets import Value as Cell
from ..extracts.writers.base import Heading, Writer
from ..extracts.writers.csv import CsvWriter, Dialect
from ..extracts.writers.xlsx import XlsxWriter
from .addresses import address
from .schema import Column, Dataset, DataType, Table, dataset
from .tables import rows, stamp
from .values import Value

WORKBOOK = "targeted-programs"
"""The file with several tables, and which ones."""
WORKBOOK_TABLES = ("programs", "amendments", "reports")

CONTENT_TYPES = {
    "csv": "text/csv; charset=utf-8; header=present",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "json": "application/json",
}

# By RFC 4180.
CSV_DIALECT = Dialect("utf-8", ",", ".", "%Y-%m-%d", "%Y-%m-%dT%H:%M:%S", guards_formulas=True)
CSV_NOTE = (
    "Перед текстом, що починається з =, +, - чи @ (також після апострофів), стоїть апостроф, щоб табличний "
    "редактор не обчислив його як формулу; в іншому значення ті самі, що в JSON."
)
WAIT = 3
"""Seconds that one who asks waits for another who has asked first: the server has few threads to wait in."""


@dataclass(frozen=True)
class OpenFile:
    dataset: Dataset
    name: str
    """«programs.csv», as in its address."""
    form: str
    tables: tuple[Table, ...]

    @property
    def content_type(self) -> str:
        return CONTENT_TYPES[self.form]

    def stamp(self) -> str:
        return stamp(self.dataset, self.tables, self.form)


def all_files() -> list[OpenFile]:
    """In the order in which pages list them."""
    known = dataset()
    single = [
        OpenFile(known, f"{table.code}.{form}", form, (table,))
        for table in known.tables
        for form in CONTENT_TYPES
    ]
    several = tuple(table for table in known.tables if table.code in WORKBOOK_TABLES)
    return [OpenFile(known, f"{WORKBOOK}.xlsx", "xlsx", several), *single]


def find_file(code: str, form: str) -> OpenFile | None:
    return next((file for file in all_files() if file.name == f"{code}.{form}"), None)


# --- what is kept ------------------------------------------------------------------------


def kept_path(file: OpenFile, stamped: str) -> Path:
    folder = Path(settings.OPENDATA_FOLDER)
    return folder / file.name / stamped


def changed_at(file: OpenFile, stamped: str) -> int | None:
    """When the content with this stamp was first made, in whole seconds; None before it was."""
    try:
        return int(kept_path(file, stamped).stat().st_mtime)
    except FileNotFoundError:
        return None


class BeingMade(Exception):
    """Somebody has asked first, and it takes long; the message is a Ukrainian sentence."""


def opened(file: OpenFile, stamped: str) -> tuple[IO[bytes], str]:
    """The kept file, made if need be, and its stamp: another one if the data have moved on.

    Raises BeingMade.
    """
    path = kept_path(file, stamped)
    # Between the two a later version may push it out.
    with contextlib.suppress(FileNotFoundError):
        return path.open("rb"), stamped
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _alone(path.parent), one_moment():
        # Told anew: a file that goes by the stamp of other data would keep that name.
        stamped = file.stamp()
        path = kept_path(file, stamped)
        with contextlib.suppress(FileNotFoundError):
            return path.open("rb"), stamped
        return _made(file, path), stamped


@contextlib.contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Of all processes one at a time: everybody may ask, and a long file made ten times over helps nobody."""
    with folder.with_name(f".{folder.name}.lock").open("w") as lock:
        until = time.monotonic() + WAIT
        while not locks.lock(lock, locks.LOCK_EX | locks.LOCK_NB):
            if time.monotonic() >= until:
                raise BeingMade("Цей файл саме складається. Спробуйте за пів хвилини.")
            time.sleep(0.1)
        yield


def _made(file: OpenFile, path: Path) -> IO[bytes]:
    _forget_parts(path.parent)
    # Named only once it is whole: nobody finds half a file.
    part = tempfile.NamedTemporaryFile(  # noqa: SIM115 the answer closes it once it is sent
        dir=path.parent, prefix=".", delete=False
    )
    try:
        write(file, part)
        part.flush()
        _let_time_pass(path, Path(part.name))
        os.replace(part.name, path)
    except BaseException:
        # Closing writes what is left, and fails too where the disk is full.
        Path(part.name).unlink(missing_ok=True)
        part.close()
        raise
    _forget_others(path)
    part.seek(0)
    return part


def _let_time_pass(path: Path, part: Path) -> None:
    """Last-Modified knows whole seconds: two versions of the same one could not be told apart by it."""
    others = [int(one.stat().st_mtime) for one in _versions(path)]
    now = int(time.time())
    moment = max([now, *(one + 1 for one in others)])
    os.utime(part, (moment, moment))


def _versions(path: Path) -> Iterator[Path]:
    return (one for one in path.parent.iterdir() if not one.name.startswith(".") and one != path)


def _forget_others(path: Path) -> None:
    for one in _versions(path):
        one.unlink(missing_ok=True)


def _forget_parts(folder: Path) -> None:
    """What killed processes left: nobody else is writing here now."""
    for part in folder.glob(".*"):
        part.unlink(missing_ok=True)


# --- writing -----------------------------------------------------------------------------


def write(file: OpenFile, to: IO[bytes]) -> None:
    """Into an empty file. The same rows give the same bytes."""
    if file.form == "json":
        _write_json(file, to)
        return
    sheets = [_sheet(table) for table in file.tables]
    with _writer(file, to, sheets) as writer:
        for place, table in enumerate(file.tables):
            for row in rows(table):
                writer.write(place, [_cell(value) for value in row])
        writer.finish([Adder(sheet).totals(of_actual=False) for sheet in sheets])


def _writer(file: OpenFile, to: IO[bytes], sheets: Sequence[Sheet]) -> Writer:
    about = file.dataset
    # The moment is no news: with one of its own each time, equal contents would differ in their bytes.
    dated = timezone.make_aware(datetime.datetime.combine(about.dated, datetime.time()))
    heading = Heading(about.title, settings.PUBLISHER_NAME, dated)
    if file.form == "xlsx":
        return XlsxWriter(to, sheets, heading)
    return CsvWriter(to, sheets, heading, CSV_DIALECT)


def _sheet(table: Table) -> Sheet:
    columns = [ColumnSpec(column.name, column.name, _kind(column)) for column in table.columns]
    return Sheet(table.name, table.code, columns, lambda batch: iter(()))


def _kind(column: Column) -> ColumnKind:
    """How a spreadsheet shows it. Dates are texts there: ISO 8601 is what the recommendation asks for."""
    if column.type == DataType.DECIMAL:
        return ColumnKind.PERCENT if column.unit == "%" else ColumnKind.MONEY
    if column.type in (DataType.YEAR, DataType.INTEGER):
        return ColumnKind.NUMBER
    return ColumnKind.LONG_TEXT if column.long or column.type == DataType.ADDRESS else ColumnKind.TEXT


def _cell(value: Value) -> Cell:
    if isinstance(value, bool):
        return str(value).lower()
    return value.isoformat() if isinstance(value, datetime.date) else value


def _write_json(file: OpenFile, to: IO[bytes]) -> None:
    """An object: what the table is, then `rows`, a row a line."""
    (table,) = file.tables
    keys = [json.dumps(column.name) for column in table.columns]
    # Without the end «\n}»: the rows come before it.
    to.write(_dumped(json_head(file.dataset, table))[:-2])
    to.write(b',\n "rows": [')
    for number, row in enumerate(rows(table)):
        cells = ", ".join(f"{key}: {_json(value)}" for key, value in zip(keys, row, strict=True))
        to.write((",\n  {" if number else "\n  {").encode() + cells.encode() + b"}")
    to.write(b"\n ]\n}\n")


def json_head(about: Dataset, table: Table) -> dict[str, Any]:
    return {
        "dataset": about.title,
        "table": table.name,
        "title": table.title,
        "schemaVersion": about.version,
        "publisher": publisher(),
        "licence": about.licence.address,
        "dictionary": address("opendata_file", "dictionary", "json"),
    }


def publisher() -> dict[str, str | None]:
    return {
        "name": settings.PUBLISHER_NAME or None,
        "edrpou": settings.PUBLISHER_EDRPOU or None,
        "email": settings.PUBLISHER_EMAIL or None,
    }


def _json(value: Value) -> str:
    # Digit by digit: a float would lose some.
    return (
        plain_decimal(value)
        if isinstance(value, Decimal)
        else json.dumps(_jsonable(value), ensure_ascii=False)
    )


def _jsonable(value: Value) -> Any:
    return value.isoformat() if isinstance(value, datetime.date) else value


def _dumped(told: Any) -> bytes:
    return json.dumps(told, ensure_ascii=False, indent=1).encode()
