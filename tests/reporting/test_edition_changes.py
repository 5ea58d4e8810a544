"""The page of two editions' differences: which two, what each is, what is told, and the workbook."""

import hashlib
import io
import re
from decimal import Decimal
from html import unescape

import openpyxl
import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from programs.calculations import Money
from programs.entry import save_result
from programs.enums import EventKind, FrozenForm
from programs.journal import record
from programs.models import (
    AnnualReport,
    Edition,
    FrozenFile,
    FrozenReport,
    MeasureResult,
    Publication,
    Submission,
    User,
)
from reporting.document import ReportDocument, to_json
from tests import agreeing
from tests.documents import a_document, a_row, a_task

pytestmark = pytest.mark.django_db

REPORT = "/programs/15-2019-11-05/2024/"


def changes(number: int, ending: str = "/") -> str:
    return f"{REPORT}editions/{number}/changes{ending}"


@pytest.fixture
def small() -> tuple[AnnualReport, User]:
    return agreeing.small_report(measures=2)


@pytest.fixture
def report(small: tuple[AnnualReport, User]) -> AnnualReport:
    return small[0]


@pytest.fixture
def head(small: tuple[AnnualReport, User]) -> User:
    return small[1]


@pytest.fixture
def reader(client: Client, head: User) -> Client:
    client.force_login(head)
    return client


def frozen(report: AnnualReport, head: User, number: int, document: ReportDocument) -> FrozenReport:
    """As agreed, without printing."""
    now, content = timezone.now(), to_json(document)
    sha256 = hashlib.sha256(content).hexdigest()
    submission = Submission.objects.create(
        report=report,
        number=number,
        submitted_at=now,
        submitted_by=head,
        document=content.decode(),
        sha256=sha256,
    )
    made = FrozenReport.objects.create(
        report=report,
        submission=submission,
        edition_number=number,
        fingerprint=sha256,
        frozen_at=now,
        frozen_by=head,
        event=record(EventKind.AGREED, by=head, report=report),
    )
    FrozenFile.objects.create(
        frozen=made, form=FrozenForm.JSON, content=content, size=len(content), sha256=sha256
    )
    return made


def edition(report: AnnualReport, head: User, number: int, told: str = "Проведено.") -> Edition:
    """Each with its own words about the only measure."""
    made = frozen(report, head, number, a_document(a_task(a_row(information=told))))
    return Edition.objects.create(report=report, number=number, frozen=made, signed_at=timezone.now())


@pytest.fixture
def three(report: AnnualReport, head: User) -> list[Edition]:
    return [edition(report, head, number, told=f"Текст {number}") for number in (1, 2, 3)]


def part(response: HttpResponse, tag: str) -> str:
    """The text of the first such element; words that came or went stand where they stood."""
    found = re.search(rf"<{tag}\b.*?</{tag}>", response.content.decode(), re.S)
    assert found
    joined = re.sub(r"</?(ins|del)>", "", found[0])
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", joined)).split())


def told(response: HttpResponse) -> list[tuple[str, str]]:
    """What was and what is, of every changed run of words on the page."""
    return re.findall(r"<del>([^<]*)</del>[^<]*<ins>([^<]*)</ins>", response.content.decode())


