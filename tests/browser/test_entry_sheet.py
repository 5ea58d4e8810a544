"""The entry sheet in a browser: rows that save themselves, two people, a pasted block, no connection."""

import re
from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, Route, expect

from programs.models import FundingSource, MeasureResult, Program

pytestmark = pytest.mark.browser

SHEET = "/programs/1688-2019-12-18/2024/entry/"
CLERK, HEAD = "відповідальна особа", "керівник"
SAVED = re.compile(r"^збережено \d\d:\d\d$")


@pytest.fixture
def sheet(sign_in: Callable[..., Page]) -> Callable[..., Page]:
    """The sheet of the demonstration year: `sheet(HEAD, width=360)`."""

    def opened(role: str = CLERK, **window: object) -> Page:
        page = sign_in(role, **window)
        page.goto(SHEET)
        return page

    return opened


def row(page: Page, code: str) -> Locator:
    return page.locator(f'tbody[data-code="{code}"]')


def cell(page: Page, code: str, column: str) -> Locator:
    """Of a money column the line that is shown first."""
    return row(page, code).locator(f'[data-column="{column}"]:visible').first


def status(page: Page, code: str) -> Locator:
    return row(page, code).locator(".row-status")


def leave(page: Page) -> None:
    page.locator("h1").click()


def leave_saved(page: Page) -> None:
    """So that nothing is on its way when the test ends."""
    leave(page)
    expect(page.locator("#saving")).to_have_text("")


def stored(code: str) -> MeasureResult:
    task, number = code.split(".")
    return MeasureResult.objects.get(report__year=2024, measure__task__number=task, measure__number=number)


def refuse(route: Route) -> None:
    route.abort("connectionrefused")


def put_on_clipboard(page: Page, text: str, target: Locator, html: str = "") -> None:
    """Paste as a spreadsheet would have it pasted."""
    target.focus()
    target.evaluate(
        """(element, [text, html]) => {
            const data = new DataTransfer();
            data.setData("text/plain", text);
            if (html) data.setData("text/html", html);
            element.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
        }""",  # noqa: E501 - one call of the browser's
        [text, html],
    )


# --- one person --------------------------------------------------------------------------


def test_a_row_is_saved_when_left(sheet: Callable[..., Page], complaints: list[str]) -> None:
    page = sheet()
    cell(page, "2.2", "narrative").fill("Дорожню карту підготовлено.")
    expect(status(page, "2.2")).to_have_text("не збережено")

    cell(page, "2.3", "narrative").focus()

    expect(status(page, "2.2")).to_have_text(SAVED)
    assert stored("2.2").narrative == "Дорожню карту підготовлено."
    assert page.evaluate("localStorage.length") == 0
    assert complaints == []


def test_percent_and_totals_follow_what_is_typed(sheet: Callable[..., Page], complaints: list[str]) -> None:
    page = sheet()
    percent = row(page, "1.2").locator(".computed output")
    expect(percent).to_have_text("98,1")

    cell(page, "1.2", "financed").fill("1 004,375")

    expect(percent).to_have_text("5\u00a0113,3")
    expect(page.locator("#total-financed")).to_have_text("1\u00a0146,19137")
    assert stored("1.2").version == 2
    leave_saved(page)
    assert complaints == []


def test_hryvnias_are_turned_into_thousands_in_sight(
    sheet: Callable[..., Page], complaints: list[str]
) -> None:
    page = sheet()
    cell(page, "1.2", "actual").fill("42 350,00 грн")

    cell(page, "1.2", "financed").focus()

    expect(cell(page, "1.2", "actual")).to_have_value("42,35")
    expect(row(page, "1.2").locator(".row-notes")).to_contain_text("42 350,00 грн → 42,35")
    leave_saved(page)
    assert complaints == []


