"""The pages of co-executors' information: what stands on them, for whom, and what comes of wrong input."""

import datetime
import re
from collections.abc import Callable
from decimal import Decimal
from html import unescape

import pytest
from django.core import mail
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from programs.calculations import Money
from programs.contributing import save_contribution, submit_part
from programs.enums import EventKind, ExecutorKind, ReportState
from programs.models import (
    AnnualReport,
    Contribution,
    Event,
    Executor,
    ExecutorPart,
    FundingSource,
    MeasureResult,
    Participation,
    Reminder,
    User,
)
from tests import building

pytestmark = pytest.mark.django_db

HTMX = {"HTTP_HX_REQUEST": "true"}
BODY = "Управління освіти"


@pytest.fixture
def rows() -> list[MeasureResult]:
    """A report of two measures with one co-executor; its people and the department's are appointed."""
    program = building.program(measures=2)
    building.source()
    for measure in program.tasks.get().measures.all():
        Participation.objects.create(measure=measure, executor=building.executor(BODY))
    building.appointed(building.user("sender", email="sender@example.com"), building.executor(BODY))
    building.appointed(building.user("clerk"), program.responsible)
    building.user("auditor", is_auditor=True)
    building.user("stranger")
    return building.results(program)


@pytest.fixture
def row(rows: list[MeasureResult]) -> MeasureResult:
    return rows[0]


@pytest.fixture
def report(row: MeasureResult) -> AnnualReport:
    return row.report


@pytest.fixture
def body(rows: list[MeasureResult]) -> Executor:
    return Executor.objects.spelled(BODY).get()


@pytest.fixture
def as_(client: Client, rows: list[MeasureResult]) -> Callable[[str], Client]:
    """A client signed in as the person of that name."""

    def signed_in(name: str) -> Client:
        client.force_login(User.objects.get(username=name))
        return client

    return signed_in


def person(name: str) -> User:
    return User.objects.get(username=name)


def url(name: str, report: AnnualReport, *more: object) -> str:
    keys = [one.pk if hasattr(one, "pk") else one for one in more]
    return reverse(name, args=[report.program.public_id, report.year, *keys])


def typed(version: int = 0, **values: str) -> dict[str, str]:
    return {"version": str(version), "narrative": "", "letter_number": "", "letter_date": "", **values}


def words(response: HttpResponse) -> str:
    text = unescape(re.sub(r"<[^>]+>", " ", response.content.decode()))
    return " ".join(text.split())


def in_state(report: AnnualReport, state: ReportState) -> None:
    AnnualReport.objects.filter(pk=report.pk).update(state=state)


# --- who reaches what --------------------------------------------------------------------

ANSWERS = {
    "contributions": {"sender": 200, "clerk": 200, "auditor": 200, "admin": 200, "stranger": 404},
    "contribution": {"sender": 200, "clerk": 200, "auditor": 200, "admin": 200, "stranger": 404},
    "row_contributions": {"sender": 200, "clerk": 200, "auditor": 200, "admin": 200, "stranger": 404},
    "submit_part": {"sender": 302, "clerk": 302, "auditor": 403, "admin": 403, "stranger": 404},
    "recall_part": {"sender": 302, "clerk": 302, "auditor": 403, "admin": 403, "stranger": 404},
    "remind_part": {"sender": 403, "clerk": 302, "auditor": 403, "admin": 403, "stranger": 404},
    "take_contributions": {"sender": 403, "clerk": 302, "auditor": 403, "admin": 403, "stranger": 404},
    "save": {"sender": 302, "clerk": 302, "auditor": 403, "admin": 403, "stranger": 404},
}
CLOSED = {
    name: {who: 409 if code == 302 else code for who, code in row.items()} for name, row in ANSWERS.items()
}


def answers(action: str, client: Client, row: MeasureResult, body: Executor) -> int:
    report = row.report
    standing = Contribution.objects.get()
    places = {
        "contribution": url("contribution", report, row, body),
        "save": url("contribution", report, row, body),
        "row_contributions": url("row_contributions", report, row),
        "take_contributions": url("take_contributions", report, row),
    }
    place = places.get(action) or url(action, report, *([] if action == "contributions" else [body]))
    if action in ("contributions", "contribution", "row_contributions"):
        return client.get(place).status_code
    data = {
        "save": typed(1, narrative="Інше"),
        "take_contributions": {"version": "1", "chosen": f"{standing.pk}:1"},
        "submit_part": {"seen": 0},
    }
    return client.post(place, data.get(action, {})).status_code


