"""One year's report from an empty sheet to an agreed one, all of it by hand, by three people."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from programs.calculations import BLANK
from programs.entry import ResultEntry, save_results
from programs.enums import ReportState
from programs.models import AnnualReport, MeasureResult, Program, User

from .test_entry_sheet import cell, leave_saved, put_on_clipboard, row, status

pytestmark = pytest.mark.browser

REPORT = "/programs/1688-2019-12-18/2024/"
SAVED = re.compile(r"^збережено \d\d:\d\d$")


@pytest.fixture
def empty_report(portal: str, demo: Program, clerk: User) -> AnnualReport:
    """The demonstration year as its first day saw it: the plan, and nothing else."""
    report = demo.reports.get(year=2024)
    nothing = {"execution_state": "", "stated_percent": None, "stated_justification": "", "zero_reason": ""}
    save_results(
        report,
        [
            ResultEntry(
                result.pk,
                result.version,
                {**nothing, "narrative": ""},
                {amount.source_id: BLANK for amount in result.amounts.all()},
            )
            for result in MeasureResult.objects.for_report(report)
        ],
        by=clerk,
    )
    return report


def codes(page: Page) -> list[str]:
    found = page.locator("tbody[data-code]").evaluate_all("rows => rows.map(row => row.dataset.code)")
    return [str(code) for code in found]


def type_row(page: Page, code: str, narrative: str) -> None:
    """By keyboard, from the plan on: Tab goes as the form does."""
    cell(page, code, "planned").focus()
    for value in ("4", "3,5", "3,5", None, None, narrative):
        if value is not None:
            page.keyboard.type(value)
        page.keyboard.press("Tab")
    # «виконано» is the first of the states.
    page.keyboard.press("ArrowDown")


def submit(page: Page) -> None:
    page.goto(REPORT + "submit/")
    for tick in page.get_by_role("checkbox").all():
        tick.check()
    page.get_by_role("button", name="Подати на погодження").first.click()


def state(page: Page) -> Locator:
    page.goto(REPORT)
    return page.locator(".about .pill").first


def test_from_an_empty_sheet_to_an_agreed_report(
    sign_in: Callable[..., Page], empty_report: AnnualReport, complaints: list[str]
) -> None:
    working = sign_in("відповідальна особа")
    working.goto(REPORT + "entry/")
    every = codes(working)
    assert len(every) == 37

    # Ten rows by keyboard; the rest as one block copied from a spreadsheet.
    for code in every[:10]:
        type_row(working, code, f"Проведено захід {code}.")
    leave_saved(working)
    for code in every[:10]:
        expect(status(working, code)).to_have_text(SAVED)
    block = "".join(f"2\t1,5\t1,5\t\tПроведено захід {code}.\tвиконано\t\n" for code in every[10:])
    put_on_clipboard(working, block, cell(working, every[10], "planned"))
    working.get_by_role("dialog").get_by_role("button", name="Записати", exact=True).click()
    expect(status(working, every[-1])).to_have_text(SAVED)
    expect(cell(working, every[-1], "narrative")).to_have_value(f"Проведено захід {every[-1]}.")

    # A finding, seen beside the row and mended there.
    cell(working, "2.3", "financed").fill("9")
    leave_saved(working)
    finding = row(working, "2.3").locator('[data-finding="financed_over_actual"]')
    expect(finding).to_have_count(1)
    cell(working, "2.3", "financed").fill("1,5")
    leave_saved(working)
    expect(finding).to_have_count(0)

    # What a co-executor sent is taken into the row.
    taking = row(working, "3.7")
    taking.get_by_text("співвиконавці").click()
    taking.get_by_role("button", name="Взяти в рядок").click()
    expect(cell(working, "3.7", "narrative")).to_have_value(re.compile("840 учнів"))
    expect(cell(working, "3.7", "actual")).to_have_value("9,55")

    submit(working)
    deciding = sign_in("керівник")
    expect(state(deciding)).to_have_text("На погодженні")
    deciding.goto(REPORT + "review/")
    deciding.get_by_label("Зауваження до звіту в цілому").fill("Уточніть 1.2.")
    deciding.get_by_role("button", name="Повернути на доопрацювання").click()
    expect(state(deciding)).to_have_text("Повернуто на доопрацювання")

    working.goto(REPORT + "entry/#row-1.2-narrative")
    expect(working.get_by_role("region", name="Зауваження керівника")).to_contain_text("Уточніть 1.2.")
    expect(cell(working, "1.2", "narrative")).to_be_focused()
    cell(working, "1.2", "narrative").fill("Проведено три семінари.")
    leave_saved(working)
    submit(working)

    deciding.goto(REPORT + "review/")
    expect(deciding.get_by_role("region", name="Що змінилося з подання 1")).to_contain_text("три семінари")
    deciding.get_by_role("button", name="Погодити до підписання").click()
    expect(state(deciding)).to_have_text("Погоджено до підписання")
    empty_report.refresh_from_db()
    assert empty_report.report_state == ReportState.AGREED
    assert set(empty_report.results.values_list("execution_state", flat=True)) == {"done"}
    assert complaints == []