def test_a_wrong_number_stays_in_its_cell_with_a_word(sheet: Callable[..., Page]) -> None:
    page = sheet()
    actual = cell(page, "1.2", "actual")
    actual.fill("12,3,4")
    leave(page)

    expect(row(page, "1.2").locator(".cell-note")).to_contain_text("більше ніж одна кома")
    expect(actual).to_have_value("12,3,4")
    expect(actual).to_have_attribute("aria-invalid", "true")
    actual.fill("12,3")
    leave(page)
    expect(status(page, "1.2")).to_have_text(SAVED)
    expect(actual).not_to_have_attribute("aria-invalid", "true")


def test_the_keyboard_walks_the_form(sheet: Callable[..., Page], complaints: list[str]) -> None:
    page = sheet()
    cell(page, "2.1", "planned").focus()
    walked = []
    for _ in range(7):
        page.keyboard.press("Tab")
        walked.append(page.evaluate("document.activeElement.dataset.column"))
    assert walked == [
        "actual",
        "financed",
        "stated_percent",
        "stated_justification",
        "narrative",
        "execution_state",
        "zero_reason",
    ]
    cell(page, "2.1", "actual").focus()
    page.keyboard.press("Enter")
    expect(cell(page, "2.2", "actual")).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(cell(page, "2.3", "actual")).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(cell(page, "2.2", "actual")).to_be_focused()
    cell(page, "2.2", "narrative").focus()
    page.keyboard.press("Enter")
    expect(cell(page, "2.2", "narrative")).to_have_value("\n")
    page.keyboard.press("Control+Enter")
    expect(cell(page, "2.3", "narrative")).to_be_focused()
    leave_saved(page)
    assert complaints == []


def test_ctrl_and_an_arrow_lead_to_where_the_next_row_begins(
    sheet: Callable[..., Page], complaints: list[str]
) -> None:
    page = sheet()
    cell(page, "2.1", "execution_state").focus()
    # Of 2.2 only the plan is there; of 2.3 every sum.
    page.keyboard.press("Control+ArrowDown")
    expect(cell(page, "2.2", "actual")).to_be_focused()
    cell(page, "2.2", "narrative").focus()
    page.keyboard.press("Control+ArrowDown")
    expect(cell(page, "2.3", "planned")).to_be_focused()
    page.keyboard.press("Control+ArrowUp")
    expect(cell(page, "2.2", "actual")).to_be_focused()
    expect(cell(page, "2.1", "execution_state")).to_have_value("not_planned")
    assert complaints == []


def test_ctrl_s_saves_at_once(sheet: Callable[..., Page], complaints: list[str]) -> None:
    page = sheet()
    cell(page, "2.2", "narrative").fill("Одразу")
    page.keyboard.press("Control+s")
    expect(status(page, "2.2")).to_have_text(SAVED)
    expect(cell(page, "2.2", "narrative")).to_be_focused()
    assert complaints == []


def test_an_address_leads_to_the_cell(sheet: Callable[..., Page]) -> None:
    page = sheet()
    page.goto(f"{SHEET}#row-2.4-narrative")
    expect(cell(page, "2.4", "narrative")).to_be_focused()


def test_last_year_is_one_click_away(sheet: Callable[..., Page], complaints: list[str]) -> None:
    page = sheet()
    row(page, "2.2").get_by_text("показати 2023 рік").click()
    row(page, "2.2").get_by_role("button", name="Взяти за основу").click()

    taken = cell(page, "2.2", "narrative").input_value()
    leave(page)

    expect(status(page, "2.2")).to_have_text(SAVED)
    last_year = MeasureResult.objects.get(report__year=2023, measure__task__number=2, measure__number=2)
    assert (taken, stored("2.2").narrative) == (last_year.narrative, last_year.narrative)
    assert complaints == []


