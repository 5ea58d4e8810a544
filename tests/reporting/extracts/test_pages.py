"""«Вибірка даних» as people meet it: filter, count, first rows, files, and what is kept for later."""

import datetime
import hashlib
import io
import re
import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager
from decimal import Decimal
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from django.core.files.base import ContentFile
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from programs.enums import EventKind
from programs.models import Event, MeasureResult, Program, User
from reporting import jobs
from reporting.extracts.selection import Selection
from reporting.models import FileJob, JobState, SavedExtract
from tests import agreeing, building

pytestmark = pytest.mark.django_db

PAGE = "/extracts/"
HOUR = datetime.timedelta(hours=1)

Committing = Callable[..., AbstractContextManager[Any]]


@pytest.fixture(autouse=True)
def storage(settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def world() -> Program:
    """Three measures in 2023 and in 2024, one of which says something."""
    program = building.program(measures=3)
    for year in (2023, 2024):
        building.results(program, year)
    MeasureResult.objects.filter(report__year=2024, measure__number=2).update(narrative="Проведено табори.")
    return program


@pytest.fixture
def auditor() -> User:
    return building.user("auditor", is_auditor=True)


@pytest.fixture
def reader(client: Client, auditor: User, world: Program) -> Client:
    client.force_login(auditor)
    return client


def words(response: Any) -> str:
    text = unescape(re.sub(r"<(style|script).*?</\1>|<[^>]+>", " ", response.content.decode(), flags=re.S))
    return " ".join(text.split())


def got(client: Client, **query: Any) -> str:
    response = client.get(PAGE, query)
    assert response.status_code == 200
    return words(response)


def download(client: Client, selection: Selection, format_name: str = "csv-plain") -> Any:
    return client.post(f"{PAGE}download/{format_name}/", {"selection": selection.to_query()})


def content(response: Any) -> bytes:
    return bytes(response.getvalue())


def rows(response: HttpResponse) -> int:
    return len(
        re.findall(r"<tr>", response.content.decode().partition("<tbody>")[2].partition("</tbody>")[0])
    )


# --- the filter --------------------------------------------------------------------------


def test_without_a_filter_everything_is_found(reader: Client) -> None:
    response = reader.get(PAGE)
    assert "Знайдено рядків: 6" in words(response)
    assert rows(response) == 6


def test_a_filter_is_told_in_words_and_kept_in_its_fields(reader: Client) -> None:
    response = reader.get(PAGE, {"years": "2024", "text": "табори"})
    assert "Роки: 2024." in words(response)
    assert "Знайдено рядків: 1 " in words(response)
    html = response.content.decode()
    assert re.findall(r'name="years" value="(\d+)" checked', html) == ["2024"]
    assert re.findall(r'name="text" value="([^"]*)"', html) == ["табори"]


def test_an_empty_result_says_so_and_offers_the_way_back(reader: Client) -> None:
    response = reader.get(PAGE, {"text": "немає такого"})
    assert "За цими умовами заходів немає." in words(response)
    assert "Зняти фільтр" in words(response)
    assert "/extracts/download/" not in response.content.decode()


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ({"years": "1999"}, "Року «1999» немає серед доступних, тому його не враховано."),
        ({"executors": "77777"}, "«77777» немає серед доступного, тому не враховано."),
        ({"deviation_over": "багато"}, "Цю умову не враховано."),
        ({"text": "я" * 201}, "Цю умову не враховано."),
    ],
)
def test_what_cannot_be_used_is_told_beside_its_field(
    reader: Client, query: dict[str, str], sentence: str
) -> None:
    text = got(reader, **query)
    assert sentence in text
    assert "Знайдено рядків: 6" in text


def test_conditions_that_are_left_out_are_told_again_beside_the_count_and_the_files(reader: Client) -> None:
    sentences = [
        "Частину умов не враховано (причини стоять біля полів), тож нижче знайдено без них.",
        "У файлі буде те, що знайдено без цих умов.",
    ]
    told = [[sentence in got(reader, years=year) for sentence in sentences] for year in ("1999", "2024")]
    assert told == [[True, True], [False, False]]


