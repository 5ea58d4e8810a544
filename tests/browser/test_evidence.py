"""Evidence in a real browser: attached, opened, withdrawn, with and without a server that answers."""

from collections.abc import Callable
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import FilePayload, Page, expect
from pytest_django import Settings

from programs.models import AnnualReport, Evidence, User
from tests import files

pytestmark = pytest.mark.browser

LETTER: FilePayload = {"name": "Лист про свято.pdf", "mimeType": "application/pdf", "buffer": files.PDF}
PROGRAM_OF_VIRUSES: FilePayload = {
    "name": "рахунок.pdf",
    "mimeType": "application/pdf",
    "buffer": b"MZ\x90\0",
}


@pytest.fixture(autouse=True)
def media(settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "uploads"


@pytest.fixture
def address(report_2024: AnnualReport, coexecutor: User) -> str:
    """The evidence of a measure in which the demonstration's co-executor takes part."""
    body = coexecutor.appointments.get().executor
    row = report_2024.results.filter(measure__participations__executor=body).first()
    return f"/programs/{report_2024.program.public_id}/2024/evidence/rows/{row.pk}/"


def add(page: Page, file: FilePayload | None = None, **typed: str) -> None:
    if file:
        page.get_by_label("Файл", exact=True).set_input_files(file)
    for label, text in typed.items():
        page.get_by_label(label).fill(text)
    page.get_by_role("button", name="Додати підтвердження").click()


def test_a_file_is_attached_downloaded_and_withdrawn(
    sign_in: Callable[..., Page], complaints: list[str], address: str, tmp_path: Path
) -> None:
    page = sign_in("відповідальна особа")
    page.goto(address)
    add(page, LETTER)
    word = page.get_by_role("status")
    expect(word).to_have_text("Додано: «Лист про свято».")
    expect(word).to_be_focused()
    with page.expect_download() as coming:
        page.get_by_role("link", name="Лист про свято").click()
    assert coming.value.suggested_filename == "Лист про свято.pdf"
    coming.value.save_as(tmp_path / "file")
    assert (tmp_path / "file").read_bytes() == files.PDF
    page.on("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Вилучити: Лист про свято").click()
    expect(word).to_have_text("Вилучено: «Лист про свято».")
    expect(page.get_by_role("link", name="Лист про свято")).to_have_count(0)
    assert complaints == []


def test_a_coexecutor_adds_a_link(sign_in: Callable[..., Page], complaints: list[str], address: str) -> None:
    page = sign_in("співвиконавець")
    page.goto(address)
    add(page, **{"або посилання": "zt-rada.gov.ua/novyna/7", "Назва": "Новина"})
    link = page.get_by_role("link", name="Новина")
    expect(link).to_have_attribute("href", "https://zt-rada.gov.ua/novyna/7")
    expect(link).to_have_attribute("rel", "noopener noreferrer")
    expect(page.get_by_text("посилання на zt-rada.gov.ua")).to_be_visible()
    assert complaints == []


def test_a_refused_file_is_named_and_the_title_stays(sign_in: Callable[..., Page], address: str) -> None:
    page = sign_in("відповідальна особа")
    page.goto(address)
    add(page, PROGRAM_OF_VIRUSES, Назва="Рахунок")
    expect(page.get_by_role("status")).to_contain_text("За вмістом це програма для Windows (EXE)")
    expect(page.get_by_label("Назва")).to_have_value("Рахунок")
    assert Evidence.objects.count() == 0


def test_a_wrong_sum_costs_neither_the_file_nor_what_was_typed(
    sign_in: Callable[..., Page], address: str
) -> None:
    page = sign_in("відповідальна особа")
    page.goto(address)
    page.get_by_text("Номер, дата, сума документа").click()
    add(page, LETTER, **{"Номер документа": "15", "Дата документа": "2024-03-02", "Сума": "1.234,5"})
    expect(page.get_by_label("Сума")).to_have_attribute("aria-invalid", "true")
    add(page, **{"Сума": "42 350 грн"})
    expect(page.get_by_role("status")).to_have_text("Додано: «Лист про свято».")
    expect(page.get_by_text("№ 15 від 02.03.2024, 42,35 тис. грн")).to_be_visible()
    # The next file is another one.
    expect(page.get_by_label("Файл", exact=True)).to_have_value("")


def test_a_double_click_attaches_once(sign_in: Callable[..., Page], address: str) -> None:
    page = sign_in("відповідальна особа")
    page.goto(address)
    page.get_by_label("Файл", exact=True).set_input_files(LETTER)
    page.get_by_role("button", name="Додати підтвердження").dblclick()
    expect(page.get_by_role("link", name="Лист про свято")).to_have_count(1)
    assert Evidence.objects.count() == 1


def test_a_silent_server_is_told_and_the_file_stays(sign_in: Callable[..., Page], address: str) -> None:
    page = sign_in("відповідальна особа")
    page.goto(address)
    page.context.set_offline(True)
    add(page, LETTER)
    expect(page.get_by_role("status")).to_contain_text("Сервер не відповідає.")
    page.context.set_offline(False)
    page.get_by_role("button", name="Додати підтвердження").click()
    expect(page.get_by_role("status")).to_have_text("Додано: «Лист про свято».")


@pytest.mark.parametrize(("width", "dark"), [(1440, False), (360, True)])
def test_the_page_is_accessible_and_fits(
    sign_in: Callable[..., Page], complaints: list[str], address: str, width: int, dark: bool
) -> None:
    page = sign_in("відповідальна особа", width=width, dark=dark)
    page.goto(address)
    add(page, LETTER)
    expect(page.get_by_role("status")).to_have_text("Додано: «Лист про свято».")
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0
    assert complaints == []
