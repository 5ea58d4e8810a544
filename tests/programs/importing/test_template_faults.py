"""What is wrong in a filled programme template: each cause is told once, and what it leads to is not."""

import datetime
import io
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from pytest_django import Settings

from programs.importing.files.tables import UNCOUNTED
from programs.importing.kinds import program_template
from programs.importing.template.workbook import template_workbook
from programs.models import Measure, Program, User
from programs.plans import plans_in_force
from programs.proposal import ProposedParticipation
from tests import building

from .filled_templates import (
    DAY,
    NEWER,
    ONLY_CODE,
    PROGRAM,
    ROWS,
    Rows,
    amended,
    applied,
    examined,
    filled,
    prepared_portal,
    with_rows,
)
from .spreadsheets import changes, errors, warnings

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(db: None) -> User:
    return prepared_portal()


@pytest.fixture
def standing(admin: User) -> Program:
    applied(filled(), admin)
    return Program.objects.get()


# --- names of executors ------------------------------------------------------------------


def of_executors(cell: str, *new: str) -> Rows:
    """One measure with this cell, and these new bodies."""
    measure = (1, 1, "Форум", "2025", "", cell)
    return with_rows(Заходи=[measure], Виконавці=[(name,) for name in new], План_за_роками=[])


def participants(examination: Any) -> list[ProposedParticipation]:
    return list(examination.work.proposed.tasks[0].measures[0].participations)


@pytest.mark.parametrize(
    "name",
    ["Спортивна школа №1", "Ліцей №25 м. Житомира", "Центр соц. служб, молоді та спорту", "УК - 2: філія"],
)
def test_a_name_is_taken_whole_whatever_signs_are_in_it(name: str, admin: User) -> None:
    examination = examined(
        filled(rows=of_executors(f"{name} (за згодою); управління  КУЛЬТУРИ", name)), admin
    )
    assert errors(examination) == []
    assert participants(examination) == [
        ProposedParticipation(name, by_consent=True),
        ProposedParticipation(building.executor().pk),
    ]


@pytest.mark.parametrize(
    "cell",
    [
        "Управління культури\nЛіцей №25 м. Житомира (за згодою)",
        "Управління культури;\nЛіцей №25\nм. Житомира\n(за згодою);",
        "Управління культури\nЛіцей № 25 м. Житомира\n(за згодою)",
    ],
)
def test_lines_separate_names_and_break_inside_them(cell: str, admin: User) -> None:
    examination = examined(filled(rows=of_executors(cell, "Ліцей №25 м. Житомира")), admin)
    assert errors(examination) == []
    assert participants(examination) == [
        ProposedParticipation(building.executor().pk),
        ProposedParticipation("Ліцей №25 м. Житомира", by_consent=True),
    ]


def test_quotes_of_all_kinds_are_alike(admin: User) -> None:
    examination = examined(filled(rows=of_executors('Школа "Мрія"', "Школа «Мрія»")), admin)
    assert errors(examination) == []
    assert participants(examination) == [ProposedParticipation("Школа «Мрія»")]


UNKNOWN = (
    "Виконавця «{}» портал не знає. Візьміть назву з аркуша «Списки» або додайте нового на аркуш «Виконавці»."
)


def test_an_unknown_name_is_one_error(admin: User) -> None:
    rows = of_executors("Управління культури; Ліцей №25 м. Житомира (за згодою)", "Ліцей №26 м. Житомира")
    assert errors(examined(filled(rows=rows), admin)) == [
        ("аркуш «Заходи», рядок 3, графа F", UNKNOWN.format("Ліцей №25 м. Житомира (за згодою)"))
    ]


def test_a_comma_is_part_of_a_name(admin: User) -> None:
    rows = of_executors("Управління культури, Інститут Х")
    assert errors(examined(filled(rows=rows), admin)) == [
        (
            "аркуш «Заходи», рядок 3, графа F",
            UNKNOWN.format("Управління культури, Інститут Х")
            + " Якщо тут їх кілька, поставте між ними крапку з комою.",
        )
    ]


def test_a_new_body_that_is_known_is_one_error(admin: User) -> None:
    rows = of_executors("Управління культури", "УПРАВЛІННЯ КУЛЬТУРИ")
    assert errors(examined(filled(rows=rows), admin)) == [
        (
            "аркуш «Виконавці», рядок 3, графа A",
            "Під назвою «УПРАВЛІННЯ КУЛЬТУРИ» вже записано виконавця «Управління культури».",
        )
    ]