# --- which two ---


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        (changes(3), ("2", "3")),
        (changes(2), ("1", "2")),
        (changes(1), ("1", "2")),
        (changes(3) + "?with=1", ("1", "3")),
        (changes(1) + "?with=3", ("1", "3")),
    ],
)
def test_the_older_one_was_and_the_newer_one_is(
    reader: Client, three: list[Edition], address: str, shown: tuple[str, str]
) -> None:
    response = reader.get(address)
    was, became = shown

    assert part(response, "h1") == f"Зміни між редакціями {was} і {became} звіту за 2024 рік"
    assert [tuple(map(str.strip, pair)) for pair in told(response)] == [shown]


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        (changes(4), "Редакції 4 цього звіту немає."),
        (changes(0), "Редакції 0 цього звіту немає."),
        (changes(2) + "?with=4", "Редакції 4 цього звіту немає."),
        (changes(2) + "?with=2", "Редакцію 2 не порівняти з нею самою: оберіть іншу."),
        (changes(2) + "?with=%C2%B2", "Такої редакції цього звіту немає."),
        (changes(2) + "?with=-1", "Такої редакції цього звіту немає."),
        (changes(2) + "?with=" + "9" * 40, "Такої редакції цього звіту немає."),
        (changes(2, ".xlsx") + "?with=4", "Редакції 4 цього звіту немає."),
    ],
)
def test_an_edition_that_is_not_there(
    reader: Client, three: list[Edition], address: str, sentence: str
) -> None:
    response = reader.get(address)

    said = re.findall(r"</h1>\s*<p>(.*?)</p>", response.content.decode())
    assert (response.status_code, said) == (404, [sentence])


def test_the_choice_offers_the_others_and_keeps_the_one_that_is_shown(
    reader: Client, three: list[Edition]
) -> None:
    html = reader.get(changes(3) + "?with=1").content.decode()

    assert re.findall(r'<option value="(\d)"( selected)?>', html) == [("1", " selected"), ("2", "")]


def test_of_two_there_is_nothing_to_choose(reader: Client, report: AnnualReport, head: User) -> None:
    for number in (1, 2):
        edition(report, head, number)

    assert "<select" not in reader.get(changes(2)).content.decode()


class TestOnlyOne:
    def test_the_page_says_so(self, reader: Client, report: AnnualReport, head: User) -> None:
        edition(report, head, 1)

        assert part(reader.get(changes(1)), "main") == (
            "Порівняння редакцій звіту за 2024 рік "
            "У цього звіту одна редакція, порівнювати її ще немає з чим. Наступна з’явиться, коли звіт "
            "відкриють для уточнення й погодять знову. Прочитати редакцію 1"
        )

    def test_there_is_no_workbook(self, reader: Client, report: AnnualReport, head: User) -> None:
        edition(report, head, 1)
        response = reader.get(changes(1, ".xlsx"))

        assert response.status_code == 404
        assert "Крім редакції 1, у цього звіту інших немає: порівнювати ні з чим." in part(response, "main")


# --- what each is ---


def test_each_edition_says_when_it_was_agreed_signed_and_published(
    reader: Client, report: AnnualReport, head: User
) -> None:
    first, second = (edition(report, head, number) for number in (1, 2))
    now = timezone.localtime()
    Publication.objects.create(edition=first, published_at=now, published_by=head)
    response = reader.get(changes(2))

    agreed, signed = (
        f"{timezone.localtime(at):%d.%m.%Y %H:%M}" for at in (second.frozen.frozen_at, second.signed_at)
    )
    facts = f"Погоджено {agreed}, {head} Перший підпис {signed}"
    assert part(response, "dl") == (
        f"Було Редакція 1 {facts} Оприлюднено {now:%d.%m.%Y %H:%M} Стало Редакція 2 {facts} Не оприлюднено"
    )
    assert re.findall(rf'<dd><a href="({REPORT}[^"]*)"', response.content.decode()) == [
        f"{REPORT}editions/1/",
        f"{REPORT}editions/2/",
    ]


def test_what_is_agreed_and_not_signed_is_compared_before_it_is_signed(
    reader: Client, report: AnnualReport, head: User
) -> None:
    edition(report, head, 1)
    frozen(report, head, 2, a_document())
    AnnualReport.objects.filter(pk=report.pk).update(state="agreed")
    assert "Ще не підписано Не оприлюднено" in part(reader.get(changes(2)), "dl")


def test_what_was_withdrawn_is_no_edition(reader: Client, report: AnnualReport, head: User) -> None:
    edition(report, head, 1)
    frozen(report, head, 2, a_document())
    assert reader.get(changes(2)).status_code == 404


