"""The door for files of tables: bytes that anybody may have written become a `Book` or are refused."""

from __future__ import annotations

import csv
import logging
from pathlib import PurePath
from typing import IO
from xml.parsers.expat import ExpatError

from ...file_types import NOT_READABLE, FileRefused, seeming
from . import guard, limits
from .cells import shortened
from .read_csv import is_utf_16, read_csv
from .read_docx import read_docx
from .read_ods import read_ods
from .read_xlsx import read_xlsx
from .tables import Book

DAMAGED = (*NOT_READABLE, ExpatError, csv.Error, ArithmeticError, LookupError, RecursionError)
"""What readers raise of a file that is not what they know; `ValueError` is among the first."""

TEXT_NAMES = (".csv", ".tsv", ".txt")
_START = 1024
_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_PICTURES_AND_PDF = {
    b"%PDF-": "документ PDF",
    b"\xff\xd8\xff": "зображення JPEG",
    b"\x89PNG\r\n\x1a\n": "зображення PNG",
}
_READERS = {"xlsx": read_xlsx, "ods": read_ods, "docx": read_docx}

logger = logging.getLogger(__name__)


def read_book(file: IO[bytes], name: str) -> Book:
    """The tables of an XLSX, ODS, CSV or DOCX file; `name` only tells CSV from other text.

    Cells hold what a person sees in them: 35 in a cell of percents that stores 0.35, thirty where a
    computer has added up to 30.000000000000004, the value that a formula gave when the file was saved,
    «#REF!» where it gave none. Sheets that are hidden are not read, hidden rows and columns are.

    Raises FileRefused: a Ukrainian sentence about what is wrong and what to do, whatever the file is.
    """
    try:
        return _read(file, name)
    except FileRefused as refused:
        raise FileRefused(f"{refused} Нічого не внесено.") from refused
    except DAMAGED as error:
        raise _damaged(name) from error
    except Exception as error:
        # A fault of ours, for the log; to the person it is the file all the same.
        logger.exception("A file that came in could not be read")
        raise _damaged(name) from error


def _damaged(name: str) -> FileRefused:
    return FileRefused(
        f"Файл «{shortened(PurePath(name).name)}» пошкоджений або записаний незвично. Відкрийте його в Excel "
        "чи LibreOffice, збережіть ще раз як XLSX і завантажте знову. Нічого не внесено."
    )


def _read(file: IO[bytes], name: str) -> Book:
    file.seek(0)
    content = file.read(limits.MAX_FILE + 1)
    if len(content) > limits.MAX_FILE:
        raise FileRefused(
            f"Файл більший за {limits.MAX_FILE_MB} МБ. Залиште в ньому лише таблицю або поділіть його."
        )
    if not content.strip():
        raise FileRefused("Файл порожній: у ньому нічого немає.")
    if content.startswith(b"PK\x03\x04"):
        package = guard.open_package(content)
        return _READERS[package.kind](package)
    if content.startswith(_OLD_OFFICE):
        raise _refused_old_office(content)
    for start, kind in _PICTURES_AND_PDF.items():
        if content.startswith(start):
            raise guard.not_accepted(kind)
    seems = "текст" if is_utf_16(content) else seeming(content[:_START])
    if seems != "текст":
        raise guard.not_accepted(seems)
    if not name.casefold().endswith(TEXT_NAMES):
        raise FileRefused(
            "За вмістом це простий текст. Якщо це таблиця CSV, назвіть файл так, щоб назва "
            "закінчувалася на «.csv»."
        )
    return read_csv(content)


def _refused_old_office(content: bytes) -> FileRefused:
    """By the names of the streams inside, which stand there in UTF-16."""

    def holds(stream: str) -> bool:
        return stream.encode("utf-16-le") in content

    if holds("EncryptedPackage"):
        return FileRefused(guard.PASSWORD)
    if holds("Workbook") or holds("Book"):
        return FileRefused(
            "Це старий формат Excel (.xls). Відкрийте файл, виберіть «Зберегти як» → «Книга Excel (.xlsx)» "
            "і завантажте той файл."
        )
    if holds("WordDocument"):
        return FileRefused(
            "Це старий формат Word (.doc). Відкрийте файл, виберіть «Зберегти як» → «Документ Word (.docx)» "
            "і завантажте той файл."
        )
    return guard.not_accepted("документ старого зразка")
