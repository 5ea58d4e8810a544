"""The archive of a year's signed reports: every file once, an index of them, and what is missing."""

import datetime
import hashlib
import io
import zipfile
from typing import Any

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from programs.enums import FrozenForm, ReportState
from programs.models import AnnualReport, Edition, SignedFile, User
from reporting.archives import ArchiveFacts, write_signed_reports
from tests import agreeing, building
from tests.files import picture

pytestmark = pytest.mark.django_db

NOW = datetime.datetime(2025, 3, 1, 10, 0, tzinfo=datetime.UTC)
FOLDER = "15-2019-11-05/"


@pytest.fixture
def auditor() -> User:
    return building.user("auditor", is_auditor=True)


@pytest.fixture
def published() -> Edition:
    """The first edition of programme 15, published, with a scan of what was signed."""
    report, head = agreeing.small_report()
    return agreeing.published_edition(report, head, printed=False)


def written(by: User, year: int = 2024, **options: Any) -> tuple[ArchiveFacts, bytes]:
    file = io.BytesIO()
    return write_signed_reports(year, file, by=by, now=NOW, **options), file.getvalue()


def names(content: bytes) -> list[str]:
    return zipfile.ZipFile(io.BytesIO(content)).namelist()


def index(content: bytes) -> list[dict[str, Any]]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        sheet = openpyxl.load_workbook(io.BytesIO(archive.read("index.xlsx"))).active
    assert sheet is not None
    heading, *rows = sheet.iter_rows(values_only=True)
    return [dict(zip(map(str, heading), row, strict=True)) for row in rows]


def columns(content: bytes, *wanted: str) -> list[tuple[Any, ...]]:
    return [tuple(row[name] for name in wanted) for row in index(content)]


def scan_name(edition: Edition, number: int) -> str:
    file = SignedFile.objects.filter(edition=edition).get()
    return f"{FOLDER}r{number}/signed/Zvit_15-2019-11-05_2024_r{number}_copy{file.pk}.png"


def test_originals_and_signed_files_lie_in_a_folder_of_their_edition(
    published: Edition, auditor: User
) -> None:
    _, content = written(auditor)
    assert names(content) == [
        FOLDER + "r1/Zvit_15-2019-11-05_2024_r1.pdf",
        FOLDER + "r1/Zvit_15-2019-11-05_2024_r1.xlsx",
        FOLDER + "r1/Zvit_15-2019-11-05_2024_r1.json",
        scan_name(published, 1),
        "index.xlsx",
    ]


def test_files_are_byte_for_byte_what_was_kept(published: Edition, auditor: User) -> None:
    _, content = written(auditor)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        found = [archive.read(name) for name in archive.namelist()[:-1]]
    frozen = [published.frozen.content(form) for form in (FrozenForm.PDF, FrozenForm.XLSX, FrozenForm.JSON)]
    assert found == [*frozen, picture("PNG")]


def test_the_index_names_every_file_with_its_digest(published: Edition, auditor: User) -> None:
    _, content = written(auditor)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        expected = [
            (name, hashlib.sha256(archive.read(name)).hexdigest()) for name in archive.namelist()[:-1]
        ]
    assert columns(content, "Файл в архіві", "SHA-256 файла") == expected


def test_the_index_tells_of_each_file_what_it_is(published: Edition, auditor: User) -> None:
    _, content = written(auditor)
    kinds = ["оригінал, PDF", "оригінал, Excel", "оригінал, JSON", "скан підписаного на папері"]
    assert columns(content, "Редакція", "Стан редакції", "Вид файла", "Хто підписав") == [
        (1, "чинна, оприлюднено", kind, "Олена ПРИКЛАД" if "скан" in kind else None) for kind in kinds
    ]
    assert set(columns(content, "Відбиток редакції (SHA-256 report.json)")) == {
        (published.frozen.fingerprint,)
    }


def test_an_edition_that_was_replaced_says_so(published: Edition, auditor: User) -> None:
    head = User.objects.get(username="head")
    agreeing.reopen(published.report, head)
    agreeing.published_edition(published.report, head, printed=False)
    _, content = written(auditor)
    assert dict(columns(content, "Редакція", "Стан редакції")) == {
        1: "замінено редакцією 2",
        2: "чинна, оприлюднено",
    }


