"""«Вибірка даних» that comes back: nothing changed is nothing, a changed cell is one, the rest is told."""

from __future__ import annotations

import csv
import datetime
import io
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import Settings

from programs.calculations import Money
from programs.entry import save_result
from programs.enums import EventKind, ReportState
from programs.importing import staging
from programs.importing.examination import Examination, ImportRefused, LineState
from programs.importing.files.reading import read_book
from programs.importing.files.tables import Book, Table, column_letters
from programs.importing.kinds import own_extract
from programs.models import AnnualReport, Event, MeasureResult, Participation, User
from reporting.extracts.selection import Selection
from reporting.extracts.writing import write_extract
from tests import building
from tests.libreoffice import saved_again
from tests.programs.importing.spreadsheets import changes, edited, errors, warnings

pytestmark = pytest.mark.django_db

NASTY = "=SUM(A1:A9)\nЗ’єднання, об'єкт і «лапки»; 100 %\n\n\tОстанній рядок <r>&amp;</r> _x0041_"
FACT, FINANCED = "факт, general, тис. грн", "профінансовано, general, тис. грн"
NARRATIVE = "інформація про виконання"
READS = (
    "Цей рядок ви лише читаєте: показники вводять працівники відповідального виконавця Програми. Поверніть, "
    "як було."
)
ELSEWHERE = "Ця графа змінюється не тут, а у відомостях про програму; у порталі «{}». Зміну не взято."
COMPUTED = "Цю графу обчислює портал; у ньому тут {}. Зміну не взято."


@pytest.fixture
def clerk(db: None) -> User:
    return building.appointed(building.user("clerk"), building.executor())


@pytest.fixture
def rows(clerk: User) -> list[MeasureResult]:
    """Three rows: a full one with all that is hard to carry, one of zeros, an empty one."""
    general, special = building.source("general"), building.source("special")
    made = building.results(building.program(measures=3))
    save_result(
        made[0],
        version=1,
        by=clerk,
        amounts={
            general.pk: Money(Decimal("12345678.12345"), Decimal("0.1"), Decimal("0.2")),
            special.pk: Money(None, Decimal("0.00001"), None),
        },
        narrative=NASTY,
        execution_state="partial",
        stated_percent=Decimal("13.1"),
        stated_justification="-5 за листом",
    )
    save_result(
        made[1],
        version=1,
        by=clerk,
        amounts={general.pk: Money(Decimal(0), Decimal(0), Decimal(0))},
        zero_reason="not_planned",
        narrative="'00123",
    )
    return list(MeasureResult.objects.order_by("pk"))


@pytest.fixture
def report(rows: list[MeasureResult]) -> AnnualReport:
    return rows[0].report


@pytest.fixture
def book(rows: list[MeasureResult], clerk: User) -> Book:
    return extract(clerk)


def written(by: User, form: str) -> bytes:
    file = io.BytesIO()
    write_extract(Selection(), form, file, by=by, now=timezone.now())
    return file.getvalue()


def extract(by: User, form: str = "csv-plain") -> Book:
    return read_book(io.BytesIO(written(by, form)), f"x.{form.partition('-')[0]}")


def examined(book: Book, by: User) -> Examination:
    assert own_extract.recognises(book)
    return own_extract.examine(book, by=by, answers={})


def in_state(report: AnnualReport, state: ReportState) -> None:
    AnnualReport.objects.filter(pk=report.pk).update(state=state)


def row_now(row: MeasureResult) -> MeasureResult:
    return MeasureResult.objects.get(pk=row.pk)


def csv_of(book: Book) -> bytes:
    """As Excel saves the first table."""
    file = io.StringIO()
    csv.writer(file, delimiter=";").writerows(
        ["" if value is None else value for value in row] for row in book.tables[0].rows
    )
    return file.getvalue().encode()


def cell_place(book: Book, row: int, heading: str) -> str:
    column = list(book.tables[0].rows[0]).index(heading)
    return str(own_extract._find(book).place(row, column))  # type: ignore[union-attr]


# --- unchanged ---------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["xlsx", "ods", "csv", "csv-plain"])
def test_an_extract_sent_back_unchanged_changes_nothing(
    form: str, rows: list[MeasureResult], clerk: User
) -> None:
    found = examined(extract(clerk, form), clerk)

    assert (list(found.notes), changes(found)) == ([], [])
    assert [line.state for line in found.lines] == [LineState.UNCHANGED] * 3


