"""A row's history, cell by cell."""

import time
from decimal import Decimal

import pytest
from django.db import connection, models
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from programs import demonstration
from programs.calculations import Money
from programs.changes import CELLS, Change, Fate, changes_of, difference, happenings
from programs.entry import save_result
from programs.enums import ExecutionState
from programs.evidence import attach_link
from programs.models import (
    Amount,
    AnnualReport,
    Decision,
    FundingSource,
    MeasureResult,
    Participation,
    PlannedFunding,
    Signatory,
    User,
)
from tests import building
from tests.programs.admin_forms import Page

pytestmark = pytest.mark.django_db


@pytest.fixture
def row() -> MeasureResult:
    return building.results(building.program(measures=1))[0]


@pytest.fixture
def writer(row: MeasureResult) -> User:
    return building.appointed(building.user("writer"), row.report.program.responsible)


@pytest.fixture
def general() -> FundingSource:
    return building.source("general")


def write(row: MeasureResult, by: User, **values: object) -> MeasureResult:
    return save_result(row, version=MeasureResult.objects.get(pk=row.pk).version, by=by, **values)


def told(change: Change) -> tuple[str, str, str, str]:
    return change.cell, change.label, change.old, change.new


def test_an_untouched_row_has_no_changes(row: MeasureResult) -> None:
    assert changes_of(row) == []


def test_each_cell_tells_what_it_was_and_became(
    row: MeasureResult, writer: User, general: FundingSource
) -> None:
    amounts = {general.pk: Money(Decimal(10), Decimal("4.5"), None)}
    write(row, writer, amounts=amounts, narrative="Було", execution_state=ExecutionState.PARTIAL)
    write(row, writer, amounts={general.pk: Money(Decimal(10), None, None)}, narrative="Стало")
    assert [told(change) for change in changes_of(row)] == [
        ("actual", "факт (general)", "4,5", ""),
        ("narrative", "інформація про виконання", "Було", "Стало"),
        ("planned", "план (general)", "", "10,0"),
        ("actual", "факт (general)", "", "4,5"),
        ("execution_state", "стан виконання", "", "частково"),
        ("narrative", "інформація про виконання", "", "Було"),
    ]


def test_each_change_says_who_and_when(row: MeasureResult, writer: User) -> None:
    colleague = building.appointed(building.user("colleague"), row.report.program.responsible)
    write(row, writer, narrative="Перше")
    write(row, colleague, narrative="Друге")
    newest, oldest = changes_of(row)
    assert (newest.by, oldest.by) == (colleague, writer)
    assert newest.at > oldest.at


def test_the_plan_of_a_new_report_says_how_it_came(general: FundingSource) -> None:
    program = building.program(measures=1)
    PlannedFunding.objects.create(
        measure=program.tasks.get().measures.get(),
        decision=program.decisions.get(),
        year=2024,
        source=general,
        amount=Decimal(7),
    )
    row = building.results(program)[0]
    (change,) = changes_of(row)
    assert (told(change), change.how, change.by) == (
        ("planned", "план (general)", "", "7,0"),
        "створено рядок",
        row.report.created_by,
    )


# --- inside a long text ------------------------------------------------------------------


def pieces(old: str, new: str) -> list[tuple[str, str]]:
    return [(piece.fate.value, piece.text) for piece in difference(old, new)]


def test_words_that_went_and_came_are_told_apart() -> None:
    assert pieces("Проведено три заходи у школах.", "Проведено чотири заходи у школах міста.") == [
        ("same", "Проведено"),
        ("gone", " три"),
        ("new", " чотири"),
        ("same", " заходи у"),
        ("gone", " школах."),
        ("new", " школах міста."),
    ]


def test_a_long_unchanged_stretch_is_left_out() -> None:
    words = " ".join(f"слово{number}" for number in range(100))
    told = difference(f"Перше {words} кінець", f"Друге {words} край")
    assert [piece.fate for piece in told] == [
        *(Fate.GONE, Fate.NEW),
        *(Fate.SAME, Fate.LEFT_OUT, Fate.SAME),
        *(Fate.GONE, Fate.NEW),
    ]
    assert told[2].text.split()[-1] == "слово11"
    assert told[4].text.split()[0] == "слово88"