# --- what is told ---


def test_a_correction_is_told_from_the_frozen_documents(
    reader: Client, report: AnnualReport, head: User
) -> None:
    """Through the doors: published, opened again, mended, published again, then the measure renamed."""
    agreeing.published_edition(report, head)
    agreeing.reopen(report, head)
    first, second = MeasureResult.objects.for_report(report)
    source = second.amounts.get().source_id
    mended = {source: Money(Decimal(10), Decimal(9), Decimal("8.5"))}
    save_result(second, version=second.version, by=head, narrative="Проведено двічі.", amounts=mended)
    agreeing.published_edition(report, head)
    first.measure.title = "Перейменований захід"
    first.measure.save()

    assert part(reader.get(changes(2)), "section") == " ".join(
        (
            "Відмінності Заходів змінено: 1, додано: 0, вилучено: 0.",
            "Підсумки Графа Було Стало",
            "Усього Фактично профінансовано у звітному періоді тис. грн 16,0 16,5",
            "Відсоток виконання заходу % 80,0 82,5",
            "з загального фонду Фактично профінансовано у звітному періоді тис. грн 16,0 16,5",
            "Заголовок Звіт про результати виконання міська програма «Програма 15» на 2020-2025 роки",
            "за 2024 рік Управління культури Уточнений звіт (редакція 2)",
            "1.2 Захід 2",
            "Фактично профінансовано у звітному періоді тис. грн 8,0 → 8,5",
            "Відсоток виконання заходу % 80,0 → 85,0",
            "Інформація про виконання Проведено двічі.",
        )
    )


def test_no_difference_is_said(reader: Client, report: AnnualReport, head: User) -> None:
    for number in (1, 2):
        edition(report, head, number)

    assert part(reader.get(changes(2)), "section") == "Відмінності Відмінностей немає."


def test_more_editions_take_no_more_queries(reader: Client, report: AnnualReport, head: User) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as caught:
            assert reader.get(changes(2)).status_code == 200
        return len(caught)

    for number in (1, 2):
        edition(report, head, number)
    few = queries()
    for number in (3, 4, 5):
        edition(report, head, number)

    assert queries() == few


# --- the workbook ---


class TestFile:
    def test_the_page_leads_to_the_workbook_of_the_two_it_shows(
        self, reader: Client, three: list[Edition]
    ) -> None:
        html = reader.get(changes(1) + "?with=3").content.decode()
        assert re.findall(r'href="([^"]*\.xlsx[^"]*)"', html) == [changes(3, ".xlsx") + "?with=1"]

    def test_it_comes_as_a_file_with_a_name(self, reader: Client, three: list[Edition]) -> None:
        response = reader.get(changes(3, ".xlsx") + "?with=1")
        assert (response["Content-Disposition"], response["Content-Type"]) == (
            'attachment; filename="Zvit_15-2019-11-05_2024_r1-r3.xlsx"',
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        )

    def test_it_holds_the_differences_of_the_two(self, reader: Client, three: list[Edition]) -> None:
        workbook = openpyxl.load_workbook(io.BytesIO(reader.get(changes(3, ".xlsx")).content))
        about = workbook["Про порівняння"]
        assert [cell.value for cell in workbook["Зміни"][2]][3:6] == [
            "Інформація про виконання",
            "Текст 2",
            "Текст 3",
        ]
        assert [about["B8"].value, about["C8"].value] == [one.frozen.fingerprint for one in three[1:]]

    def test_it_stays_the_same_after_publication_and_renaming(
        self, reader: Client, report: AnnualReport, head: User, three: list[Edition]
    ) -> None:
        before = reader.get(changes(3, ".xlsx")).content
        Publication.objects.create(edition=three[2], published_at=timezone.now(), published_by=head)
        report.program.title = "Інша назва"
        report.program.save()
        assert reader.get(changes(3, ".xlsx")).content == before
