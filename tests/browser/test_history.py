"""A row's history in a real browser."""

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from programs.entry import save_result
from programs.models import AnnualReport, MeasureResult, User

pytestmark = pytest.mark.browser


@pytest.fixture
def address(report_2024: AnnualReport, clerk: User) -> str:
    row = report_2024.results.get(measure__task__number=1, measure__number=2)
    save_result(row, version=row.version, by=clerk, narrative=f"{row.narrative} І ще один захід.")
    row = MeasureResult.objects.get(pk=row.pk)
    save_result(row, version=row.version, by=clerk, narrative="Усе інакше.", execution_state="partial")
    return f"/programs/{report_2024.program.public_id}/2024/history/rows/{row.pk}/"


@pytest.mark.parametrize(("width", "dark"), [(1440, False), (360, True)])
def test_the_page_is_accessible_and_fits(
    sign_in: Callable[..., Page], complaints: list[str], address: str, width: int, dark: bool
) -> None:
    page = sign_in("аудитор", width=width, dark=dark)
    page.goto(address)
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0
    assert complaints == []


def test_one_cell_is_chosen_by_a_click(sign_in: Callable[..., Page], address: str) -> None:
    page = sign_in("аудитор")
    page.goto(address)
    page.get_by_role("link", name="стан виконання").click()
    expect(page.get_by_role("heading", name="Зміни заходу 1.2: стан виконання")).to_be_visible()
    expect(page.get_by_text("частково")).to_be_visible()
    expect(page.get_by_text("Усе інакше.")).to_have_count(0)
