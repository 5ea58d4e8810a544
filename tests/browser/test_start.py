"""The start page in a browser: rows that were typed and not saved, and one click to each."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_entry_sheet import CLERK, HEAD, SAVED, SHEET, cell, leave, refuse, status

pytestmark = pytest.mark.browser


def test_unsaved_rows_are_one_click_away(sign_in: Callable[..., Page]) -> None:
    page = sign_in(CLERK)
    block = page.get_by_role("region", name="Не збережено в цьому браузері")
    expect(block).to_be_hidden()
    page.goto(SHEET)
    # The server is gone while somebody types.
    page.route("**/entry/rows/**", refuse)
    cell(page, "2.2", "narrative").fill("Підготовлено дорожню карту.")
    leave(page)
    cell(page, "4.3", "actual").fill("7,5")
    leave(page)
    page.goto("/")
    expect(block.get_by_role("listitem")).to_contain_text("2 рядки не збережено: захід 2.2 захід 4.3")

    another = page.context.new_page()
    another.goto("/")
    expect(another.get_by_text("2 рядки не збережено:")).to_be_visible()
    page.bring_to_front()
    page.unroute("**/entry/rows/**")
    block.get_by_role("link", name="захід 4.3").click()
    expect(cell(page, "4.3", "actual")).to_be_focused()
    for code in ("2.2", "4.3"):
        expect(status(page, code)).to_have_text(SAVED)
    # The other tab learns of it by itself.
    expect(another.locator("#unsaved")).to_be_hidden()


def test_what_another_person_typed_is_not_shown(sign_in: Callable[..., Page]) -> None:
    page = sign_in(CLERK)
    page.goto(SHEET)
    page.route("**/entry/rows/**", refuse)
    cell(page, "2.2", "narrative").fill("Введено.")
    page.goto("/")
    expect(page.get_by_text("1 рядок не збережено:")).to_be_visible()
    page.locator(".bar-who").click()
    page.get_by_role("button", name="Вийти").click()
    page.get_by_role("button", name=f"Увійти як {HEAD}", exact=True).click()
    expect(page.get_by_role("heading", name="Чекає на керівника")).to_be_visible()
    expect(page.locator("#unsaved")).to_be_hidden()


def test_one_click_leads_to_the_first_row_that_lacks_something(
    sign_in: Callable[..., Page], complaints: list[str]
) -> None:
    page = sign_in(CLERK)
    page.get_by_role("link", name="Внести далі: захід 1.7").click()
    expect(cell(page, "1.7", "financed")).to_be_focused()
    assert complaints == []