@pytest.mark.parametrize("ending", ["xlsx", "ods"])
def test_saved_by_libreoffice_it_changes_nothing(
    ending: str, rows: list[MeasureResult], clerk: User, tmp_path: Path
) -> None:
    content = saved_again(written(clerk, "xlsx"), ending, tmp_path)

    found = examined(read_book(io.BytesIO(content), f"x.{ending}"), clerk)

    assert (list(found.notes), changes(found)) == ([], [])


def test_the_real_reports_sent_back_unchanged_change_nothing(auditor: User) -> None:
    found = examined(extract(auditor, "xlsx"), auditor)

    assert (list(found.notes), changes(found), len(found.lines)) == ([], [], 74)


def test_signs_that_stand_for_sums_are_no_rows(book: Book, clerk: User) -> None:
    """The row under the table, blank rows, and the column that an annotated workbook has."""
    table = book.tables[0]
    more = [(), ("Разом (видимі рядки)", *[None] * 18, Decimal(5)), (None, "Усього"), (None, None)]
    annotated = [
        (*row, "Результат перевірки" if not at else "усе добре") for at, row in enumerate(table.rows)
    ]

    found = examined(Book("csv", (replace(table, rows=[*annotated, *more]),)), clerk)

    assert (list(found.notes), len(found.lines)) == ([], 3)


# --- changed -----------------------------------------------------------------------------


def test_what_was_changed_goes_into_the_rows(book: Book, report: AnnualReport, clerk: User) -> None:
    sent = edited(
        book,
        {
            (1, NARRATIVE): "Зроблено.",
            (2, "стан виконання"): "ВИКОНАНО",
            (2, FINANCED): "1 234,5",
            (2, FACT): "42 350,00 грн",
            (3, "план, special, тис. грн"): Decimal("0.30000000000000004"),
            (3, "відсоток за даними виконавця"): "12,5 %",
        },
    )
    found = examined(sent, clerk)
    outcome = own_extract.apply(found, by=clerk)

    assert changes(found) == [
        (NARRATIVE, NASTY, "Зроблено."),
        ("стан виконання", "", "виконано"),
        (FACT, "0,0", "42,35"),
        (FINANCED, "0,0", "1\u00a0234,5"),
        ("відсоток за даними виконавця", "", "12,5"),
        ("план, special, тис. грн", "", "0,3"),
    ]
    assert [line.title for line in found.lines] == [f"1.{one} Захід {one} (2024)" for one in (1, 2, 3)]
    assert (outcome.message, outcome.url_name, outcome.url_args, outcome.report_ids) == (
        "З вибірки внесено зміни: «Програма 15», 2024 рік: 3 рядки.",
        "report_page",
        (report.program.public_id, 2024),
        (report.pk,),
    )
    assert changes(examined(sent, clerk)) == []
    first, second, third = MeasureResult.objects.order_by("pk")
    assert first.narrative == "Зроблено."
    assert second.amounts.get().financed == Decimal("1234.5")
    assert third.amounts.get().planned == Decimal("0.3")


def test_columns_that_are_missing_are_left_alone(book: Book, clerk: User) -> None:
    keep = [list(book.tables[0].rows[0]).index(name) for name in ("версія запису", "ключ", FACT)]
    rows = [[row[column] for column in keep] for row in book.tables[0].rows]

    found = examined(edited(Book("csv", (Table("", rows),)), {(1, FACT): "7"}), clerk)

    assert (list(found.notes), changes(found)) == ([], [(FACT, "0,1", "7,0")])


def test_a_blank_cell_is_no_zero(book: Book, clerk: User) -> None:
    found = examined(edited(book, {(2, FACT): None, (3, FACT): Decimal(0)}), clerk)

    assert changes(found) == [(FACT, "0,0", ""), (FACT, "", "0,0")]


@pytest.fixture
def many(rows: list[MeasureResult], clerk: User) -> Book:
    """Three rows of 2024, three of 2025, one of another programme, in the order opposite to how they came."""
    building.results(rows[0].report.program, 2025)
    building.results(building.program(measures=1, number="16"))
    book = extract(clerk)
    table = book.tables[0]
    by_key = sorted(table.rows[1:], key=lambda row: str(row[0]), reverse=True)
    return replace(book, tables=(replace(table, rows=[table.rows[0], *by_key]),))


