"""A clerk brings in the table that the department has kept until now."""

from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import Page, expect

from programs.models import AnnualReport, Program
from tests.browser.test_pages import examine

pytestmark = pytest.mark.browser

TABLE = (
    ("", "ЗВІТ"),
    ("", "про виконання міської програми «Підтримка обдарованої молоді» на 2022-2026 роки"),
    ("", "за 2024 рік"),
    ("", "Рішення міської ради від 21.12.2021 № 412"),
    ("",),
    ("", "Назва заходу", "Строк виконання", "Виконавець", "План, тис. грн", "Факт, тис. грн",
     "Касові видатки, тис. грн", "% виконання", "Інформація про виконання"),
    ("", "Завдання 1. Відзначення обдарованої молоді"),
    ("", "1.1. Конкурс «Молода людина року»", "2022-2026", "Департамент освіти", "150.0", "120,5",
     "120,5", "80,3", "Конкурс проведено."),
    ("", "1.2. Літня школа", "2023, 2024", "Молодіжна рада міста", 50, 50, 45.5, 91, "Школу проведено."),
    ("", "УСЬОГО", "", "", 200, "170,5", "166,0", "83,0", ""),
    ("", "Начальник управління", "", "", "", "", "Ірина КОВАЛЬЧУК"),
)  # fmt: skip


@pytest.fixture
def table(tmp_path: Path) -> Path:
    book = openpyxl.Workbook()
    for row in TABLE:
        book.active.append(row)
    book.save(tmp_path / "Звіт 2024.xlsx")
    return tmp_path / "Звіт 2024.xlsx"


def send(page: Page, file: Path) -> None:
    page.goto("/programs/")
    page.get_by_role("link", name="Внести з файла").click()
    page.get_by_label("Файл із таблицею").set_input_files(file)
    page.get_by_role("button", name="Прочитати й показати").click()


def test_a_clerk_brings_in_a_table_and_gets_the_programme(
    sign_in: Callable[..., Page], table: Path, complaints: list[str]
) -> None:
    page = sign_in("відповідальна особа")
    send(page, table)
    expect(page.get_by_role("button", name="Застосувати все")).to_have_count(0)
    page.get_by_label("Хто це: «Молодіжна рада міста»?").select_option(
        "новий виконавець: зовнішня організація"
    )
    page.get_by_label("Хто відповідальний виконавець Програми?").select_option(
        "Управління у справах сім’ї, молоді та спорту"
    )
    page.get_by_role("button", name="Зберегти відповіді й показати ще раз").click()
    page.get_by_role("button", name="Застосувати все").first.click()
    expect(page.get_by_role("heading", name="Звіт", exact=True).first).to_be_visible()
    report = AnnualReport.objects.get(program__public_id="412-2021-12-21", year=2024)
    assert page.url.endswith("/programs/412-2021-12-21/2024/")
    assert [result.measure.title for result in report.results.order_by("measure__number")] == [
        "Конкурс «Молода людина року»",
        "Літня школа",
    ]
    assert complaints == []


def test_a_broken_table_says_where_and_writes_nothing(
    sign_in: Callable[..., Page], table: Path, complaints: list[str]
) -> None:
    book = openpyxl.load_workbook(table)
    book.active["F8"] = "сто двадцять"
    book.save(table)
    page = sign_in("відповідальна особа")
    before = Program.objects.count()
    send(page, table)
    expect(page.get_by_text("аркуш «Sheet», рядок 8, графа F")).to_be_visible()
    expect(page.get_by_role("button", name="Застосувати все")).to_have_count(0)
    with page.expect_download() as coming:
        page.get_by_role("link", name="Завантажити файл із графою «Результат перевірки»").click()
    assert coming.value.suggested_filename == "Звіт 2024 – перевірено.xlsx"
    page.get_by_role("button", name="Прибрати, нічого не записувати").click()
    expect(page.get_by_text("з нього нічого не внесено")).to_be_visible()
    assert Program.objects.count() == before
    assert complaints == []


@pytest.mark.parametrize("window", [{}, {"width": 360, "dark": True}])
def test_the_preview_is_accessible(
    sign_in: Callable[..., Page], table: Path, window: dict[str, object]
) -> None:
    page = sign_in("відповідальна особа", **window)
    examine(page, "/imports/")
    page.get_by_label("Файл із таблицею").set_input_files(table)
    page.get_by_role("button", name="Прочитати й показати").click()
    examine(page, page.url)
