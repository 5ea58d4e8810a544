"""Open data: the same in every format, nothing that is not public, honest about what changed."""

from __future__ import annotations

import csv
import dataclasses
import datetime
import hashlib
import io
import json
import os
import re
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from programs.enums import DecisionKind, FrozenForm, PublicForm, WithheldScope, WithholdingGround
from programs.importing.measure_columns import unguarded
from programs.models import AnnualReport, Decision, Edition, Executor, Program, User
from reporting.opendata import files, subjects
from reporting.opendata.documents import DOCUMENTS, find_document
from reporting.opendata.files import OpenFile
from reporting.opendata.schema import DataType, dataset
from reporting.public import PublicEdition
from tests import agreeing, building, submitting

pytestmark = pytest.mark.django_db

SITE = "https://zvit.example.org"
CODES = ("programs", "amendments", "reports", "measures")


@pytest.fixture(autouse=True)
def public(settings: Settings, tmp_path: Path) -> None:
    settings.PUBLIC_REPORTS = True
    settings.PORTAL_URL = SITE
    settings.OPENDATA_FOLDER = tmp_path / "opendata"
    settings.PUBLISHER_NAME = "Прикладівська міська рада"
    settings.PUBLISHER_EDRPOU = "01234567"


@pytest.fixture
def published() -> tuple[AnnualReport, User]:
    """A published report of one measure of a programme that was amended once."""
    report, head = agreeing.small_report()
    building.decision(report.program, "77/1-IX", "2021-03-04")
    agreeing.published_edition(report, head, printed=False)
    return report, head


@dataclasses.dataclass(frozen=True)
class Answer:
    status_code: int
    headers: dict[str, str]
    content: bytes
    cookies: dict[str, Any]


def got(name: str, method: str = "GET", **headers: str) -> Answer:
    """Read to its end and closed, as a server would."""
    response = Client().generic(method, f"/opendata/{name}", headers=headers)
    body = response.getvalue() if response.streaming else response.content
    return Answer(response.status_code, dict(response.headers), body, dict(response.cookies))


def content(name: str) -> bytes:
    answer = got(name)
    assert answer.status_code == 200
    return answer.content


def rows(code: str) -> list[dict[str, Any]]:
    return json.loads(content(f"{code}.json"))["rows"]


# --- the same everywhere -----------------------------------------------------------------


def typed(code: str, name: str, text: str) -> Any:
    """What a CSV cell says, by the type that the dictionary names."""
    (column,) = [one for one in dataset().table(code).columns if one.name == name]  # type: ignore[union-attr]
    if text == "":
        return None
    if column.type in (DataType.YEAR, DataType.INTEGER):
        return int(text)
    if column.type == DataType.DECIMAL:
        return float(text)
    return text == "true" if column.type == DataType.BOOLEAN else unguarded(text)


def csv_rows(code: str) -> list[dict[str, Any]]:
    found = csv.DictReader(io.StringIO(content(f"{code}.csv").decode("utf-8"), newline=""))
    return [{name: typed(code, name, text) for name, text in row.items()} for row in found]


def sheet_rows(sheet: Any, code: str) -> list[dict[str, Any]]:
    heads, *lines = [[cell.value for cell in row] for row in sheet.iter_rows()]
    booleans = {one.name for one in dataset().table(code).columns if one.type == DataType.BOOLEAN}  # type: ignore[union-attr]
    return [
        {
            name: value == "true" if name in booleans else value
            for name, value in zip(heads, line, strict=True)
        }
        for line in lines
    ]


@pytest.mark.parametrize("code", CODES)
def test_every_format_says_the_same(code: str, published: tuple[AnnualReport, User]) -> None:
    workbook = openpyxl.load_workbook(io.BytesIO(content(f"{code}.xlsx")))
    expected = rows(code)
    assert len(expected) == 1
    assert csv_rows(code) == expected
    assert [sheet_rows(sheet, code) for sheet in workbook] == [expected]


