"""A report's way in a browser: submitted, returned with remarks, mended, agreed, reopened."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Route, expect
from pypdf import PdfReader

from programs.entry import save_result
from programs.models import AnnualReport, MeasureResult, Program, User
from programs.workflow import return_for_revision
from tests import submitting

pytestmark = pytest.mark.browser

REPORT = "/programs/1688-2019-12-18/2024/"
CLERK, HEAD = "відповідальна особа", "керівник"


@pytest.fixture
def report(portal: str, demo: Program, clerk: User) -> AnnualReport:
    """The demonstration year with nothing missing."""
    made = demo.reports.get(year=2024)
    submitting.complete(made, clerk)
    return made


@pytest.fixture
def submitted(report: AnnualReport, clerk: User) -> AnnualReport:
    submitting.submit(report, clerk)
    report.refresh_from_db()
    return report


@pytest.fixture
def twice_submitted(submitted: AnnualReport, clerk: User, head: User) -> AnnualReport:
    return_for_revision(
        submitted,
        by=head,
        seen=submitted.version,
        remarks={None: "Перевірте.", row(submitted).pk: "Скільки?"},
    )
    submitted.refresh_from_db()
    mend(submitted, clerk)
    submitting.submit(submitted, clerk)
    return submitted


def row(report: AnnualReport) -> MeasureResult:
    """Measure 1.2."""
    return report.results.get(measure__task__number=1, measure__number=2)


def mend(report: AnnualReport, by: User) -> None:
    result = row(report)
    save_result(result, version=result.version, by=by, narrative=f"{result.narrative} Узяли участь 64 особи.")


def submit(page: Page) -> None:
    """From the report's page, reading every kind of warning."""
    page.goto(REPORT)
    page.get_by_role("link", name="Подати на погодження").click()
    for tick in page.get_by_role("checkbox").all():
        tick.check()
    page.get_by_role("button", name="Подати на погодження").first.click()
    page.wait_for_url(f"**{REPORT}")


def test_a_report_goes_its_way(
    sign_in: Callable[..., Page], report: AnnualReport, clerk: User, complaints: list[str]
) -> None:
    working, deciding = sign_in(CLERK), sign_in(HEAD)

    submit(working)
    expect(working.get_by_text("Звіт подано на погодження, подання 1.")).to_be_visible()

    deciding.goto(REPORT)
    deciding.get_by_role("link", name="Розглянути").first.click()
    deciding.get_by_label("Зауваження до звіту в цілому").fill("Перевірте підсумки.")
    deciding.get_by_label("Захід", exact=True).select_option(label=option(deciding, "1.2."))
    deciding.get_by_label("Що виправити").fill("Скільки осіб?")
    deciding.get_by_role("button", name="Додати зауваження до заходу").click()
    deciding.get_by_label("Захід", exact=True).last.select_option(label=option(deciding, "2.1."))
    deciding.get_by_label("Що виправити").last.fill("Чому?")
    deciding.get_by_role("button", name="Повернути на доопрацювання").click()
    expect(deciding.get_by_text("Звіт повернуто на доопрацювання.")).to_be_visible()

    working.goto(REPORT)
    remarks = working.get_by_role("region", name="Зауваження керівника")
    expect(remarks).to_contain_text("1.2 Скільки осіб?")
    expect(remarks).to_contain_text("2.1 Чому?")
    expect(remarks.get_by_role("link", name="1.2")).to_have_attribute("href", f"{REPORT}entry/#row-1.2")
    mend(report, clerk)
    submit(working)

    deciding.goto(REPORT + "review/")
    changes = deciding.get_by_role("region", name="Що змінилося з подання 1")
    expect(changes.locator("ins")).to_have_text(re.compile("Узяли участь 64 особи"))
    deciding.get_by_role("button", name="Погодити до підписання").click()
    expect(
        deciding.get_by_text("Звіт погоджено. Документ збережено таким, яким його підпишуть.")
    ).to_be_visible()

    deciding.get_by_role("link", name="Відкрити для уточнення").first.click()
    deciding.get_by_label("Причина").fill("Уточнено касові видатки.")
    deciding.get_by_role("button", name="Відкрити для уточнення").click()
    expect(deciding.locator(".pill.draft").first).to_have_text("Чернетка")
    deciding.get_by_role("link", name="Журнал").click()
    expect(deciding.get_by_text("Уточнено касові видатки.")).to_be_visible()
    assert complaints == []


def option(page: Page, begins: str) -> str:
    """The whole text of the measure that begins so."""
    texts = page.get_by_label("Захід", exact=True).first.locator("option").all_inner_texts()
    return next(text for text in texts if text.startswith(begins))


