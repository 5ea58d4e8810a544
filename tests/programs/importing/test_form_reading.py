"""The official form found and read wherever it stands, however a department keeps it."""

import csv
import datetime
import io
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from programs.importing.files.tables import Book, CellValue, Span, Table
from programs.importing.form.columns import recognise
from programs.importing.form.contents import ReadForm
from programs.importing.form.reading import is_form, read_form
from reporting.document import ReportDocument
from reporting.renderers import docx, xlsx
from tests.libreoffice import saved_again
from tests.programs.importing.files_made import read as read_file
from tests.programs.importing.tables_made import (
    HEADINGS,
    D,
    Row,
    errors,
    measure,
    only,
    outline,
    read,
    said,
    table,
)

# --- our own form comes back -------------------------------------------------------------


def cells(form: ReadForm) -> list[tuple[object, ...]]:
    return [
        (
            task.number, task.text, one.number, one.title, one.term_text, one.executors_text,
            one.planned, one.actual, one.financed, one.percent, one.information,
        )
        for task in form.tasks
        for one in task.measures
    ]  # fmt: skip


def printed(document: ReportDocument) -> list[tuple[object, ...]]:
    return [
        (
            task.number, task.text, int(row.number.split(".")[1]), row.measure, row.term, row.executors,
            row.planned, row.actual, row.financed, row.percent, row.information,
        )
        for task in document.tasks
        for row in task.rows
    ]  # fmt: skip


def as_xlsx(document: ReportDocument, folder: Path) -> Book:
    return read_file(xlsx.render(document))


def as_docx(document: ReportDocument, folder: Path) -> Book:
    return read_file(docx.render(document), "Звіт.docx")


def as_ods(document: ReportDocument, folder: Path) -> Book:
    content = saved_again(xlsx.render(document), "ods", folder)
    return read_file(content, "Звіт.ods")


def as_csv(document: ReportDocument, folder: Path) -> Book:
    """What a person saves by hand: the cells' text, merged ones in their first."""
    (grid,) = as_xlsx(document, folder).tables
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=";").writerows(
        [str(cell).replace(".", ",") if isinstance(cell, D) else cell for cell in row] for row in grid.rows
    )
    return read_file(text.getvalue().encode(), "Звіт.csv")


@pytest.mark.parametrize("kept", [as_xlsx, as_docx, as_ods, as_csv])
def test_our_form_comes_back(
    real_document: ReportDocument, tmp_path: Path, kept: Callable[[ReportDocument, Path], Book]
) -> None:
    form = read_form(kept(real_document, tmp_path))
    heading = form.heading
    assert cells(form) == printed(real_document)
    assert len(form.measures) == 37
    assert said(form) == []
    assert (heading.kind, heading.start_year, heading.end_year) == ("цільова соціальна програма", 2020, 2025)
    assert (
        heading.title == "Житомирська міська об’єднана територіальна громада – територія рівних можливостей"
    )
    assert (heading.year, heading.department) == (
        2023,
        "Управління у справах сім'ї, молоді та спорту Житомирської міської ради",
    )
    assert (heading.decision_number, heading.decision_date) == ("1688", datetime.date(2019, 12, 18))
    assert form.totals is not None
    assert (form.totals.planned, form.totals.actual, form.totals.financed, form.totals.percent) == (
        D("228.3"),
        D("60"),
        D("30"),
        D("90"),
    )
    assert [(line.label, line.planned) for line in form.fund_lines] == [
        ("з загального фонду", None),
        ("з спеціального фонду та інших джерел фінансування", None),
    ]
    assert form.signatures == [
        ("Начальник управління у справах сім’ї, молоді та спорту міської ради", "Ірина КОВАЛЬЧУК")
    ]


def test_demonstration_year_comes_back(demo_document: ReportDocument, tmp_path: Path) -> None:
    """Rows taller than a sheet allows are written as several, merged."""
    assert cells(read_form(as_xlsx(demo_document, tmp_path))) == printed(demo_document)