def test_the_workbook_holds_the_three_recommended_tables(published: tuple[AnnualReport, User]) -> None:
    workbook = openpyxl.load_workbook(io.BytesIO(content("targeted-programs.xlsx")))
    assert {sheet.title: sheet_rows(sheet, sheet.title.lower()) for sheet in workbook} == {
        "Programs": rows("programs"),
        "Amendments": rows("amendments"),
        "Reports": rows("reports"),
    }


@pytest.mark.parametrize("name", ["programs.xlsx", "programs.csv", "programs.json"])
def test_a_file_made_anew_has_the_same_bytes(
    name: str, published: tuple[AnnualReport, User], settings: Settings, tmp_path: Path
) -> None:
    first = content(name)
    settings.OPENDATA_FOLDER = tmp_path / "elsewhere"
    assert content(name) == first


# --- what stands in the rows -------------------------------------------------------------


def test_a_programme_as_the_recommendation_describes_it(published: tuple[AnnualReport, User]) -> None:
    report, _ = published
    Executor.objects.filter(pk=report.program.responsible_id).update(
        official_name="Управління культури міської ради", edrpou="07654321"
    )
    Decision.objects.filter(kind=DecisionKind.APPROVES).update(
        title="Про програму", url="https://rada.example.org/15"
    )
    Program.objects.update(end_year=2024)
    assert rows("programs") == [
        {
            "identifier": "15-2019-11-05",
            "title": "міська програма «Програма 15» на 2020-2024 роки",
            "validFrom": 2020,
            "validThrough": 2024,
            "status": "Завершена",
            "executantName": "Управління культури міської ради",
            "executantIdentifier": "07654321",
            "url": "https://rada.example.org/15",
            "orderType": "Рішення",
            "orderTitle": "Про програму",
            "orderDateAccepted": "2019-11-05",
            "orderNumber": "15",
            "orderURL": "https://rada.example.org/15",
            "publisherName": "Прикладівська міська рада",
            "publisherIdentifier": "01234567",
            "budgetCodes": None,
            "publishedReports": 1,
        }
    ]


def test_an_amendment_is_named_by_its_own_decision(published: tuple[AnnualReport, User]) -> None:
    (row,) = rows("amendments")
    told = ("identifier", "programmeIdentifier", "orderNumber", "orderDateAccepted", "orderTitle")
    assert [row[name] for name in told] == [
        "77-1-ix-2021-03-04",
        "15-2019-11-05",
        "77/1-IX",
        "2021-03-04",
        None,
    ]


def test_a_report_leads_to_its_public_page_and_names_its_edition(
    published: tuple[AnnualReport, User],
) -> None:
    report, _ = published
    edition = report.editions.get()
    (row,) = rows("reports")
    told = {
        "identifier": "15-2019-11-05/2024",
        "dateAccepted": edition.signed_files.get().signed_on.isoformat(),
        "periodStartDate": "2024-01-01",
        "periodEndDate": "2024-12-31",
        "url": f"{SITE}/public/15-2019-11-05/2024/",
        "dataURL": f"{SITE}/public/15-2019-11-05/2024/report.json",
        "fingerprint": edition.frozen.fingerprint,
        "signedFileURL": None,
        "measures": 1,
        "planned": 10,
        "financed": 8,
        "computedPercent": 80,
    }
    assert {name: row[name] for name in told} == told
    assert Client().get(row["url"].removeprefix(SITE)).status_code == 200
    assert Client().get(row["dataURL"].removeprefix(SITE)).status_code == 200


def test_the_real_report_adds_up_as_it_was_printed(
    demo: Program, report_2023: AnnualReport, head: User
) -> None:
    """228,3 / 60,0 / 30,0, and the 90,0 that stood on the paper beside the 13,1 that it is."""
    agreeing.published_edition(report_2023, head, printed=False)
    (row,) = rows("reports")
    told = ("measures", "planned", "actual", "financed", "computedPercent", "percent", "isTranscribed")
    assert [row[name] for name in told] == [37, 228.3, 60.0, 30.0, 13.1, 90.0, True]
    measures = {one["measureNumber"]: one for one in rows("measures")}
    assert len(measures) == 37
    told = ("identifier", "computedPercent", "statedPercent", "percent", "isWithheld")
    assert [measures["4.1"][name] for name in told] == ["1688-2019-12-18/2023/4.1", 35.0, 32.0, 32.0, False]