@pytest.mark.parametrize("state", [ReportState.DRAFT, ReportState.ON_APPROVAL])
@pytest.mark.parametrize("action", ANSWERS)
@pytest.mark.parametrize("who", ["sender", "clerk", "auditor", "admin", "stranger"])
def test_each_address_answers_each_person(
    action: str,
    who: str,
    state: ReportState,
    row: MeasureResult,
    body: Executor,
    as_: Callable[[str], Client],
) -> None:
    save_contribution(row, body, by=person("sender"), version=0, narrative="Так")
    in_state(row.report, state)
    expected = ANSWERS if state == ReportState.DRAFT else CLOSED
    assert answers(action, as_(who), row, body) == expected[action][who]


@pytest.mark.parametrize("name", ["take_contributions", "submit_part", "recall_part", "remind_part"])
def test_what_changes_something_is_posted(
    name: str, row: MeasureResult, body: Executor, as_: Callable[[str], Client]
) -> None:
    place = url(name, row.report, row if name == "take_contributions" else body)
    assert as_("clerk").get(place).status_code == 405


def test_the_responsible_executor_is_no_coexecutor(row: MeasureResult, as_: Callable[[str], Client]) -> None:
    responsible = row.report.program.responsible
    Participation.objects.create(measure=row.measure, executor=responsible)
    client = as_("clerk")
    assert client.get(url("contribution", row.report, row, responsible)).status_code == 404
    assert client.post(url("submit_part", row.report, responsible)).status_code == 404


@pytest.mark.parametrize("state", [ReportState.DRAFT, ReportState.RETURNED])
def test_a_returned_report_takes_information_again(
    state: ReportState, row: MeasureResult, body: Executor, as_: Callable[[str], Client]
) -> None:
    in_state(row.report, state)
    as_("sender").post(url("contribution", row.report, row, body), typed(narrative="Так"))
    assert Contribution.objects.get().narrative == "Так"


# --- a co-executor's own page ------------------------------------------------------------


def test_the_first_sentence_says_what_and_till_when(
    report: AnnualReport, as_: Callable[[str], Client]
) -> None:
    AnnualReport.objects.update(coexecutors_due=datetime.date(2999, 1, 5))
    page = words(as_("sender").get(url("contributions", report)))
    assert (
        "Управління освіти Впишіть, що зроблено й скільки витрачено за вашими заходами у 2024 році, "
        "і натисніть унизу «Інформацію подано» до 5 січня 2999 року ." in page
    )
    assert "Заповнено 0 з 2. Ще порожні: 1.1 , 1.2" in page


def test_other_bodies_do_not_stand_on_it(
    report: AnnualReport, row: MeasureResult, as_: Callable[[str], Client]
) -> None:
    Participation.objects.create(measure=row.measure, executor=building.executor("Управління спорту"))
    assert "Управління спорту" not in words(as_("sender").get(url("contributions", report)))


def test_numbers_are_typed_the_ukrainian_way(
    row: MeasureResult, body: Executor, as_: Callable[[str], Client]
) -> None:
    general = FundingSource.objects.get(code="general")
    data = typed(
        narrative="Так",
        letter_number="7",
        letter_date="03.01.2025",
        **{f"actual-{general.pk}": "1 234,5", f"financed-{general.pk}": "42.35"},
    )
    as_("sender").post(url("contribution", row.report, row, body), data)
    saved = Contribution.objects.get()
    assert (saved.letter_number, saved.letter_date) == ("7", datetime.date(2025, 1, 3))
    assert [(one.actual, one.financed) for one in saved.amounts.all()] == [
        (Decimal("1234.5"), Decimal("42.35"))
    ]


@pytest.mark.parametrize(
    ("field", "wrong", "sentence"),
    [
        ("actual", "12,3,4", "більше ніж одна кома чи крапка"),
        ("financed", "-5", "не може бути від’ємною"),
        ("actual", "багато", "не є числом"),
        ("letter_date", "вчора", "Введіть коректну дату"),
        ("narrative", "а" * 10_001, "10000"),
        ("letter_number", "1" * 61, "60"),
        ("version", "x", "Сторінка застаріла"),
    ],
)
def test_wrong_input_comes_back_at_the_field(
    field: str, wrong: str, sentence: str, row: MeasureResult, body: Executor, as_: Callable[[str], Client]
) -> None:
    general = FundingSource.objects.get(code="general")
    name = f"{field}-{general.pk}" if field in ("actual", "financed") else field
    data = typed(**{"narrative": "Проведено нараду", name: wrong})
    response = as_("sender").post(url("contribution", row.report, row, body), data, **HTMX)
    page = response.content.decode()
    assert (response.status_code, Contribution.objects.count()) == (422, 0)
    assert sentence in unescape(page)
    assert data["narrative"] in page
    assert wrong in unescape(page)


