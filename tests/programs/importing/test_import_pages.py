"""«Дані з файла»: sending, looking, answering, applying; every refusal a sentence on the page."""

import html
import re
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook
from pytest_django import Settings

from programs.importing.examination import Note, Place, Question, Weight
from programs.models import Executor, StagedImport, User
from tests import building
from tests.programs.importing.names_kind import NamesKind, put_in_place

pytestmark = pytest.mark.django_db


@pytest.fixture
def kind(monkeypatch: pytest.MonkeyPatch) -> NamesKind:
    return put_in_place(monkeypatch)


@pytest.fixture
def person(kind: NamesKind) -> User:
    return building.appointed(building.user("clerk"), building.executor("Управління культури"))


@pytest.fixture
def page(person: User, client: Client) -> Client:
    client.force_login(person)
    return client


def send(page: Client, content: bytes | None = None, name: str = "назви.csv") -> HttpResponse:
    body = "назва\nДепартамент культури\n".encode() if content is None else content
    return page.post(reverse("imports"), {"file": SimpleUploadedFile(name, body)})


def staged(page: Client) -> StagedImport:
    send(page)
    return StagedImport.objects.get()


def address(of: StagedImport, name: str = "staged_import") -> str:
    return reverse(name, args=[of.pk])


def text(response: HttpResponse) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", response.content.decode())).split())


def seen(page: Client, of: StagedImport) -> str:
    found = re.search(r'name="seen" value="(\w+)"', page.get(address(of)).content.decode())
    assert found is not None
    return found[1]


def test_a_file_leads_to_its_preview(page: Client) -> None:
    response = send(page)
    assert response.headers["Location"] == address(StagedImport.objects.get())


def test_the_preview_shows_old_and_new(page: Client) -> None:
    shown = page.get(address(staged(page))).content.decode()
    assert re.findall(r"<(del|ins)>([^<]+)</", shown) == [
        ("del", "Управління культури"),
        ("ins", "Департамент культури"),
    ]


def test_applying_writes_and_leads_on(page: Client) -> None:
    one = staged(page)
    response = page.post(address(one), {"seen": seen(page, one), "apply": "1"})
    assert (response.headers["Location"], Executor.objects.get().name) == ("/", "Департамент культури")


def test_applying_what_somebody_overtook_shows_the_new_comparison(page: Client) -> None:
    one = staged(page)
    shown = seen(page, one)
    Executor.objects.update(version=7)
    response = page.post(address(one), {"seen": shown, "apply": "1"})
    assert response.status_code == 409
    assert "дані в порталі змінилися" in text(response)
    assert Executor.objects.get().name == "Управління культури"


def test_answers_are_kept_and_shown_again(page: Client, kind: NamesKind) -> None:
    kind.questions = (Question("why", "Чому?"),)
    one = staged(page)
    page.post(address(one), {"answer-why": "Перейменовано"})
    assert 'value="Перейменовано"' in page.get(address(one)).content.decode()


def test_an_answer_changed_on_the_way_to_applying_is_shown_first(page: Client, kind: NamesKind) -> None:
    kind.questions = (Question("why", "Чому?", answer="так"),)
    one = staged(page)
    response = page.post(address(one), {"seen": seen(page, one), "answer-why": "ні", "apply": "1"})
    assert (response.status_code, Executor.objects.get().name) == (409, "Управління культури")


def test_errors_stand_with_their_places_and_nothing_can_be_applied(page: Client, kind: NamesKind) -> None:
    kind.notes = (Note(Weight.ERROR, "Такої назви не буває.", Place("Аркуш1", 2, 0)),)
    response = page.get(address(staged(page)))
    assert "Такої назви не буває. аркуш «Аркуш1», рядок 2, графа A" in text(response)
    assert 'name="apply"' not in response.content.decode()


def test_dropping_it_forgets_it(page: Client) -> None:
    response = page.post(address(staged(page), "discard_import"))
    assert (response.headers["Location"], StagedImport.objects.count()) == (reverse("imports"), 0)


def test_the_checked_workbook_has_a_column_more(page: Client) -> None:
    response = page.get(address(staged(page), "checked_workbook"))
    sheet = load_workbook(BytesIO(response.content)).active
    assert sheet is not None
    assert [[cell.value for cell in row] for row in sheet.iter_rows()] == [
        ["назва", "Результат перевірки"],
        ["Департамент культури", "Зміни\nназва: Управління культури → Департамент культури"],
    ]


@pytest.mark.parametrize("name", ["staged_import", "discard_import", "checked_workbook"])
def test_another_persons_import_is_not_there(page: Client, name: str) -> None:
    one = staged(page)
    page.force_login(building.appointed(building.user("other"), Executor.objects.get()))
    ask = page.post if name == "discard_import" else page.get
    assert (ask(address(one, name)).status_code, StagedImport.objects.count()) == (404, 1)


def test_one_that_is_gone_says_so(page: Client) -> None:
    response = page.get(reverse("staged_import", args=[10**6]))
    assert (response.status_code, "його застосовано, скасовано або минув його строк" in text(response)) == (
        404,
        True,
    )


def test_no_file_is_a_sentence(page: Client) -> None:
    response = page.post(reverse("imports"))
    assert (response.status_code, "Виберіть файл. Поки що нічого не внесено." in text(response)) == (
        422,
        True,
    )


def test_a_file_that_is_no_table_is_refused_and_nothing_is_kept(page: Client) -> None:
    response = send(page, b"MZ\x90\x00" + bytes(100), "звіт.xlsx")
    assert (response.status_code, StagedImport.objects.count()) == (422, 0)


def test_a_table_of_no_kind_is_refused(page: Client) -> None:
    response = send(page, "інше\n1\n".encode())
    assert (response.status_code, "не знайдено ні форми звіту" in text(response)) == (422, True)


def test_too_large_a_file_is_a_sentence(page: Client, settings: Settings) -> None:
    settings.EVIDENCE_MAX_MB = 1
    response = send(page, b"x" * (1024 * 1024 + 1))
    assert (response.status_code, "Файл більший за 1 МБ" in text(response)) == (413, True)


def test_one_sees_ones_own_waiting_files(page: Client) -> None:
    send(page, name="мій файл.csv")
    assert "мій файл.csv" in text(page.get(reverse("imports")))
    page.force_login(building.appointed(building.user("other"), Executor.objects.get()))
    assert "мій файл.csv" not in text(page.get(reverse("imports")))
