"""Information of co-executors in a browser: filled, submitted, seen by the department, taken into the row."""

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect

from programs.models import Contribution, ExecutorPart, MeasureResult, Program

pytestmark = pytest.mark.browser

PAGE = "/programs/1688-2019-12-18/2024/contributions/"


@pytest.fixture
def rows(portal: str, demo: Program) -> dict[str, MeasureResult]:
    """The rows of the demonstration year by code."""
    results = MeasureResult.objects.for_report(demo.reports.get(year=2024))
    return {result.measure.code: result for result in results}


def card(page: Page, code: str) -> Locator:
    return page.locator(".contribution", has=page.locator(f"[data-code='{code}']"))


def fill(page: Page, code: str, narrative: str, actual: str = "") -> None:
    form = card(page, code)
    form.get_by_label("Що зроблено").fill(narrative)
    form.get_by_label("факт, загальний фонд").fill(actual)
    form.get_by_role("button", name="Зберегти").click()
    expect(form.locator(".state")).to_contain_text("Збережено")


def test_from_the_coexecutor_into_the_row(
    sign_in: Callable[..., Page], rows: dict[str, MeasureResult], complaints: list[str]
) -> None:
    theirs = sign_in("співвиконавець")
    theirs.goto(PAGE)
    fill(theirs, "2.9", "Підтримано два проєкти.")
    fill(theirs, "4.3", "Проведено навчання.", "8,25")
    expect(theirs.locator(".progress")).to_contain_text("Заповнено 4 з 6. Ще порожні: 3.12, 4.4")
    theirs.get_by_role("button", name="Інформацію подано").click()
    expect(theirs.get_by_role("button", name="Відкликати, щоб змінити")).to_be_visible()

    ours = sign_in("відповідальна особа")
    ours.goto(PAGE)
    body = ours.locator(".body", has_text="Департамент освіти").first
    expect(body.locator(".body-state")).to_contain_text("Подано")
    body.get_by_text("Заходи", exact=True).click()
    body.get_by_role("link", name="Звести захід 4.3").click()
    ours.get_by_role("button", name="Взяти в рядок").click()
    expect(ours.locator(".row-now")).to_contain_text("Проведено навчання.")

    row = MeasureResult.objects.get(pk=rows["4.3"].pk)
    assert (row.narrative, [str(one.actual) for one in row.amounts.all()]) == (
        "Проведено навчання.",
        ["8.25000"],
    )
    assert complaints == []


def test_several_forms_keep_what_is_typed_in_the_others(
    sign_in: Callable[..., Page], rows: dict[str, MeasureResult]
) -> None:
    page = sign_in("співвиконавець")
    page.goto(PAGE)
    card(page, "3.12").get_by_label("Що зроблено").fill("Ще не збережене")
    expect(card(page, "3.12").locator(".state")).to_have_text("Не збережено")
    fill(page, "4.3", "Збережене")
    expect(card(page, "3.12").get_by_label("Що зроблено")).to_have_value("Ще не збережене")


def test_a_part_is_not_submitted_past_what_is_not_saved(
    sign_in: Callable[..., Page], rows: dict[str, MeasureResult]
) -> None:
    page = sign_in("співвиконавець")
    page.goto(PAGE)
    card(page, "3.12").get_by_label("Що зроблено").fill("Ще не збережене")
    page.get_by_role("button", name="Інформацію подано").click()
    expect(page.get_by_text("Спершу збережіть: 3.12.")).to_be_visible()
    expect(card(page, "3.12").get_by_label("Що зроблено")).to_be_focused()
    assert not ExecutorPart.objects.filter(submitted_at__isnull=False).exists()


def test_a_wrong_sum_comes_back_with_all_that_was_typed(
    sign_in: Callable[..., Page], rows: dict[str, MeasureResult]
) -> None:
    page = sign_in("співвиконавець")
    page.goto(PAGE)
    form = card(page, "4.3")
    form.get_by_label("Що зроблено").fill("Проведено навчання.")
    form.get_by_label("факт, загальний фонд").fill("12,3,4")
    form.get_by_role("button", name="Зберегти").click()
    expect(form.get_by_text("більше ніж одна кома чи крапка")).to_be_visible()
    expect(form.get_by_label("Що зроблено")).to_have_value("Проведено навчання.")
    expect(form.get_by_label("факт, загальний фонд")).to_have_value("12,3,4")