def test_a_save_by_htmx_answers_the_card_and_the_count(
    row: MeasureResult, body: Executor, as_: Callable[[str], Client]
) -> None:
    response = as_("sender").post(url("contribution", row.report, row, body), typed(narrative="Так"), **HTMX)
    assert response.status_code == 200
    assert "<html" not in response.content.decode()
    assert "Збережено" in words(response)
    assert words(response).endswith("Заповнено 1 з 2. Ще порожні: 1.2")


def test_both_versions_are_shown_and_the_second_save_is_a_choice(
    row: MeasureResult, body: Executor, as_: Callable[[str], Client]
) -> None:
    save_contribution(row, body, by=person("clerk"), version=0, narrative="Слова відділу")
    place, client = url("contribution", row.report, row, body), as_("sender")
    response = client.post(place, typed(narrative="Мої слова"), **HTMX)
    assert (response.status_code, Contribution.objects.get().narrative) == (409, "Слова відділу")
    assert "Слова відділу" in words(response)
    assert "Мої слова" in words(response)
    [version] = re.findall(r'name="version" value="(\d+)"', response.content.decode())
    client.post(place, typed(int(version), narrative="Мої слова"), **HTMX)
    assert Contribution.objects.get().narrative == "Мої слова"


def test_after_submitting_there_is_nothing_to_type_until_recalled(
    report: AnnualReport, row: MeasureResult, body: Executor, as_: Callable[[str], Client]
) -> None:
    client = as_("sender")
    client.post(url("submit_part", report, body), {"seen": 0})
    assert "<textarea" not in client.get(url("contributions", report)).content.decode()
    refused = client.post(url("contribution", report, row, body), typed(narrative="Так"))
    assert (refused.status_code, Contribution.objects.count()) == (409, 0)
    assert "Відкличте подання" in words(refused)
    assert "Так" in words(refused)
    client.post(url("recall_part", report, body), {"seen": 1})
    assert "<textarea" in client.get(url("contributions", report)).content.decode()


def test_a_double_click_submits_once(
    report: AnnualReport, body: Executor, as_: Callable[[str], Client]
) -> None:
    for _ in range(2):
        assert as_("sender").post(url("submit_part", report, body), {"seen": 0}).status_code == 302
    assert Event.objects.filter(kind=EventKind.PART_SUBMITTED).count() == 1


def test_a_replayed_submission_after_a_recall_does_nothing(
    report: AnnualReport, body: Executor, as_: Callable[[str], Client]
) -> None:
    client = as_("sender")
    client.post(url("submit_part", report, body), {"seen": 0})
    client.post(url("recall_part", report, body), {"seen": 1})
    replayed = client.post(url("submit_part", report, body), {"seen": 0})
    assert (replayed.status_code, Event.objects.filter(kind=EventKind.PART_SUBMITTED).count()) == (409, 1)


def test_what_one_person_typed_is_not_saved_in_anothers_name(
    row: MeasureResult, body: Executor, as_: Callable[[str], Client]
) -> None:
    place = url("contribution", row.report, row, body)
    typed_by = {"X-Typed-By": str(person("sender").pk)}
    refused = as_("clerk").post(place, typed(narrative="Так"), headers=typed_by)
    assert (refused.status_code, Contribution.objects.count()) == (401, 0)


@pytest.mark.parametrize("chosen", ["9" * 30 + ":1", "1:" + "9" * 5000, "один:1", "1"])
def test_a_number_that_no_page_sends_is_refused_in_words(
    chosen: str, row: MeasureResult, as_: Callable[[str], Client]
) -> None:
    response = as_("clerk").post(
        url("take_contributions", row.report, row), {"version": "1", "chosen": chosen}
    )
    assert (response.status_code, "Сторінка застаріла" in words(response)) == (409, True)