def test_many_reports_are_named_and_each_keeps_it_in_its_journal(many: Book, clerk: User) -> None:
    sent = edited(many, {(row, NARRATIVE): "Так." for row in (1, 2, 3, 5)})
    named = "«Програма 15», 2024 рік: 1 рядок; 2025 рік: 2 рядки; «Програма 16», 2024 рік: 1 рядок"
    file = io.BytesIO(csv_of(sent))
    staged = staging.stage(file, "x.csv", by=clerk)
    shown = staging.examine(staged, by=clerk)
    outcome = staging.apply(staged, by=clerk, seen=shown.digest)
    reports = sorted(AnnualReport.objects.values_list("pk", flat=True))

    assert (shown.title, outcome.message, outcome.url_name) == (
        f"Вибірка даних зі змінами: {named}",
        f"З вибірки внесено зміни: {named}.",
        "program_list",
    )
    assert (list(outcome.report_ids), len(reports)) == (reports, 3)
    events = Event.objects.filter(kind=EventKind.IMPORTED)
    assert sorted(events.values_list("report", flat=True)) == reports


def test_an_unchanged_extract_says_what_is_in_it(many: Book, clerk: User) -> None:
    assert examined(many, clerk).title == (
        "Вибірка даних без змін: «Програма 15», 2024 рік: 3 рядки; 2025 рік: 3 рядки; "
        "«Програма 16», 2024 рік: 1 рядок"
    )


def test_of_very_many_reports_the_first_are_named(rows: list[MeasureResult], clerk: User) -> None:
    for number in range(20, 32):
        building.results(building.program(measures=1, number=str(number)))

    told = examined(extract(clerk), clerk).title
    assert (told.count("рік:"), told.rpartition("; ")[2]) == (5, "ще 8 звітів: 8 рядків")


