"""The portfolio of a year as people meet it: lines, order, filter, totals, and the same as a file."""

import datetime
import io
import json
import re
from decimal import Decimal
from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from programs.calculations import Money
from programs.consistency import Severity, check_report
from programs.entry import ResultEntry, save_results
from programs.enums import EventKind, PercentBase, ReportState
from programs.figures import report_figures
from programs.importing.files.reading import read_book
from programs.models import AnnualReport, Event, FundingSource, MeasureResult, Program, User
from reporting.extracts.program_sheets import PROGRAM_SHEET
from reporting.extracts.selection import STATES
from reporting.extracts.writers.base import TOTAL_LABEL
from reporting.portfolio.columns import WAY
from reporting.portfolio.lines import FindingCount
from tests import building

pytestmark = pytest.mark.django_db

PAGE = "/programs/"
KEYS = ("planned", "actual", "financed", "computed_percent")


def words(response: Any) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", response.content.decode())).split())


def named(title: str, number: str, *, measures: int = 1, responsible: str = "Управління культури") -> Program:
    program = building.program(measures=measures, number=number, responsible=building.executor(responsible))
    program.title = title
    program.save()
    return program


@pytest.fixture
def worker() -> User:
    return building.appointed(building.user("worker"), building.executor("Управління культури"))


@pytest.fixture
def city(worker: User) -> dict[str, Program]:
    """Of 2024: one report with figures, one with smaller ones, one that is empty, and a programme without."""
    programs = {
        "full": named("Ґанок громади", "1", measures=2),
        "small": named("Єдність", "2", responsible="Департамент освіти"),
        "empty": named("Іноземні мови", "3"),
        "none": named("Їжа «для всіх»", "4"),
    }
    building.ready_report(programs["full"], by=worker)
    building.appointed(worker, programs["small"].responsible)
    row = building.results(programs["small"])[0]
    sums = {building.source().pk: Money(Decimal("0.00005"), Decimal(3), Decimal(2))}
    save_results(row.report, [ResultEntry(row.pk, row.version, {}, sums)], by=worker)
    building.results(programs["empty"])
    return programs


@pytest.fixture
def reader(client: Client, city: dict[str, Program]) -> Client:
    client.force_login(building.user("auditor", is_auditor=True))
    return client


def titles(client: Client, **asked: Any) -> list[str]:
    response = client.get(PAGE, {"year": 2024, **asked})
    assert response.status_code == 200
    return [line.program.title for line in response.context["lines"]]


def download(client: Client, format_name: str, query: str = "year=2024") -> Any:
    return client.post(f"{PAGE}portfolio.{format_name}?{query}")


# --- figures -----------------------------------------------------------------------------


def test_figures_and_findings_are_those_of_each_report(
    client: Client, auditor: User, city: dict[str, Program]
) -> None:
    client.force_login(auditor)
    lines = client.get(PAGE, {"year": 2024}).context["lines"]
    shown = {line.report.pk: (line.figures, line.findings) for line in lines if line.report}
    own = {
        report.pk: (
            report_figures(
                report, MeasureResult.objects.for_report(report), FundingSource.objects.all()
            ).total,
            FindingCount(
                *(len([one for one in check_report(report) if one.severity is weight]) for weight in Severity)
            ),
        )
        for report in AnnualReport.objects.filter(year=2024)
    }
    assert len(shown) == 4
    assert shown == own


def test_a_stated_total_is_printed_and_said_to_be_one(client: Client, auditor: User) -> None:
    client.force_login(auditor)
    text = words(client.get(PAGE, {"year": 2023}))
    assert "Надруковано 90,0 %, за підсумками виходить 13,1 % 228,3 60,0 30,0 90,0" in text
    assert "Разом, звітів: 1 228,3 60,0 30,0 13,1" in text


def test_totals_are_sums_of_what_is_listed(reader: Client) -> None:
    text = words(reader.get(PAGE, {"year": 2024}))
    assert "Програм: 4, з них без звіту за рік: 1" in text
    assert "Разом, звітів: 3 без звіту програм: 1 20,0 21,0 18,0 90,0" in text
    assert "Разом, звітів: 1 20,0 18,0 16,0 80,0" in words(reader.get(PAGE, {"year": 2024, "text": "ганок"}))


def test_a_percent_of_different_bases_is_none_and_why(reader: Client, city: dict[str, Program]) -> None:
    Program.objects.filter(pk=city["small"].pk).update(percent_base=PercentBase.ACTUAL)
    response = reader.get(PAGE, {"year": 2024})
    assert response.context["total"].percent is None
    assert "Спільного відсотка немає" in words(response)
    alone = reader.get(PAGE, {"year": 2024, "text": "єдність"})
    assert alone.context["total"].percent == Decimal("66.7")
    assert "Спільного відсотка немає" not in words(alone)