def test_another_source_is_opened_in_the_row(sheet: Callable[..., Page], complaints: list[str]) -> None:
    page = sheet()
    special = FundingSource.objects.get(code="special")
    row(page, "2.2").get_by_role("button", name="ще джерело").click()
    page.locator(f"#r{stored('2.2').pk}-{special.pk}-actual").fill("3,5")
    leave(page)
    expect(status(page, "2.2")).to_have_text(SAVED)
    assert [str(amount.actual) for amount in stored("2.2").amounts.filter(source=special)] == ["3.50000"]
    assert complaints == []


# --- without a server, after a closed tab, after the session -------------------------------


def test_without_an_answer_the_row_is_kept_and_sent_later(sheet: Callable[..., Page]) -> None:
    page = sheet()
    page.route("**/entry/rows/**", refuse)
    cell(page, "2.2", "narrative").fill("Без зв’язку")
    leave(page)
    expect(status(page, "2.2")).to_contain_text("сервер не відповідає")
    page.unroute("**/entry/rows/**")
    expect(status(page, "2.2")).to_have_text(SAVED, timeout=15_000)
    assert stored("2.2").narrative == "Без зв’язку"


def test_a_closed_tab_loses_nothing(sheet: Callable[..., Page]) -> None:
    page = sheet()
    page.route("**/entry/rows/**", lambda route: route.fulfill(status=500, body=""))
    cell(page, "2.2", "narrative").fill("Перед закриттям")
    cell(page, "2.4", "actual").fill("4,5")
    leave(page)
    expect(status(page, "2.4")).to_contain_text("сервер не відповідає")
    context = page.context
    page.close()

    again = context.new_page()
    again.goto(SHEET)

    expect(status(again, "2.2")).to_have_text(SAVED)
    expect(status(again, "2.4")).to_have_text(SAVED)
    expect(cell(again, "2.2", "narrative")).to_have_value("Перед закриттям")
    assert (stored("2.2").narrative, str(stored("2.4").amounts.get().actual)) == (
        "Перед закриттям",
        "4.50000",
    )
    assert again.evaluate("localStorage.length") == 0


def test_an_answer_lost_on_the_way_is_no_conflict_with_oneself(sheet: Callable[..., Page]) -> None:
    page = sheet()

    def lose(route: Route) -> None:
        route.fetch()
        route.abort("connectionreset")

    page.route("**/entry/rows/**", lose)
    narrative = cell(page, "2.2", "narrative")
    narrative.fill("Перше")
    page.keyboard.press("Control+s")
    expect(status(page, "2.2")).to_contain_text("сервер не відповідає")
    narrative.fill("Перше й друге")
    page.unroute("**/entry/rows/**")
    leave(page)
    expect(status(page, "2.2")).to_have_text(SAVED, timeout=15_000)
    expect(row(page, "2.2").locator(".cell-note.conflict")).to_have_count(0)
    assert stored("2.2").narrative == "Перше й друге"


def test_an_expired_session_loses_nothing(sheet: Callable[..., Page]) -> None:
    page = sheet()
    page.context.clear_cookies(name="sessionid")
    cell(page, "2.2", "narrative").fill("Пізно ввечері")
    leave(page)
    expect(status(page, "2.2")).to_contain_text("сеанс закінчився")

    status(page, "2.2").get_by_role("link", name="увійдіть знову").click()
    page.get_by_role("button", name=f"Увійти як {CLERK}", exact=True).click()

    page.wait_for_url(f"**{SHEET}")
    expect(status(page, "2.2")).to_have_text(SAVED)
    assert stored("2.2").narrative == "Пізно ввечері"


def test_another_persons_unsaved_rows_are_neither_shown_nor_sent(sheet: Callable[..., Page]) -> None:
    page = sheet()
    page.context.clear_cookies(name="sessionid")
    cell(page, "2.2", "narrative").fill("Чуже")
    leave(page)
    expect(status(page, "2.2")).to_contain_text("сеанс закінчився")
    status(page, "2.2").get_by_role("link").click()
    page.get_by_role("button", name=f"Увійти як {HEAD}", exact=True).click()
    page.wait_for_url(f"**{SHEET}")

    expect(cell(page, "2.2", "narrative")).to_have_value("")
    cell(page, "2.4", "narrative").fill("Моє")
    leave(page)
    expect(status(page, "2.4")).to_have_text(SAVED)
    assert (stored("2.2").narrative, page.evaluate("localStorage.length")) == ("", 1)