def test_a_number_that_comes_twice_in_a_report_gets_keys_of_its_own(
    published: tuple[AnnualReport, User], monkeypatch: pytest.MonkeyPatch
) -> None:
    (report,) = subjects.reports()
    (section,) = report.document.sections
    (task,) = section.tasks
    task = dataclasses.replace(task, rows=task.rows * 2)
    document = dataclasses.replace(report.document, sections=(dataclasses.replace(section, tasks=(task,)),))
    monkeypatch.setattr(PublicEdition, "document", document)
    keys = [one.key for one in subjects.measures()]
    assert keys == ["15-2019-11-05/2024/1.1", "15-2019-11-05/2024/1.1~2"]


def test_texts_that_a_spreadsheet_would_count_are_marked_in_csv_alone(settings: Settings) -> None:
    building.program(responsible=building.executor('=HYPERLINK("https://evil.example")'))
    assert b"'=HYPERLINK" in content("programs.csv")
    assert rows("programs")[0]["executantName"] == '=HYPERLINK("https://evil.example")'
    (sheet,) = openpyxl.load_workbook(io.BytesIO(content("programs.xlsx")))
    assert [(cell.value, cell.data_type) for cell in sheet["F"]][1] == (
        '=HYPERLINK("https://evil.example")',
        "s",
    )


def test_csv_has_no_mark_at_its_head_and_ends_lines_as_the_standard_asks(settings: Settings) -> None:
    building.program()
    assert content("programs.csv").startswith(b"identifier,title,validFrom,")
    assert content("programs.csv").count(b"\r\n") == 2


# --- what is not public ------------------------------------------------------------------

SECRET = "Таємниця чернетки"


def test_nothing_of_what_is_not_published_is_in_any_file(published: tuple[AnnualReport, User]) -> None:
    """Rows edited after publication, a report that is only agreed, programmes that wait or were rejected."""
    report, head = published
    agreeing.reopen(report, head)
    report.results.update(narrative=SECRET)
    Program.objects.filter(pk=report.program_id).update(percent_base="actual")
    other = building.program(measures=1, number="16")
    agreed = building.ready_report(other, by=head)
    agreed.results.update(narrative=SECRET)
    submitting.submit(agreed, head)
    agreeing.agree_unprinted(agreed, head)
    for number, change in {
        "17": {"awaits_confirmation": True},
        "18": {"rejected_at": timezone.now()},
        "19": {"public_id": None},
    }.items():
        made = building.program(number=number)
        Program.objects.filter(pk=made.pk).update(title=SECRET, **change)
    future = building.program(number="20")
    future.decisions.update(date=timezone.localdate() + datetime.timedelta(days=1))
    told = {name: content(name).decode() for name in every_name() if not name.endswith("xlsx")}
    assert {name for name, text in told.items() if SECRET in text} == set()
    assert [row["identifier"] for row in rows("programs")] == ["15-2019-11-05", "16-2019-11-05"]
    assert [row["identifier"] for row in rows("reports")] == ["15-2019-11-05/2024"]
    assert [row["percentBase"] for row in rows("reports")] == ["planned"]


def every_name() -> list[str]:
    return [*(file.name for file in files.all_files()), *DOCUMENTS]


def withhold(edition: Edition) -> str:
    """What was done in its only row; the SHA-256 of the public copy."""
    whole = json.loads(edition.frozen.content(FrozenForm.JSON))
    whole["sections"][0]["tasks"][0]["rows"][0]["information"] = "Доступ обмежено."
    copy = json.dumps(whole).encode()
    sha256 = hashlib.sha256(copy).hexdigest()
    edition.public_files.create(form=PublicForm.JSON, content=copy, size=len(copy), sha256=sha256)
    ground, scope = WithholdingGround.SAFETY, WithheldScope.INFORMATION
    edition.withholdings.create(place=1, number="1.1", scope=scope, ground=ground, text="Адреса притулку.")
    return sha256