# --- order -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sort", "order"),
    [
        ("", ["Ґанок громади", "Єдність", "Іноземні мови", "Їжа «для всіх»"]),
        ("-title", ["Їжа «для всіх»", "Іноземні мови", "Єдність", "Ґанок громади"]),
        ("responsible", ["Єдність", "Ґанок громади", "Іноземні мови", "Їжа «для всіх»"]),
        ("planned", ["Єдність", "Ґанок громади", "Іноземні мови", "Їжа «для всіх»"]),
        ("-planned", ["Ґанок громади", "Єдність", "Іноземні мови", "Їжа «для всіх»"]),
        ("percent", ["Іноземні мови", "Ґанок громади", "Єдність", "Їжа «для всіх»"]),
        ("-percent", ["Єдність", "Ґанок громади", "Іноземні мови", "Їжа «для всіх»"]),
        ("-findings", ["Єдність", "Іноземні мови", "Ґанок громади", "Їжа «для всіх»"]),
        ("-state", ["Ґанок громади", "Єдність", "Іноземні мови", "Їжа «для всіх»"]),
        ("-due", ["Єдність", "Ґанок громади", "Іноземні мови", "Їжа «для всіх»"]),
        ("nonsense", ["Ґанок громади", "Єдність", "Іноземні мови", "Їжа «для всіх»"]),
    ],
)
def test_every_order_has_its_blanks_last(
    reader: Client, city: dict[str, Program], sort: str, order: list[str]
) -> None:
    AnnualReport.objects.filter(program=city["full"]).update(state=ReportState.ON_APPROVAL)
    AnnualReport.objects.filter(program=city["small"]).update(department_due=datetime.date(2025, 1, 15))
    assert titles(reader, sort=sort) == order


def test_every_state_has_its_place_on_the_way() -> None:
    assert sorted(WAY) == sorted(STATES)


def test_headings_sort_and_turn_keeping_the_filter(reader: Client) -> None:
    html = reader.get(PAGE, {"year": 2024, "state": "draft", "sort": "-percent"}).content.decode()
    assert re.findall(r'class="(\w+)[^"]*" aria-sort="(\w+)"', html) == [("percent", "descending")]
    links = re.findall(r'<th scope="col".*?<a href="\?([^"]*)"', html)
    assert [unescape(link) for link in links if "percent" in link or "planned" in link or "due" in link] == [
        "year=2024&state=draft&sort=-planned",
        "year=2024&state=draft&sort=percent",
        "year=2024&state=draft&sort=due",
    ]


# --- the filter --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"state": "none"}, ["Їжа «для всіх»"]),
        ({"state": "draft"}, ["Ґанок громади", "Єдність", "Іноземні мови"]),
        ({"state": "agreed"}, []),
        ({"text": "МОВИ іноземн"}, ["Іноземні мови"]),
        ({"text": "програма"}, ["Ґанок громади", "Єдність", "Іноземні мови", "Їжа «для всіх»"]),
        ({"findings": "on"}, ["Єдність", "Іноземні мови"]),
        ({"deviation": "19,9"}, ["Ґанок громади", "Єдність"]),
        ({"deviation": "20"}, ["Єдність"]),
        ({"findings": "on", "text": "єдність"}, ["Єдність"]),
    ],
)
def test_filters(reader: Client, city: dict[str, Program], asked: dict[str, str], found: list[str]) -> None:
    for row in MeasureResult.objects.filter(report__program=city["full"]):
        row.measure.participations.create(executor=city["full"].responsible)
    FundingSource.objects.update(form_line="з загального фонду")
    assert titles(reader, **asked) == found


def test_by_responsible_executor(reader: Client, city: dict[str, Program]) -> None:
    assert titles(reader, responsible=city["small"].responsible_id) == ["Єдність"]


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ({"year": "1999"}, "Рік: «1999» немає серед доступного. Цю умову не враховано."),
        ({"year": "²"}, "Рік: «²» немає серед доступного. Цю умову не враховано."),
        ({"state": "lost"}, "Стан звіту: «lost» немає серед доступного. Цю умову не враховано."),
        ({"responsible": "9" * 30}, "Цю умову не враховано."),
        ({"deviation": "багато"}, "Відхилення понад, %: «багато» не є числом."),
        ({"deviation": "-1"}, "Цю умову не враховано."),
        ({"text": "а" * 201}, "Цю умову не враховано."),
        ({"text": "а\0б"}, "У тексті є невидимий знак"),
        ({"page": "nonsense"}, "Програм: 4"),
        ({"page": "99"}, "Програм: 4"),
    ],
)
def test_what_cannot_be_used_is_told_and_left_out(
    reader: Client, asked: dict[str, str], sentence: str
) -> None:
    response = reader.get(PAGE, asked)
    assert (response.status_code, len(response.context["lines"])) == (200, 4)
    assert sentence in words(response)


