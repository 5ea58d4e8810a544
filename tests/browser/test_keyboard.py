"""The three main ways by keyboard alone: a result is entered, a report agreed and signed, an extract made.

At every stop the focus has to be seen: a ring around what has it, and nothing lying over that.
"""

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from pytest_django import Settings

from programs import demonstration
from programs.enums import FrozenForm
from programs.models import AnnualReport, FrozenFile, MeasureResult, Program, User
from tests import submitting
from tests.agreeing import now
from tests.browser.test_entry_sheet import status
from tests.browser.test_signing import signed_elsewhere

pytestmark = [pytest.mark.browser, pytest.mark.only_on("sqlite")]

AT_HAND = 120
# Of a link over two lines the first one.
RING = """one => {
    const style = getComputedStyle(one);
    const ring = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 1.5;
    const [line] = one.getClientRects();
    const [x, y] = [line.left + line.width / 2, line.top + Math.min(line.height / 2, 12)];
    const at = document.elementFromPoint(x, y);
    return { ring, seen: Boolean(at) && (one === at || one.contains(at)) };
}"""


def tab_to(page: Page, selector: str) -> None:
    """Tab by Tab to what the selector names; every stop before it is seen too."""
    for _ in range(AT_HAND):
        page.keyboard.press("Tab")
        focused = page.locator(":focus")
        if focused.count() == 0:
            continue  # Between the page and the browser's own bar.
        stop = focused.evaluate("one => one.outerHTML.slice(0, 160)")
        assert focused.evaluate(RING) == {"ring": True, "seen": True}, stop
        if focused.evaluate("(one, wanted) => one.matches(wanted)", selector):
            return
    raise AssertionError(f"no way by Tab to {selector}")


def press(page: Page, selector: str, key: str = "Enter") -> None:
    tab_to(page, selector)
    page.keyboard.press(key)


def come_in(open_portal: Callable[..., Page], account: str) -> Page:
    page = open_portal()
    press(page, f'button[value="{account}"]')
    expect(page.locator(".bar-who")).to_be_visible()
    return page


def past_the_bar(page: Page) -> None:
    press(page, ".skip")
    expect(page.locator("main")).to_be_focused()


def test_a_result_is_entered(open_portal: Callable[..., Page], complaints: list[str]) -> None:
    page = come_in(open_portal, demonstration.RESPONSIBLE)
    past_the_bar(page)
    press(page, 'a[href$="/2024/entry/"]')
    page.wait_for_url("**/2024/entry/")
    past_the_bar(page)

    tab_to(page, '[data-column="actual"]')
    page.keyboard.press("Control+A")
    page.keyboard.type("2,5")
    page.keyboard.press("Enter")

    expect(status(page, "1.1")).to_have_text(re.compile(r"^збережено \d"))
    # Enter goes down the column, and that cell too is seen.
    below = page.locator(":focus")
    assert below.evaluate("one => [one.closest('tbody').dataset.code, one.dataset.column]") == [
        "1.2",
        "actual",
    ]
    assert below.evaluate(RING) == {"ring": True, "seen": True}
    result = MeasureResult.objects.get(report__year=2024, measure__task__number=1, measure__number=1)
    assert [str(amount.actual) for amount in result.amounts.filter(source__code="general")] == ["2.50000"]
    # Who does not see the page hears it.
    expect(page.locator("#said")).to_have_text(status(page, "1.1").inner_text().join(["Захід 1.1: ", ""]))
    assert complaints == []


@pytest.fixture
def submitted(portal: str, demo: Program, clerk: User) -> AnnualReport:
    report = demo.reports.get(year=2024)
    submitting.complete(report, clerk)
    submitting.submit(report, clerk)
    return now(report)


def test_a_report_is_agreed_and_signed(
    open_portal: Callable[..., Page], submitted: AnnualReport, tmp_path: Path, complaints: list[str]
) -> None:
    page = come_in(open_portal, demonstration.HEAD)
    past_the_bar(page)
    press(page, 'a[href$="/2024/review/"]')
    page.wait_for_url("**/2024/review/")
    past_the_bar(page)
    press(page, 'form[action$="/agree/"] button')
    expect(page.get_by_text("Звіт погоджено.")).to_be_visible()

    signed = tmp_path / "signed.pdf"
    pdf = FrozenFile.objects.get(frozen__report=submitted, form=FrozenForm.PDF).content
    signed.write_bytes(signed_elsewhere(bytes(pdf)))
    tab_to(page, "#signed-file")
    # The dialog over files is the system's own.
    page.locator(":focus").set_input_files(signed)
    press(page, 'form[action$="/signed/"] button')

    expect(page.get_by_role("heading", name="Редакцію 1 підписано")).to_be_visible()
    assert complaints == []


def test_an_extract_is_made(
    open_portal: Callable[..., Page], settings: Settings, tmp_path: Path, complaints: list[str]
) -> None:
    settings.MEDIA_ROOT = tmp_path
    page = come_in(open_portal, demonstration.AUDITOR)
    press(page, '.bar-words a[href="/extracts/"]')
    page.wait_for_url("**/extracts/")
    past_the_bar(page)
    press(page, 'input[name="years"][value="2023"], input[type="checkbox"][value="2023"]', key="Space")
    press(page, "form.filter button")
    expect(page.get_by_role("heading", name="Знайдено рядків: 37")).to_be_visible()
    past_the_bar(page)
    tab_to(page, 'button[formaction*="/json/"]')
    with page.expect_download() as coming:
        page.keyboard.press("Enter")
    coming.value.save_as(tmp_path / "file")
    assert json.loads((tmp_path / "file").read_text())
    assert complaints == []