# --- the headings ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("heading", "key"),
    [
        ("№ з/п", "number"),
        ("№ з\\п", "number"),
        ("№\nп/п", "number"),
        ("№", "number"),
        ("Завдання", "task"),
        ("Перелік завдань Програми", "task"),
        ("Зміст заходів", "content"),
        ("Захід", "content"),
        ("Заходи", "content"),
        ("Найменування заходу", "content"),
        ("Перелік заходів і завдань", "content"),
        ("Термін виконання", "term"),
        ("Строк виконання заходу", "term"),
        ("Виконавці", "executors"),
        ("Відповідальні виконавці", "executors"),
        ("Річний обсяг фінансуван\nня тис. грн (план)", "planned"),
        ("План, тис.грн.", "planned"),
        ("Обсяг фінансування (план)", "planned"),
        ("Передбачено Програмою, тис. грн", "planned"),
        ("Річний обсяг фінансу-\nвання тис. грн (факт)", "actual"),
        ("Фактично профінансов\nано у звітному періоді тис. грн", "financed"),
        ("Касові видатки", "financed"),
        ("Відсоток виконання заходу %", "percent"),
        ("% виконання", "percent"),
        ("Інформація про виконання", "information"),
        ("Результат перевірки", "checked"),
        ("Управління культури", None),
        ("", None),
    ],
)
def test_heading_is_told_by_its_wording(heading: str, key: str | None) -> None:
    assert recognise(heading) == key


def test_columns_may_stand_in_any_order() -> None:
    row = dict(zip(HEADINGS, measure(), strict=True))
    turned = list(reversed(HEADINGS))
    assert cells(read([row[name] for name in turned], headings=[turned])) == cells(read(measure()))


GROUPED = (
    ["№", "Завдання", "Зміст заходів", "Термін", "Виконавці", "Річний обсяг фінансування, тис. грн", None,
     "Профінансовано, тис. грн", "% виконання", "Стан виконання"],
    [None, None, None, None, None, "план", "факт"],
    [D(number) for number in range(1, 11)],
)  # fmt: skip
MERGED = [Span(0, 5, 0, 6), *(Span(0, column, 1, column) for column in (0, 1, 2, 3, 4, 7, 8, 9))]


@pytest.mark.parametrize("spans", [(), MERGED])
def test_headings_in_groups_and_numbers_of_columns(spans: list[Span]) -> None:
    form = read(measure(), headings=GROUPED, spans=spans)
    assert cells(form) == cells(read(measure()))
    assert said(form) == []


def test_a_line_right_above_the_headings_is_no_group_of_them() -> None:
    lines = ["Звіт;;;;;;;", "за 2025 рік;;;;;;тис. грн;",
             "Завдання;Зміст заходів;Термін;Виконавці;План;Факт;Профінансовано;Інформація",
             "1. Навчити;1.1. Тренінг;2025;Клуб;10;9;8;Проведено"]  # fmt: skip
    form = read_form(read_file("\n".join(lines).encode(), "Звіт.csv"))
    assert (form.heading.year, form.unlabelled, errors(form), only(form).title) == (2025, [], [], "Тренінг")


def test_headings_again_at_the_top_of_a_page_are_passed_over() -> None:
    assert len(read(measure(), HEADINGS, measure("1.2. Форум")).measures) == 2


def renamed(**names: str | None) -> list[str | None]:
    keys = (
        "number",
        "task",
        "content",
        "term",
        "executors",
        "planned",
        "actual",
        "financed",
        "percent",
        "info",
    )
    return [names.get(key, heading) for key, heading in zip(keys, HEADINGS, strict=True)]


def test_hryvnias_in_a_heading_become_thousands_exactly() -> None:
    form = read(measure(planned=D("42350.01")), headings=[renamed(planned="План, грн")])
    assert only(form).planned == D("42.35001")
    assert said(form) == [
        ("аркуш «Звіт», рядок 1, графа F", "Графа «план» у гривнях: суми перераховано в тис. грн.")
    ]


def test_unit_may_stand_alone_above_the_table() -> None:
    title = [None, None, None, None, None, None, None, None, None, "(грн)"]
    form = read(measure(planned=D(500)), headings=[title, renamed(planned="План")])
    assert only(form).planned == D("0.5")