def test_an_empty_result_says_what_to_do(reader: Client) -> None:
    text = words(reader.get(PAGE, {"year": 2024, "text": "немає такої"}))
    assert "За цими умовами у 2024 році програм немає. Зніміть котрусь із них" in text
    assert "Завантажити" not in text


# --- years, and what is in no line ---------------------------------------------------------


def test_the_usual_year_is_the_newest_with_a_report(reader: Client, city: dict[str, Program]) -> None:
    assert reader.get(PAGE).context["wanted"].year == 2024
    building.results(city["none"], 2025)
    assert reader.get(PAGE).context["wanted"].year == 2025


def test_years_of_reports_and_terms_are_offered(reader: Client) -> None:
    Program.objects.create(
        kind="програма", title="Давня", start_year=2012, end_year=2013, responsible=building.executor()
    )
    response = reader.get(PAGE, {"year": 2024, "sort": "-due"})
    assert [its["year"] for its in response.context["years"]] == [2012, *range(2020, 2026)]
    assert (
        'href="?year=2013&amp;sort=-due"' in reader.get(PAGE, {"year": 2012, "sort": "-due"}).content.decode()
    )
    assert "Не діють у 2024 році: 1" in words(response)
    assert "Рішення про затвердження ще не внесено" in words(response)


def test_a_rejected_programme_stands_apart_of_lines_and_totals(
    reader: Client, client: Client, city: dict[str, Program]
) -> None:
    Program.objects.filter(pk=city["full"].pk).update(rejected_at=timezone.now())
    assert "Відхилено програм" not in words(reader.get(PAGE, {"year": 2024}))
    client.force_login(building.user("boss", is_program_admin=True))
    response = client.get(PAGE, {"year": 2024})
    assert "Відхилено програм: 1" in words(response)
    assert response.context["total"].money == Money(Decimal("0.00005"), Decimal(3), Decimal(2))
    assert "Ґанок" not in download(client, "csv-plain").getvalue().decode()


def test_people_see_their_own(client: Client, city: dict[str, Program]) -> None:
    person = building.appointed(building.user("osvita"), building.executor("Департамент освіти"))
    client.force_login(person)
    response = client.get(PAGE)
    assert [line.program.title for line in response.context["lines"]] == ["Єдність"]
    assert response.context["total"].money.planned == Decimal("0.00005")
    assert [label for _, label in response.context["form"].fields["responsible"].choices] == [
        "усі",
        "Департамент освіти",
    ]
    rows = json.loads(download(client, "json").getvalue())["programs"]
    assert [row["program"] for row in rows] == [city["small"].printed_title]


def test_overdue_is_what_is_not_agreed_in_time(reader: Client, city: dict[str, Program]) -> None:
    AnnualReport.objects.update(department_due=datetime.date(2025, 1, 15))
    AnnualReport.objects.filter(program=city["small"]).update(is_transcribed=True)
    AnnualReport.objects.filter(program=city["empty"]).update(state=ReportState.AGREED)
    assert words(reader.get(PAGE, {"year": 2024})).count("15.01.2025 строк минув") == 1


# --- how much it costs, and pages ----------------------------------------------------------


def test_the_number_of_queries_does_not_grow(reader: Client, city: dict[str, Program]) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            reader.get(PAGE, {"year": 2024})
        return len(asked)

    before = queries()
    for number in range(5, 9):
        building.results(named(f"Ще {number}", str(number), measures=3))
    assert queries() == before == 21


def test_a_plan_decided_while_the_page_is_put_together_stops_nothing(
    reader: Client, city: dict[str, Program], monkeypatch: pytest.MonkeyPatch
) -> None:
    program = city["small"]

    def meanwhile(frozen: Any) -> dict[int, list[str]]:
        decided = building.decision(program, "77", "2024-03-04")
        measure = program.tasks.get().measures.get()
        plan = {"measure": measure, "year": 2024, "source": building.source(), "amount": Decimal(1)}
        decided.planned_funding.create(**plan)
        return {}

    before = reader.get(PAGE, {"year": 2024}).context["lines"]
    monkeypatch.setattr("reporting.extracts.gathering._signed_kinds", meanwhile)
    assert reader.get(PAGE, {"year": 2024}).context["lines"] == before