def test_the_index_prints_on_two_pages_side_by_side(published: Edition, auditor: User) -> None:
    with zipfile.ZipFile(io.BytesIO(written(auditor)[1])) as archive:
        sheet = openpyxl.load_workbook(io.BytesIO(archive.read("index.xlsx"))).active
    assert sheet is not None
    starts = [sheet.cell(1, found.id + 1).value for found in sheet.col_breaks.brk]
    assert (int(sheet.page_setup.paperSize), sheet.page_setup.orientation, starts) == (
        9,
        "landscape",
        ["Вид файла"],
    )
    assert (sheet.print_title_cols, sheet.print_title_rows, sheet.oddFooter.right.text) == (
        "$A:$A",
        "$1:$1",
        "&P / &N",
    )


def test_what_is_missing_stands_in_the_index(published: Edition, auditor: User) -> None:
    building.results(building.program(number="16"))
    building.program(number="17")
    facts, content = written(auditor)
    assert columns(content, "Програма", "Стан редакції", "Файл в архіві")[4:] == [
        ("16-2019-11-05", "підписаної редакції немає; звіт у стані «Чернетка»", None),
        ("17-2019-11-05", "звіту за цей рік у порталі немає", None),
    ]
    assert (facts.reports, facts.missing, facts.files) == (1, 2, 4)


def test_an_agreed_report_that_nobody_signed_is_missing(auditor: User) -> None:
    report, head = agreeing.small_report()
    agreeing.submitting.submit(report, head)
    agreeing.agree_unprinted(report, head)
    assert AnnualReport.objects.get().state == ReportState.AGREED
    _, content = written(auditor)
    assert columns(content, "Стан редакції", "Файл в архіві") == [
        ("підписаної редакції немає; звіт у стані «Погоджено до підписання»", None)
    ]


def test_nobody_gets_what_they_may_not_see(published: Edition) -> None:
    other = building.program(number="16", responsible=building.executor("Управління освіти"))
    clerk = building.appointed(building.user("osvita"), other.responsible)
    facts, content = written(clerk)
    assert (facts.files, names(content), columns(content, "Програма")) == (
        0,
        ["index.xlsx"],
        [("16-2019-11-05",)],
    )


def test_the_same_moment_gives_the_same_bytes(published: Edition, auditor: User) -> None:
    assert written(auditor) == written(auditor)


def test_the_digest_and_the_size_are_the_files_own(published: Edition, auditor: User) -> None:
    facts, content = written(auditor)
    assert (facts.size, facts.sha256) == (len(content), hashlib.sha256(content).hexdigest())


def test_the_journal_is_told_the_size_and_which_editions(published: Edition, auditor: User) -> None:
    facts, content = written(auditor)
    assert facts.for_journal() == {
        "format": "zip",
        "year": 2024,
        "reports": 1,
        "files": 4,
        "size": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
        "editions": [
            {"program": "15-2019-11-05", "edition": 1, "fingerprint": published.frozen.fingerprint},
        ],
    }


def test_progress_is_told_after_each_file(published: Edition, auditor: User) -> None:
    told: list[tuple[int, int]] = []
    written(auditor, progress=lambda done, total: told.append((done, total)))
    assert told == [(1, 4), (2, 4), (3, 4), (4, 4)]


def test_one_file_at_a_time_is_fetched(published: Edition, auditor: User) -> None:
    with CaptureQueriesContext(connection) as caught:
        facts, _ = written(auditor)
    assert len([query for query in caught if '"content"' in query["sql"]]) == facts.files


def test_a_title_that_looks_like_a_formula_is_text(published: Edition, auditor: User) -> None:
    type(published.report.program).objects.update(title='=HYPERLINK("http://example.org")')
    _, content = written(auditor)
    assert columns(content, "Назва програми")[0] == ('=HYPERLINK("http://example.org")',)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        sheet = openpyxl.load_workbook(io.BytesIO(archive.read("index.xlsx"))).active
    assert sheet is not None
    assert sheet["B2"].data_type == "s"


def test_moments_are_those_of_the_city(published: Edition, auditor: User) -> None:
    _, content = written(auditor)
    frozen_at = timezone.localtime(published.frozen.frozen_at).replace(tzinfo=None, microsecond=0)
    assert columns(content, "Погоджено")[0][0].replace(microsecond=0) == frozen_at
