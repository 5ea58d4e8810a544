"""From publication to what a stranger reads: the head accepts, holds back, publishes; anybody looks."""

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect
from pytest_django import Settings

from programs.models import AnnualReport, Program, User, Withholding
from tests import submitting
from tests.agreeing import agree_unprinted, now, sign_on_paper

pytestmark = pytest.mark.browser

REPORT = "/programs/1688-2019-12-18/2023/"
PUBLIC = "/public/1688-2019-12-18/2023/"
WHERE = "відкрито кризову кімнату"


@pytest.fixture
def signed(portal: str, demo: Program, clerk: User, head: User, settings: Settings) -> AnnualReport:
    settings.PUBLIC_REPORTS = True
    report = demo.reports.get(year=2023)
    submitting.complete(report, clerk)
    submitting.submit(report, clerk)
    agree_unprinted(report, head)
    sign_on_paper(report, head, signed_by="Ірина КОВАЛЬЧУК")
    return now(report)


def test_the_head_publishes_and_a_stranger_reads(
    sign_in: Callable[..., Page],
    open_portal: Callable[..., Page],
    signed: AnnualReport,
    complaints: list[str],
) -> None:
    page = sign_in("керівник", width=360)
    page.goto(REPORT)
    page.get_by_role("link", name="Оприлюднити").click()
    expect(page.locator("mark")).to_have_text(["Катерина Молодецька", "Одна особа", "кризову кімнату"])
    faults = faults_on(page)
    for number in (0, 1):
        page.get_by_label("Оприлюднити як є").nth(number).check()
    shelter = page.locator(".sensitive").nth(2)
    shelter.get_by_text("Приховати тексти цього заходу").click()
    shelter.get_by_label("приховати лише «Інформацію про виконання»").check()
    shelter.get_by_label("Підстава").select_option("safety")
    shelter.get_by_label("Пояснення для всіх").fill("Розташування кризової кімнати не розголошують.")
    faults += faults_on(page)
    # Another row beside, by the keyboard; then thought better of.
    page.get_by_text("Приховати тексти ще якогось заходу").click()
    page.get_by_label("Захід", exact=True).select_option(
        label="1.4. Створення ґендерного профілю Житомирської міської ради."
    )
    page.get_by_role("button", name="Додати").press("Enter")
    expect(page.locator(".sensitive h3").first).to_contain_text("1.4.")
    page.get_by_role("button", name="Оприлюднити", exact=True).click()
    expect(page.get_by_role("heading", name="Редакцію 1 оприлюднено")).to_be_visible()
    assert Withholding.objects.values_list("number", "scope").get() == ("4.6", "information")

    for dark in (False, True):
        reader = open_portal(width=1440 if dark else 360, dark=dark)
        reader.get_by_role("link", name="Оприлюднені звіти").click()
        # Examined only once its styles are there.
        reader.wait_for_url("**/public/")
        faults += faults_on(reader)
        reader.get_by_role("link", name="Звіт за 2023 рік").click()
        reader.wait_for_url("**/2023/")
        faults += faults_on(reader)
    row = reader.locator("#m-4\\.6")
    expect(row).to_contain_text("Не оприлюднюється: безпека постраждалих осіб")
    expect(row).not_to_contain_text("Швеції")
    expect(reader.locator(".form-marks")).to_contain_text(
        "ПУБЛІЧНА КОПІЯ РЕДАКЦІЇ 1: без частини текстів (4.6)"
    )
    with reader.expect_download() as downloading:
        reader.get_by_role("link", name="CSV").click()
    assert WHERE not in downloading.value.path().read_text(encoding="utf-8")
    reader.get_by_role("link", name="Перевірити справжність").click()
    expect(reader.get_by_role("heading", name="Відбиток належить публічній копії редакції 1")).to_be_visible()
    assert (faults, complaints) == ([], [])


def faults_on(page: Page) -> list[str]:
    found = [
        f"{page.url}: {one['id']}: {node['html'][:200]}"
        for one in Axe().run(page).response["violations"]
        for node in one["nodes"]
    ]
    wide = page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
    return [*found, f"{page.url}: scrolls sideways"] if wide else found
