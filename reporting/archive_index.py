"""The index sheet of an archive of signed reports: a row a file, and one for each report that is missing."""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from io import BytesIO
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from programs.keys import program_key
from programs.models import AnnualReport, Edition, Program, SignedFile, User
from programs.workbook_parts import A4, HEADING_FILL, set_properties, write_value

from .formatting import EXCEL_MOMENT
from .renderers.workbook import (
    TALLEST_ROW,
    inches,
    pixels,
    room,
    set_height,
    text_height,
    workbook_options,
)

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

SHEET = "Підписані звіти"
SIZE = 10

# Heading, the attribute of a row, and the column's width in millimetres.
COLUMNS = (
    ("Програма", "program", 34),
    ("Назва програми", "title", 70),
    ("Відповідальний виконавець", "department", 56),
    ("Рік", "year", 12),
    ("Редакція", "edition", 20),
    ("Стан редакції", "standing", 36),
    ("Погоджено", "agreed_at", 30),
    ("Оприлюднено", "published_at", 30),
    ("Вид файла", "kind", 36),
    ("Хто підписав", "signer", 44),
    ("Коли отримано підписаний файл", "received_at", 30),
    ("Файл в архіві", "path", 60),
    ("Розмір, байтів", "size", 20),
    ("SHA-256 файла", "sha256", 40),
    ("Відбиток редакції (SHA-256 report.json)", "fingerprint", 40),
)
# Printed on A4 two pages wide: the report, then its files.
SECOND_PAGE = 8
SCALE = 88
MARGIN = Decimal(10)


@dataclass(frozen=True)
class IndexRow:
    program: str
    title: str
    department: str
    year: int
    standing: str
    """What the edition is now; of a missing one, why there is none."""
    edition: int | None = None
    fingerprint: str = ""
    agreed_at: datetime.datetime | None = None
    published_at: datetime.datetime | None = None
    kind: str = ""
    signer: str = ""
    received_at: datetime.datetime | None = None
    path: str = ""
    size: int | None = None
    sha256: str = ""

    @classmethod
    def missing(cls, program: Program, year: int, why: str) -> IndexRow:
        return cls(program_key(program), program.title, str(program.responsible), year, why)

    @classmethod
    def of_edition(cls, report: AnnualReport, edition: Edition, *, public_number: int | None) -> IndexRow:
        """`public_number` is the edition that everybody sees now."""
        publication = getattr(edition, "publication", None)
        if publication is None:
            now = "підписано, не оприлюднено"
        elif edition.number == public_number:
            now = "чинна, оприлюднено"
        else:
            now = f"замінено редакцією {public_number}"
        return replace(
            cls.missing(report.program, report.year, now),
            edition=edition.number,
            fingerprint=edition.frozen.fingerprint,
            agreed_at=edition.frozen.frozen_at,
            published_at=publication.published_at if publication else None,
        )

    def with_kind(self, kind: str) -> IndexRow:
        return replace(self, kind=kind)

    def with_signed(self, file: SignedFile) -> IndexRow:
        signers = [file.signed_by] if file.is_copy else [one.signer for one in file.signatures.all()]
        return replace(
            self,
            kind=str(file.get_kind_display()),
            signer="; ".join(signers),
            received_at=file.received_at,
        )

    def of_file(self, path: str, content: bytes) -> IndexRow:
        return replace(self, path=path, size=len(content), sha256=hashlib.sha256(content).hexdigest())


def index_workbook(rows: Sequence[IndexRow], *, year: int, now: datetime.datetime, by: User) -> bytes:
    """One sheet with a frozen heading and a filter; the same rows, moment and person give the same bytes."""
    from xlsxwriter import Workbook

    file = BytesIO()
    with Workbook(file, workbook_options()) as workbook:
        set_properties(
            workbook,
            created=now,
            title=f"Підписані звіти за {year} рік",
            author=str(by),
            language="uk-UA",
        )
        sheet = workbook.add_worksheet(SHEET)
        look: dict[str, Any] = {"font_size": SIZE, "valign": "top", "text_wrap": True}
        heading = workbook.add_format({**look, "bold": True, "bg_color": HEADING_FILL})
        text, moment = workbook.add_format(look), workbook.add_format({**look, "num_format": EXCEL_MOMENT})
        for column, (label, _, width) in enumerate(COLUMNS):
            sheet.set_column_pixels(column, column, pixels(Decimal(width)))
            write_value(sheet, 0, column, label, heading)
        set_height(sheet, 0, _height([label for label, _, _ in COLUMNS], bold=True))
        for line, row in enumerate(rows, start=1):
            set_height(sheet, line, _height([getattr(row, name) for _, name, _ in COLUMNS]))
            for column, (_, name, _) in enumerate(COLUMNS):
                value = getattr(row, name)
                if isinstance(value, datetime.datetime):
                    local = timezone.localtime(value).replace(tzinfo=None)
                    write_value(sheet, line, column, local, moment)
                elif isinstance(value, int):
                    sheet.write_number(line, column, value, text)
                else:
                    write_value(sheet, line, column, value, text)
        sheet.freeze_panes(1, 1)
        sheet.autofilter(0, 0, len(rows), len(COLUMNS) - 1)
        _set_page(sheet)
    return file.getvalue()


def _height(row: Sequence[object], *, bold: bool = False) -> float:
    """Points: no program makes rows of an opened file as tall as their texts."""
    heights = [
        text_height(value if isinstance(value, str) else "", room(Decimal(width)), SIZE, bold=bold)
        for value, (_, _, width) in zip(row, COLUMNS, strict=True)
    ]
    return min(max(heights), TALLEST_ROW)


def _set_page(sheet: Worksheet) -> None:
    sheet.set_landscape()
    sheet.set_paper(A4)
    sheet.set_margins(*[inches(MARGIN)] * 3, 2 * inches(MARGIN))
    sheet.set_print_scale(SCALE)
    sheet.set_v_pagebreaks([SECOND_PAGE])
    sheet.repeat_rows(0)
    sheet.repeat_columns(0)
    sheet.hide_gridlines(0)
    sheet.set_footer("&L&A&R&P / &N")
