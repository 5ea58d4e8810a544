"""The programme template: what it offers, what is read of it, and what comes of that."""

import datetime
import io
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from django.test import Client
from django.urls import reverse

from programs import composing
from programs.enums import DecisionKind, ExecutorKind, PercentBase
from programs.importing import staging
from programs.importing.examination import ImportRefused, LineState
from programs.importing.files.reading import read_book
from programs.importing.kinds import program_template
from programs.importing.template.example import TABLES
from programs.importing.template.workbook import template_workbook
from programs.models import Executor, Measure, Program, User
from programs.plans import plans_in_force
from programs.proposal import (
    ProposedDecision,
    ProposedExecutor,
    ProposedMeasure,
    ProposedParticipation,
    ProposedPlan,
    ProposedProgram,
    ProposedTask,
)
from programs.textforms import Term
from tests import building
from tests.libreoffice import saved_again

from .filled_templates import (
    DAY,
    LATER,
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
def clerk(admin: User) -> User:
    return building.appointed(building.user("clerk"), building.executor())


def expected() -> ProposedProgram:
    known, fund = building.executor().pk, building.source().pk
    approved, amended = ("1201", DAY), ("12/3-VIII", LATER)
    return ProposedProgram(
        kind="міська програма",
        title="Молодь громади",
        start_year=2025,
        end_year=2027,
        responsible=known,
        decisions=[
            ProposedDecision(
                DecisionKind.APPROVES, *approved, "Про затвердження", "https://rada.example/1201"
            ),
            ProposedDecision(DecisionKind.AMENDS, *amended),
        ],
        tasks=[
            ProposedTask(
                1,
                "Підтримати молодь",
                [
                    ProposedMeasure(
                        1,
                        "Форум",
                        Term.parse("2025, 2027"),
                        participations=[
                            ProposedParticipation(known),
                            ProposedParticipation("Молодіжний центр", by_consent=True),
                        ],
                        plans=[
                            ProposedPlan(2025, fund, Decimal("120.5"), approved),
                            ProposedPlan(2025, fund, Decimal("100.25"), amended),
                        ],
                    ),
                    ProposedMeasure(
                        2,
                        "Гранти",
                        Term.parse("2025-2027"),
                        term_text="щороку",
                        executors_text="Управління, центр",
                        participations=[ProposedParticipation(known)],
                        introduced_by=amended,
                        plans=[ProposedPlan(2026, fund, Decimal(0), amended)],
                    ),
                ],
            ),
            ProposedTask(
                2,
                "Навчати",
                [
                    ProposedMeasure(
                        10, "Курси", Term.parse("2026"), participations=[], withdrawn_by=amended, plans=[]
                    )
                ],
            ),
        ],
        executors=[
            ProposedExecutor("Молодіжний центр", ExecutorKind.COMMUNAL_INSTITUTION, "КУ «Молодіжний центр»")
        ],
        budget_codes="0213133",
        percent_base=PercentBase.ACTUAL,
    )


# --- the way out and back ----------------------------------------------------------------


def test_everything_filled_in_is_read(admin: User) -> None:
    examination = examined(filled(), admin)
    assert errors(examination) == []
    assert examination.work.proposed == expected()


@pytest.mark.parametrize("ending", ["ods", "xlsx"])
def test_libreoffice_leaves_it_the_same(ending: str, admin: User, tmp_path: Path) -> None:
    saved = saved_again(filled(), ending, tmp_path)
    assert examined(saved, admin).work.proposed == expected()


def test_what_is_read_is_written(admin: User) -> None:
    outcome = applied(filled(), admin)
    assert (outcome.message, outcome.url_name, outcome.url_args) == (
        "Програму «Молодь громади» внесено: 2 завдання, 3 заходи.",
        "program_page",
        ("1201-2024-12-19",),
    )
    measures = Measure.objects.of_program(Program.objects.get()).select_related("task")
    assert [measure.code for measure in measures] == ["1.1", "1.2", "2.10"]


def test_a_department_hears_that_it_waits(clerk: User) -> None:
    assert applied(filled(), clerk).message == (
        "Програму «Молодь громади» внесено: 2 завдання, 3 заходи. "
        "Її ще має підтвердити адміністратор програм."
    )


def test_the_preview_says_what_would_be_written_and_where_it_stands(admin: User) -> None:
    examination = examined(filled(), admin)
    assert (examination.title, {line.state for line in examination.lines}) == (
        "Нова програма «Молодь громади»", {LineState.NEW},
    )  # fmt: skip
    assert [(line.title, str(line.place)) for line in examination.lines] == [
        ("Програма", "аркуш «Програма»"),
        ("Рішення №1201 від 19.12.2024", "аркуш «Рішення», рядок 3"),
        ("Рішення №12/3-VIII від 27.03.2025", "аркуш «Рішення», рядок 4"),
        ("Новий виконавець", "аркуш «Виконавці», рядок 3"),
        ("Завдання 1", "аркуш «Завдання», рядок 3"),
        ("Захід 1.1 Форум", "аркуш «Заходи», рядок 3"),
        ("Захід 1.2 Гранти", "аркуш «Заходи», рядок 4"),
        ("Завдання 2", "аркуш «Завдання», рядок 4"),
        ("Захід 2.10 Курси", "аркуш «Заходи», рядок 5"),
    ]
    assert [(one.label, one.new, str(one.place)) for one in examination.lines[5].changes] == [
        ("зміст заходу", "Форум", "аркуш «Заходи», рядок 3, графа C"),
        ("термін", "2025, 2027", "аркуш «Заходи», рядок 3, графа D"),
        ("виконавці", "Управління культури; Молодіжний центр (за згодою)",
         "аркуш «Заходи», рядок 3, графа F"),
        ("план на 2025 рік, загальний фонд, тис. грн, за рішенням №1201 від 19.12.2024", "120,5",
         "аркуш «План за роками», рядок 3, графа F"),
        ("план на 2025 рік, загальний фонд, тис. грн, за рішенням №12/3-VIII від 27.03.2025", "100,25",
         "аркуш «План за роками», рядок 4, графа F"),
    ]  # fmt: skip


def test_columns_may_change_places_and_a_title_may_stand_above(admin: User) -> None:
    book = openpyxl.load_workbook(io.BytesIO(filled()))
    sheet = book["Завдання"]
    sheet.insert_rows(1)
    sheet["A1"] = "Завдання нашої програми"
    sheet.insert_cols(1)
    for row in range(2, 6):
        sheet.cell(row, 1).value, sheet.cell(row, 3).value = sheet.cell(row, 3).value, None
    content = io.BytesIO()
    book.save(content)
    assert examined(content.getvalue(), admin).work.proposed.tasks == expected().tasks


# --- the workbook ------------------------------------------------------------------------


def test_an_empty_template_is_recognised_and_says_what_is_missing(admin: User) -> None:
    examination = examined(template_workbook(), admin)
    assert [
        message for place, message in errors(examination) if place.startswith("аркуш «Програма», рядок")
    ] == [
        "Заповніть поле «вид програми».",
        "Заповніть поле «назва програми».",
        "Заповніть поле «рік початку».",
        "Заповніть поле «рік завершення».",
        "Вкажіть відповідального виконавця програми.",
    ]
    assert examination.can_apply is False
    # The years that stand in for the missing ones are nobody's words.
    assert [change.label for change in examination.lines[0].changes] == ["основа відсотка"]


def test_the_template_is_told_from_other_files(admin: User) -> None:
    assert staging.kind_of(read_book(io.BytesIO(template_workbook()), "x.xlsx")) == "program_template"
    plain = openpyxl.Workbook()
    plain.worksheets[0].title = "Заходи"
    content = io.BytesIO()
    plain.save(content)
    assert program_template.recognises(read_book(io.BytesIO(content.getvalue()), "x.xlsx")) is False


def test_its_lists_are_todays(admin: User) -> None:
    building.executor("=1+1")
    Executor.objects.create(name="Ліквідоване", is_active=False)
    book = openpyxl.load_workbook(io.BytesIO(template_workbook()))
    lists = [[cell.value for cell in column if cell.value] for column in book["Списки"].iter_cols()]
    assert lists[:2] == [
        ["виконавці, відомі порталу", "=1+1", "Управління культури"],
        ["джерела фінансування", "загальний фонд"],
    ]
    assert book["Списки"]["A2"].data_type == "s"


def test_a_word_of_its_lists_that_looks_like_a_sign_of_excel_stays_as_it_is(admin: User) -> None:
    building.executor("Відділ _x0041_")
    tables = {table.name: table for table in read_book(io.BytesIO(template_workbook()), "x.xlsx").tables}
    assert tables["Списки"].cell(1, 0) == "Відділ _x0041_"


def test_its_cells_offer_lists_and_refuse_what_cannot_be(admin: User) -> None:
    book = openpyxl.load_workbook(io.BytesIO(template_workbook()))
    rules = {
        str(rule.sqref).split(":")[0]: (rule.type, rule.formula1, rule.operator)
        for rule in book["План за роками"].data_validations.dataValidation
    }
    assert rules == {
        "A3": ("whole", "1", "between"),
        "B3": ("whole", "1", "between"),
        "C3": ("whole", "1991", "between"),
        "D3": ("list", "'Рішення'!$B$3:$B$62", None),
        "E3": ("list", "'Списки'!$B$2:$B$2", None),
        "F3": ("decimal", "0", "greaterThanOrEqual"),
    }


def test_the_example_is_a_programme_that_can_be_written(admin: User) -> None:
    for name in ("Управління молоді та спорту", "Громадські організації"):
        building.executor(name)
    rows = {name: [list(row) for row in table[1:]] for name, table in TABLES.items() if name != "Програма"}
    rows["Заходи"][1][5] += "; Молодіжний центр"
    assert errors(examined(filled([row[1] for row in TABLES["Програма"][1:]], rows), admin)) == []


def test_its_page_gives_it_to_who_may_import(clerk: User) -> None:
    client = Client()
    client.force_login(clerk)
    answer = client.get(reverse("import_template"))
    assert "Програма" in openpyxl.load_workbook(io.BytesIO(answer.content)).sheetnames


# --- what is wrong, and where ------------------------------------------------------------

MEASURE = (1, 1, "Форум", "2025", "", "Управління культури")
PLAN = (1, 1, 2025, "", "загальний фонд", 1)
WRONG: dict[str, tuple[Rows, list[tuple[str, str]]]] = {
    "a number that is 2.1": (
        with_rows(Заходи=[(1, 2.1, *MEASURE[2:])], План_за_роками=[], Виконавці=[]),
        [("аркуш «Заходи», рядок 3, графа B", "«2,1» не є номером: потрібне ціле число, від 1.")],
    ),
    "no term": (
        with_rows(Заходи=[MEASURE, (1, 2, "Гранти", "")], План_за_роками=[], Виконавці=[]),
        [("аркуш «Заходи», рядок 4, графа D", "Заповніть графу «термін (роки)».")],
    ),
    "a term that is none": (
        with_rows(Заходи=[MEASURE, (1, 2, "Гранти", "колись")], План_за_роками=[], Виконавці=[]),
        [("аркуш «Заходи», рядок 4, графа D",
          "«колись» не є терміном. Уведіть роки так: «2020-2025» або «2021, 2023».")],
    ),
    "an executor nobody knows": (
        with_rows(Заходи=[(*MEASURE[:5], "Управління культури; Інститут Х")], План_за_роками=[],
                  Виконавці=[]),
        [("аркуш «Заходи», рядок 3, графа F",
          "Виконавця «Інститут Х» портал не знає. Візьміть назву з аркуша «Списки» або додайте нового на "
          "аркуш «Виконавці».")],
    ),
    "a task that is not there": (
        with_rows(Заходи=[MEASURE, (7, 1, "Гранти", "2025")], План_за_роками=[], Виконавці=[]),
        [("аркуш «Заходи», рядок 4, графа A", "Завдання 7 немає на аркуші «Завдання».")],
    ),
    "a measure twice": (
        with_rows(Заходи=[MEASURE, MEASURE], План_за_роками=[], Виконавці=[]),
        [("аркуш «Заходи», рядок 4", "Захід 1.1 подано двічі.")],
    ),
    "a plan of nothing": (
        with_rows(Заходи=[MEASURE], План_за_роками=[(1, 5, *PLAN[2:])], Виконавці=[]),
        [("аркуш «План за роками», рядок 3, графа B", "Заходу 1.5 немає на аркуші «Заходи».")],
    ),
    "a source nobody knows": (
        with_rows(Заходи=[MEASURE], План_за_роками=[(1, 1, 2025, "", "гранти", 1)], Виконавці=[]),
        [("аркуш «План за роками», рядок 3, графа E",
          "Джерела «гранти» портал не знає: візьміть зі списку.")],
    ),
    "a decision nobody knows": (
        with_rows(Заходи=[MEASURE], План_за_роками=[(1, 1, 2025, "9", "загальний фонд", 1)], Виконавці=[]),
        [("аркуш «План за роками», рядок 3, графа D", "Рішення «9» немає на аркуші «Рішення».")],
    ),
    "a sum below nought": (
        with_rows(Заходи=[MEASURE], План_за_роками=[(*PLAN[:5], -1)], Виконавці=[]),
        [("аркуш «План за роками», рядок 3, графа F", "«-1»: сума не може бути від’ємною.")],
    ),
    "a sum that its format shows as a percent": (
        with_rows(Заходи=[MEASURE], План_за_роками=[(*PLAN[:5], "35 %")], Виконавці=[]),
        [("аркуш «План за роками», рядок 3, графа F",
          "«35 %» не є числом. Уведіть, наприклад, «1 234,5».")],
    ),
    "a date that is none": (
        with_rows(Рішення=[ROWS["Рішення"][0], ("вносить зміни", "5", "торік")], Заходи=[MEASURE],
                  План_за_роками=[], Виконавці=[]),
        [("аркуш «Рішення», рядок 4, графа C", "«торік» не є датою. Уведіть, наприклад, «15.01.2025».")],
    ),
    "a kind that is none": (
        with_rows(Рішення=[ROWS["Рішення"][0], ("скасовує", "5", LATER)], Заходи=[MEASURE],
                  План_за_роками=[], Виконавці=[]),
        [("аркуш «Рішення», рядок 4, графа A",
          "«скасовує»: виберіть зі списку: затверджує програму, вносить зміни.")],
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", WRONG)
def test_an_error_names_its_cell(case: str, admin: User) -> None:
    rows, told = WRONG[case]
    assert errors(examined(filled(rows=rows), admin)) == told


def test_all_errors_come_at_once(admin: User) -> None:
    rows = with_rows(Заходи=[(1, 1, "", "2025"), (1, 2, "Гранти", "2030"), (1, 3, "Х", "ні")])
    examination = examined(filled(("", "«Молодь»", *PROGRAM[2:]), rows), admin)
    assert {place for place, _ in errors(examination)} == {
        "аркуш «Програма», рядок 2, графа B",
        "аркуш «Програма», рядок 3, графа B",
        "аркуш «Заходи», рядок 3, графа C",
        "аркуш «Заходи», рядок 4, графа D",
        "аркуш «Заходи», рядок 5, графа D",
    }
    with pytest.raises(ImportRefused):
        program_template.apply(examination, by=admin)
    assert Program.objects.count() == 0


def test_headings_that_are_missing_doubled_or_unknown(admin: User) -> None:
    book = openpyxl.load_workbook(io.BytesIO(filled()))
    sheet = book["Завдання"]
    sheet["B1"], sheet["C1"], sheet["D1"] = "№ завдання", "примітка", None
    content = io.BytesIO()
    book.save(content)
    examination = examined(content.getvalue(), admin)
    assert errors(examination)[0] == (
        "аркуш «Завдання»", "На аркуші немає рядка з назвами граф, як у шаблоні.",
    )  # fmt: skip
    sheet["B1"], sheet["D1"] = "завдання", "завдання"
    content = io.BytesIO()
    book.save(content)
    examination = examined(content.getvalue(), admin)
    assert errors(examination) == [("аркуш «Завдання», рядок 1, графа D", "Графа «завдання» стоїть двічі.")]
    assert warnings(examination) == [
        ("аркуш «Завдання», рядок 1, графа C", "Графи «примітка» у шаблоні немає: її не прочитано.")
    ]


# --- whose programme it is ---------------------------------------------------------------

NOBODYS = (*PROGRAM[:4], "", *PROGRAM[5:])


def test_the_only_own_body_answers_for_what_names_none(clerk: User) -> None:
    assert examined(filled(NOBODYS), clerk).work.proposed.responsible == building.executor().pk


def test_of_several_own_bodies_one_is_asked_for(clerk: User) -> None:
    other = building.executor("Управління освіти")
    building.appointed(clerk, other)
    examination = examined(filled(NOBODYS), clerk)
    [question] = examination.open_questions
    assert [option.label for option in question.options] == ["Управління культури", "Управління освіти"]
    answered = examined(filled(NOBODYS), clerk, responsible=str(other.pk))
    assert (answered.work.proposed.responsible, answered.can_apply) == (other.pk, True)


def test_a_department_brings_in_no_programme_of_another(clerk: User) -> None:
    building.executor("Управління освіти")
    theirs = (*PROGRAM[:4], "Управління освіти", *PROGRAM[5:])
    assert errors(examined(filled(theirs), clerk)) == [
        (
            "аркуш «Програма», рядок 6, графа B",
            "Програму вносить адміністратор програм або працівник її відповідального виконавця.",
        )
    ]


def test_a_new_body_may_answer_for_it(admin: User) -> None:
    new = (*PROGRAM[:4], "Молодіжний центр", *PROGRAM[5:])
    assert applied(filled(new), admin).url_args == ("1201-2024-12-19",)
    assert Program.objects.get().responsible.name == "Молодіжний центр"


# --- changes to a programme that stands --------------------------------------------------


@pytest.fixture
def standing(admin: User) -> Program:
    applied(filled(), admin)
    return Program.objects.get()


def test_the_same_file_again_changes_nothing(standing: Program, admin: User) -> None:
    without_new = with_rows(Виконавці=[])
    examination = examined(filled(rows=without_new), admin)
    assert (examination.title, examination.changes_something) == ("Зміни до програми «Молодь громади»", False)
    assert (errors(examination), warnings(examination), changes(examination)[:0]) == ([], [], [])
    assert {line.state for line in examination.lines} == {LineState.UNCHANGED}


def test_a_new_plan_is_shown_before_and_after_and_the_old_one_kept(standing: Program, admin: User) -> None:
    plans = [(1, 2, 2026, "", "загальний фонд", 5), (1, 2, 2026, "30", "загальний фонд", 7)]
    examination = examined(filled(ONLY_CODE, amended(План_за_роками=plans)), admin)
    assert [(line.title, line.state) for line in examination.lines] == [
        ("Рішення №30 від 02.02.2026", LineState.NEW), ("Захід 1.2 Гранти", LineState.CHANGED),
    ]  # fmt: skip
    assert changes(examination)[1:] == [
        (
            "план на 2026 рік, загальний фонд, тис. грн, за рішенням №1201 від 19.12.2024",
            "",
            "5,0, не діятиме",
        ),
        ("план на 2026 рік, загальний фонд, тис. грн, за рішенням №30 від 02.02.2026", "0,0", "7,0"),
    ]
    program_template.apply(examination, by=admin)
    measure = Measure.objects.of_program(standing).get(number=2, task__number=1)
    assert [plan.amount for plan in measure.planned_funding.all()] == [5, 0, 7]
    assert plans_in_force(standing, 2026)[measure.pk].amounts == {building.source().pk: Decimal(7)}


def test_a_source_that_a_new_plan_does_not_name_is_shown_as_it_stays(standing: Program, admin: User) -> None:
    special = building.source("special")
    examination = examined(
        filled(ONLY_CODE, amended(План_за_роками=[(1, 1, 2025, "12/3-VIII", special.name, 3)])), admin
    )
    assert changes(examination)[1:] == [
        ("план на 2025 рік, special, тис. грн, за рішенням №12/3-VIII від 27.03.2025", "", "3,0")
    ]
    decisions = [("вносить зміни", "31", datetime.date(2025, 9, 9))]
    rows = amended(Рішення=decisions, План_за_роками=[(1, 1, 2025, "31", special.name, 3)])
    examination = examined(filled(ONLY_CODE, rows), admin)
    assert changes(examination)[1:] == [
        ("план на 2025 рік, special, тис. грн, за рішенням №31 від 09.09.2025", "", "3,0"),
        (
            "план на 2025 рік, загальний фонд, тис. грн, за рішенням №31 від 09.09.2025",
            "",
            "лишається 100,25: рішення його не називає",
        ),
    ]
    program_template.apply(examination, by=admin)
    (plan,) = plans_in_force(standing, 2025).values()
    assert plan.amounts == {special.pk: Decimal(3), building.source().pk: Decimal("100.25")}


def test_what_decisions_of_a_new_programme_leave_standing_is_shown_and_written(admin: User) -> None:
    special = building.source("special")
    plans = [
        (1, 1, 2025, "", "загальний фонд", 120),
        (1, 1, 2025, "12/3-VIII", special.name, 3),
    ]
    examination = examined(filled(rows=with_rows(План_за_роками=plans)), admin)
    assert [change for change in changes(examination) if change[2].startswith("лишається")] == [
        (
            "план на 2025 рік, загальний фонд, тис. грн, за рішенням №12/3-VIII від 27.03.2025",
            "",
            "лишається 120,0: рішення його не називає",
        )
    ]
    program_template.apply(examination, by=admin)
    (plan,) = plans_in_force(Program.objects.get(), 2025).values()
    assert plan.amounts == {special.pk: Decimal(3), building.source().pk: Decimal(120)}


def test_new_measures_come_by_the_new_decision_and_others_are_withdrawn(
    standing: Program, admin: User
) -> None:
    rows = amended(
        Заходи=[(2, 11, "Школа", "2026-2027"), (1, 1, "Форум", "2025, 2027", "", "", "", "", "30")]
    )
    assert applied(filled(ONLY_CODE, rows), admin).message == "Зміни до програми «Молодь громади» внесено."
    told = [
        (measure.code, str(measure.introduced_by or ""), str(measure.withdrawn_by or ""))
        for measure in Measure.objects.of_program(standing).select_related("task")
    ]
    assert told == [
        ("1.1", "", "№30 від 02.02.2026"),
        ("1.2", "№12/3-VIII від 27.03.2025", ""),
        ("2.10", "", "№12/3-VIII від 27.03.2025"),
        ("2.11", "№30 від 02.02.2026", ""),
    ]


def test_a_new_measure_without_a_decision_is_an_error(standing: Program, admin: User) -> None:
    rows = {"Заходи": [(2, 11, "Школа", "2026-2027")]}
    assert errors(examined(filled(ONLY_CODE, rows), admin)) == [
        ("аркуш «Заходи», рядок 3, графа H", "Вкажіть, яким рішенням введено новий захід.")
    ]


def test_what_stands_otherwise_is_not_taken(standing: Program, admin: User) -> None:
    rows = with_rows(
        Виконавці=[],
        Заходи=[(1, 1, "Великий форум", "2025, 2027")],
        План_за_роками=[(1, 1, 2025, "", "загальний фонд", 999)],
    )
    examination = examined(filled(("інша програма", *PROGRAM[1:]), rows), admin)
    assert warnings(examination) == [
        ("аркуш «Програма», рядок 2, графа B", "Вид у порталі: «міська програма». Те, що у файлі, не взято."),
        (
            "аркуш «Заходи», рядок 3, графа C",
            "Захід 1.1, зміст: у порталі «Форум». Те, що у файлі, не взято; що стоїть, виправляють на "
            "сторінці заходу.",
        ),
        (
            "аркуш «План за роками», рядок 3, графа F",
            "Захід 1.1, план на 2025 рік, загальний фонд, тис. грн: за рішенням №1201 від 19.12.2024 вже "
            "записано 120,5. Суму з файлу не взято.",
        ),
    ]
    assert [line.state for line in examination.lines if line.title.startswith("Захід")] == [LineState.SKIPPED]
    assert examination.changes_something is False


def test_others_do_not_change_a_programme(standing: Program, clerk: User) -> None:
    content = filled(ONLY_CODE, amended(План_за_роками=[(1, 2, 2026, "30", "загальний фонд", 7)]))
    assert errors(examined(content, clerk)) == [
        ("аркуш «Програма»", "Зміни до цієї програми вносить адміністратор програм.")
    ]
    with pytest.raises(ImportRefused):
        program_template.apply(examined(content, clerk), by=clerk)


def test_a_code_of_a_programme_that_is_not_seen_is_an_error(standing: Program) -> None:
    other = building.appointed(building.user("other"), building.executor("Управління освіти"))
    assert errors(examined(filled(ONLY_CODE, amended()), other)) == [
        (
            "аркуш «Програма», рядок 9, графа B",
            "Програми з кодом «1201-2024-12-19» немає або вона не стосується вашого підрозділу.",
        )
    ]


def test_a_change_meanwhile_changes_the_digest(standing: Program, admin: User) -> None:
    content = filled(ONLY_CODE, amended(План_за_роками=[(1, 2, 2026, "30", "загальний фонд", 7)]))
    before = examined(content, admin).digest
    assert examined(content, admin).digest == before
    Measure.objects.filter(number=1).update(title="Інший")
    assert examined(content, admin).digest != before


def test_the_whole_way_through_the_pages(clerk: User, admin: User) -> None:
    staged = staging.stage(io.BytesIO(filled()), "програма.xlsx", by=clerk)
    seen = staging.examine(staged, by=clerk).digest
    outcome = staging.apply(staged, by=clerk, seen=seen)
    program = Program.objects.get(public_id=outcome.url_args[0])
    assert program.awaits_confirmation is True
    assert composing.confirm(program, by=admin).awaits_confirmation is False
