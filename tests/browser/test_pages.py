"""The portal as people meet it: in a browser, with eyes, a keyboard, a phone, in the dark."""

from collections.abc import Callable
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

# What people see does not depend on the database.
pytestmark = [pytest.mark.browser, pytest.mark.only_on("sqlite")]

PROGRAM = "/programs/1688-2019-12-18/"
REPORT = PROGRAM + "2023/"
TOTALS = ["228,3", "60,0", "30,0", "90,0"]


@pytest.mark.parametrize("role", ["відповідальна особа", "керівник", "аудитор", "адміністратор програм"])
def test_each_reader_comes_by_clicks_to_the_report(
    sign_in: Callable[..., Page], complaints: list[str], role: str
) -> None:
    page = sign_in(role)
    expect(page.get_by_role("heading", name="Мої справи")).to_be_visible()
    page.get_by_role("link", name="Програми", exact=True).click()
    page.wait_for_url("**/programs/")
    page.get_by_role("link", name="територія рівних можливостей").click()
    page.get_by_role("region", name="Річні звіти").get_by_role("link", name="2023").click()
    expect(page.get_by_role("heading", name="Звіт за 2023 рік")).to_be_visible()
    cells = page.locator("#form-totals td").all_inner_texts()
    assert [text for text in cells if text.strip()] == TOTALS
    assert complaints == []


def test_the_system_administrator_comes_to_the_accounts(
    sign_in: Callable[..., Page], complaints: list[str]
) -> None:
    page = sign_in("системний адміністратор")
    page.get_by_role("link", name="Відкрити облікові записи").click()
    page.wait_for_url("**/admin/programs/user/")
    assert complaints == []


def test_signing_out_closes_the_door(sign_in: Callable[..., Page]) -> None:
    page = sign_in("аудитор")
    page.get_by_role("button", name="Демонстраційний АУДИТОР").click()
    page.get_by_role("button", name="Вийти").click()
    expect(page.get_by_role("heading", name="Вхід до порталу")).to_be_visible()
    page.goto(REPORT)
    expect(page.get_by_role("heading", name="Вхід до порталу")).to_be_visible()


@pytest.mark.parametrize(
    ("label", "ending", "begins"), [("PDF", "pdf", b"%PDF-"), ("Excel", "xlsx", b"PK\x03\x04")]
)
def test_files_come_by_a_click(
    sign_in: Callable[..., Page], tmp_path: Path, label: str, ending: str, begins: bytes
) -> None:
    page = sign_in("аудитор")
    page.goto(REPORT)
    with page.expect_download() as coming:
        page.get_by_role("link", name=label, exact=True).click()
    assert coming.value.suggested_filename == f"Zvit_1688-2019-12-18_2023.{ending}"
    coming.value.save_as(tmp_path / "file")
    assert (tmp_path / "file").read_bytes().startswith(begins)


@pytest.mark.parametrize(("width", "dark"), [(1440, False), (360, True)])
def test_every_page_is_accessible_and_fits(
    open_portal: Callable[..., Page],
    sign_in: Callable[..., Page],
    complaints: list[str],
    width: int,
    dark: bool,
) -> None:
    examine(open_portal(width=width, dark=dark), "/sign-in/")
    examine(sign_in("системний адміністратор", width=width, dark=dark), "/")
    page = sign_in("відповідальна особа", width=width, dark=dark)
    for path in ("/", PROGRAM, REPORT, PROGRAM + "2024/", PROGRAM + "2031/"):
        examine(page, path)
    assert complaints == []


def examine(page: Page, path: str) -> None:
    page.goto(path)
    found = Axe().run(page)
    assert found.violations_count == 0, f"{path}: {found.generate_report()}"
    too_wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert too_wide == 0, f"{path} scrolls sideways by {too_wide} px"


def test_on_a_phone_the_column_comes_first_and_folded(sign_in: Callable[..., Page]) -> None:
    page = sign_in("аудитор", width=360)
    page.goto(REPORT)
    pdf = page.get_by_role("link", name="PDF", exact=True)
    expect(pdf).to_be_hidden()
    page.get_by_text("Наступний крок, стан, перевірка, файли").click()
    expect(pdf).to_be_visible()
    column, sheet = page.locator(".about").bounding_box(), page.locator(".sheet").bounding_box()
    assert column
    assert sheet
    assert column["y"] + column["height"] <= sheet["y"]
    examine_unfolded = Axe().run(page)
    assert examine_unfolded.violations_count == 0, examine_unfolded.generate_report()


def test_on_a_desk_the_column_stands_open_beside_the_sheet(sign_in: Callable[..., Page]) -> None:
    page = sign_in("аудитор")
    page.goto(REPORT)
    expect(page.get_by_text("за підсумками таблиці виходить 13,1")).to_be_visible()
    column, sheet = page.locator(".about").bounding_box(), page.locator(".sheet").bounding_box()
    assert column
    assert sheet
    assert sheet["x"] + sheet["width"] <= column["x"]


@pytest.mark.parametrize("width", [360, 1280, 1440, 1920])
def test_headings_fit_their_columns(sign_in: Callable[..., Page], width: int) -> None:
    page = sign_in("аудитор", width=width)
    page.goto(REPORT)
    assert (
        page.locator(".form-table thead th").evaluate_all(
            "cells => cells.filter(cell => cell.scrollWidth > cell.clientWidth).map(cell => cell.innerText)"
        )
        == []
    )


def test_only_the_sheet_is_printed(sign_in: Callable[..., Page]) -> None:
    page = sign_in("відповідальна особа")
    page.goto(PROGRAM + "2024/")
    page.emulate_media(media="print")
    expect(page.locator(".form-table")).to_be_visible()
    expect(page.locator(".form-marks")).to_contain_text("ПРОЄКТ")
    expect(page.locator(".form-marks")).to_be_visible()
    for around in (".bar", ".crumbs", ".about", ".head"):
        expect(page.locator(around)).to_be_hidden()


def test_the_keyboard_goes_past_the_bar(sign_in: Callable[..., Page]) -> None:
    page = sign_in("аудитор")
    page.goto(REPORT)
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Перейти до змісту")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
