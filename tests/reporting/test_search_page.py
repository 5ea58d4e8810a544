"""The search page: the box, counts, links to where things are, and words when there is nothing to show."""

import re
from html import unescape

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from programs.models import Measure, MeasureResult, Participation, Program, User
from programs.textforms import Term
from reporting.views import search as view
from tests import building

pytestmark = pytest.mark.django_db


@pytest.fixture
def auditor(client: Client) -> User:
    person = building.user("auditor", is_auditor=True)
    client.force_login(person)
    return person


@pytest.fixture
def program(db: None) -> Program:
    """Of one measure, told of in 2024."""
    made = building.program()
    Measure.objects.create(
        task=made.tasks.get(), number=1, title="Літня <b>школа</b>", term=Term.parse("2020-2025")
    )
    (row,) = building.results(made)
    MeasureResult.objects.filter(pk=row.pk).update(narrative="Школа «Сім’я & Я» працювала.")
    return made


def page(client: Client, **asked: object) -> str:
    answer = client.get(reverse("search"), asked)
    assert answer.status_code == 200
    return answer.content.decode()


def words(html: str) -> str:
    """The page's content as it is read."""
    content = html.partition("<main")[2].partition(">")[2]
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", content)).split())


def counts(html: str) -> list[str]:
    return [unescape(one) for one in re.findall(r'<span class="number">(.*?)</span>', html)]


def links(html: str) -> list[str]:
    hits = html.partition('<section class="hits"')[2]
    return [unescape(one) for one in re.findall(r'<h3>.*?<a href="([^"]+)"', hits)]


def test_hits_are_marked_in_their_own_signs_and_nothing_else_is_html(
    client: Client, auditor: User, program: Program
) -> None:
    html = page(client, q="ШКОЛА сім'я")
    assert "<p><mark>Школа</mark> «<mark>Сім’я</mark> &amp; Я» працювала.</p>" in html
    html = page(client, q="школа")
    assert "Літня &lt;b&gt;<mark>школа</mark>&lt;/b&gt;" in html
    assert '<input type="search" id="q" name="q" value="&quot;&gt;&lt;script&gt;школа"' in page(
        client, q='"><script>школа'
    )


def test_every_hit_leads_to_its_place(client: Client, auditor: User, program: Program) -> None:
    assert links(page(client, q="школа")) == [
        "/programs/15-2019-11-05/2024/#m-1.1",
        "/programs/15-2019-11-05/2024/#m-1.1",
    ]
    assert links(page(client, q="програма")) == ["/programs/15-2019-11-05/"]
    body = program.responsible
    Participation.objects.create(measure=Measure.objects.get(), executor=body)
    html = page(client, q="культури", kind="executors")
    assert re.findall(r'href="([^"]+=\d+)"', html.partition("<h3>")[2]) == [
        f"/programs/?responsible={body.pk}",
        f"/extracts/?executors={body.pk}",
    ]


def test_a_measure_that_no_report_has_leads_to_its_programme(
    client: Client, auditor: User, program: Program
) -> None:
    building.measure(program.tasks.get(), 2)
    assert links(page(client, q="1.2")) == ["/programs/15-2019-11-05/"]


def test_a_programme_without_an_address_is_named_only(
    client: Client, auditor: User, program: Program
) -> None:
    Program.objects.update(public_id=None)
    MeasureResult.objects.all().delete()
    html = page(client, q="програма")
    assert links(html) == []
    assert "тому сторінки програми поки немає" in words(html)


def test_kinds_are_counted_and_the_choice_stays_in_the_address(
    client: Client, auditor: User, program: Program
) -> None:
    html = page(client, q="школа", year="2024", kind="measures")
    assert counts(html) == ["0", "1", "1", "0"]
    query = "q=%D1%88%D0%BA%D0%BE%D0%BB%D0%B0"
    assert re.findall(r'<li><a href="(\?[^"]+)"', html) == [
        f"?{query}&amp;year=2024",
        f"?{query}&amp;kind=programs&amp;year=2024",
        f"?{query}&amp;kind=measures&amp;year=2024",
        f"?{query}&amp;kind=narratives&amp;year=2024",
        f"?{query}&amp;kind=executors&amp;year=2024",
    ]
    assert '<input type="hidden" name="kind" value="measures">' in html
    assert '<option value="2024" selected>' in html