def test_totals_are_of_all_pages(reader: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("reporting.views.portfolio.LINES_ON_PAGE", 3)
    response = reader.get(PAGE, {"year": 2024, "page": "2", "sort": "-title"})
    assert [line.program.title for line in response.context["lines"]] == ["Ґанок громади"]
    assert response.context["lines"][0].findings is not None
    assert "Разом за всіма сторінками, звітів: 3 без звіту програм: 1 20,0 21,0 18,0 90,0" in words(response)
    assert 'href="?year=2024&amp;sort=-title&amp;page=1"' in response.content.decode()


# --- the same as a file ----------------------------------------------------------------------


@pytest.mark.parametrize(
    "query", ["year=2024&sort=-percent", "year=2024&deviation=1&state=draft&findings=on"]
)
def test_rows_of_the_file_are_those_of_the_page(reader: Client, query: str) -> None:
    lines = reader.get(f"{PAGE}?{query}&page=1").context["lines"]
    file = json.loads(download(reader, "json", query).getvalue(), parse_float=Decimal)
    keys = ("program_id", "planned", "actual", "financed", "percent", "errors", "warnings")
    assert [[row[key] for key in keys] for row in file["programs"]] == [
        [
            line.program.public_id,
            *(
                (
                    *money_of(line.figures.money),
                    line.figures.percent,
                    line.findings.errors,
                    line.findings.warnings,
                )
                if line.report
                else [None] * 6
            ),
        ]
        for line in lines
    ]


def money_of(money: Money) -> tuple[Decimal | None, ...]:
    return money.planned, money.actual, money.financed


@pytest.mark.parametrize("format_name", ["xlsx", "ods"])
@pytest.mark.parametrize("mixed", [False, True])
def test_totals_of_a_workbook_are_those_of_the_page(
    reader: Client, city: dict[str, Program], format_name: str, mixed: bool
) -> None:
    if mixed:
        Program.objects.filter(pk=city["small"].pk).update(percent_base=PercentBase.ACTUAL)
    total = reader.get(PAGE, {"year": 2024}).context["total"]
    cells = totals_row(format_name, download(reader, format_name).getvalue())
    headings = [PROGRAM_SHEET.columns[PROGRAM_SHEET.place(key) or 0].heading for key in KEYS]
    assert [cells.get(heading) for heading in headings] == [*money_of(total.money), total.percent]
    assert (total.percent is None) is mixed


def totals_row(format_name: str, content: bytes) -> dict[Any, Any]:
    """By heading: what the formulas under the table gave when the file was written."""
    heads, *rows = read_book(io.BytesIO(content), f"f.{format_name}").tables[0].rows
    return dict(zip(heads, next(row for row in rows if row and row[0] == TOTAL_LABEL), strict=False))


@pytest.mark.parametrize("format_name", ["xlsx", "ods", "csv", "csv-plain", "json"])
def test_every_download_is_journalled_with_its_filter(reader: Client, format_name: str) -> None:
    answer = download(reader, format_name, "year=2024&text=єдність&sort=-due")
    content = answer.getvalue()
    details = Event.objects.get(kind=EventKind.EXTRACTED).details
    assert re.search(
        r'filename="Prohramy_2024_[\d-]+\.\w+"', answer["Content-Disposition"].replace("-plain", "")
    )
    assert details == {
        "sheet": "programs",
        "format": format_name,
        "rows": 1,
        "reports": 1,
        "size": len(content),
        "sha256": details["sha256"],
        "filter": {"year": "2024", "text": "єдність", "sort": "-due"},
        "words": ["Програми за 2024 рік.", "У назві програми є «єдність»."],
    }


def test_a_file_says_what_it_is_of(reader: Client) -> None:
    file = json.loads(download(reader, "json", "year=2024&state=none").getvalue())
    assert file["title"] == "Програми за 2024 рік. Стан звіту: Звіту немає."
    about = {row["key"]: row["value"] for row in file["about"]}
    assert (about["filter/2"], about["without_report"]) == ("Стан звіту: Звіту немає.", 1)
    assert [row["state"] for row in file["programs"]] == ["Звіту немає"]


def test_a_link_to_a_file_leads_to_the_page(reader: Client) -> None:
    answer = reader.get(f"{PAGE}portfolio.xlsx?year=2024&sort=-due")
    assert (answer.status_code, answer["Location"]) == (302, f"{PAGE}?year=2024&sort=-due")
    assert download(reader, "exe").status_code == 404


def test_no_file_of_more_than_was_asked_for(reader: Client) -> None:
    answer = download(reader, "xlsx", "year=2024&responsible=777")
    assert answer.status_code == 422
    assert "Умови змінилися, тому файл не зроблено." in words(answer)
    assert not Event.objects.filter(kind=EventKind.EXTRACTED).exists()


def test_creating_a_report_is_offered_to_who_may(client: Client, city: dict[str, Program]) -> None:
    link = f"{reverse('admin:programs_annualreport_add')}?program={city['none'].pk}&amp;year=2024"
    for person, offered in (("is_program_admin", True), ("is_auditor", False)):
        client.force_login(building.user(person, **{person: True}))
        assert (link in client.get(PAGE).content.decode()) is offered
