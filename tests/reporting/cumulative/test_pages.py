"""The cumulative report in the portal, and by the command."""

import io
import re
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils.html import strip_tags

from programs.models import Program, User
from reporting import fonts
from reporting.views import cumulative as views
from tests import building

PAGE = "/programs/1688-2019-12-18/cumulative/"


@pytest.fixture
def reader(db: None) -> Client:
    client = Client()
    client.force_login(building.user("auditor", is_auditor=True))
    return client


@pytest.fixture
def files(db: None) -> str:
    """Where the files of a small programme lie, but for their endings."""
    return f"/programs/{building.program(measures=1).public_id}/cumulative."


def words(response: Any) -> str:
    return re.sub(r"\s+", " ", strip_tags(response.content.decode()))


def test_the_page_shows_the_report_and_leads_to_its_files_and_years(auditor: User) -> None:
    reader = Client()
    reader.force_login(auditor)
    response = reader.get(PAGE)
    assert "Разом за роки зі звітом: 2023–2024547,2255,6185,733,9" in words(response)
    links = re.findall(r'href="(/programs/1688-2019-12-18/[^"]*)"', response.content.decode())
    assert links == [
        "/programs/1688-2019-12-18/",
        "/programs/1688-2019-12-18/",
        *(f"/programs/1688-2019-12-18/cumulative.{name}" for name in ("pdf", "xlsx", "html")),
        *(f"/programs/1688-2019-12-18/{year}/" for year in (2023, 2024)),
    ]


@pytest.mark.parametrize(("name", "begins"), [("pdf", b"%PDF-1.7"), ("xlsx", b"PK"), ("html", b"<!doctype")])
def test_a_file_comes_under_its_name(reader: Client, files: str, name: str, begins: bytes) -> None:
    response = reader.get(files + name)
    assert response["Content-Disposition"] == f'attachment; filename="Zvedenyi_zvit_15-2019-11-05.{name}"'
    assert response.content.startswith(begins)


def test_an_unknown_format_is_told(reader: Client, files: str) -> None:
    response = reader.get(files + "docx")
    assert response.status_code == 404
    assert "Такого формату зведеного звіту немає. Є HTML, PDF і Excel." in words(response)


def test_what_cannot_be_printed_is_told(reader: Client, files: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fonts, "PANGO_LIBRARIES", ("libnowhere.so.9",))
    response = reader.get(files + "pdf")
    assert response.status_code == 503
    assert "бракує бібліотек: libnowhere.so.9" in words(response)


def test_a_report_too_large_to_print_here_says_what_to_take(
    reader: Client, files: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # One measure, its task and the total, each with four figures in six years and the term.
    monkeypatch.setattr(views, "MOST_PRINTED", 4 * 3 * 7 - 1)
    page = files.removesuffix("cumulative.") + "cumulative/"
    told = "PDF тут не друкується: у звіті 84 показники, а сервер друкує до 83."
    assert (told in words(reader.get(page)), "cumulative.pdf" in reader.get(page).content.decode()) == (
        True,
        False,
    )
    refused = reader.get(files + "pdf")
    assert (refused.status_code, told in words(refused)) == (422, True)
    assert [reader.get(files + name).status_code for name in ("xlsx", "html")] == [200, 200]

    monkeypatch.setattr(views, "MOST_PRINTED", 4 * 3 * 7)
    assert "cumulative.pdf" in reader.get(page).content.decode()


def test_a_programme_without_measures_or_reports_has_a_page(reader: Client) -> None:
    program = building.program()
    program.tasks.all().delete()
    response = reader.get(f"/programs/{program.public_id}/cumulative/")
    assert "Звітів за програмою ще немає" in words(response)
    assert reader.get(f"/programs/{program.public_id}/cumulative.xlsx").status_code == 200


def test_the_command_writes_the_same(demo: Program, tmp_path: Any) -> None:
    target = tmp_path / "zvit.html"
    call_command("render_cumulative", demo.public_id, "--format", "html", "--output", str(target))
    assert "<h1>Зведений звіт</h1>" in target.read_text(encoding="utf-8")


def test_the_command_tells_what_programmes_there_are(demo: Program) -> None:
    with pytest.raises(CommandError, match="Програми «0000» немає") as refused:
        call_command("render_cumulative", "0000", "--output", "-", stdout=io.StringIO())
    assert refused.value.returncode == 2