@pytest.mark.parametrize(
    ("asked", "said", "pages"),
    [
        ({}, "Показано 5 із 7. Усі", []),
        ({"kind": "measures"}, "Показано 1–6 із 7", ["page=2"]),
        ({"kind": "measures", "page": "2"}, "Показано 7–7 із 7", ["kind=measures"]),
        ({"kind": "measures", "page": "9"}, "Стільки збігів немає. Показати з початку", []),
        ({"kind": "measures", "page": "26"}, "Показано 1–6 із 7", ["page=2"]),
        ({"kind": "measures", "page": "-1"}, "Показано 1–6 із 7", ["page=2"]),
    ],
)
def test_a_page_says_how_much_of_how_much_it_shows(
    asked: dict[str, str],
    said: str,
    pages: list[str],
    client: Client,
    auditor: User,
    program: Program,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(view, "ON_PAGE", 6)
    monkeypatch.setattr(view, "COUNTED", 12)
    for number in range(2, 9):
        building.measure(program.tasks.get(), number)
    html = page(client, q="захід", **asked)
    assert said in words(html)
    assert re.findall(r'href="[^"]+?([^;"]+)" rel="', html) == pages


def test_too_much_is_said_honestly(
    client: Client, auditor: User, program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(view, "COUNTED", 2)
    monkeypatch.setattr("programs.searching.COUNTED", 2)
    for number in range(2, 6):
        building.measure(program.tasks.get(), number)
    assert counts(page(client, q="захід")) == ["0", "понад\u00a02", "0", "0"]
    html = page(client, q="захід", kind="measures")
    assert "Далі не показано: збігів забагато. Додайте слово або виберіть рік." in words(html)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({}, "Має знайтися кожне слово, порядок байдужий."),
        ({"q": "  "}, "Має знайтися кожне слово, порядок байдужий."),
        ({"q": "ш"}, "За одним знаком знайшлося б майже все."),
        ({"q": "'’"}, "У запиті немає жодної літери чи цифри."),
        ({"q": "\x00"}, "Має знайтися кожне слово, порядок байдужий."),
        ({"q": "ш\x00ко"}, "Заходи 1"),
        ({"q": "%"}, "У запиті немає жодної літери чи цифри."),
        ({"q": "ш" * 10_000}, "Запит завдовгий: у ньому 10000 знаків"),
        ({"q": "космодром"}, "Приберіть слово або залиште від нього тільки початок."),
        ({"q": "космодром", "year": "2024"}, "за 2024 рік. Шукати за всі роки"),
        ({"q": "школа", "kind": "executors"}, "У розділі «Виконавці» нічого немає, але є в інших."),
        ({"q": "школа", "kind": "'", "year": "\x00", "page": "½"}, "Знайдено: 1"),
    ],
)
def test_absurd_and_empty_questions_are_answered(
    asked: dict[str, str], said: str, client: Client, auditor: User, program: Program
) -> None:
    assert said in words(page(client, **asked))


def test_lone_surrogates_and_broken_bytes_in_the_address_do_no_harm(client: Client, auditor: User) -> None:
    answer = client.get(reverse("search") + "?q=%ED%A0%80%FFшкола&year=%00")
    assert answer.status_code == 200


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"is_system_admin": True}, "Системний адміністратор показників програм не бачить"),
        ({}, "Вас ще не призначено до жодного виконавця"),
    ],
)
def test_who_reads_no_programmes_is_told_so(
    fields: dict[str, bool], said: str, client: Client, program: Program
) -> None:
    client.force_login(building.user("somebody", **fields))
    html = page(client, q="школа")
    assert said in words(html)
    assert "школа" not in words(html).lower()


@pytest.mark.parametrize("programs", [1, 3])
def test_the_page_costs_the_same_whatever_it_finds(
    programs: int, client: Client, auditor: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(programs):
        made = building.program(measures=programs, number=str(number + 1))
        building.results(made)
    MeasureResult.objects.update(narrative="Захід відбувся.")
    page(client, q="захід")
    with django_assert_num_queries(21):
        page(client, q="захід")