def test_who_takes_part_no_more_still_stands_beside_the_row(
    row: MeasureResult, body: Executor, as_: Callable[[str], Client]
) -> None:
    save_contribution(row, body, by=person("sender"), version=0, narrative="Зроблено до серпня")
    Participation.objects.filter(measure=row.measure, executor=body).delete()
    page = words(as_("clerk").get(url("row_contributions", row.report, row)))
    assert ("Зроблено до серпня" in page, "уже не виконавець заходу" in page) == (True, True)


def test_typed_text_is_text(row: MeasureResult, body: Executor, as_: Callable[[str], Client]) -> None:
    hostile = "<script>alert(1)</script>"
    save_contribution(
        row, body, by=person("sender"), version=0, narrative=hostile, letter_number=hostile[:20]
    )
    for who in ("sender", "clerk"):
        for place in (url("contributions", row.report), url("row_contributions", row.report, row)):
            assert "<script>alert" not in as_(who).get(place).content.decode()


# --- what the department sees ------------------------------------------------------------


def test_who_has_submitted_and_who_has_not(
    report: AnnualReport, row: MeasureResult, body: Executor, as_: Callable[[str], Client]
) -> None:
    sport = building.appointed(building.user("sport"), building.executor("Управління спорту"))
    Participation.objects.create(measure=row.measure, executor=building.executor("Управління спорту"))
    save_contribution(row, building.executor("Управління спорту"), by=sport, version=0, narrative="Так")
    submit_part(report, building.executor("Управління спорту"), by=person("clerk"))
    page = words(as_("clerk").get(url("contributions", report)))
    assert "Інформацію подано: 1 з 2." in page
    assert "Управління освіти Ще не подано заповнено 0 з 2" in page
    assert "Управління спорту Подано заповнено 1 з 1" in page
    assert "(за співвиконавця)" in page


def test_bodies_without_accounts_stand_apart(
    report: AnnualReport, row: MeasureResult, as_: Callable[[str], Client]
) -> None:
    collective = Executor.objects.create(name="Громадські організації", kind=ExecutorKind.COLLECTIVE)
    Participation.objects.create(measure=row.measure, executor=collective)
    page = words(as_("clerk").get(url("contributions", report)))
    assert "Інформацію подано: 0 з 1." in page
    assert "Без облікових записів: 1" in page


def test_readers_find_nothing_to_press(report: AnnualReport, as_: Callable[[str], Client]) -> None:
    page = as_("auditor").get(url("contributions", report)).content.decode()
    assert url("contributions", report).replace("contributions/", "parts/") not in page
    assert "Внести за листом" not in page


def test_the_department_reminds_once_a_day(
    report: AnnualReport, body: Executor, as_: Callable[[str], Client]
) -> None:
    client = as_("clerk")
    first = client.post(url("remind_part", report, body), follow=True)
    second = client.post(url("remind_part", report, body), follow=True)
    assert "Нагадування надіслано: Олена ПРИКЛАД." in words(first)
    assert "Сьогодні вже нагадували: Олена ПРИКЛАД." in words(second)
    assert ([letter.to for letter in mail.outbox], Reminder.objects.get().asked_by) == (
        [["sender@example.com"]],
        person("clerk"),
    )


def test_who_has_no_mail_is_named(report: AnnualReport, body: Executor, as_: Callable[[str], Client]) -> None:
    User.objects.filter(username="sender").update(email="")
    client = as_("clerk")
    assert "Без електронної пошти, лист не дійде: Олена ПРИКЛАД." in words(
        client.get(url("contributions", report))
    )
    answer = client.post(url("remind_part", report, body), follow=True)
    assert "Не записано електронної пошти: Олена ПРИКЛАД." in words(answer)


def test_who_has_submitted_is_not_reminded(
    report: AnnualReport, body: Executor, as_: Callable[[str], Client]
) -> None:
    submit_part(report, body, by=person("sender"))
    response = as_("clerk").post(url("remind_part", report, body))
    assert (response.status_code, len(mail.outbox)) == (409, 0)
    assert "інформацію вже подано" in words(response)


def test_a_part_recalled_by_another_tab_is_told(
    report: AnnualReport, body: Executor, as_: Callable[[str], Client]
) -> None:
    assert as_("sender").post(url("recall_part", report, body)).status_code == 302
    assert not ExecutorPart.objects.exists()


# --- a row's contributions ---------------------------------------------------------------