def test_drafts_are_told_beside_the_count(reader: Client) -> None:
    assert "У т. ч. чернеток (звіт ще не погоджено), рядків: 3." in got(reader, years="2024")


@pytest.fixture
def half_blank(world: Program) -> None:
    """In 2024 one measure deviates, and another with a plan has no financed."""
    first, second = MeasureResult.objects.filter(report__year=2024).order_by("measure__number")[:2]
    first.amounts.create(source=building.source(), planned=Decimal(10), financed=Decimal(4))
    second.amounts.create(source=building.source(), planned=Decimal(10))


def test_what_a_deviation_passes_over_is_told_with_the_way_to_it(reader: Client, half_blank: None) -> None:
    html = reader.get(PAGE, {"years": "2024", "deviation_over": "20"}).content.decode()
    (note,) = re.findall(r'<p class="note">(Ще заходів.*?)</p>', html)
    links = [unescape(link) for link in re.findall(r'href="([^"]+)"', note)]
    assert re.sub("<[^>]+>", "", note) == (
        "Ще заходів із планом не порівняно, бо «профінансовано» не вказано: 1. "
        "Показати лише їх або додати їх до вибірки."
    )
    assert [rows(reader.get(link)) for link in links] == [1, 2]


def test_where_counting_takes_long_it_is_told_without_a_number(
    reader: Client, half_blank: None, settings: Settings
) -> None:
    settings.EXTRACT_IN_BACKGROUND_FROM = 2
    assert "Заходи з планом, у яких «профінансовано» не вказано, не порівнюються." in got(
        reader, deviation_over="20"
    )


def test_where_nothing_is_passed_over_nothing_is_told(reader: Client) -> None:
    assert "не порівняно" not in got(reader, deviation_over="20")


def test_a_search_text_is_only_text(reader: Client) -> None:
    assert "<script>alert" not in reader.get(PAGE, {"text": "<script>alert(1)</script>"}).content.decode()


def test_a_department_finds_what_it_may_see(client: Client, world: Program) -> None:
    elsewhere = building.program(measures=2, number="16", responsible=building.executor("Управління освіти"))
    building.results(elsewhere)
    client.force_login(building.appointed(building.user("osvita"), elsewhere.responsible))
    assert "Знайдено рядків: 2 " in got(client)


def test_a_count_that_would_take_long_is_an_upper_bound(reader: Client, settings: Settings) -> None:
    settings.EXTRACT_IN_BACKGROUND_FROM = 5
    assert "Знайдено рядків: не більше ніж 6" in got(reader, only_findings="on")


@pytest.mark.parametrize(
    "query", [{"deviation_over": "0"}, {"only_findings": "on", "deviation_over": "9999"}]
)
def test_so_is_every_count_for_which_rows_must_be_looked_at(
    reader: Client, settings: Settings, query: dict[str, str]
) -> None:
    settings.EXTRACT_IN_BACKGROUND_FROM = 5
    assert "Знайдено рядків: не більше ніж 6" in got(reader, **query)


@pytest.mark.parametrize(("looked_at", "shown"), [(3, 3), (6, 6)])
def test_first_rows_that_are_rare_are_sought_among_the_first_ones(
    reader: Client, monkeypatch: pytest.MonkeyPatch, looked_at: int, shown: int
) -> None:
    monkeypatch.setattr("reporting.extracts.preview.MOST_LOOKED_AT", looked_at)
    monkeypatch.setattr("reporting.extracts.preview.AT_ONCE", 1)
    response = reader.get(PAGE, {"only_findings": "on"})
    assert rows(response) == shown
    assert ("серед перших 3 переглянутих" in words(response)) == (looked_at == 3)