@pytest.mark.parametrize(
    ("unit", "planned"),
    [
        ("тис. грн", D(500)),
        ("тис.грн.", D(500)),
        ("тисяч гривень", D(500)),
        ("у тисячах гривень", D(500)),
        ("тис. ₴", D(500)),
        ("у гривнях", D("0.5")),
        ("гривні", D("0.5")),
        ("гривня", D("0.5")),
        ("одиниця виміру: грн", D("0.5")),
        ("₴", D("0.5")),
        ("UAH", D("0.5")),
    ],
)
@pytest.mark.parametrize("where", ["heading", "above"])
def test_units_as_people_write_them(unit: str, planned: D, where: str) -> None:
    above: list[Row] = [["(" + unit + ")"]] if where == "above" else []
    heading = f"План, {unit}" if where == "heading" else "План"
    form = read(measure(planned=D(500)), headings=[*above, renamed(planned=heading)])
    assert (only(form).planned, form.unlabelled, errors(form)) == (planned, [], [])


@pytest.mark.parametrize("unit", ["млн грн", "мільйонах гривень", "млрд. грн"])
def test_larger_units_are_an_error(unit: str) -> None:
    assert errors(read(measure(), headings=[renamed(planned=f"План, {unit}")])) == [
        (
            "аркуш «Звіт», рядок 1, графа F",
            "Графа «план» не в гривнях і не в тисячах гривень. Перерахуйте суми в тис. грн "
            "і надішліть файл ще раз.",
        )
    ]


@pytest.mark.parametrize(("in_hryvnias", "planned"), [(False, D(500)), (True, D("0.5"))])
def test_a_unit_that_is_named_nowhere_is_told(in_hryvnias: bool, planned: D) -> None:
    made = table(measure(planned=D(500)), headings=[renamed(planned="План")])
    form = read_form(Book("xlsx", [made]), unlabelled_in_hryvnias=in_hryvnias)
    assert (only(form).planned, form.unlabelled, said(form)) == (planned, ["план"], [])


@pytest.mark.parametrize("cell", ["500 грн", "0,5 тис. грн", None, "х", D(0)])
def test_cells_that_name_their_unit_need_no_heading_to(cell: CellValue) -> None:
    assert read(measure(planned=cell), headings=[renamed(planned="План")]).unlabelled == []


def test_missing_doubled_and_unknown_columns() -> None:
    form = read(
        measure(),
        headings=[renamed(actual="План, тис. грн", info="Номер договору", percent="Результат перевірки")],
    )
    assert said(form) == [
        (
            "аркуш «Звіт», рядок 1, графа G",
            "Графа «план» є двічі: «Річний обсяг фінансування тис. грн (план)» і «План, тис. грн».",
        ),
        ("аркуш «Звіт», рядок 1", "Графи, яких немає у формі, не перенесено: «Номер договору»."),
        ("аркуш «Звіт», рядок 1", "Не знайдено графи «факт»."),
        ("аркуш «Звіт», рядок 1", "Не знайдено графи «інформація про виконання»."),
        ("аркуш «Звіт», рядок 1", "Не знайдено графи «відсоток виконання»."),
    ]


@pytest.mark.parametrize(
    ("headings", "names"),
    [
        (["№", "Захід", "Термін", "Виконавці", "План", "Факт", "Профінансовано", "%", "Інформація"], ""),
        (["№", "Найменування", "Термін", "Виконавці", "План", "Факт", "Профінансовано", "%", "Інформація"],
         "графи «Зміст заходів»"),
        (["Завдання", "Найменування", "Термін", "Виконавці", "План", "Факт", "Профінансовано", "Інформація"],
         "графи «Зміст заходів»"),
        (["Захід", "Виконавці", "План", "Факт"],
         "граф «Термін виконання», «Профінансовано», «Інформація про виконання»"),
    ],
)  # fmt: skip
def test_a_form_without_a_column_is_recognised_and_told_so(headings: list[str], names: str) -> None:
    book = Book("xlsx", [Table("Аркуш1", [headings, ["Текст"] * len(headings)])])
    messages = [message for _, message in errors(read_form(book)) if message.startswith("Схоже")]
    assert (is_form(book), messages) == (
        True,
        [f"Схоже на форму звіту, але немає {names}."] if names else [],
    )