@pytest.fixture
def said(row: MeasureResult, body: Executor) -> Contribution:
    general = FundingSource.objects.get(code="general")
    sport = building.executor("Управління спорту")
    Participation.objects.create(measure=row.measure, executor=sport)
    save_contribution(
        row,
        sport,
        by=person("clerk"),
        version=0,
        letter_number="9",
        amounts={general.pk: Money(actual=Decimal(2))},
    )
    return save_contribution(
        row,
        body,
        by=person("sender"),
        version=0,
        narrative="Освіта",
        amounts={general.pk: Money(actual=Decimal("1.5"))},
    )


def test_contributions_stand_beside_each_other_added_up(
    row: MeasureResult, said: Contribution, as_: Callable[[str], Client]
) -> None:
    page = words(as_("clerk").get(url("row_contributions", row.report, row), **HTMX))
    assert "Управління освіти" in page
    assert "(за співвиконавця); лист № 9" in page
    assert "general 3,5 — — —" in page


def chosen() -> list[str]:
    return [f"{one.pk}:{one.version}" for one in Contribution.objects.all()]


def test_taking_tells_the_sheet_to_fetch_the_row(
    row: MeasureResult, said: Contribution, as_: Callable[[str], Client]
) -> None:
    response = as_("clerk").post(
        url("take_contributions", row.report, row), {"version": "1", "chosen": chosen()}, **HTMX
    )
    row.refresh_from_db()
    assert (response.status_code, response["HX-Trigger"]) == (200, f'{{"row-changed": {{"row": {row.pk}}}}}')
    assert (row.narrative, [one.actual for one in row.amounts.all()]) == ("Освіта", [Decimal("3.5")])


def test_what_came_after_taking_is_marked(
    row: MeasureResult, body: Executor, said: Contribution, as_: Callable[[str], Client]
) -> None:
    client = as_("clerk")
    client.post(url("take_contributions", row.report, row), {"version": "1", "chosen": chosen()})
    save_contribution(row, body, by=person("sender"), version=1, narrative="Освіта, уточнено")
    for place in (url("row_contributions", row.report, row), url("contributions", row.report)):
        assert "Надійшло після того, як узято в рядок" in words(client.get(place))


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"version": "1"}, "Не обрано"),
        ({"version": "", "chosen": ["1:1"]}, "Сторінка застаріла"),
        ({"version": "1", "chosen": ["x"]}, "Сторінка застаріла"),
        ({"version": "1", "chosen": ["1:2:3"]}, "Сторінка застаріла"),
    ],
)
def test_a_mangled_request_takes_nothing(
    data: dict[str, object],
    sentence: str,
    row: MeasureResult,
    as_: Callable[[str], Client],
    said: Contribution,
) -> None:
    response = as_("clerk").post(url("take_contributions", row.report, row), data, **HTMX)
    row.refresh_from_db()
    assert (response.status_code, row.version, "HX-Trigger" in response) == (409, 1, False)
    assert sentence in words(response)


def test_a_letter_typed_beside_the_row_brings_the_row_back(
    row: MeasureResult, body: Executor, as_: Callable[[str], Client]
) -> None:
    place = url("contribution", row.report, row, body) + "?in=row"
    client = as_("clerk")
    assert f'hx-post="{place}"' in client.get(place, **HTMX).content.decode()
    response = client.post(place, typed(narrative="З листа"), **HTMX)
    assert response["HX-Retarget"] == f"#row-contributions-{row.pk}"
    assert "З листа" in words(response)


# --- cost --------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["sender", "clerk"])
@pytest.mark.parametrize("page", ["contributions", "row_contributions"])
def test_pages_cost_the_same_however_much_stands_on_them(
    who: str, page: str, rows: list[MeasureResult], body: Executor, as_: Callable[[str], Client]
) -> None:
    client, report = as_(who), rows[0].report
    place = url(page, report, *([rows[0]] if page == "row_contributions" else []))
    save_contribution(rows[0], body, by=person("clerk"), version=0, narrative="Так")

    def queries() -> int:
        with CaptureQueriesContext(connection) as caught:
            assert client.get(place).status_code == 200
        return len(caught)

    before = queries()
    for number in range(4):
        other = building.executor(f"Управління {number}")
        building.appointed(building.user(f"person{number}"), other)
        for row in rows:
            Participation.objects.create(measure=row.measure, executor=other)
            save_contribution(row, other, by=person("clerk"), version=0, narrative="Так")
    save_contribution(rows[1], body, by=person("clerk"), version=0, narrative="Так")
    assert queries() == before
