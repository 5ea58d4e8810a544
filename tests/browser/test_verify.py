"""Authenticity in a real browser: the file is hashed there and stays there; without scripts it is sent."""

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, FilePayload, Page, expect
from pytest_django import Settings

from programs.enums import FrozenForm
from programs.models import Edition
from tests import agreeing

pytestmark = pytest.mark.browser

UNKNOWN: FilePayload = {"name": "Інший файл.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7"}
NO_MATCH = "Файл не збігається з жодною оприлюдненою редакцією"
WITHOUT_SUBTLE = "Object.defineProperty(Crypto.prototype, 'subtle', { value: undefined })"
DROP = """([name, text]) => {
  const carried = new DataTransfer();
  carried.items.add(new File([text], name));
  const how = { dataTransfer: carried, bubbles: true, cancelable: true };
  document.body.dispatchEvent(new DragEvent("drop", how));
}"""


@pytest.fixture
def edition(portal: str) -> Edition:
    return agreeing.published_edition(*agreeing.small_report(), printed=False)


@pytest.fixture
def genuine(edition: Edition) -> FilePayload:
    content = edition.frozen.content(FrozenForm.JSON)
    return {"name": "report.json", "mimeType": "application/json", "buffer": content}


@pytest.fixture
def page(open_portal: Callable[..., Page]) -> Page:
    """Opened from the door, by somebody without an account."""
    page = open_portal()
    page.get_by_role("link", name="Перевірити справжність файла").click()
    page.wait_for_url("**/verify/")
    return page


def sent(page: Page) -> list[str]:
    """What goes to the portal from now on: the method, and the address without its digest."""
    requests: list[str] = []
    page.on("request", lambda one: requests.append(f"{one.method} {one.url.split('sha256=')[0]}"))
    return requests


def choose(page: Page, file: FilePayload) -> None:
    page.get_by_label("Файл", exact=True).set_input_files(file)


def test_a_chosen_file_is_answered_and_never_sent(
    page: Page, portal: str, genuine: FilePayload, complaints: list[str]
) -> None:
    expect(page.get_by_text("Він не залишить вашого комп’ютера")).to_be_visible()
    requests = sent(page)
    choose(page, genuine)
    answer = page.locator("#answer")
    expect(answer.get_by_role("heading")).to_have_text("Файл справжній")
    expect(answer.get_by_text("report.json", exact=True)).to_be_visible()
    expect(answer).to_have_attribute("aria-live", "polite")
    choose(page, UNKNOWN)
    expect(answer.get_by_role("heading")).to_have_text(NO_MATCH)
    expect(answer.get_by_text("Інший файл.pdf")).to_be_visible()
    assert (requests, complaints) == ([f"GET {portal}/verify/?"] * 2, [])


def test_a_dropped_file_is_answered_wherever_it_falls(
    page: Page, genuine: FilePayload, complaints: list[str]
) -> None:
    page.evaluate(DROP, ["report.json", genuine["buffer"].decode()])
    expect(page.locator("#answer").get_by_role("heading")).to_have_text("Файл справжній")
    assert complaints == []


def test_a_file_too_large_is_not_even_read(page: Page) -> None:
    page.locator("#verify-form").evaluate("form => { form.dataset.largestMb = '0'; }")
    requests = sent(page)
    choose(page, UNKNOWN)
    expect(page.get_by_role("status")).to_have_text(
        "Файл завеликий, щоб перевірити його в браузері: 1 МБ, а можна до 0 МБ. "
        "Портал таких великих файлів не видає."
    )
    assert requests == []


def test_a_portal_that_does_not_answer_is_told_and_asked_again(page: Page) -> None:
    page.context.set_offline(True)
    choose(page, UNKNOWN)
    expect(page.get_by_role("status")).to_contain_text("Портал не відповідає. Файл нікуди не надіслано")
    page.context.set_offline(False)
    page.get_by_role("button", name="Перевірити").click()
    expect(page.locator("#answer").get_by_role("heading")).to_have_text(NO_MATCH)


def test_too_many_questions_are_told(page: Page, settings: Settings) -> None:
    settings.ACCOUNT_RATE_LIMITS = {"verify": "1/m/ip"}
    choose(page, UNKNOWN)
    expect(page.locator("#answer").get_by_role("heading")).to_have_text(NO_MATCH)
    choose(page, UNKNOWN)
    expect(page.get_by_role("status")).to_contain_text("Забагато перевірок за короткий час.")
    expect(page.locator("#answer")).to_be_empty()


@pytest.mark.parametrize("scripts", [False, True], ids=["no scripts", "no HTTPS"])
def test_what_cannot_hash_sends_the_file_and_says_so(
    browser: Browser, portal: str, genuine: FilePayload, scripts: bool
) -> None:
    context = browser.new_context(base_url=portal, java_script_enabled=scripts)
    context.add_init_script(WITHOUT_SUBTLE)
    page = context.new_page()
    page.goto("/verify/")
    expect(
        page.get_by_text("буде надіслано на сервер; він порівняє його й нічого не збереже")
    ).to_be_visible()
    choose(page, genuine)
    page.get_by_role("button", name="Перевірити").click()
    expect(page.locator("#answer").get_by_role("heading")).to_have_text("Файл справжній")
    expect(page.locator("#answer").get_by_text("report.json", exact=True)).to_be_visible()
    context.close()


def test_a_fingerprint_typed_from_paper_leads_to_its_totals(page: Page, edition: Edition) -> None:
    page.get_by_label("Відбиток").fill(edition.frozen.fingerprint[:16].upper())
    page.get_by_role("button", name="Знайти редакцію").click()
    page.wait_for_url(f"**/verify/{edition.frozen.fingerprint[:16]}/")
    expect(page.get_by_role("heading", name="Відбиток належить редакції 1")).to_be_visible()
    assert page.locator(".match td").all_inner_texts() == ["10,0", "9,0", "8,0", "80,0"]


def test_who_is_signed_in_comes_there_from_the_bar(sign_in: Callable[..., Page]) -> None:
    page = sign_in("аудитор")
    page.get_by_role("button", name="Демонстраційний АУДИТОР").click()
    page.get_by_role("link", name="Перевірити справжність файла").click()
    expect(page.get_by_role("heading", name="Перевірити справжність файла")).to_be_visible()


@pytest.mark.parametrize(("width", "dark"), [(1440, False), (360, True)])
def test_the_page_is_accessible_and_fits(
    open_portal: Callable[..., Page],
    complaints: list[str],
    edition: Edition,
    genuine: FilePayload,
    width: int,
    dark: bool,
) -> None:
    page = open_portal(width=width, dark=dark)
    page.goto("/verify/")
    for file in (genuine, UNKNOWN):
        choose(page, file)
        expect(page.locator("#answer").get_by_text(file["name"], exact=True)).to_be_visible()
        examine(page)
    for fingerprint in (edition.frozen.fingerprint[:16], "0" * 16):
        page.goto(f"/verify/{fingerprint}/")
        examine(page)
    assert complaints == []


def examine(page: Page) -> None:
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0