def test_a_table_of_money_is_no_form() -> None:
    headings = ["№", "Назва", "План", "Факт", "%", "Примітка"]
    assert not is_form(Book("xlsx", [Table("Аркуш1", [headings])]))


def test_an_extract_is_no_form() -> None:
    assert not is_form(Book("xlsx", [table(measure(), headings=[["ключ", *HEADINGS[1:]]])]))


def test_two_forms_are_refused_by_name() -> None:
    book = Book("xlsx", [table(measure()), Table("Старий", [HEADINGS, measure()])])
    form = read_form(book)
    assert is_form(book)
    assert (form.tasks, errors(form)) == (
        [],
        [
            (
                "",
                "Форма стоїть на кількох аркушах: «Звіт» і «Старий». "
                "Залиште у файлі один із них і надішліть ще раз.",
            )
        ],
    )


def test_a_book_without_the_form_says_so() -> None:
    ((_place, message),) = errors(read_form(Book("xlsx", [Table("Аркуш1", [["Лист", D(1)]])])))
    assert message.startswith("У файлі немає таблиці форми")


def test_uncounted_formulas_are_an_error() -> None:
    form = read_form(Book("xlsx", [table(measure(), has_uncounted_formulas=True)]))
    assert errors(form) == [
        (
            "аркуш «Звіт»",
            "У файлі є формули без обчислених значень. Відкрийте файл у LibreOffice або Excel, "
            "збережіть і надішліть ще раз.",
        )
    ]


# --- tasks and measures ------------------------------------------------------------------

N = None
TWO_TASKS = [(1, "Навчити", [(1, "Тренінг"), (2, "Форум")]), (2, "Захистити", [(1, "Притулок")])]
LAYOUTS: dict[str, tuple[list[list[CellValue]], list[Span]]] = {
    "merged": (
        [measure(), measure("1.2. Форум", N, N), measure("2.1. Притулок", "2.", "Захистити")],
        [Span(1, 0, 2, 0), Span(1, 1, 2, 1)],
    ),
    "repeated": (
        [measure(), measure("1.2. Форум"), measure("2.1. Притулок", "2.", "Захистити")],
        [],
    ),
    "blank below the first": (
        [measure(), measure("1.2 Форум", N, N), measure("2.1.Притулок", D(2), "Захистити")],
        [],
    ),
    "numbers in their column": (
        [measure("Тренінг", "1.1"), measure("Форум", D("1.2"), N), measure("Притулок", "2.1.", "Захистити")],
        [],
    ),
    "numbers in both": (
        [measure(number="1.1"), measure("1.2. Форум", "1.2"), measure("2.1 Притулок", "2.1", "Захистити")],
        [],
    ),
    "task with its number": (
        [measure(number=N, task="1. Навчити"), measure("1.2. Форум", N, N),
         measure("2.1. Притулок", N, "Завдання 2. Захистити".removeprefix("Завдання "))],
        [],
    ),
    "whole rows": (
        [["Завдання 1. Навчити"], measure(number=N, task=N), measure("1.2. Форум", N, N),
         ["Завдання 2: Захистити"], measure("2.1. Притулок", N, N)],
        [Span(1, 0, 1, 9), Span(4, 0, 4, 9)],
    ),
    "whole rows with a number": (
        [["1.", "Навчити"], measure(number="1.1", task=N), measure("Форум", "1.2", N),
         ["2.", "Захистити"], measure("Притулок", "2.1", N)],
        [],
    ),
    "a section above": (
        [["1. Виконання заходів"], measure(), measure("1.2. Форум"),
         measure("2.1. Притулок", "2.", "Захистити")],
        [Span(1, 0, 1, 9)],
    ),
}  # fmt: skip


@pytest.mark.parametrize("layout", LAYOUTS)
def test_tasks_and_numbers_in_every_layout(layout: str) -> None:
    rows, spans = LAYOUTS[layout]
    form = read(*rows, spans=spans)
    assert outline(form) == TWO_TASKS
    assert said(form) == []


def test_measures_without_tasks() -> None:
    headings = [heading for heading in HEADINGS if heading != "Завдання"]
    rows = [["1", "Тренінг", *measure()[3:]], [D(2), "Форум", *measure()[3:]]]
    form = read(*rows, headings=[headings])
    assert outline(form) == [(None, "", [(1, "Тренінг"), (2, "Форум")])]
    assert said(form) == [("аркуш «Звіт», рядок 2", "У файлі немає тексту завдання.")]