def test_remarks_outlive_a_closed_page(
    sign_in: Callable[..., Page], submitted: AnnualReport, complaints: list[str]
) -> None:
    page = sign_in(HEAD)
    page.goto(REPORT + "review/")
    page.get_by_label("Зауваження до звіту в цілому").fill("Перевірте підсумки.")
    page.get_by_role("button", name="Додати зауваження до заходу").click()
    page.get_by_label("Захід", exact=True).last.select_option(label=option(page, "2.1."))
    page.get_by_label("Що виправити").last.fill("Чому?")

    page.goto(REPORT)
    page.goto(REPORT + "review/")

    expect(page.get_by_label("Зауваження до звіту в цілому")).to_have_value("Перевірте підсумки.")
    expect(page.get_by_label("Що виправити").last).to_have_value("Чому?")
    expect(page.get_by_label("Захід", exact=True).last).to_have_value(
        str(submitted.results.get(measure__task__number=2, measure__number=1).pk)
    )
    assert complaints == []


def test_a_remark_needs_no_script(
    browser: Browser, portal: str, sign_in: Callable[..., Page], submitted: AnnualReport
) -> None:
    signed_in = sign_in(HEAD)
    context = browser.new_context(
        base_url=portal, java_script_enabled=False, storage_state=signed_in.context.storage_state()
    )
    page = context.new_page()
    page.goto(REPORT + "review/")
    expect(page.get_by_role("button", name="Додати зауваження до заходу")).to_be_hidden()
    page.get_by_label("Захід", exact=True).select_option(label=option(page, "1.2."))
    page.get_by_label("Що виправити").fill("Скільки осіб?")
    page.get_by_role("button", name="Повернути на доопрацювання").click()
    expect(page.get_by_text("Звіт повернуто на доопрацювання.")).to_be_visible()
    context.close()


@pytest.mark.parametrize(("width", "dark"), [(1440, False), (360, True)])
def test_every_page_is_accessible_and_fits(
    sign_in: Callable[..., Page],
    twice_submitted: AnnualReport,
    complaints: list[str],
    width: int,
    dark: bool,
) -> None:
    page = sign_in(HEAD, width=width, dark=dark)
    for path in ("", "review/", "submissions/1/", "submissions/1/changes/", "journal/", "brief/"):
        examine(page, REPORT + path)
    examine(page, "/waiting/")
    page.goto(REPORT + "review/")
    page.get_by_text("За заходами").click()
    page.get_by_role("button", name="Погодити до підписання").click()
    page.wait_for_url(f"**{REPORT}")
    examine(page, REPORT + "reopen/")
    examine(page, REPORT + "council/")
    page.goto(REPORT + "reopen/")
    page.get_by_label("Причина").fill("Уточнено видатки.")
    page.get_by_role("button", name="Відкрити для уточнення").click()
    page.wait_for_url(f"**{REPORT}")
    examine(page, REPORT + "submit/")
    assert complaints == []


def examine(page: Page, path: str) -> None:
    page.goto(path)
    found = Axe().run(page)
    assert found.violations_count == 0, f"{path}: {found.generate_report()}"
    too_wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert too_wide == 0, f"{path} scrolls sideways by {too_wide} px"


def test_the_commissions_page_is_one_sheet_of_paper(
    sign_in: Callable[..., Page], report: AnnualReport, tmp_path: Path
) -> None:
    page = sign_in(CLERK)
    page.goto(REPORT + "brief/")
    expect(page.get_by_role("button", name="Надрукувати")).to_be_visible()
    page.pdf(path=tmp_path / "brief.pdf", prefer_css_page_size=True)
    [sheet] = PdfReader(tmp_path / "brief.pdf").pages
    assert (round(sheet.mediabox.width), round(sheet.mediabox.height)) == (595, 842)
    text = sheet.extract_text()
    assert "Виконано 24 з 35" in text
    assert "Демонстраційний ПІДПИСУВАЧ" in text
    assert "Надрукувати" not in text


def test_work_that_takes_seconds_says_so_and_is_sent_once(
    sign_in: Callable[..., Page], submitted: AnnualReport
) -> None:
    page = sign_in("керівник")
    page.goto(f"{REPORT}review/")
    asked: list[str] = []

    def still_at_work(route: Route) -> None:
        asked.append(route.request.method)
        # Leaves the browser on the page, as it is while the answer has not come.
        route.fulfill(status=204)

    page.route("**/agree/", still_at_work)
    agree = page.get_by_role("button", name="Погодити до підписання")
    agree.click()
    expect(page.get_by_role("status").filter(has_text="Друкуємо документ")).to_be_visible()
    agree.click()
    assert asked == ["POST"]