def test_both_see_both_and_choose(sign_in: Callable[..., Page], rows: dict[str, MeasureResult]) -> None:
    theirs, ours = sign_in("співвиконавець"), sign_in("відповідальна особа")
    theirs.goto(PAGE)
    ours.goto(PAGE)
    form = card(theirs, "4.3")
    form.get_by_label("Що зроблено").fill("Наші слова")
    ours.locator(".body").first.get_by_text("Заходи", exact=True).click()
    ours.get_by_role("link", name="Внести за листом до заходу 4.3, Департамент освіти").click()
    ours.get_by_label("Що зроблено").fill("Слова з листа")
    ours.get_by_role("button", name="Зберегти").click()
    expect(ours.get_by_text("Збережено: захід 4.3, Департамент освіти.")).to_be_visible()

    form.get_by_role("button", name="Зберегти").click()
    expect(form.locator(".theirs")).to_contain_text("Слова з листа")
    expect(form.get_by_label("Що зроблено")).to_have_value("Наші слова")
    form.get_by_role("link", name="візьміть записане").click()
    expect(form.get_by_label("Що зроблено")).to_have_value("Слова з листа")


def test_signed_out_meanwhile_loses_nothing(
    sign_in: Callable[..., Page], rows: dict[str, MeasureResult]
) -> None:
    page = sign_in("співвиконавець")
    page.goto(PAGE)
    form = card(page, "4.3")
    form.get_by_label("Що зроблено").fill("Написане довго")
    page.context.clear_cookies(name="sessionid")
    form.get_by_role("button", name="Зберегти").click()
    expect(form.locator(".state")).to_contain_text("ви вийшли з порталу")
    expect(form.get_by_label("Що зроблено")).to_have_value("Написане довго")


def test_in_the_entry_sheet_the_row_follows(
    sign_in: Callable[..., Page], rows: dict[str, MeasureResult], complaints: list[str]
) -> None:
    page = sign_in("відповідальна особа")
    page.goto(PAGE.replace("contributions", "entry"))
    row = page.locator("[id='row-3.7']")
    row.get_by_text("співвиконавці").click()
    row.get_by_role("link", name="внести за листом – Управління культури").click()
    row.get_by_label("Що зроблено").fill("Культура: дві виставки.")
    row.get_by_role("button", name="Зберегти").click()
    expect(row.locator(".beside")).to_contain_text("Культура: дві виставки.")
    row.get_by_role("button", name="Взяти в рядок").click()
    expect(row.locator("td.narrative textarea")).to_have_value(
        "(Демонстраційні дані) У 12 закладах освіти проведено тренінги з гендерної рівності для 840 учнів.\n"
        "(Демонстраційні дані) Проведено чотири навчальні зустрічі для 65 працівників соціальної сфери.\n"
        "Культура: дві виставки."
    )
    assert complaints == []


@pytest.mark.parametrize(("width", "dark"), [(1440, False), (360, True)])
def test_every_page_is_accessible_and_fits(
    sign_in: Callable[..., Page],
    rows: dict[str, MeasureResult],
    complaints: list[str],
    width: int,
    dark: bool,
) -> None:
    said = Contribution.objects.filter(result=rows["3.7"]).first()
    assert said
    examine(sign_in("співвиконавець", width=width, dark=dark), PAGE)
    page = sign_in("відповідальна особа", width=width, dark=dark)
    for path in (PAGE, f"{PAGE}{rows['3.7'].pk}/", f"{PAGE}{rows['3.7'].pk}/{said.executor_id}/"):
        examine(page, path)
    assert complaints == []


def examine(page: Page, path: str) -> None:
    page.goto(path)
    for details in page.locator("details").all():
        details.evaluate("details => { details.open = true }")
    found = Axe().run(page)
    assert found.violations_count == 0, f"{path}: {found.generate_report()}"
    too_wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert too_wide == 0, f"{path} scrolls sideways by {too_wide} px"