def test_of_a_withheld_row_only_what_its_public_copy_tells(published: tuple[AnnualReport, User]) -> None:
    edition = published[0].editions.get()
    before = tags()
    fingerprints = [edition.frozen.fingerprint]
    sha256 = withhold(edition)
    assert changed(before) == of_tables("reports", "measures")
    (row,) = rows("measures")
    told = ("information", "financed", "isWithheld", "withheldScope", "withheldGround", "withheldReason")
    assert [row[name] for name in told] == [
        "Доступ обмежено.",
        8.0,
        True,
        "information",
        WithholdingGround.SAFETY.label,
        "Адреса притулку.",
    ]
    (report,) = rows("reports")
    assert (report["withheldMeasures"], report["fingerprint"]) == (1, sha256)
    told_to_all = b"".join(content(name) for name in every_name() if not name.endswith("xlsx"))
    assert [one for one in ("Проведено.", *fingerprints) if one.encode() in told_to_all] == []


def test_of_two_published_editions_the_later_one_is_given(published: tuple[AnnualReport, User]) -> None:
    report, head = published
    agreeing.reopen(report, head)
    agreeing.published_edition(report, head, printed=False)
    assert [row["edition"] for row in rows("reports")] == [2]
    assert [row["edition"] for row in rows("measures")] == [2]


@pytest.mark.parametrize("name", ["", "programs.json", "dictionary.csv", "openapi.json"])
def test_without_the_switch_there_is_nothing(name: str, settings: Settings) -> None:
    settings.PUBLIC_REPORTS = False
    assert got(name).status_code == 404


@pytest.mark.parametrize(
    "name", ["programs.pdf", "programs.ods", "people.csv", "dictionary.xlsx", "Programs.csv"]
)
def test_what_there_is_not_is_a_404(name: str) -> None:
    assert got(name).status_code == 404


