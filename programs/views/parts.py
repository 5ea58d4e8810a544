"""«Моя частина» as files: one co-executor's workbook, and all of a report's at once."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from .. import permissions
from ..contributing import parts_of
from ..file_types import XLSX
from ..importing.own.part_archive import part_archive, part_file_name
from ..importing.own.part_workbook import part_workbook as make_workbook
from .downloads import attachment
from .reach import NoSuchPage, require, signed_in, visible_report

ZIP_TYPE = "application/zip"


@require_safe
def part_workbook(request: HttpRequest, public_id: str, year: int, executor_id: int) -> HttpResponse:
    """For its own people, and for those who see every part."""
    user = signed_in(request)
    report = visible_report(user, public_id, year)
    part = next((part for part in parts_of(report) if part.executor.pk == executor_id), None)
    if part is None:
        raise NoSuchPage("Такого співвиконавця в цьому звіті немає.")
    require(
        permissions.can_see_every_part(user, report) or permissions.speaks_for(user, part.executor),
        "Частину співвиконавця завантажують він сам і відповідальний виконавець Програми.",
    )
    name = f"Моя частина {report.year} {part_file_name(part.executor)}"
    return attachment(make_workbook(report, part), XLSX.content_type, name)


@require_safe
def part_workbooks(request: HttpRequest, public_id: str, year: int) -> HttpResponse:
    """For the department that mails them."""
    user = signed_in(request)
    report = visible_report(user, public_id, year)
    require(
        permissions.works_on_report(user, report),
        "Усі частини разом завантажують працівники відповідального виконавця Програми.",
    )
    return attachment(part_archive(report), ZIP_TYPE, f"Частини співвиконавців {report.year}.zip")