def test_nothing_is_kept_before_the_first_change_but_what_stands_next_to_it() -> None:
    words = " ".join(f"слово{number}" for number in range(100))
    assert [piece.fate for piece in difference(words, f"{words} ще")] == [
        *(Fate.LEFT_OUT, Fate.SAME),
        Fate.NEW,
    ]


def test_a_short_unchanged_stretch_is_kept_whole() -> None:
    words = " ".join(f"слово{number}" for number in range(30))
    fates = [piece.fate for piece in difference(f"Перше {words} кінець", f"Друге {words} край")]
    assert Fate.LEFT_OUT not in fates


def test_lines_are_kept() -> None:
    assert "".join(piece.text for piece in difference("а\nб", "а\nб в")) == "а\nб в"


def test_a_text_of_one_repeated_word_takes_no_time() -> None:
    started = time.monotonic()
    difference("а " * 5000, "а б " * 2500)
    assert time.monotonic() - started < 2


# --- what belongs to a record ------------------------------------------------------------


def by_history(record: models.Model, by: User) -> models.Model:
    record._history_user = by
    record.save()
    return record


def test_the_history_of_a_measures_participants(writer: User, row: MeasureResult) -> None:
    measure, school = row.measure, building.executor("Школа")
    taking_part = by_history(Participation(measure=measure, executor=school, position=1), writer)
    taking_part.by_consent = True
    by_history(taking_part, writer)
    told = [
        (one.by, one.thing, one.deed, one.values) for one in happenings(Participation, "measure", measure.pk)
    ]
    assert told == [
        (writer, "участь виконавця Школа", "змінено", [("за згодою", "ні", "так")]),
        (writer, "участь виконавця Школа", "додано", [
            ("виконавець", "", "Школа"), ("порядок", "", "1"), ("за згодою", "", "ні"),
        ]),
    ]  # fmt: skip


def test_what_was_deleted_is_told(writer: User, row: MeasureResult) -> None:
    signatory = by_history(Signatory(report=row.report, post="Начальник", name="Олена ПРИКЛАД"), writer)
    signatory.delete()
    deleted, added = happenings(Signatory, "report", row.report_id)
    assert (deleted.thing, deleted.deed, deleted.values, added.deed) == (
        *("підписувач 1", "видалено", []),
        "додано",
    )


