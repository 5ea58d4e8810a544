"""«Дані з файла»: sending, looking, answering, applying; every refusal a sentence on the page."""

import datetime
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
def visitor(person: User, client: Client) -> Client:
    client.force_login(person)
    return client


def send(visitor: Client, content: bytes | None = None, name: str = "назви.csv") -> HttpResponse:
    body = "назва\nДепартамент культури\n".encode() if content is None else content
    return visitor.post(reverse("imports"), {"file": SimpleUploadedFile(name, body)})


def staged(visitor: Client) -> StagedImport:
    send(visitor)
    return StagedImport.objects.get()


def address(of: StagedImport, name: str = "staged_import") -> str:
    return reverse(name, args=[of.pk])


def text(response: HttpResponse) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", response.content.decode())).split())


def seen(visitor: Client, of: StagedImport) -> str:
    found = re.search(r'name="seen" value="(\w+)"', visitor.get(address(of)).content.decode())
    assert found is not None
    return found[1]


def test_a_file_leads_to_its_preview(visitor: Client) -> None:
    response = send(visitor)
    assert response.headers["Location"] == address(StagedImport.objects.get())


def test_the_preview_shows_old_and_new(visitor: Client) -> None:
    shown = visitor.get(address(staged(visitor))).content.decode()
    assert re.findall(r"<(del|ins)>([^<]+)</", shown) == [
        ("del", "Управління культури"),
        ("ins", "Департамент культури"),
    ]


def test_applying_writes_and_leads_on(visitor: Client) -> None:
    one = staged(visitor)
    response = visitor.post(address(one), {"seen": seen(visitor, one), "apply": "1"})
    assert (response.headers["Location"], Executor.objects.get().name) == (
        "/programs/",
        "Департамент культури",
    )


def test_applying_what_somebody_overtook_shows_the_new_comparison(visitor: Client) -> None:
    one = staged(visitor)
    shown = seen(visitor, one)
    Executor.objects.update(version=7)
    response = visitor.post(address(one), {"seen": shown, "apply": "1"})
    assert response.status_code == 409
    assert "дані в порталі змінилися" in text(response)
    assert Executor.objects.get().name == "Управління культури"


def test_answers_are_kept_and_shown_again(visitor: Client, kind: NamesKind) -> None:
    kind.questions = (Question("why", "Чому?"),)
    one = staged(visitor)
    visitor.post(address(one), {"answer-why": "Перейменовано"})
    assert 'value="Перейменовано"' in visitor.get(address(one)).content.decode()


def test_an_answer_changed_on_the_way_to_applying_is_shown_first(visitor: Client, kind: NamesKind) -> None:
    kind.questions = (Question("why", "Чому?", answer="так"),)
    one = staged(visitor)
    response = visitor.post(address(one), {"seen": seen(visitor, one), "answer-why": "ні", "apply": "1"})
    assert (response.status_code, Executor.objects.get().name) == (409, "Управління культури")
    assert "Відповіді збережено" in text(response)


def test_errors_stand_with_their_places_and_nothing_can_be_applied(visitor: Client, kind: NamesKind) -> None:
    kind.notes = (Note(Weight.ERROR, "Такої назви не буває.", Place("Аркуш1", 2, 0)),)
    response = visitor.get(address(staged(visitor)))
    assert "Такої назви не буває. аркуш «Аркуш1», рядок 2, графа A" in text(response)
    assert 'name="apply"' not in response.content.decode()


def test_dropping_it_forgets_it(visitor: Client) -> None:
    response = visitor.post(address(staged(visitor), "discard_import"))
    assert (response.headers["Location"], StagedImport.objects.count()) == (reverse("imports"), 0)


def test_the_checked_workbook_has_a_column_more(visitor: Client) -> None:
    response = visitor.get(address(staged(visitor), "checked_workbook"))
    sheet = load_workbook(BytesIO(response.content)).active
    assert sheet is not None
    assert [[cell.value for cell in row] for row in sheet.iter_rows()] == [
        ["назва", "Результат перевірки"],
        ["Департамент культури", "Зміни\nназва: Управління культури → Департамент культури"],
    ]


@pytest.mark.parametrize("name", ["staged_import", "discard_import", "checked_workbook"])
def test_another_persons_import_is_not_there(visitor: Client, name: str) -> None:
    one = staged(visitor)
    visitor.force_login(building.appointed(building.user("other"), Executor.objects.get()))
    ask = visitor.post if name == "discard_import" else visitor.get
    assert (ask(address(one, name)).status_code, StagedImport.objects.count()) == (404, 1)


def test_one_that_is_gone_says_so(visitor: Client) -> None:
    response = visitor.get(reverse("staged_import", args=[10**6]))
    assert (response.status_code, "його застосовано, прибрано або минув його строк" in text(response)) == (
        404,
        True,
    )


def test_no_file_is_a_sentence(visitor: Client) -> None:
    response = visitor.post(reverse("imports"))
    assert (response.status_code, "Виберіть файл. Поки що нічого не внесено." in text(response)) == (
        422,
        True,
    )


def test_a_file_that_is_no_table_is_refused_and_nothing_is_kept(visitor: Client) -> None:
    response = send(visitor, b"MZ\x90\x00" + bytes(100), "звіт.xlsx")
    assert (response.status_code, StagedImport.objects.count()) == (422, 0)


def test_a_table_of_no_kind_is_refused(visitor: Client) -> None:
    response = send(visitor, "інше\n1\n".encode())
    assert (response.status_code, "не знайдено ні форми звіту" in text(response)) == (422, True)


def test_too_large_a_file_is_a_sentence(visitor: Client, settings: Settings) -> None:
    settings.EVIDENCE_MAX_MB = 1
    response = send(visitor, b"x" * (1024 * 1024 + 1))
    assert (response.status_code, "Файл більший за 10 МБ" in text(response)) == (413, True)


def test_one_sees_ones_own_waiting_files(visitor: Client) -> None:
    send(visitor, name="мій файл.csv")
    assert "мій файл.csv" in text(visitor.get(reverse("imports")))
    visitor.force_login(building.appointed(building.user("other"), Executor.objects.get()))
    assert "мій файл.csv" not in text(visitor.get(reverse("imports")))


def test_whose_appointment_ended_opens_nothing_more(visitor: Client, person: User) -> None:
    one = staged(visitor)
    person.appointments.update(ends_on=datetime.date(2020, 1, 2))
    assert visitor.get(address(one)).status_code == 403