def test_numbers_of_measures_under_a_task_without_a_number() -> None:
    form = read(measure("Тренінг", D(1)), measure("Форум", D(2), N), measure("Притулок", D(3), "Захистити"))
    assert outline(form) == [
        (None, "Навчити", [(1, "Тренінг"), (2, "Форум")]),
        (None, "Захистити", [(3, "Притулок")]),
    ]


@pytest.mark.parametrize("number", [D("1.1"), "1,1"])
def test_a_number_that_lost_its_nought(number: CellValue) -> None:
    form = read(measure("Дев’яте", "1.9"), measure("Десяте", number))
    assert [one.number for one in form.measures] == [9, 10]
    assert said(form) == [
        ("аркуш «Звіт», рядок 3, графа A", "Замість номера стоїть «1,1»: прочитано як 1.10.")
    ]


def test_a_task_that_begins_after_nine_measures() -> None:
    form = read(measure("Дев’яте", D("1.9")), measure("Притулок", D("2.1"), "Захистити"))
    assert outline(form) == [(1, "Навчити", [(9, "Дев’яте")]), (2, "Захистити", [(1, "Притулок")])]
    assert said(form) == []


def test_a_number_twice_is_an_error() -> None:
    assert errors(read(measure(), measure("1.1. Форум"))) == [
        ("аркуш «Звіт», рядок 3", "Захід 1.1 вже є вище, у рядку 2.")
    ]


def test_titles_that_begin_with_other_numbers() -> None:
    titles = ["10.02.2023 провести збори", "16 днів проти насильства", "1.5 млн дерев"]
    assert [one.title for one in read(*(measure(title) for title in titles)).measures] == titles


def test_one_measure_over_merged_rows() -> None:
    form = read(
        measure(), [], measure("1.2. Форум"), spans=[Span(1, column, 2, column) for column in range(10)]
    )
    assert outline(form) == [(1, "Навчити", [(1, "Тренінг"), (2, "Форум")])]


def test_terms_and_executors_merged_over_measures_belong_to_each() -> None:
    form = read(
        measure(), measure("1.2. Форум", term=N, executors=N), spans=[Span(1, 3, 2, 3), Span(1, 4, 2, 4)]
    )
    assert [(one.term_text, one.executors_text) for one in form.measures] == [
        ("2020-2025", "Управління культури")
    ] * 2


def test_a_sum_merged_over_measures_is_an_error() -> None:
    ((place, message),) = errors(read(measure(), measure("1.2. Форум", planned=N), spans=[Span(1, 5, 2, 5)]))
    assert place == "аркуш «Звіт», рядок 3, графа F"
    assert message.startswith("У графі «план» одна сума на кілька заходів")


def test_the_rest_of_a_text_in_a_further_row() -> None:
    form = read(measure(), [*[N] * 9, "Далі."], measure("1.2. Форум"))
    assert form.measures[0].information == "Проведено.\nДалі."
    assert said(form) == [("аркуш «Звіт», рядок 3", "Рядок без номера й сум додано до заходу в рядку 2.")]


def test_further_rows_add_up_to_no_more_than_a_cell_holds() -> None:
    form = read(measure(), *([[*[N] * 9, "я" * 20_000]] * 3), measure("1.2. Форум"))
    assert len(form.measures[0].information) == len("Проведено.\n") + 20_000
    assert errors(form) == [
        (
            "аркуш «Звіт», рядок 4, графа J",
            "У графі «інформація про виконання» рядки, що продовжують захід у рядку 2, разом довші за "
            "32\u00a0767 знаків. Скоротіть текст або дайте рядкам номери заходів.",
        )
    ]


def test_sums_without_a_measure_are_an_error() -> None:
    form = read(measure(), [*[N] * 5, D(3)], measure("1.2. Форум"))
    assert errors(form) == [("аркуш «Звіт», рядок 3", "Рядок із сумами не має змісту заходу.")]
    assert len(form.measures) == 2