def test_a_new_body_twice_is_one_error(admin: User) -> None:
    rows = of_executors("Школа", "Школа", "ШКОЛА")
    assert errors(examined(filled(rows=rows), admin)) == [
        ("аркуш «Виконавці», рядок 4, графа A", "Нового виконавця «школа» подано двічі.")
    ]


# --- causes alone ------------------------------------------------------------------------

APPROVING, AMENDING = ROWS["Рішення"]
NO_DATE = "«20 грудня 24» не є датою. Уведіть, наприклад, «15.01.2025»."
CAUSES: dict[str, tuple[tuple[Any, ...], Rows, list[tuple[str, str]]]] = {
    "a date of the approving decision": (
        PROGRAM,
        with_rows(Рішення=[(*APPROVING[:2], "20 грудня 24"), AMENDING]),
        [("аркуш «Рішення», рядок 3, графа C", NO_DATE)],
    ),
    "a date of a decision that others name": (
        PROGRAM,
        with_rows(Рішення=[APPROVING, (*AMENDING[:2], "20 грудня 24")]),
        [("аркуш «Рішення», рядок 4, графа C", NO_DATE)],
    ),
    "a number of a decision": (
        PROGRAM,
        with_rows(Рішення=[APPROVING, ("вносить зміни", "", DAY)]),
        [("аркуш «Рішення», рядок 4, графа B", "Заповніть графу «номер».")],
    ),
    "a kind of the approving decision": (
        PROGRAM,
        with_rows(Рішення=[("схвалює", *APPROVING[1:]), AMENDING]),
        [("аркуш «Рішення», рядок 3, графа A",
          "«схвалює»: виберіть зі списку: затверджує програму, вносить зміни.")],
    ),
    "a term of the measure that has executors and plans": (
        PROGRAM,
        with_rows(Заходи=[(1, 1, "Форум", "колись", *ROWS["Заходи"][0][4:]), *ROWS["Заходи"][1:]]),
        [("аркуш «Заходи», рядок 3, графа D",
          "«колись» не є терміном. Уведіть роки так: «2020-2025» або «2021, 2023».")],
    ),
    "a number of the measure": (
        PROGRAM,
        with_rows(Заходи=[(1, "перший", *ROWS["Заходи"][0][2:]), *ROWS["Заходи"][1:]]),
        [("аркуш «Заходи», рядок 3, графа B", "«перший» не є номером: потрібне ціле число, від 1.")],
    ),
    "the only measure": (
        PROGRAM,
        with_rows(Заходи=[(1, 1, "", "2025")], План_за_роками=ROWS["План за роками"][:2], Виконавці=[]),
        [("аркуш «Заходи», рядок 3, графа C", "Заповніть графу «зміст заходу».")],
    ),
    "a text of the task": (
        PROGRAM,
        with_rows(Завдання=[(1, ""), (2, "Навчати")]),
        [("аркуш «Завдання», рядок 3, графа B", "Заповніть графу «завдання».")],
    ),
    "a number of the task": (
        PROGRAM,
        with_rows(Завдання=[("І", "Підтримати молодь"), (2, "Навчати")]),
        [("аркуш «Завдання», рядок 3, графа A", "«І» не є номером: потрібне ціле число, від 1.")],
    ),
    "an executor that is spelled otherwise": (
        PROGRAM,
        of_executors("Молодіжний осередок", "Молодіжний центр"),
        [("аркуш «Заходи», рядок 3, графа F", UNKNOWN.format("Молодіжний осередок"))],
    ),
    "the programme's years": (
        (*PROGRAM[:2], "тоді", "", *PROGRAM[4:]),
        with_rows(План_за_роками=[(1, 1, 2040, "", "загальний фонд", 1)]),
        [("аркуш «Програма», рядок 4, графа B", "«тоді» не є роком. Уведіть, наприклад, 2025."),
         ("аркуш «Програма», рядок 5, графа B", "Заповніть поле «рік завершення».")],
    ),
    "the responsible executor": (
        (*PROGRAM[:4], "Молодіжний осередок", *PROGRAM[5:]),
        of_executors("", "Молодіжний центр"),
        [("аркуш «Програма», рядок 6, графа B",
          "Виконавця «Молодіжний осередок» портал не знає. Візьміть назву з аркуша «Списки» або додайте "
          "нового на аркуш «Виконавці».")],
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CAUSES)
def test_only_the_cause_is_told(case: str, admin: User) -> None:
    program, rows, told = CAUSES[case]
    assert errors(examined(filled(program, rows), admin)) == told


@pytest.mark.parametrize("sheet", ["Рішення", "Завдання", "Заходи"])
def test_of_a_sheet_without_a_heading_only_that_is_told(sheet: str, admin: User) -> None:
    book = openpyxl.load_workbook(io.BytesIO(filled()))
    required = [cell for cell in book[sheet][1] if cell.value in ("номер", "завдання", "термін (роки)")]
    required[0].value = None
    content = io.BytesIO()
    book.save(content)
    [(place, sentence)] = errors(examined(content.getvalue(), admin))
    assert (place.split(",")[0], sentence.startswith("На аркуші")) == (f"аркуш «{sheet}»", True)


def test_other_errors_are_told_while_nobody_knows_whose_it_is(admin: User) -> None:
    rows = with_rows(Завдання=[(1, "Підтримати"), (2, "Навчати"), (2, "Навчати")])
    examination = examined(filled((*PROGRAM[:4], "Хтось", *PROGRAM[5:]), rows), admin)
    assert [place for place, _ in errors(examination)] == [
        "аркуш «Програма», рядок 6, графа B",
        "аркуш «Завдання», рядок 5",
    ]


def test_a_new_measure_waits_for_its_decision_to_be_readable(standing: Program, admin: User) -> None:
    rows = amended(Рішення=[(*NEWER[:2], "колись")], Заходи=[(2, 11, "Школа", "2026-2027")])
    assert [place for place, _ in errors(examined(filled(ONLY_CODE, rows), admin))] == [
        "аркуш «Рішення», рядок 3, графа C"
    ]


def test_several_decisions_of_one_number_are_told_apart_by_their_dates(admin: User) -> None:
    rows = with_rows(
        Рішення=[APPROVING, AMENDING, ("вносить зміни", "1201", datetime.date(2025, 5, 5))],
        План_за_роками=[(1, 1, 2025, "1201", "загальний фонд", 1)],
    )
    assert errors(examined(filled(rows=rows), admin)) == [
        (
            "аркуш «План за роками», рядок 3, графа D",
            "Рішень №1201 кілька. Напишіть із датою, наприклад «№1201 від 19.12.2024».",
        )
    ]


# --- plans that do not take force --------------------------------------------------------


def test_a_sum_that_a_later_decision_replaced_is_shown_as_no_change(standing: Program, admin: User) -> None:
    special = building.source("special")
    rows = {"План за роками": [(1, 1, 2025, "", special.name, 5)]}
    examination = examined(filled(ONLY_CODE, rows), admin)
    assert changes(examination) == [
        ("план на 2025 рік, special, тис. грн, за рішенням №1201 від 19.12.2024", "", "5,0, не діятиме")
    ]
    assert warnings(examination) == [
        (
            "аркуш «План за роками», рядок 3, графа F",
            "Захід 1.1, план на 2025 рік, special, 5,0 тис. грн не діятиме: пізніше рішення №12/3-VIII від "
            "27.03.2025 планує цей рік заходу. Якщо суму встановило інше рішення, впишіть його номер.",
        )
    ]
    program_template.apply(examination, by=admin)
    (plan,) = plans_in_force(standing, 2025).values()
    assert plan.amounts == {building.source().pk: Decimal("100.25")}


def test_before_is_what_is_in_force_today(standing: Program, admin: User) -> None:
    decisions = [
        ("вносить зміни", number, datetime.date(2026, 2, day)) for number, day in (("30", 2), ("31", 3))
    ]
    plans = [(1, 2, 2026, number, "загальний фонд", amount) for number, amount in (("30", 7), ("31", 9))]
    examination = examined(filled(ONLY_CODE, amended(Рішення=decisions, План_за_роками=plans)), admin)
    assert changes(examination)[2:] == [
        ("план на 2026 рік, загальний фонд, тис. грн, за рішенням №30 від 02.02.2026", "", "7,0, не діятиме"),
        ("план на 2026 рік, загальний фонд, тис. грн, за рішенням №31 від 03.02.2026", "0,0", "9,0"),
    ]


def test_a_plan_of_a_year_that_was_over_is_refused(standing: Program, admin: User) -> None:
    rows = amended(План_за_роками=[(1, 1, 2025, "30", "загальний фонд", 7)])
    assert errors(examined(filled(ONLY_CODE, rows), admin)) == [
        (
            "аркуш «План за роками», рядок 3, графа C",
            "Рішення ухвалено 02.02.2026, плану на 2025 рік воно вже не змінює.",
        )
    ]


# --- measures that are taken out ---------------------------------------------------------

BARE = (1, 1, "", "", "", "", "", "", "30")


def test_numbers_are_enough_to_take_a_measure_out(standing: Program, admin: User) -> None:
    examination = examined(filled(ONLY_CODE, amended(Заходи=[BARE])), admin)
    assert (errors(examination), warnings(examination)) == ([], [])
    assert changes(examination)[1:] == [("виключено рішенням", "", "№30 від 02.02.2026")]
    program_template.apply(examination, by=admin)
    measure = Measure.objects.of_program(standing).get(task__number=1, number=1)
    assert (str(measure.withdrawn_by), measure.title, str(measure.term)) == (
        "№30 від 02.02.2026",
        "Форум",
        "2025, 2027",
    )


def test_what_does_not_stand_is_not_taken_out_by_numbers_alone(standing: Program, admin: User) -> None:
    bare = (1, 7, *BARE[2:])
    assert errors(examined(filled(ONLY_CODE, amended(Заходи=[bare])), admin)) == [
        ("аркуш «Заходи», рядок 3, графа C", "Заходу 1.7 у порталі немає: заповніть графу «зміст заходу»."),
        ("аркуш «Заходи», рядок 3, графа D", "Заходу 1.7 у порталі немає: заповніть графу «термін (роки)»."),
    ]


# --- the workbook ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("departments_manage", "said"),
    [
        (
            False,
            "Зміни вносить адміністратор програм; підрозділ – лише до своєї програми, доки її не "
            "підтверджено.",
        ),
        (True, "Зміни вносить адміністратор програм або підрозділ, що відповідає за програму."),
    ],
)
def test_its_help_says_who_may_amend(
    departments_manage: bool, said: str, admin: User, settings: Settings
) -> None:
    settings.DEPARTMENTS_MANAGE_PROGRAMS = departments_manage
    sheet = openpyxl.load_workbook(io.BytesIO(template_workbook()))["Підказка"]
    [line] = [str(cell.value) for cell in sheet["A"] if str(cell.value).startswith("6. ")]
    assert said in line


