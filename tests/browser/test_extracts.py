"""An auditor's way in a browser: filter, count, first rows, file; and waiting for a large one."""

import datetime
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.utils import timezone
from playwright.sync_api import Page, expect
from pytest_django import Settings

from programs import demonstration
from programs.models import User
from reporting.models import FileJob, JobKind, JobState, SavedExtract
from tests.browser.test_pages import examine

pytestmark = pytest.mark.browser


@pytest.fixture(autouse=True)
def storage(settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def job(portal: str) -> FileJob:
    auditor = User.objects.get(username=demonstration.AUDITOR)
    SavedExtract.objects.create(owner=auditor, name="Щокварталу", selection={"years": ["2023"]})
    return FileJob.objects.create(
        owner=auditor,
        kind=JobKind.EXTRACT,
        title="Вибірка, JSON. Роки: 2023.",
        state=JobState.RUNNING,
        touched_at=timezone.now(),
        done=20,
        total=74,
    )


def test_an_auditor_filters_looks_and_downloads(
    sign_in: Callable[..., Page], complaints: list[str], tmp_path: Path
) -> None:
    page = sign_in("аудитор")
    page.get_by_role("link", name="Вибірка", exact=True).click()
    expect(page.get_by_role("heading", name="Знайдено рядків: 74")).to_be_visible()
    page.get_by_label("2023", exact=True).check()
    page.get_by_label("Лише заходи з результатами перевірки").check()
    page.get_by_role("button", name="Показати").click()
    expect(page.get_by_role("heading", name="Знайдено рядків: 17")).to_be_visible()
    expect(page.locator(".preview tbody tr")).to_have_count(17)
    with page.expect_download() as coming:
        page.get_by_role("button", name="JSON").click()
    coming.value.save_as(tmp_path / "file")
    assert coming.value.suggested_filename.startswith("Vybirka_2023_")
    assert json.loads((tmp_path / "file").read_text())
    # The page stands as it was, with its filter.
    expect(page.get_by_label("2023", exact=True)).to_be_checked()
    assert complaints == []


def test_who_waits_is_told_when_the_file_is_ready(
    sign_in: Callable[..., Page], job: FileJob, complaints: list[str]
) -> None:
    page = sign_in("аудитор")
    page.goto(f"/extracts/jobs/{job.pk}/")
    expect(page.get_by_text("Зроблено 20 із 74.")).to_be_visible()
    job.file.save("file", ContentFile(b"{}"), save=False)
    job.state, job.finished_at = JobState.DONE, timezone.now()
    job.expires_at = timezone.now() + datetime.timedelta(hours=1)
    job.file_name, job.content_type, job.size, job.sha256 = "Vybirka.json", "application/json", 2, "0" * 64
    job.save()
    expect(page.get_by_role("heading", name="Файл готовий")).to_be_visible()
    expect(page.get_by_role("status")).to_have_text("Файл готовий.")
    with page.expect_download() as coming:
        page.get_by_role("link", name="Завантажити").click()
    assert coming.value.suggested_filename == "Vybirka.json"
    assert complaints == []


@pytest.mark.parametrize(("width", "dark"), [(1440, True), (360, False)])
def test_the_pages_are_accessible_and_fit(
    sign_in: Callable[..., Page], job: FileJob, complaints: list[str], width: int, dark: bool
) -> None:
    page = sign_in("аудитор", width=width, dark=dark)
    for path in (
        "/extracts/",
        "/extracts/?years=2023&sources=99&deviation_over=x",
        "/extracts/?text=немає такого",
        f"/extracts/jobs/{job.pk}/",
    ):
        examine(page, path)
    assert complaints == []