def test_more_programmes_cost_no_more_queries(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    for number in ("15", "16", "17"):
        building.decision(building.program(number=number), "90", "2022-01-01")
    with django_assert_num_queries(2):
        assert len(list(subjects.amendments())) == 3


def test_the_tag_of_withheld_rows_costs_no_more_queries(
    published: tuple[AnnualReport, User], django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    withhold(published[0].editions.get())
    with django_assert_num_queries(3):
        assert stamp_of("reports.json")


# --- what changed ------------------------------------------------------------------------


def tags() -> dict[str, str]:
    documents = map(find_document, DOCUMENTS)
    return {file.name: file.stamp() for file in files.all_files()} | {
        one.name: one.stamp for one in documents if one
    }


def stamp_of(name: str) -> str:
    file = files.find_file(*name.split("."))
    assert file
    return file.stamp()


def changed(before: dict[str, str]) -> set[str]:
    return {name for name, tag in tags().items() if tag != before[name]}


def of_tables(*codes: str) -> set[str]:
    return {file.name for file in files.all_files() if {table.code for table in file.tables} & set(codes)}


def test_publishing_changes_the_tables_that_tell_of_it(settings: Settings) -> None:
    report, head = agreeing.small_report()
    before = tags()
    submitting.submit(report, head)
    agreeing.agree_unprinted(report, head)
    agreeing.sign_on_paper(report, head)
    assert changed(before) == set()
    agreeing.publish(report, head)
    assert changed(before) == of_tables("programs", "reports", "measures")


def test_a_new_name_of_a_programme_changes_the_tables_that_name_it(
    published: tuple[AnnualReport, User],
) -> None:
    before = tags()
    program = Program.objects.get()
    program.title = "Нова назва"
    program.save()
    assert changed(before) == of_tables("programs", "amendments", "reports") | of_tables("measures")
    assert rows("programs")[0]["title"] == "міська програма «Нова назва» на 2020-2025 роки"
    assert "Нова назва" not in rows("reports")[0]["title"]


def test_a_year_that_ends_finishes_programmes(published: tuple[AnnualReport, User], monkeypatch: Any) -> None:
    Program.objects.update(end_year=timezone.localdate().year)
    assert [row["status"] for row in rows("programs")] == ["Чинна"]
    before = tags()
    later = datetime.date(timezone.localdate().year + 1, 1, 1)
    monkeypatch.setattr(subjects.timezone, "localdate", lambda: later)
    assert [row["status"] for row in rows("programs")] == ["Завершена"]
    assert changed(before) == of_tables("programs")


def test_the_council_named_anew_changes_what_names_it(settings: Settings) -> None:
    building.program()
    before = tags()
    settings.PUBLISHER_NAME = "Інша рада"
    assert of_tables(*CODES) <= changed(before)


@pytest.mark.parametrize("name", ["programs.csv", "measures.json", "targeted-programs.xlsx", "openapi.json"])
def test_who_has_the_content_gets_304(name: str, published: tuple[AnnualReport, User]) -> None:
    first = got(name)
    again = got(name, if_none_match=first.headers["ETag"])
    assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", first.headers["ETag"])
    assert again.headers["Access-Control-Allow-Origin"] == "*"


def test_304_makes_no_file(published: tuple[AnnualReport, User], monkeypatch: pytest.MonkeyPatch) -> None:
    tag = got("measures.xlsx").headers["ETag"]
    monkeypatch.setattr(files, "opened", lambda *args: pytest.fail("made"))
    assert got("measures.xlsx", if_none_match=tag).status_code == 304


def test_last_modified_tells_two_versions_of_one_second_apart(published: tuple[AnnualReport, User]) -> None:
    before = got("programs.json").headers["Last-Modified"]
    assert got("programs.json", if_modified_since=before).status_code == 304
    Program.objects.update(title="Нова назва")
    answer = got("programs.json", if_modified_since=before)
    assert answer.status_code == 200
    assert got("programs.json", if_modified_since=answer.headers["Last-Modified"]).status_code == 304


def test_of_each_file_one_version_is_kept(published: tuple[AnnualReport, User], settings: Settings) -> None:
    content("programs.json")
    Program.objects.update(title="Нова назва")
    content("programs.json")
    assert len(list((settings.OPENDATA_FOLDER / "programs.json").iterdir())) == 1


def test_what_changes_while_it_is_asked_for_goes_by_the_tag_of_what_is_sent(
    published: tuple[AnnualReport, User], monkeypatch: pytest.MonkeyPatch
) -> None:
    told = OpenFile.stamp

    def told_a_moment_before(file: OpenFile) -> str:
        found = told(file)
        Program.objects.update(title="Нова назва")
        return found

    monkeypatch.setattr(OpenFile, "stamp", told_a_moment_before)
    answer = got("programs.json")
    assert "Нова назва" in answer.content.decode()
    assert answer.headers["ETag"] == f'"{tags()["programs.json"]}"'
    assert got("programs.json", if_modified_since=answer.headers["Last-Modified"]).status_code == 304


@pytest.mark.parametrize("before", [(), (".left-by-a-killed-process",)])
def test_a_full_disk_leaves_nothing_of_a_file(
    published: tuple[AnnualReport, User],
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    before: tuple[str, ...],
) -> None:
    folder = settings.OPENDATA_FOLDER / "programs.json"
    folder.mkdir(parents=True)
    for name in before:
        (folder / name).write_bytes(b"half")

    def write(file: OpenFile, to: Any) -> None:
        full = os.open("/dev/full", os.O_WRONLY)
        os.dup2(full, to.fileno())
        os.close(full)
        to.write(b"half")

    monkeypatch.setattr(files, "write", write)
    with pytest.raises(OSError, match="No space left"):
        got("programs.json")
    assert list(folder.iterdir()) == []


def test_who_asks_while_another_waits_for_the_same_is_asked_to_come_back(
    published: tuple[AnnualReport, User], settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "WAIT", 0)
    settings.OPENDATA_FOLDER.mkdir()
    with files._alone(settings.OPENDATA_FOLDER / "programs.json"):
        answer = got("programs.json")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "30")
    assert "Цей файл саме складається" in answer.content.decode()
    assert got("programs.json").status_code == 200


# --- manners -----------------------------------------------------------------------------


def test_the_headers_of_a_file(published: tuple[AnnualReport, User]) -> None:
    response = got("programs.csv")
    told = {
        "Content-Type": "text/csv; charset=utf-8; header=present",
        "Content-Disposition": 'attachment; filename="programs.csv"',
        "Content-Length": str(len(response.content)),
        "Cache-Control": "max-age=300, public",
        "Access-Control-Allow-Origin": "*",
        "Link": '<https://creativecommons.org/licenses/by/4.0/>; rel="license"',
        "X-Content-Type-Options": "nosniff",
    }
    assert {name: response.headers[name] for name in told} == told
    assert response.cookies == {}


def test_head_says_the_same_without_the_content(published: tuple[AnnualReport, User]) -> None:
    whole, head = got("reports.json"), got("reports.json", "HEAD")
    for answer in (whole, head):
        answer.headers.pop("X-Request-ID", None)
    assert head.headers == whole.headers
    assert head.content == b""


def test_the_tag_is_the_stamp_of_the_content(published: tuple[AnnualReport, User]) -> None:
    assert {name: got(name).headers["ETag"] for name in ("reports.csv", "dictionary.csv")} == {
        name: f'"{tags()[name]}"' for name in ("reports.csv", "dictionary.csv")
    }


def test_nothing_can_be_sent_there() -> None:
    assert got("programs.json", "POST").status_code == 405


def test_the_page_describes_every_column_and_leads_to_every_file(
    published: tuple[AnnualReport, User],
) -> None:
    page = got("").content.decode()
    names = {column.name for table in dataset().tables for column in table.columns}
    assert {name for name in names if f"<code>{name}</code>" not in page} == set()
    assert {name for name in every_name() if f'href="/opendata/{name}"' not in page} == set()
    assert "Прикладівська міська рада, код ЄДРПОУ\u00a001234567" in page.replace("&nbsp;", "\u00a0")


def test_the_page_is_found_by_search_engines() -> None:
    page = got("").content.decode()
    assert 'name="robots"' not in page
    assert '<meta name="description" content="Відкриті дані громади' in page


@pytest.mark.parametrize(
    ("is_on", "expected"),
    [
        (
            True,
            "User-agent: *\nAllow: /public/\nAllow: /opendata/\nAllow: /verify/\nAllow: /static/\n"
            f"Disallow: /\nSitemap: {SITE}/sitemap.xml\n",
        ),
        (False, "User-agent: *\nDisallow: /\n"),
    ],
)
def test_robots_are_told_where_they_may_go(is_on: bool, expected: str, settings: Settings) -> None:
    settings.PUBLIC_REPORTS = is_on
    assert Client().get("/robots.txt").content.decode() == expected


def test_the_map_names_public_pages(published: tuple[AnnualReport, User], settings: Settings) -> None:
    told = Client().get("/sitemap.xml").content.decode()
    assert re.findall("<loc>(.*?)</loc>", told) == [
        f"{SITE}/public/",
        f"{SITE}/opendata/",
        f"{SITE}/verify/",
        f"{SITE}/public/15-2019-11-05/2024/",
    ]
    settings.PUBLIC_REPORTS = False
    assert Client().get("/sitemap.xml").status_code == 404


# --- the command -------------------------------------------------------------------------


def test_the_command_writes_what_the_addresses_give(
    published: tuple[AnnualReport, User], tmp_path: Path
) -> None:
    folder = tmp_path / "out" / "data"
    call_command("opendata", output=folder, stdout=io.StringIO())
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == {
        name: content(name) for name in every_name()
    }


def test_the_command_needs_the_switch_and_a_folder(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(CommandError, match="Не вдалося створити теку"):
        call_command("opendata", output=tmp_path / "file" / "data")
    settings.OPENDATA_FOLDER = tmp_path / "file" / "kept"
    with pytest.raises(CommandError, match="Не вдалося скласти файли: такої теки немає"):
        call_command("opendata", output=tmp_path / "data")
    settings.PUBLIC_REPORTS = False
    with pytest.raises(CommandError, match="Увімкніть PUBLIC_REPORTS=1"):
        call_command("opendata", output=tmp_path / "off")
    assert not (tmp_path / "off").exists()
