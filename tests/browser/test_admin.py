"""The report's table in a browser: totals while typing, two people in one row, a phone."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from programs.models import FundingSource, MeasureResult, Program

pytestmark = pytest.mark.browser


@pytest.fixture
def row(portal: str, demo: Program) -> MeasureResult:
    """Measure 1.2 of the demonstration year, with sums in both funds."""
    report = demo.reports.get(year=2024)
    return report.results.get(measure__task__number=1, measure__number=2)


@pytest.fixture
def page_url(row: MeasureResult) -> str:
    return f"/admin/programs/annualreport/{row.report_id}/change/"


@pytest.fixture
def actual(row: MeasureResult) -> str:
    source = FundingSource.objects.get(code="general")
    return f"#r{row.pk}-{source.pk}-actual"


def test_totals_follow_what_is_typed(
    sign_in: Callable[..., Page], complaints: list[str], page_url: str, actual: str
) -> None:
    page = sign_in("відповідальна особа")
    page.goto(page_url)
    expect(page.locator("#total-actual")).to_have_text("195,5582")

    page.fill(actual, "1 014,25")

    expect(page.locator("#total-actual")).to_have_text("1\u00a0195,5582")
    page.fill(actual, "12,3,4")
    expect(page.locator("#total-actual")).to_have_text("195,5582")
    assert complaints == []


def test_the_value_of_the_base_can_be_taken(
    sign_in: Callable[..., Page], row: MeasureResult, complaints: list[str], page_url: str, actual: str
) -> None:
    hers, his = sign_in("керівник"), sign_in("відповідальна особа")
    for page in (hers, his):
        page.goto(page_url)
    hers.fill(actual, "20,5")
    hers.locator("[name=_continue]").last.click()
    expect(hers.locator(".messagelist")).to_be_visible()
    his.fill(actual, "30,5")
    his.locator("[name=_continue]").last.click()

    note = his.locator(f"#r{row.pk} .cell-note")
    expect(note).to_contain_text("Зараз у базі (Демонстраційний КЕРІВНИК")
    expect(note).to_contain_text("Ваше значення: 30,5")
    note.get_by_role("button", name="Узяти значення з бази").click()

    expect(his.locator(actual)).to_have_value("20,5")
    assert complaints == []


@pytest.mark.parametrize("width", [360, 1440])
def test_the_table_fits_the_window(
    sign_in: Callable[..., Page], complaints: list[str], page_url: str, width: int
) -> None:
    page = sign_in("відповідальна особа", width=width)
    page.goto(page_url)

    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert complaints == []


def test_enter_goes_down_the_column_and_ctrl_enter_saves_in_place(
    sign_in: Callable[..., Page], row: MeasureResult, complaints: list[str], page_url: str, actual: str
) -> None:
    page = sign_in("відповідальна особа")
    page.goto(page_url)
    page.fill(actual, "21,5")

    page.keyboard.press("Enter")

    below = row.report.results.get(measure__task__number=1, measure__number=3)
    cell = actual.replace(f"r{row.pk}-", f"r{below.pk}-")
    expect(page.locator(cell)).to_be_focused()
    page.keyboard.press("Control+Enter")
    expect(page.locator(".messagelist")).to_be_visible()
    expect(page.locator(actual)).to_have_value("21,5")
    expect(page.locator(cell)).to_be_focused()
    assert complaints == []


def test_what_is_typed_outlives_a_signed_out_session(
    sign_in: Callable[..., Page], page_url: str, actual: str
) -> None:
    page = sign_in("відповідальна особа")
    page.goto(page_url)
    page.fill(actual, "22,5")
    elsewhere = page.context.new_page()
    elsewhere.goto("/")
    elsewhere.locator(".bar-who").click()
    elsewhere.get_by_role("button", name="Вийти").click()
    elsewhere.wait_for_url("**/sign-in/**")
    save = page.get_by_role("button", name="Зберегти", exact=True)

    save.click()

    expect(page.get_by_role("alert")).to_contain_text("Ви вийшли з порталу, тому нічого не записано.")
    expect(page.locator(actual)).to_have_value("22,5")
    elsewhere.get_by_role("button", name="Увійти як відповідальна особа").click()
    elsewhere.wait_for_url("**/")
    save.click()
    page.wait_for_url("**/programs/*/2024/")
    page.goto(page_url)
    expect(page.locator(actual)).to_have_value("22,5")


def test_coming_back_shows_what_stands_and_not_what_was_typed_before(
    sign_in: Callable[..., Page], row: MeasureResult, complaints: list[str], page_url: str
) -> None:
    narrative = f"#r{row.pk}-narrative"
    page, hers = sign_in("відповідальна особа"), sign_in("керівник")
    page.goto(page_url)
    page.fill(narrative, "Перше слово")
    page.get_by_role("button", name="Зберегти", exact=True).click()
    page.wait_for_url("**/programs/*/2024/")
    hers.goto(page_url)
    hers.fill(narrative, "Друге слово")
    hers.get_by_role("button", name="Зберегти", exact=True).click()
    hers.wait_for_url("**/programs/*/2024/")

    page.go_back()

    expect(page.locator(narrative)).to_have_value("Друге слово")
    assert complaints == []


def test_leaving_with_something_typed_is_asked_about(
    sign_in: Callable[..., Page], complaints: list[str], page_url: str, actual: str
) -> None:
    page = sign_in("відповідальна особа")
    page.goto(page_url)
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.locator(actual).press_sequentially("1")

    page.get_by_role("link", name="Програми", exact=True).click()
    page.wait_for_url("**/")

    assert asked == ["beforeunload"]
    assert complaints == []