def test_where_the_first_ones_have_none_the_page_says_so(
    reader: Client, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("reporting.extracts.preview.MOST_LOOKED_AT", 3)
    monkeypatch.setattr("reporting.extracts.preview.AT_ONCE", 1)
    settings.EXTRACT_IN_BACKGROUND_FROM = 5
    assert "Серед перших 3 переглянутих заходів таких немає." in got(reader, deviation_over="50")


def test_the_bar_leads_here_those_whom_it_concerns(reader: Client) -> None:
    def led(user: User) -> bool:
        reader.force_login(user)
        return f'href="{PAGE}"' in reader.get("/").content.decode()

    people = [
        building.user("admin2", is_program_admin=True),
        building.appointed(building.user("clerk"), building.executor()),
        building.user("system", is_system_admin=True),
        building.user("stranger"),
    ]
    assert [led(user) for user in people] == [True, True, False, False]


# --- a file at once ----------------------------------------------------------------------


def test_a_file_comes_at_once_and_goes_into_the_journal(reader: Client, auditor: User) -> None:
    response = download(reader, Selection(years=(2024,)))
    file = content(response)
    event = Event.objects.get(kind=EventKind.EXTRACTED)
    assert re.fullmatch(
        r'attachment; filename="Vybirka_2024_[\d-]+-plain\.csv"', response["Content-Disposition"]
    )
    assert int(response["Content-Length"]) == len(file)
    assert (event.by, event.details["rows"], event.details["words"], event.details["sha256"]) == (
        auditor,
        3,
        ["Роки: 2024."],
        hashlib.sha256(file).hexdigest(),
    )


@pytest.mark.parametrize("format_name", ["xlsx", "ods", "csv", "json"])
def test_every_format_comes(reader: Client, format_name: str) -> None:
    response = download(reader, Selection(years=(2024,)), format_name)
    assert (response.status_code, len(content(response)) > 100) == (200, True)


def test_a_link_to_a_download_leads_to_the_page_with_its_filter(reader: Client) -> None:
    response = reader.get(f"{PAGE}download/csv/?years=2024")
    assert (response.status_code, response["Location"]) == (302, f"{PAGE}?years=2024")
    assert not Event.objects.filter(kind=EventKind.EXTRACTED).exists()


def test_the_form_for_a_download_bears_its_filter(reader: Client) -> None:
    html = reader.get(PAGE, {"years": "2024"}).content.decode()
    assert re.findall(r'formaction="([^"]+)"', html)[0] == f"{PAGE}download/xlsx/?years=2024"


def test_a_download_needs_the_pages_own_form(auditor: User, world: Program) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(auditor)
    assert download(client, Selection()).status_code == 403


def test_an_unknown_format_is_no_page(reader: Client) -> None:
    assert download(reader, Selection(), "exe").status_code == 404


def test_a_condition_that_is_gone_makes_no_larger_file(reader: Client) -> None:
    response = reader.post(f"{PAGE}download/csv/", {"selection": urlencode({"years": 1999})})
    assert response.status_code == 422
    assert "Умови вибірки змінилися, тому файл не зроблено." in words(response)
    assert Event.objects.filter(kind=EventKind.EXTRACTED).count() == 0


# --- a file in the background ------------------------------------------------------------


@pytest.fixture
def large(settings: Settings) -> None:
    settings.EXTRACT_IN_BACKGROUND_FROM = 5


def test_a_large_file_is_made_by_a_job(
    reader: Client, large: None, django_capture_on_commit_callbacks: Committing
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        response = download(reader, Selection())
    job = FileJob.objects.get()
    assert response["Location"] == f"/extracts/jobs/{job.pk}/"
    assert "Файл готовий" in words(reader.get(response["Location"]))
    fetched = content(reader.get(f"/extracts/jobs/{job.pk}/file/"))
    assert hashlib.sha256(fetched).hexdigest() == job.sha256
    assert [event.details["sha256"] for event in Event.objects.filter(kind=EventKind.EXTRACTED)] == [
        job.sha256
    ]


def test_as_many_rows_as_the_setting_says_still_come_at_once(reader: Client, settings: Settings) -> None:
    settings.EXTRACT_IN_BACKGROUND_FROM = 6
    assert content(download(reader, Selection()))
    assert FileJob.objects.count() == 0


@pytest.fixture
def job(auditor: User) -> FileJob:
    return FileJob.objects.create(owner=auditor, kind="extract", title="Вибірка, JSON. Роки: 2024.")


@pytest.fixture
def ready(job: FileJob) -> FileJob:
    job.file.save("x", ContentFile(b"content"))
    now = timezone.now()
    FileJob.objects.filter(pk=job.pk).update(
        state=JobState.DONE,
        finished_at=now,
        expires_at=now + HOUR,
        file_name="Vybirka.json",
        content_type="application/json",
        size=7,
        sha256="0" * 64,
    )
    job.refresh_from_db()
    return job


def test_nobody_else_learns_of_a_job(reader: Client, ready: FileJob) -> None:
    reader.force_login(building.user("another", is_auditor=True))
    url = f"/extracts/jobs/{ready.pk}/"
    found = [
        reader.get(url),
        reader.get(f"{url}file/"),
        reader.post(f"{url}again/"),
        reader.post(f"{url}remove/"),
    ]
    assert [response.status_code for response in found] == [404] * 4
    assert FileJob.objects.filter(pk=ready.pk).exists()


def test_the_part_that_changes_asks_again_only_while_there_is_hope(reader: Client, job: FileJob) -> None:
    """And for half an hour at most: who has gone away is not to look like one who works."""

    def asks(**fields: Any) -> bool:
        FileJob.objects.filter(pk=job.pk).update(**fields)
        part = reader.get(f"/extracts/jobs/{job.pk}/", headers={"HX-Request": "true"}).content.decode()
        assert "<html" not in part
        return 'hx-trigger="every 2s"' in part

    now = timezone.now()
    assert [
        asks(),
        asks(created_at=now - HOUR / 30),
        asks(state=JobState.RUNNING, touched_at=now),
        asks(created_at=now - HOUR),
        asks(created_at=now, state=JobState.FAILED, error="Не вдалося."),
    ] == [True, False, True, False, False]


@pytest.mark.parametrize(
    ("state", "age", "fields", "sentence"),
    [
        (JobState.WAITING, HOUR / 2, {}, "чекає на виконавця фонових завдань"),
        (JobState.WAITING, 2 * HOUR, {}, "Роботу так і не розпочато. Файла немає; запустіть ще раз."),
        (JobState.RUNNING, 0 * HOUR, {"done": 3, "total": 8}, "Зроблено 3 із 8."),
        (JobState.RUNNING, HOUR, {}, "Файла немає; запустіть ще раз."),
        (JobState.FAILED, HOUR, {"error": "Диск повний."}, "Диск повний."),
    ],
)
def test_a_job_tells_what_has_become_of_it(
    reader: Client,
    job: FileJob,
    state: JobState,
    age: datetime.timedelta,
    fields: dict[str, Any],
    sentence: str,
) -> None:
    then = timezone.now() - age
    FileJob.objects.filter(pk=job.pk).update(state=state, created_at=then, touched_at=then, **fields)
    assert sentence in words(reader.get(f"/extracts/jobs/{job.pk}/"))


def test_an_expired_file_is_gone_and_can_be_made_again(reader: Client, ready: FileJob) -> None:
    FileJob.objects.filter(pk=ready.pk).update(
        expires_at=timezone.now(), parameters={"selection": {"years": [2024]}, "format": "json"}
    )
    url = f"/extracts/jobs/{ready.pk}/"
    assert "Строк зберігання минув" in words(reader.get(url))
    assert reader.get(f"{url}file/").status_code == 404
    reader.post(f"{url}again/")
    again = FileJob.objects.exclude(pk=ready.pk).get()
    assert (again.title, again.parameters["format"]) == (ready.title, "json")


def test_a_title_is_told_anew_for_whoever_asks_again(reader: Client, ready: FileJob) -> None:
    FileJob.objects.filter(pk=ready.pk).update(
        title="Те, що бачили колись",
        state=JobState.FAILED,
        parameters={"selection": {"years": [2024]}, "format": "json"},
    )
    reader.post(f"/extracts/jobs/{ready.pk}/again/")
    assert FileJob.objects.exclude(pk=ready.pk).get().title == "Вибірка, JSON. Роки: 2024."


def test_a_file_of_more_than_one_may_see_now_is_not_given(
    reader: Client, auditor: User, world: Program, ready: FileJob
) -> None:
    elsewhere = building.program(number="16", responsible=building.executor("Управління освіти"))
    FileJob.objects.filter(pk=ready.pk).update(
        reach=[world.pk, elsewhere.pk], parameters={"selection": {}, "format": "json"}
    )
    User.objects.filter(pk=auditor.pk).update(is_auditor=False)
    building.appointed(auditor, world.responsible)
    response = reader.get(f"/extracts/jobs/{ready.pk}/file/")
    assert (response.status_code, ready.file.storage.exists(ready.file.name)) == (404, False)
    assert jobs.NARROWED in words(response)
    assert jobs.NARROWED in words(reader.get(f"/extracts/jobs/{ready.pk}/"))


def test_whose_rights_have_ended_gets_neither_file_nor_page(
    reader: Client, auditor: User, world: Program, ready: FileJob
) -> None:
    FileJob.objects.filter(pk=ready.pk).update(
        reach=[world.pk], parameters={"selection": {}, "format": "json"}
    )
    User.objects.filter(pk=auditor.pk).update(is_auditor=False)
    url = f"/extracts/jobs/{ready.pk}/"
    found = [reader.get(url), reader.get(f"{url}file/"), reader.post(f"{url}again/")]
    assert [response.status_code for response in found] == [403] * 3
    assert not ready.file.storage.exists(ready.file.name)


def test_a_mere_look_at_a_file_does_not_fetch_it(
    reader: Client, ready: FileJob, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The test client drops what a HEAD would send, and would leave a real file open.
    monkeypatch.setattr(jobs, "opened", lambda job, now: io.BytesIO(b"content"))
    response = reader.head(f"/extracts/jobs/{ready.pk}/file/")
    ready.refresh_from_db()
    assert (response.status_code, response["Content-Length"], ready.fetched_at) == (200, "7", None)


@pytest.mark.parametrize("is_over", [True, False])
def test_only_a_file_that_should_be_there_is_missed_in_the_log(
    reader: Client, ready: FileJob, caplog: pytest.LogCaptureFixture, is_over: bool
) -> None:
    ready.file.storage.delete(ready.file.name)
    if is_over:
        FileJob.objects.filter(pk=ready.pk).update(expires_at=timezone.now())
    response = reader.get(f"/extracts/jobs/{ready.pk}/file/")
    logged = [one.levelname for one in caplog.records if one.name == "reporting.views.extract_jobs"]
    assert (response.status_code, logged) == (404, [] if is_over else ["ERROR"])


def test_a_file_that_is_not_there_leads_to_the_extracts(reader: Client) -> None:
    response = reader.get(f"/extracts/jobs/{uuid.uuid4()}/")
    assert response.status_code == 404
    assert f'<a class="primary" href="{PAGE}">Відкрити «Вибірку даних»</a>' in response.content.decode()


def test_what_goes_on_is_not_begun_twice(reader: Client, job: FileJob) -> None:
    reader.post(f"/extracts/jobs/{job.pk}/again/")
    assert FileJob.objects.count() == 1


def test_a_file_that_is_ready_is_announced_until_it_is_fetched(reader: Client, ready: FileJob) -> None:
    announced = 'готових файлів: </span><span class="bar-number">1'
    before = announced in reader.get("/").content.decode()
    content(reader.get(f"/extracts/jobs/{ready.pk}/file/"))
    assert (before, announced in reader.get("/").content.decode()) == (True, False)


def test_a_file_is_removed_by_its_owner(reader: Client, ready: FileJob) -> None:
    reader.post(f"/extracts/jobs/{ready.pk}/remove/")
    assert (FileJob.objects.count(), ready.file.storage.exists(ready.file.name)) == (0, False)


def test_a_file_is_removed_from_the_list(reader: Client, ready: FileJob) -> None:
    html = reader.get(PAGE).content.decode()
    assert f'<form method="post" action="/extracts/jobs/{ready.pk}/remove/">' in html


def test_too_many_jobs_are_refused_in_a_sentence(reader: Client, auditor: User, large: None) -> None:
    for _ in range(jobs.MOST_AT_ONCE):
        download(reader, Selection())
    response = download(reader, Selection(), "json")
    assert response.status_code == 429
    assert "Уже готуються 3 ваші файли; нового не розпочато." in words(response)
    assert FileJob.objects.count() == jobs.MOST_AT_ONCE


@pytest.mark.parametrize("year", ["2024", "2031", "", "рік", "9" * 30])
def test_a_year_without_signed_reports_makes_no_archive(reader: Client, year: str) -> None:
    response = reader.post("/extracts/signed/", {"year": year})
    assert (response.status_code, FileJob.objects.count()) == (422, 0)
    assert "За такий рік підписаних звітів немає." in words(response)


def test_the_archive_of_a_year_is_always_a_job(reader: Client) -> None:
    report, head = agreeing.small_report()
    agreeing.published_edition(report, head, printed=False)
    response = reader.post("/extracts/signed/", {"year": "2024"})
    job = FileJob.objects.get()
    assert (job.kind, job.parameters, response["Location"]) == (
        "signed_reports",
        {"year": 2024},
        f"/extracts/jobs/{job.pk}/",
    )


# --- kept for the next quarter -----------------------------------------------------------


@pytest.fixture
def saved(auditor: User) -> SavedExtract:
    return SavedExtract.objects.create(
        owner=auditor, name="Квартал", selection=Selection(years=(2024,)).to_json()
    )


def save(client: Client, name: str, **query: Any) -> Any:
    return client.post("/extracts/saved/", {"name": name, "selection": urlencode(query)})


def test_a_saved_extract_opens_with_its_filter(reader: Client) -> None:
    assert save(reader, " Щоквартальна  перевірка ", years=2024, only_findings="on").status_code == 302
    html = reader.get(PAGE).content.decode()
    (link,) = re.findall(r'<a href="([^"]*)">Щоквартальна перевірка</a>', html)
    assert "Роки: 2024. Лише заходи з результатами перевірки." in words(reader.get(unescape(link)))


def test_a_condition_that_cannot_be_used_saves_no_wider_filter(reader: Client) -> None:
    response = save(reader, "Назва", years=1999, deviation_over="багато")
    assert (response.status_code, SavedExtract.objects.count()) == (422, 0)
    text = words(response)
    assert "Не всі умови можна врахувати, тому вибірку не збережено." in text
    assert "Року «1999» немає серед доступних, тому його не враховано." in text


def test_a_saved_extract_tells_its_conditions(reader: Client, saved: SavedExtract) -> None:
    html = reader.get(PAGE).content.decode()
    assert re.findall(r'Квартал</a>\s*<p class="quiet">(.*?)</p>', html) == ["Роки: 2024."]


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("Квартал", "Вибірка з назвою «Квартал» у вас уже є. Дайте іншу назву."),
        ("  ", "Дайте вибірці назву, за якою її впізнаєте."),
        ("я" * 101, "Назва довша за 100 знаків."),
        ("\x00", "Дайте вибірці назву, за якою її впізнаєте."),
    ],
)
def test_a_name_that_will_not_do(reader: Client, saved: SavedExtract, name: str, sentence: str) -> None:
    response = save(reader, name, years=2023)
    assert response.status_code == 422
    assert sentence in words(response)
    assert "Роки: 2023." in words(response)
    assert SavedExtract.objects.count() == 1


def test_there_is_an_end_to_what_is_kept(
    reader: Client, saved: SavedExtract, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("reporting.saved_extracts.MOST", 1)
    assert "У вас уже 1 збережених вибірок." in words(save(reader, "Інша"))
    assert SavedExtract.objects.count() == 1


def test_it_is_renamed_and_deleted(reader: Client, saved: SavedExtract) -> None:
    reader.post(reverse("rename_extract", args=[saved.pk]), {"name": "Півріччя"})
    names = list(SavedExtract.objects.values_list("name", flat=True))
    reader.post(reverse("delete_extract", args=[saved.pk]))
    assert (names, SavedExtract.objects.count()) == (["Півріччя"], 0)


def test_two_people_may_use_one_name_and_neither_reaches_the_others(
    reader: Client, saved: SavedExtract
) -> None:
    another = building.user("another", is_auditor=True)
    reader.force_login(another)
    assert save(reader, saved.name).status_code == 302
    assert reader.post(reverse("delete_extract", args=[saved.pk])).status_code == 404
    assert reader.post(reverse("rename_extract", args=[saved.pk]), {"name": "Моя"}).status_code == 404
    assert SavedExtract.objects.filter(name="Квартал").count() == 2