def test_without_storage_leaving_is_asked_about(sheet: Callable[..., Page]) -> None:
    page = sheet()
    page.evaluate("() => { Storage.prototype.setItem = () => { throw new Error('full'); }; }")
    page.route("**/entry/rows/**", refuse)
    cell(page, "2.2", "narrative").press_sequentially("Нікуди")
    leave(page)
    expect(page.locator("#saving")).to_contain_text("не закривайте сторінку")
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.goto("/")
    assert asked == ["beforeunload"]


# --- two people ----------------------------------------------------------------------------


def test_two_people_in_one_row_do_not_disturb_each_other(
    sheet: Callable[..., Page], complaints: list[str]
) -> None:
    mine, hers = sheet(CLERK), sheet(HEAD)
    cell(mine, "2.2", "narrative").fill("Мій текст")
    leave(mine)
    expect(status(mine, "2.2")).to_have_text(SAVED)
    cell(hers, "2.2", "actual").fill("2,5")
    leave(hers)
    expect(status(hers, "2.2")).to_have_text(SAVED)
    expect(cell(hers, "2.2", "narrative")).to_have_value("Мій текст")
    assert (stored("2.2").narrative, str(stored("2.2").amounts.get().actual)) == ("Мій текст", "2.50000")
    assert complaints == []


@pytest.mark.parametrize(("choice", "kept"), [("Лишити моє", "Її текст"), ("Узяти з бази", "Мій текст")])
def test_on_one_cell_both_texts_survive_until_one_is_chosen(
    sheet: Callable[..., Page], choice: str, kept: str
) -> None:
    mine, hers = sheet(CLERK), sheet(HEAD)
    cell(mine, "2.2", "narrative").fill("Мій текст")
    leave(mine)
    expect(status(mine, "2.2")).to_have_text(SAVED)
    cell(hers, "2.2", "narrative").fill("Її текст")
    cell(hers, "2.2", "actual").fill("2,5")
    leave(hers)

    note = row(hers, "2.2").locator(".cell-note.conflict")
    expect(note.locator("blockquote")).to_have_text(["Мій текст", "Її текст"])
    expect(note).to_contain_text("Демонстраційна ВІДПОВІДАЛЬНА ОСОБА")
    assert stored("2.2").narrative == "Мій текст"
    hers.reload()
    note = row(hers, "2.2").locator(".cell-note.conflict")
    expect(note.locator("blockquote")).to_have_text(["Мій текст", "Її текст"])
    note.get_by_role("button", name=choice).click()

    expect(status(hers, "2.2")).to_have_text(SAVED)
    assert (stored("2.2").narrative, str(stored("2.2").amounts.get().actual)) == (kept, "2.50000")


def test_a_row_changed_elsewhere_on_the_page_is_fetched_and_typing_stays(
    sheet: Callable[..., Page], complaints: list[str]
) -> None:
    page, hers = sheet(CLERK), sheet(HEAD)
    cell(hers, "2.2", "actual").fill("2,5")
    leave(hers)
    expect(status(hers, "2.2")).to_have_text(SAVED)
    cell(page, "2.2", "narrative").fill("Ще пишу")

    page.evaluate(
        "row => document.dispatchEvent(new CustomEvent('row-changed', { detail: { row } }))",
        stored("2.2").pk,
    )

    expect(cell(page, "2.2", "actual")).to_have_value("2,5")
    expect(cell(page, "2.2", "narrative")).to_have_value("Ще пишу")
    leave(page)
    expect(status(page, "2.2")).to_have_text(SAVED)
    assert (stored("2.2").narrative, str(stored("2.2").amounts.get().actual)) == ("Ще пишу", "2.50000")
    assert complaints == []