def test_the_history_of_belongings_is_one_query(
    writer: User, row: MeasureResult, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(3):
        by_history(
            Participation(
                measure=row.measure, executor=building.executor(f"Школа {number}"), position=number
            ),
            writer,
        )
        with django_assert_num_queries(1):
            happenings(Participation, "measure", row.measure_id)


@pytest.mark.parametrize(
    ("model", "words"),
    [
        ("program", "Рішення ради 1688, 18.12.2019 – додано"),
        ("measure", "План фінансування 2024, №ДЕМО-1 від 20.12.2023, загальний фонд – додано"),
        ("annualreport", "Підписувач"),
        ("executor", "Написання назви"),
        ("measureresult", "Підтвердження Новина – додано"),
    ],
)
def test_the_admin_shows_it(program_admin: User, report_2024: AnnualReport, model: str, words: str) -> None:
    row = report_2024.results.filter(amounts__planned__gt=0).first()
    department = report_2024.program.responsible
    clerk = User.objects.get(username=demonstration.RESPONSIBLE)
    attach_link(row, department, by=clerk, url="https://zt-rada.gov.ua/", title="Новина")
    records = {
        "program": report_2024.program,
        "measure": row.measure,
        "annualreport": report_2024,
        "executor": department,
        "measureresult": row,
    }
    page = signed_in(program_admin).get(reverse(f"admin:programs_{model}_history", args=[records[model].pk]))
    assert words in page.content.decode()


# --- the page ----------------------------------------------------------------------------


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def address(result: MeasureResult) -> str:
    return reverse("row_history", args=[result.report.program.public_id, result.report.year, result.pk])


def test_the_page_marks_what_changed(row: MeasureResult, writer: User) -> None:
    write(row, writer, narrative="Проведено <b>три</b> заходи")
    write(row, writer, narrative="Проведено чотири заходи")
    page = signed_in(writer).get(address(row)).content.decode()
    assert '<del><span class="history-said"> вилучено: </span> &lt;b&gt;три&lt;/b&gt;<' in page
    assert '<ins><span class="history-said"> додано: </span> чотири<' in page
    assert str(writer) in page


def test_what_was_saved_at_once_stands_together(
    row: MeasureResult, writer: User, general: FundingSource
) -> None:
    write(row, writer, narrative="Слова", amounts={general.pk: Money(Decimal(3), Decimal(1), None)})
    page = signed_in(writer).get(address(row)).content.decode()
    assert (page.count("<time"), page.count("<dt>")) == (1, 3)


def test_one_cell_may_be_asked_for(row: MeasureResult, writer: User, general: FundingSource) -> None:
    write(row, writer, narrative="Слова", amounts={general.pk: Money(Decimal(3), None, None)})
    page = signed_in(writer).get(address(row) + "?cell=planned", headers={"HX-Request": "true"})
    text = page.content.decode()
    assert text.lstrip().startswith("<section")
    assert ("3,0" in text, "Слова" in text) == (True, False)


@pytest.mark.parametrize("cell", CELLS)
def test_a_cell_without_changes_says_so(row: MeasureResult, writer: User, cell: str) -> None:
    page = signed_in(writer).get(address(row), {"cell": cell}).content.decode()
    assert "У цій графі змін ще не було." in page


@pytest.mark.parametrize("asked", ["?cell=version", "?cell=narrative'--"])
def test_no_such_cell_is_no_page(row: MeasureResult, writer: User, asked: str) -> None:
    assert signed_in(writer).get(address(row) + asked).status_code == 404


@pytest.mark.parametrize("page", ["0", "-1", "9" * 30, "x", ""])
def test_any_page_number_gives_a_page(row: MeasureResult, writer: User, page: str) -> None:
    write(row, writer, narrative="Слова")
    response = signed_in(writer).get(address(row), {"page": page})
    assert "Слова" in response.content.decode()


def test_many_changes_come_in_pages(row: MeasureResult, writer: User) -> None:
    for number in range(32):
        write(row, writer, narrative=f"Слово{number}")
    client = signed_in(writer)
    first, second = (client.get(address(row), {"page": number}).content.decode() for number in (1, 2))
    assert (first.count("<dt>"), "давніші" in first, "новіші" in second) == (30, True, True)
    assert "Слово0" in second


def test_others_see_no_history(row: MeasureResult, writer: User) -> None:
    outsider = building.appointed(building.user("outsider"), building.executor("Інше управління"))
    assert signed_in(outsider).get(address(row)).status_code == 404
    assert signed_in(writer).post(address(row)).status_code == 405


def test_a_long_history_costs_no_more_queries(
    row: MeasureResult, writer: User, general: FundingSource
) -> None:
    client, costs = signed_in(writer), []
    for number in range(3):
        write(row, writer, narrative=f"{number}", amounts={general.pk: Money(Decimal(number), None, None)})
        with CaptureQueriesContext(connection) as queries:
            client.get(address(row))
        costs.append(len(queries))
    assert costs == costs[:1] * 3


# --- whatever the path -------------------------------------------------------------------


@pytest.mark.parametrize("model", [AnnualReport, MeasureResult, Amount])
def test_the_demonstrations_figures_have_people_in_their_history(
    report_2024: AnnualReport, model: type[models.Model]
) -> None:
    assert model.history.filter(history_user=None).count() == 0


def test_what_is_changed_in_the_admin_says_by_whom(program_admin: User, report_2024: AnnualReport) -> None:
    program = report_2024.program
    page = Page(program_admin, "program_change", program.pk)
    page.open()
    page.send(kind="нова програма", **{"decisions-0-title": "Нова назва"})
    changed = happenings(Decision, "program", program.pk)[0]
    assert (program.history.first().history_user, program.history.first().kind) == (
        program_admin,
        "нова програма",
    )
    assert (changed.by, changed.values[0][2]) == (program_admin, "Нова назва")
