"""All parts of a report at once, to be mailed: a ZIP of «Моя частина» workbooks with a list of them."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO

from ...contributing import Part, parts_of
from ...enums import ExecutorKind
from ...models import AnnualReport, Executor
from ...workbook_parts import set_properties, write_value
from ...zips import entry
from .part_workbook import part_workbook

INDEX = "00 Перелік частин.xlsx"
NAME_LENGTH = 80
_FORBIDDEN = re.compile(r'[\\/:*?"<>|\x00-\x1f\x7f]+')

COLLECTIVE = "Збірний виконавець: надсилати нікому, внесіть інформацію з листів."
INACTIVE = "Виконавець уже не діє: надішліть правонаступникові."
NOBODY = "На порталі нікого не призначено: надішліть листом."


@dataclass(frozen=True)
class _Entry:
    part: Part
    file_name: str
    """Nothing where no file is made."""

    @property
    def columns(self) -> Sequence[str]:
        users = dict.fromkeys(appointment.user for appointment in self.part.people)
        people = "; ".join(f"{user} <{user.email}>" if user.email else str(user) for user in users)
        return [
            str(self.part.executor),
            self.file_name,
            f"{len(self.part.filled)} з {len(self.part.lines)}",
            "так" if self.part.is_submitted else "ні",
            people,
            self.remark,
        ]

    @property
    def remark(self) -> str:
        if not self.file_name:
            return COLLECTIVE
        if not self.part.executor.is_active:
            return INACTIVE
        return "" if self.part.people else NOBODY


HEADINGS = {
    "Співвиконавець": 50,
    "Файл": 60,
    "Заповнено заходів": 14,
    "Інформацію подано": 14,
    "Кому": 50,
    "Примітка": 50,
}


def part_archive(report: AnnualReport) -> bytes:
    """The same data give the same bytes. Names are Ukrainian, marked as UTF-8."""
    parts = _entries(report)
    file = BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(entry(INDEX), _index(report, parts))
        for one in parts:
            if one.file_name:
                archive.writestr(entry(one.file_name), part_workbook(report, one.part))
    return file.getvalue()


def part_file_name(executor: Executor) -> str:
    """«Управління освіти.xlsx», without signs that some system refuses in names."""
    name = " ".join(_FORBIDDEN.sub(" ", str(executor)).split())
    return f"{name[:NAME_LENGTH].strip('. ') or 'Частина'}.xlsx"


def _entries(report: AnnualReport) -> list[_Entry]:
    """Numbered, since two long names may begin alike."""
    return [
        _Entry(
            part,
            ""
            if part.executor.kind == ExecutorKind.COLLECTIVE
            else f"{number:02} {part_file_name(part.executor)}",
        )
        for number, part in enumerate(parts_of(report), start=1)
    ]


def _index(report: AnnualReport, parts: Sequence[_Entry]) -> bytes:
    from xlsxwriter import Workbook

    file = BytesIO()
    with Workbook(file, {"in_memory": True}) as workbook:
        set_properties(workbook, created=report.created_at)
        bold = workbook.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        wrapped = workbook.add_format({"text_wrap": True, "valign": "top"})
        sheet = workbook.add_worksheet("Перелік частин")
        for column, (heading, width) in enumerate(HEADINGS.items()):
            sheet.set_column(column, column, width)
            write_value(sheet, 0, column, heading, bold)
        for row, part in enumerate(parts, start=1):
            for column, text in enumerate(part.columns):
                write_value(sheet, row, column, text, wrapped)
        sheet.freeze_panes(1, 0)
    return file.getvalue()