def test_no_measures_are_an_error() -> None:
    assert errors(read(["Всього", N, N, N, N, D(10)])) == [
        ("аркуш «Звіт», рядок 1", "У таблиці форми немає жодного заходу.")
    ]


def test_line_ends_and_apostrophes_stay() -> None:
    text = "сім'ї, сім’ї;\nсімї"
    assert only(read(measure(executors=text))).executors_text == text


def test_places_are_those_of_the_sheet() -> None:
    form = read_form(Book("docx", [table(measure(), first_row=5)]))
    places = only(form).places
    assert str(places["row"]) == "аркуш «Звіт», рядок 6"
    assert {key: place.column for key, place in places.items()} == {
        "row": None, "number": 0, "title": 2, "term_text": 3, "executors_text": 4, "planned": 5, "actual": 6,
        "financed": 7, "percent": 8, "information": 9,
    }  # fmt: skip


# --- figures -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        (D("2.4"), D("2.4")),
        ("2,4", D("2.4")),
        ("1\u00a0234,5", D("1234.5")),
        ("2,4 тис. грн", D("2.4")),
        ("42 350,01 грн", D("42.35001")),
        (None, None),
        ("-", None),
        ("–", None),
        ("х", None),
        ("0,0", D(0)),
        (D("0.333333"), D("0.33333")),
        ("0,333333", D("0.33333")),
        ("3333,333333 грн", D("3.33333")),
        ("10 тис. грн", D(10)),
        (D("0.30000000000000004"), D("0.3")),
    ],
)
def test_sums(cell: CellValue, value: D | None) -> None:
    form = read(measure(planned=cell))
    assert only(form).planned == value
    assert errors(form) == []


def test_fractions_of_a_kopeck_are_told() -> None:
    assert said(read(measure(planned=D("0.333333")))) == [
        (
            "аркуш «Звіт», рядок 2, графа F",
            "У графі «план» є частки копійки: суму округлено до 0,33333 тис. грн.",
        )
    ]


@pytest.mark.parametrize(
    ("cell", "message"),
    [
        (
            datetime.date(2023, 1, 2),
            "У графі «факт» стоїть дата 02.01.2023, а має бути сума. "
            "Можливо, табличний редактор зробив дату з числа «2,1».",
        ),
        (True, "У графі «факт» стоїть «так», а має бути сума."),
        (D("NaN"), "У графі «факт» стоїть «NaN», а має бути сума."),
        (D(-5), "У графі «факт» від’ємне число -5, а має бути сума."),
        ("-5", "У графі «факт» має бути сума. «-5»: сума не може бути від’ємною."),
        (D("1E+5000"), "У графі «факт» завелике число: до коми можна не більше 10 цифр."),
        ("9" * 5000, f"У графі «факт» стоїть довгий текст, а має бути число: «{'9' * 30}…»."),
        ("35 %", "У графі «факт» стоїть відсоток 35 %, а має бути сума."),
        ("10 млн грн", "У графі «факт» має бути сума. «10 млн» не є числом. Уведіть, наприклад, «1 234,5»."),
        ("#REF!", "У графі «факт» помилка формули «#REF!»."),
        ("багато", "У графі «факт» має бути сума. «багато» не є числом. Уведіть, наприклад, «1 234,5»."),
    ],
)
def test_what_is_no_sum_is_an_error_at_its_cell(cell: CellValue, message: str) -> None:
    form = read(measure(actual=cell), measure("1.2. Форум"))
    assert errors(form) == [("аркуш «Звіт», рядок 2, графа G", message)]
    assert [one.actual for one in form.measures] == [None, D(9)]


@pytest.mark.parametrize(
    ("cell", "value"), [("95,2 %", D("95.2")), ("95,2", D("95.2")), (D("95.238"), D("95.238")), ("х", None)]
)
def test_percents(cell: CellValue, value: D | None) -> None:
    assert only(read(measure(percent=cell))).percent == value


def test_an_error_in_a_text_column() -> None:
    assert errors(read(measure(information="#N/A"))) == [
        ("аркуш «Звіт», рядок 2, графа J", "У графі «інформація про виконання» помилка формули «#N/A».")
    ]


def test_a_number_in_the_term_is_a_year() -> None:
    assert only(read(measure(term=D(2023)))).term_text == "2023"


