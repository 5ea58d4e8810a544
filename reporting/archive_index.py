"""The index sheet of an archive of signed reports: a row a file, and one for each report that is missing."""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from io import BytesIO
from typing import Any

from django.utils import timezone

from programs.keys import program_key
from programs.models import AnnualReport, Edition, Program, SignedFile, User
from programs.workbook_cells import write_value

from .formatting import EXCEL_MOMENT
from .renderers.workbook import workbook_options

SHEET = "Підписані звіти"
SIZE = 10
HEADING_FILL = "#F4F3EF"

# Heading, the attribute of a row, and the column's width in characters.
COLUMNS = (
    ("Програма", "program", 22),
    ("Назва програми", "title", 50),
    ("Відповідальний виконавець", "department", 36),
    ("Рік", "year", 8),
    ("Редакція", "edition", 10),
    ("Стан редакції", "standing", 34),
    ("Погоджено", "agreed_at", 17),
    ("Оприлюднено", "published_at", 17),
    ("Вид файла", "kind", 34),
    ("Хто підписав", "signer", 36),
    ("Коли отримано підписаний файл", "received_at", 17),
    ("Файл в архіві", "path", 64),
    ("Розмір, байтів", "size", 14),
    ("SHA-256 файла", "sha256", 68),
    ("Відбиток редакції (SHA-256 report.json)", "fingerprint", 68),
)


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
        workbook.set_properties(
            {
                "title": f"Підписані звіти за {year} рік",
                "author": str(by),
                # The format knows no offsets: what is written there is read as UTC.
                "created": now.astimezone(datetime.UTC),
            }
        )
        workbook.set_custom_property("Language", "uk-UA")
        sheet = workbook.add_worksheet(SHEET)
        look: dict[str, Any] = {"font_size": SIZE, "valign": "top", "text_wrap": True}
        heading = workbook.add_format({**look, "bold": True, "bg_color": HEADING_FILL})
        text, moment = workbook.add_format(look), workbook.add_format({**look, "num_format": EXCEL_MOMENT})
        for column, (label, _, width) in enumerate(COLUMNS):
            sheet.set_column(column, column, width)
            write_value(sheet, 0, column, label, heading)
        for line, row in enumerate(rows, start=1):
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
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(0)
    return file.getvalue()