# --- many rows -----------------------------------------------------------------------------

BLOCK = (
    "12\u00a0000,5\t10\t10\t\t«Проведено»\tвиконано\n"
    '20,0\t0\t0\t0,0\t"Перший рядок\n""другий"" рядок"\tне виконано\n'
)


def test_a_block_is_pasted_after_a_look_at_it(sheet: Callable[..., Page], complaints: list[str]) -> None:
    page = sheet()
    put_on_clipboard(page, BLOCK, cell(page, "2.2", "planned"))
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Що змінить вставлений блок")
    expect(dialog.locator("tbody tr").first).to_contain_text("12\u00a0000,5")
    assert stored("2.2").version == 1

    dialog.get_by_role("button", name="Записати", exact=True).dblclick()

    expect(dialog).to_be_hidden()
    expect(status(page, "2.2")).to_have_text(SAVED)
    expect(cell(page, "2.2", "planned")).to_have_value("12\u00a0000,5")
    expect(cell(page, "2.2", "planned")).to_be_focused()
    expect(cell(page, "2.3", "narrative")).to_have_value('Перший рядок\n"другий" рядок')
    assert (stored("2.2").version, stored("2.2").narrative) == (2, "«Проведено»")
    assert complaints == []


def test_one_value_and_a_text_of_many_lines_paste_as_usual(sheet: Callable[..., Page]) -> None:
    page = sheet()
    put_on_clipboard(page, "Перший рядок\nдругий рядок", cell(page, "2.2", "narrative"))
    put_on_clipboard(page, "5,5\n", cell(page, "2.2", "actual"))
    expect(page.get_by_role("dialog")).to_be_hidden()


def test_one_reason_goes_to_all_rows_that_lack_it(sheet: Callable[..., Page], complaints: list[str]) -> None:
    page = sheet()
    cell(page, "2.2", "planned").fill("5")
    cell(page, "2.2", "financed").fill("0")
    leave(page)
    expect(row(page, "2.2").locator('[data-finding="zero_without_reason"]')).to_have_count(1)
    page.get_by_role("button", name="Причина нуля для кількох рядків").click()
    page.get_by_role("button", name="Позначити всі рядки без причини").click()
    page.locator("#reasons select").select_option("not_financed")
    page.get_by_role("button", name="Записати в позначені рядки").click()

    expect(cell(page, "2.2", "zero_reason")).to_have_value("not_financed")
    expect(row(page, "2.2").locator('[data-finding="zero_without_reason"]')).to_have_count(0)
    assert stored("2.2").zero_reason == "not_financed"
    assert complaints == []


# --- looks ----------------------------------------------------------------------------------


@pytest.mark.parametrize(("width", "dark"), [(1440, False), (360, True)])
def test_the_sheet_is_accessible_and_fits(
    sheet: Callable[..., Page], complaints: list[str], demo: Program, width: int, dark: bool
) -> None:
    page = sheet(width=width, dark=dark)
    row(page, "2.2").get_by_text("показати 2023 рік").click()
    expect(row(page, "2.2").locator(".last-narrative")).to_be_visible()
    cell(page, "2.4", "narrative").fill("Є")
    leave(page)
    expect(status(page, "2.4")).to_have_text(SAVED)
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert complaints == []


def test_on_a_phone_rows_are_cards(sheet: Callable[..., Page]) -> None:
    page = sheet(width=360)
    planned, narrative = (
        cell(page, "2.2", "planned").bounding_box(),
        cell(page, "2.2", "narrative").bounding_box(),
    )
    assert planned
    assert narrative
    assert narrative["y"] > planned["y"] + planned["height"]
    assert narrative["width"] > 280
    expect(page.locator("#entry > thead")).to_be_hidden()