def test_reports_are_locked_in_one_order_whatever_the_files(
    many: Book, clerk: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two people whose files differ in order would wait for each other."""
    locked: list[int] = []
    for name in ("check_results", "save_results"):
        door = getattr(own_extract, name)

        def through(report: AnnualReport, *args: Any, door: Any = door, **more: Any) -> Any:
            locked.append(report.pk)
            return door(report, *args, **more)

        monkeypatch.setattr(own_extract, name, through)
    found = examined(edited(many, {(row, NARRATIVE): "Так." for row in (1, 2, 5)}), clerk)
    own_extract.apply(found, by=clerk)

    assert locked == sorted(AnnualReport.objects.values_list("pk", flat=True)) * 2


# --- what cannot be read -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("heading", "value", "message"),
    [
        (
            "стан виконання",
            "майже",
            "«майже» тут не може бути. Можна лише «виконано», «частково», «не виконано», "
            "«не передбачено у звітному році».",
        ),
        (FACT, "-5", "«-5»: сума не може бути від’ємною."),
        (FACT, Decimal("-5"), "«-5»: сума не може бути від’ємною."),
        (FACT, "1.234,5", "«1.234,5»: у числі більше ніж одна кома чи крапка. Тисячі відокремлюйте пробілом, "
         "дробову частину – комою, наприклад «1 234,5»."),
        (FACT, Decimal("0.123456"), "«0.123456»: після коми можна не більше 5 знаків."),
        (FACT, Decimal("1E+40"), "«10000000000000000000000000000000000000000»: завелике число, до коми можна "
         "не більше 10 цифр."),
        (FACT, Decimal("1E+300"), "Завелике число."),
        (FACT, "9" * 5000, f"«{'9' * 60}…» не є числом. Уведіть, наприклад, «1 234,5»."),
        (FACT, "#REF!", "«#REF!» не є числом. Уведіть, наприклад, «1 234,5»."),
        (FACT, datetime.date(2024, 3, 1), "Тут має бути число, а стоїть дата 01.03.2024. Впишіть число "
         "ще раз."),
        (FACT, True, "Тут має бути число, а стоїть «так» чи «ні»."),
        ("відсоток за даними виконавця", "12,55", "«12,55»: після коми можна не більше одного знака."),
        (NARRATIVE, "я" * 10_001, "Переконайтеся, що це значення містить не більше ніж 10000"),
    ],
)  # fmt: skip
def test_what_cannot_stand_is_told_at_its_cell(
    heading: str, value: Any, message: str, book: Book, clerk: User
) -> None:
    sent = edited(book, {(1, heading): value, (2, NARRATIVE): "Гаразд."})
    found = examined(sent, clerk)

    [(place, said)] = errors(found)
    assert (place, said[: len(message)]) == (cell_place(sent, 1, heading), message)
    assert [line.state for line in found.lines] == [
        LineState.SKIPPED,
        LineState.CHANGED,
        LineState.UNCHANGED,
    ]


def test_keys_and_headings_are_told_where_they_are_wrong(book: Book, clerk: User) -> None:
    key = book.tables[0].rows[1][0]
    sent = edited(book, {(2, "ключ"): key, (3, "ключ"): "15-2019-11-05/2024/9.9"})
    table = sent.tables[0]
    lost = (None, *table.rows[1][1:])
    width = len(table.rows[0])
    doubled = [
        (*row, FACT if not at else None, "моє" if not at else "!") for at, row in enumerate(table.rows)
    ]
    found = examined(Book("csv", (replace(table, rows=[*doubled, lost]),)), clerk)

    assert errors(found) == [
        (
            f"рядок 1, графа {column_letters(width)}",
            f"Графа «{FACT}» у таблиці двічі, і не видно, котру брати. Лишіть одну.",
        ),
        ("рядок 3, графа A", f"Ключ «{key}» уже є в рядку 2. Лишіть один."),
        (
            "рядок 4, графа A",
            "Рядка з ключем «15-2019-11-05/2024/9.9» немає серед звітів, які вам доступні. "
            "Перевірте ключ або вивантажте дані ще раз.",
        ),
        ("рядок 5", "У рядку є дані, а ключа немає. Поверніть ключ або приберіть рядок."),
    ]
    assert warnings(found) == [
        (f"рядок 1, графа {column_letters(width + 1)}", "Графи «моє» портал не знає, тому її не взято.")
    ]


@pytest.mark.parametrize(
    "key",
    [
        "…",
        "1/2/3",
        "15-2019-11-05/2024/",
        "15-2019-11-05/20²4/1.1",
        "program-²/2024/1.1",
        "я" * 4000,
        "a/b",
        Decimal("1E+300"),
        True,
    ],
)
def test_no_key_is_too_odd(key: Any, book: Book, clerk: User) -> None:
    found = examined(edited(book, {(1, "ключ"): key}), clerk)

    assert [place for place, _ in errors(found)] == ["рядок 2, графа A"]


@pytest.mark.parametrize("version", [None, "перша", "-1", Decimal("1.5"), Decimal(0)])
def test_a_change_needs_the_version_that_it_was_made_of(version: Any, book: Book, clerk: User) -> None:
    sent = edited(book, {(1, "версія запису"): version, (1, FACT): "8", (2, "версія запису"): version})
    found = examined(sent, clerk)

    assert [place for place, _ in errors(found)] == [cell_place(sent, 1, "версія запису")]


def test_a_table_without_rows_or_without_anything_to_change_is_told(book: Book, clerk: User) -> None:
    heading, *under = book.tables[0].rows
    keys = [("ключ", "версія запису"), *((row[0], row[-1]) for row in under)]

    assert errors(examined(Book("csv", (Table("", [heading]),)), clerk)) == [
        ("рядок 1", "У таблиці немає жодного рядка з даними.")
    ]
    assert errors(examined(Book("csv", (Table("", keys),)), clerk)) == [
        (
            "рядок 1",
            "У таблиці немає жодної графи, яку можна змінювати: ні сум за джерелами, ні стану, ні інформації "
            "про виконання. Вивантажте дані ще раз.",
        )
    ]


def test_a_formula_without_its_value_erases_nothing(book: Book, clerk: User) -> None:
    sent = edited(book, {(1, FACT): None, (2, NARRATIVE): "Гаразд."})
    table = replace(sent.tables[0], has_uncounted_formulas=True)
    found = examined(Book("xlsx", (table,)), clerk)

    assert [place for place, _ in errors(found)] == [cell_place(sent, 1, FACT)]


# --- what is not taken -------------------------------------------------------------------


def test_a_changed_total_or_name_is_not_taken(book: Book, clerk: User) -> None:
    sent = edited(
        book,
        {
            (1, "факт, тис. грн"): "99",
            (1, "зміст заходу"): "Інакше",
            (2, "розрахунковий відсоток"): "50",
            (3, "факт, general, грн"): "5",
        },
    )
    found = examined(sent, clerk)

    assert warnings(found) == [
        (
            cell_place(sent, 1, "зміст заходу"),
            ELSEWHERE.format("Захід 1"),
        ),
        (cell_place(sent, 1, "факт, тис. грн"), COMPUTED.format("«0,10001»")),
        (cell_place(sent, 2, "розрахунковий відсоток"), COMPUTED.format("порожньо")),
        (cell_place(sent, 3, "факт, general, грн"), COMPUTED.format("порожньо")),
    ]
    assert (changes(found), found.can_apply) == ([], False)


def test_who_changes_a_sum_with_its_totals_is_not_scolded(book: Book, clerk: User) -> None:
    sent = edited(
        book,
        {
            (2, "план, general, тис. грн"): "10",
            (2, FINANCED): "2,5",
            (2, "план, тис. грн"): "10",
            (2, "профінансовано, тис. грн"): "2,5",
            (2, "профінансовано, грн"): "2 500,00",
            (2, "профінансовано, general, грн"): "2500 грн",
            (2, "відхилення (профінансовано − план), тис. грн"): "−7,5",
            (2, "розрахунковий відсоток"): "25 %",
            (2, "відсоток у звіті"): "25,0",
        },
    )

    assert list(examined(sent, clerk).notes) == []


# --- rights and states -------------------------------------------------------------------


def test_a_closed_report_is_silent_until_its_row_is_changed(
    book: Book, report: AnnualReport, clerk: User
) -> None:
    in_state(report, ReportState.ON_APPROVAL)
    sent = edited(book, {(2, NARRATIVE): "Пізно."})

    assert list(examined(book, clerk).notes) == []
    assert errors(examined(sent, clerk)) == [
        (
            cell_place(sent, 2, NARRATIVE),
            "Звіт за 2024 рік у стані «На погодженні»: показники змінювати не можна. Поверніть у рядку, як "
            "було, або спершу поверніть звіт на доопрацювання.",
        )
    ]


@pytest.mark.parametrize(
    "cells",
    [
        {(2, NARRATIVE): "Ні."},
        {(2, NARRATIVE): "Ні.", (2, "версія запису"): None},
        {(2, NARRATIVE): "Ні.", (2, "версія запису"): "9"},
    ],
)
def test_who_only_reads_changes_nothing_and_is_told_only_that(
    cells: dict[tuple[int, str], Any], book: Book, rows: list[MeasureResult], clerk: User
) -> None:
    save_result(rows[1], version=2, by=clerk, narrative="Новіше.")
    auditor = building.user("auditor", is_auditor=True)
    sent = edited(book, cells)

    assert [(note.message, str(note.place)) for note in examined(sent, auditor).notes] == [
        (READS, cell_place(sent, 2, NARRATIVE))
    ]


def test_unchanged_rows_of_reports_that_one_only_reads_are_silent(
    rows: list[MeasureResult], clerk: User
) -> None:
    """Of which one was changed meanwhile."""
    other = building.executor("Управління спорту")
    program = building.program(measures=2, number="16", responsible=other)
    Participation.objects.create(measure=program.tasks.get().measures.all()[0], executor=building.executor())
    theirs = building.results(program)
    book = extract(clerk)
    rival = building.appointed(building.user("rival"), other)
    save_result(theirs[0], version=1, by=rival, narrative="Новіше.")
    found = examined(edited(book, {(1, NARRATIVE): "Так."}), clerk)

    assert (list(found.notes), [line.state for line in found.lines], found.can_apply) == (
        [],
        [LineState.CHANGED, *[LineState.UNCHANGED] * 4],
        True,
    )


def test_what_one_may_not_see_is_unknown(book: Book) -> None:
    found = examined(book, building.user("stranger"))

    assert (len(found.errors), list(found.lines)) == (3, [])


def test_the_only_executor_writes_its_own_row_where_the_setting_lets_it(
    book: Book, rows: list[MeasureResult], settings: Settings
) -> None:
    settings.ONLY_EXECUTOR_ENTERS_ROW = True
    body = building.executor("Управління освіти")
    Participation.objects.create(measure=rows[0].measure, executor=body)
    sender = building.appointed(building.user("sender"), body)
    sent = edited(book, {(1, NARRATIVE): "Наше.", (2, NARRATIVE): "Не наше."})

    assert [place for place, _ in errors(examined(sent, sender))] == [cell_place(sent, 2, NARRATIVE)]


# --- others meanwhile --------------------------------------------------------------------


def test_what_others_changed_and_this_person_did_not_stays_theirs(
    book: Book, rows: list[MeasureResult], clerk: User
) -> None:
    money = Money(Decimal("12345678.12345"), Decimal(5), Decimal("0.2"))
    save_result(
        rows[0], version=2, by=clerk, narrative="Нове.", amounts={building.source("general").pk: money}
    )
    found = examined(edited(book, {(1, FINANCED): "0,3"}), clerk)
    own_extract.apply(found, by=clerk)

    assert (list(found.notes), changes(found)) == ([], [(FINANCED, "0,2", "0,3")])
    amount = rows[0].amounts.get(source__code="general")
    assert (row_now(rows[0]).narrative, amount.actual, amount.financed) == (
        "Нове.",
        Decimal(5),
        Decimal("0.3"),
    )


def test_what_is_not_taken_is_told_of_a_row_that_others_changed_too(
    book: Book, rows: list[MeasureResult], clerk: User
) -> None:
    general = building.source("general").pk
    save_result(rows[1], version=2, by=clerk, amounts={general: Money(Decimal(0), Decimal(4), Decimal(0))})
    save_result(rows[2], version=1, by=clerk, amounts={general: Money(Decimal(8), Decimal(4), Decimal(2))})
    sent = edited(
        book,
        {
            (2, "зміст заходу"): "Інакше",
            (2, "факт, тис. грн"): "99",
            # With its totals, of what stood when the file left.
            (3, FINANCED): "3",
            (3, "профінансовано, тис. грн"): "3",
            (3, "профінансовано, general, грн"): "3000",
            (3, "профінансовано, грн"): "3000",
        },
    )

    assert warnings(examined(sent, clerk)) == [
        (cell_place(sent, 2, "зміст заходу"), ELSEWHERE.format("Захід 2")),
        (cell_place(sent, 2, "факт, тис. грн"), COMPUTED.format("«4,0»")),
    ]


def test_two_people_on_one_cell_are_told_of_each_other(
    book: Book, rows: list[MeasureResult], clerk: User
) -> None:
    colleague = building.appointed(
        User.objects.create_user("colleague", given_name="Ігор", family_name="Колега"), building.executor()
    )
    save_result(rows[1], version=2, by=colleague, execution_state="not_done")
    at = timezone.localtime(row_now(rows[1]).history.first().history_date)
    sent = edited(book, {(2, "стан виконання"): "виконано", (1, FACT): "-1"})

    assert errors(examined(sent, clerk)) == [
        (cell_place(sent, 1, FACT), "«-1»: сума не може бути від’ємною."),
        (
            cell_place(sent, 2, "стан виконання"),
            f"Поки файл був у вас, це значення змінили на «не виконано» ({colleague}, "
            f"{at:%d.%m.%Y о %H:%M}). Вивантажте дані ще раз або впишіть сюди те, що вже записано.",
        ),
    ]


def test_a_version_that_nobody_has_seen_is_a_conflict(book: Book, clerk: User) -> None:
    sent = edited(book, {(1, "версія запису"): "9", (1, FACT): "8"})

    assert [place for place, _ in errors(examined(sent, clerk))] == [cell_place(sent, 1, FACT)]


def test_who_overtakes_a_shown_change_changes_its_digest(
    book: Book, rows: list[MeasureResult], clerk: User
) -> None:
    sent = edited(book, {(1, FINANCED): "0,3"})
    shown = examined(sent, clerk)
    save_result(rows[0], version=2, by=clerk, narrative="Нове.")

    assert (examined(sent, clerk).digest == shown.digest, changes(examined(sent, clerk))) == (
        False,
        changes(shown),
    )


def test_what_the_door_refuses_is_an_import_refused(
    book: Book, report: AnnualReport, rows: list[MeasureResult], clerk: User
) -> None:
    found = examined(edited(book, {(1, FINANCED): "0,3", (2, FACT): "4"}), clerk)
    in_state(report, ReportState.AGREED)

    with pytest.raises(ImportRefused):
        own_extract.apply(found, by=clerk)
    assert row_now(rows[1]).version == rows[1].version


def test_queries_do_not_grow_with_the_rows(clerk: User) -> None:
    def asked(measures: int, number: str) -> int:
        made = building.results(building.program(measures=measures, number=number))
        save_result(made[0], version=1, by=clerk, narrative="Раніше.")
        file = io.BytesIO()
        chosen = Selection(programs=(made[0].report.program.public_id or "",))
        write_extract(chosen, "csv-plain", file, by=clerk, now=timezone.now())
        book = read_book(io.BytesIO(file.getvalue()), "x.csv")
        for row in made:
            save_result(row, version=row_now(row).version, by=clerk, execution_state="done")
        sent = edited(book, {(row, NARRATIVE): "Зроблено." for row in range(1, measures + 1)})
        with CaptureQueriesContext(connection) as queries:
            examined(sent, clerk)
        return len(queries)

    building.source()
    assert asked(2, "21") == asked(12, "22")