def test_its_sheets_print_a_page_wide_and_large_enough_to_read(admin: User) -> None:
    book = openpyxl.load_workbook(io.BytesIO(template_workbook()))
    # Of Calibri 11 about so many signs stand on a landscape page with these margins at two thirds.
    widest = 200
    for sheet in book.worksheets:
        page: Any = sheet.page_setup
        properties: Any = sheet.sheet_properties
        assert (page.orientation, page.paperSize, page.fitToHeight) == ("landscape", 9, 0), sheet.title
        assert (page.fitToWidth in (None, 1), properties.pageSetUpPr.fitToPage) == (True, True), sheet.title
        assert sum(one.width for one in sheet.column_dimensions.values()) <= widest, sheet.title
    titles = {sheet.title: sheet.print_title_rows for sheet in book.worksheets}
    assert (titles["Заходи"], titles["План за роками"]) == ("$1:$1", "$1:$1")


def test_hints_of_an_older_template_are_still_no_row(admin: User) -> None:
    book = openpyxl.load_workbook(io.BytesIO(filled()))
    book["Заходи"]["I2"] = "Номер; лише для виключених."
    content = io.BytesIO()
    book.save(content)
    assert errors(examined(content.getvalue(), admin)) == []


def test_formulas_without_values_are_an_error_and_not_a_blank(admin: User) -> None:
    content = filled(rows={**ROWS, "Завдання": [(1, '="Підтримати"'), (2, "Навчати")]})
    assert ("аркуш «Завдання»", UNCOUNTED) in errors(examined(content, admin))
