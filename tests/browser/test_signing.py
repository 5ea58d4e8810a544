"""Signing in a browser: from «На погодженні» to a published edition, as the head does it."""

import subprocess
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from programs.models import AnnualReport, Edition, Program, SignedFile, User
from tests import submitting
from tests.agreeing import agree_unprinted, now, publish, reopen, sign_on_paper
from tests.files import picture
from tests.reporting.signing import authority
from tests.reporting.signing.signed_files import signed_pdf

pytestmark = pytest.mark.browser

REPORT = "/programs/1688-2019-12-18/2024/"
HEAD = "керівник"
# As the demonstration year's signatory is called; within the length that a certificate's name may have.
SIGNATORY = "Підписувач Демонстраційний"


@pytest.fixture
def submitted(portal: str, demo: Program, clerk: User) -> AnnualReport:
    report = demo.reports.get(year=2024)
    submitting.complete(report, clerk)
    submitting.submit(report, clerk)
    return now(report)


def signed_elsewhere(pdf: bytes) -> bytes:
    """In a thread: pyHanko wants an event loop of its own, and Playwright's runs in this one."""
    with ThreadPoolExecutor(1) as elsewhere:
        return elsewhere.submit(signed_pdf, pdf, authority.person(SIGNATORY)).result()


def test_out_to_ones_own_tool_and_back_to_publication(
    sign_in: Callable[..., Page], submitted: AnnualReport, tmp_path: Path, complaints: list[str]
) -> None:
    page = sign_in(HEAD)
    page.goto(REPORT)
    page.get_by_role("link", name="Розглянути").first.click()
    page.get_by_role("button", name="Погодити до підписання").click()
    with page.expect_download() as downloading:
        page.get_by_role("link", name="PDF для підпису").first.click()
    assert downloading.value.suggested_filename == "Zvit_1688-2019-12-18_2024_r1.pdf"
    signed = tmp_path / "signed.pdf"
    signed.write_bytes(signed_elsewhere(downloading.value.path().read_bytes()))
    page.get_by_label("Підписаний файл").set_input_files(signed)
    page.get_by_role("button", name="Перевірити й додати").click()
    expect(page.get_by_role("heading", name="Редакцію 1 підписано")).to_be_visible()
    page.get_by_role("link", name="Оприлюднити").click()
    page.get_by_role("button", name="Оприлюднити").click()
    expect(page.get_by_role("heading", name="Редакцію 1 оприлюднено")).to_be_visible()
    with page.expect_download() as downloading:
        page.get_by_role("link", name="Підписаний PDF").click()
    assert downloading.value.path().read_bytes() == signed.read_bytes()
    assert complaints == []


def test_a_key_from_a_file_signs_visibly_and_pdfsig_agrees(
    sign_in: Callable[..., Page], submitted: AnnualReport, tmp_path: Path
) -> None:
    key = tmp_path / "key.p12"
    key.write_bytes(authority.person(SIGNATORY, "RSA").pkcs12())
    page = sign_in(HEAD)
    page.goto(f"{REPORT}review/")
    page.get_by_role("button", name="Погодити до підписання").click()
    page.get_by_label("Файл ключа").set_input_files(key)
    page.get_by_label("Пароль ключа").fill(authority.PASSWORD)
    page.get_by_role("button", name="Підписати", exact=True).click()
    with page.expect_download() as downloading:
        page.get_by_role("link", name="Підписаний PDF").click()
    said = subprocess.run(
        ["pdfsig", "-nocert", downloading.value.path()], capture_output=True, text=True, check=False
    ).stdout
    assert [line.strip() for line in said.splitlines() if "Validation" in line] == [
        "- Signature Validation: Signature is Valid."
    ]


def test_what_was_typed_about_a_scan_stays_when_something_is_missing(
    sign_in: Callable[..., Page], submitted: AnnualReport, head: User, tmp_path: Path
) -> None:
    agree_unprinted(submitted, head)
    scan = tmp_path / "scan.png"
    scan.write_bytes(picture("PNG"))
    page = sign_in(HEAD)
    page.goto(REPORT)
    page.get_by_label("Реєстраційний індекс").fill("01-12/345")
    page.get_by_role("button", name="Додати копію").click()
    expect(page.get_by_role("alert")).to_have_text("Виберіть файл. Поки що нічого не додано.")
    expect(page.locator("#copy_file")).to_be_focused()
    page.locator("#copy_file").set_input_files(scan)
    page.get_by_role("button", name="Додати копію").click()
    expect(page.locator(".signed-files")).to_contain_text("Копія, електронний підпис не перевірено.")
    assert SignedFile.objects.get().registry_number == "01-12/345"


@pytest.mark.parametrize(("width", "dark"), [(1440, False), (360, True)])
def test_nobody_is_shut_out(
    sign_in: Callable[..., Page], submitted: AnnualReport, head: User, width: int, dark: bool
) -> None:
    """Signing, a refusal, an edition with a verdict, a second one to compare: no fault of accessibility."""
    page = sign_in(HEAD, width=width, dark=dark)
    agree_unprinted(submitted, head)
    faults = faults_of(page, REPORT)
    page.get_by_role("button", name="Додати копію").click()
    faults += faults_on(page, "a refusal")
    sign_on_paper(submitted, head)
    publish(submitted, head)
    reopen(submitted, head)
    submitting.submit(submitted, head)
    agree_unprinted(submitted, head)
    faults += faults_of(page, f"{REPORT}editions/2/")
    sign_on_paper(submitted, head)
    assert Edition.objects.count() == 2
    for address in (REPORT, f"{REPORT}editions/1/", f"{REPORT}editions/2/changes/", f"{REPORT}journal/"):
        faults += faults_of(page, address)
    assert faults == []


def faults_of(page: Page, address: str) -> list[str]:
    page.goto(address)
    return faults_on(page, address)


def faults_on(page: Page, address: str) -> list[str]:
    found = [f"{address}: {one['id']}" for one in Axe().run(page).response["violations"]]
    wide = page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
    return [*found, f"{address}: scrolls sideways"] if wide else found
