"""«Моя частина» as files to download, and where the page of contributions offers them."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from urllib.parse import quote

import pytest
from django.test import Client
from django.urls import reverse

from programs.contributing import save_contribution
from programs.enums import ExecutorKind, ReportState
from programs.importing.files.reading import read_book
from programs.importing.own.part_archive import COLLECTIVE, INACTIVE, NOBODY, part_file_name
from programs.models import AnnualReport, Executor, MeasureResult, Participation, User
from tests import building

pytestmark = pytest.mark.django_db

SHEETS = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pytest.fixture
def rows() -> list[MeasureResult]:
    """Two measures; in the first four bodies of different kinds take part."""
    program = building.program(measures=2)
    measure = program.tasks.get().measures.first()
    bodies = [
        building.executor("Управління освіти"),
        Executor.objects.create(name="Архів «№ 1/2»: *міський*", is_active=False),
        Executor.objects.create(name="Інші органи", kind=ExecutorKind.COLLECTIVE),
        Executor.objects.create(name="Центр зайнятості", kind=ExecutorKind.EXTERNAL_BODY),
    ]
    for position, body in enumerate(bodies, start=1):
        Participation.objects.create(measure=measure, executor=body, position=position)
    building.appointed(building.user("sender", email="sender@example.com"), bodies[0])
    building.appointed(building.user("other"), bodies[3])
    building.appointed(building.user("clerk"), program.responsible)
    building.user("auditor", is_auditor=True)
    return building.results(program)


@pytest.fixture
def report(rows: list[MeasureResult]) -> AnnualReport:
    return rows[0].report


@pytest.fixture
def as_(client: Client, rows: list[MeasureResult]) -> Callable[[str], Client]:
    def signed_in(name: str) -> Client:
        client.force_login(User.objects.get(username=name))
        return client

    return signed_in


def url(name: str, report: AnnualReport, *more: int) -> str:
    return reverse(name, args=[report.program.public_id, report.year, *more])


def body(name: str) -> Executor:
    return Executor.objects.spelled(name).get()


def test_a_body_downloads_its_part_under_its_name(as_: Callable[[str], Client], report: AnnualReport) -> None:
    response = as_("sender").get(url("part_workbook", report, body("Управління освіти").pk))
    name = quote("Моя частина 2024 Управління освіти.xlsx")

    assert (response.headers["Content-Type"], response.headers["Content-Disposition"]) == (
        SHEETS,
        f"attachment; filename*=utf-8''{name}",
    )
    assert read_book(io.BytesIO(response.content), "part.xlsx").tables[0].rows[2][0] == (
        "Співвиконавець: Управління освіти"
    )


@pytest.mark.parametrize(("who", "status"), [("other", 403), ("clerk", 200), ("auditor", 200)])
def test_others_parts_are_for_those_who_see_every_part(
    who: str, status: int, as_: Callable[[str], Client], report: AnnualReport
) -> None:
    assert as_(who).get(url("part_workbook", report, body("Управління освіти").pk)).status_code == status


def test_the_department_itself_has_no_part(as_: Callable[[str], Client], report: AnnualReport) -> None:
    assert as_("clerk").get(url("part_workbook", report, report.program.responsible_id)).status_code == 404


def test_all_parts_come_with_a_list_of_them(
    as_: Callable[[str], Client], report: AnnualReport, rows: list[MeasureResult]
) -> None:
    sender = User.objects.get(username="sender")
    save_contribution(rows[0], body("Управління освіти"), by=sender, version=0, narrative="Є.")
    content = as_("clerk").get(url("part_workbooks", report)).content
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        index = read_book(io.BytesIO(archive.read("00 Перелік частин.xlsx")), "index.xlsx")
        names = archive.namelist()

    assert names == [
        "00 Перелік частин.xlsx",
        "01 Архів «№ 1 2» міський.xlsx",
        "03 Управління освіти.xlsx",
        "04 Центр зайнятості.xlsx",
    ]
    assert [tuple(row) for row in index.tables[0].rows[1:]] == [
        ("Архів «№ 1/2»: *міський*", names[1], "0 з 1", "ні", None, INACTIVE),
        ("Інші органи", None, "0 з 1", "ні", None, COLLECTIVE),
        ("Управління освіти", names[2], "1 з 1", "ні", "Олена ПРИКЛАД <sender@example.com>"),
        ("Центр зайнятості", names[3], "0 з 1", "ні", "Олена ПРИКЛАД"),
    ]
    assert as_("clerk").get(url("part_workbooks", report)).content == content


def test_a_body_without_people_is_named_in_the_list(
    as_: Callable[[str], Client], report: AnnualReport
) -> None:
    User.objects.get(username="other").appointments.all().delete()
    with zipfile.ZipFile(io.BytesIO(as_("clerk").get(url("part_workbooks", report)).content)) as archive:
        index = read_book(io.BytesIO(archive.read("00 Перелік частин.xlsx")), "index.xlsx")

    assert index.tables[0].rows[4][5] == NOBODY


@pytest.mark.parametrize(
    ("name", "file_name"),
    [("..", "Частина.xlsx"), ("a/../b\\c\x00d", "a .. b c d.xlsx"), ("я" * 300, f"{'я' * 80}.xlsx")],
)
def test_no_name_leads_out_of_the_archive(name: str, file_name: str) -> None:
    assert part_file_name(Executor(name=name)) == file_name


@pytest.mark.parametrize(
    ("who", "state", "own", "others", "archive"),
    [
        ("sender", ReportState.DRAFT, True, False, False),
        ("clerk", ReportState.DRAFT, True, True, True),
        ("auditor", ReportState.DRAFT, False, False, False),
        ("sender", ReportState.ON_APPROVAL, False, False, False),
        ("clerk", ReportState.ON_APPROVAL, False, False, False),
    ],
)
def test_the_page_offers_files_while_they_can_come_back(
    who: str,
    state: ReportState,
    own: bool,
    others: bool,
    archive: bool,
    as_: Callable[[str], Client],
    report: AnnualReport,
) -> None:
    AnnualReport.objects.update(state=state)
    page = as_(who).get(url("contributions", report)).content.decode()
    offered = [
        f'"{address}"' in page
        for address in (
            url("part_workbook", report, body("Управління освіти").pk),
            url("part_workbook", report, body("Інші органи").pk),
            url("part_workbooks", report),
        )
    ]
    way_back = re.findall(r'class="part-file quiet">.*?<a href="/imports/">', page)

    assert (offered, bool(way_back)) == ([own, others, archive], own)