# --- below the measures ------------------------------------------------------------------


def test_totals_funds_and_signatures() -> None:
    form = read(
        measure(),
        [N, N, "ВСЬОГО за Програмою", N, N, D(10), D(9), D(8), D(80)],
        ["у тому числі:"],
        [N, N, "з загального фонду", N, N, D(7)],
        [N, N, "Благодійні внески", N, N, D(3)],
        [],
        [N, "Начальник управління", N, N, N, N, N, N, "Ірина КОВАЛЬЧУК"],
        ["Директор департаменту\nосвіти"],
        [N, N, N, N, N, N, "І. Петренко"],
    )
    assert form.totals is not None
    assert (form.totals.label, form.totals.planned, form.totals.percent) == (
        "ВСЬОГО за Програмою",
        D(10),
        D(80),
    )
    assert [(line.label, line.planned) for line in form.fund_lines] == [
        ("з загального фонду", D(7)),
        ("Благодійні внески", D(3)),
    ]
    assert form.signatures == [
        ("Начальник управління", "Ірина КОВАЛЬЧУК"),
        ("Директор департаменту освіти", "І. Петренко"),
    ]
    assert said(form) == []


def test_sums_of_a_task_are_compared_and_left_out() -> None:
    form = read(
        measure(),
        ["Разом по завданню 1", N, N, N, N, D(10), D(9), D(7)],
        measure("2.1. Притулок", "2.", "Захистити"),
        ["Разом по завданню 2", N, N, N, N, D(10), D(9), D(8)],
        ["Усього", N, N, N, N, D(20), D(18), D(16)],
    )
    assert form.totals is not None
    assert form.totals.label == "Усього"
    assert said(form) == [
        (
            "аркуш «Звіт», рядок 3, графа H",
            "«Разом по завданню 1»: у файлі «профінансовано» 7, а сума заходів 8.",
        )
    ]


def test_sums_with_a_cell_that_could_not_be_read_are_not_compared() -> None:
    form = read(
        measure(actual="1.234,5", term="#REF!"),
        [None, None, "Разом по завданню 1", None, None, D(11), D(9), D(8), D(80), None],
        [None, None, "Разом", None, None, D(10), D(9), "?", D(80), None],
    )
    assert form.totals is not None
    assert (only(form).unreadable, form.totals.unreadable, [place for place, _ in said(form)]) == (
        {"actual", "term_text"},
        {"financed"},
        [
            "аркуш «Звіт», рядок 2, графа G",
            "аркуш «Звіт», рядок 2, графа D",
            "аркуш «Звіт», рядок 3, графа F",
            "аркуш «Звіт», рядок 4, графа H",
        ],
    )


def test_a_measure_may_begin_like_a_total() -> None:
    form = read(measure(), measure("Разом з громадськими організаціями провести форум", N, N))
    assert len(form.measures) == 2


# --- whatever is in it -------------------------------------------------------------------

ANY_CELL = st.one_of(
    st.none(),
    st.text(max_size=20),
    st.sampled_from(
        [
            "1.",
            "1.2",
            "2.10.",
            "Всього",
            "Завдання 3.",
            "у т.ч.",
            "Ірина КОВАЛЬЧУК",
            "Розділ 1",
            "#REF!",
            *HEADINGS,
        ]
    ),
    st.decimals(),
    st.dates(),
    st.booleans(),
)
ANY_SPAN = st.builds(
    lambda top, left, height, width: Span(top, left, top + height, left + width), *[st.integers(0, 12)] * 4
)


@settings(max_examples=150)
@given(st.lists(st.lists(ANY_CELL, max_size=12), max_size=12), st.lists(ANY_SPAN, max_size=4))
def test_nothing_in_a_table_raises(rows: list[list[CellValue]], spans: list[Span]) -> None:
    form = read(*rows, spans=spans)
    assert form.measures or errors(form)


def test_too_many_merged_cells_are_an_error() -> None:
    spans = [Span(0, 0, 0, 0)] * 1_000_000
    assert errors(read(measure(), spans=spans)) == [
        (
            "аркуш «Звіт»",
            "На аркуші забагато об’єднаних клітинок. Роз’єднайте зайві і надішліть файл ще раз.",
        )
    ]
