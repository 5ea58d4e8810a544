"""What the environment says wrongly is told in a sentence, and what it says rightly is heeded."""

import subprocess
import sys
from pathlib import Path

import pytest
from django.core.checks import run_checks
from pytest_django import Settings

ROOT = Path(__file__).resolve().parent.parent.parent


def started(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env={"PATH": "/usr/bin:/bin", "DJANGO_SETTINGS_MODULE": "reporting.settings", **environment},
        capture_output=True,
        text=True,
    )


@pytest.mark.parametrize("url", ["nonsense", "mysql://u:secret@h/x", "postgres://u:secret@h:port/x"])
def test_an_address_of_no_database_of_ours(url: str, tmp_path: Path) -> None:
    done = started("manage.py", "check", DATA_DIR=str(tmp_path), DATABASE_URL=url)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        "DATABASE_URL не є адресою бази даних. Приклад: postgres://zvit:пароль@localhost/zvit\n"
    )


def test_a_data_folder_that_is_a_file(tmp_path: Path) -> None:
    place = tmp_path / "data"
    place.touch()
    done = started("manage.py", "check", DATA_DIR=str(place))
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith(f"Не вдалося створити теку даних {place}: ")


def test_a_data_folder_that_cannot_be_written(tmp_path: Path) -> None:
    # A broken link where the key should lie: even root cannot write it there.
    (tmp_path / "secret_key").symlink_to(tmp_path / "nowhere" / "key")
    done = started("manage.py", "check", DATA_DIR=str(tmp_path))
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith(f"У теку даних {tmp_path} не можна писати: ")


@pytest.mark.parametrize(
    ("url", "option"),
    [
        ("postgres://u:p@h/x?sslmode=require", "sslmode"),
        ("postgres://u:p@h/x", "pool"),
        ("sqlite:////tmp/x.sqlite3", "transaction_mode"),
    ],
)
def test_what_the_database_address_asks_for_is_kept(url: str, option: str, tmp_path: Path) -> None:
    told = started(
        "-c",
        "from django.conf import settings; print(*settings.DATABASES['default']['OPTIONS'])",
        DATA_DIR=str(tmp_path),
        DATABASE_URL=url,
    )
    assert option in told.stdout.split()


@pytest.mark.parametrize("command", [["demo"], ["render_report", "1688-2019-12-18", "2023", "--output", "-"]])
def test_a_database_without_tables(tmp_path: Path, command: list[str]) -> None:
    done = started("manage.py", *command, DATA_DIR=str(tmp_path))
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("База даних не готова: no such table")
    assert "Traceback" not in done.stderr


def test_the_secret_key_is_made_once_and_for_the_owner_alone(tmp_path: Path) -> None:
    started("manage.py", "check", DATA_DIR=str(tmp_path))
    kept = tmp_path / "secret_key"
    first = kept.read_text()
    started("manage.py", "check", DATA_DIR=str(tmp_path))
    assert (kept.read_text(), kept.stat().st_mode & 0o777, len(first) > 50) == (first, 0o600, True)


@pytest.mark.parametrize("given", ["0", "-5", "двадцять"])
def test_a_size_that_is_none(given: str, tmp_path: Path) -> None:
    done = started("manage.py", "check", DATA_DIR=str(tmp_path), EVIDENCE_MAX_MB=given)
    assert (done.returncode, done.stdout, done.stderr) == (
        1,
        "",
        "EVIDENCE_MAX_MB має бути цілим числом, від 1. Наприклад: EVIDENCE_MAX_MB=20\n",
    )


@pytest.mark.parametrize("name", ["EXTRACT_KEEP_HOURS", "IMPORT_KEEP_HOURS"])
@pytest.mark.parametrize("given", ["8785", "9" * 5000])
def test_a_time_beyond_all_calendars(name: str, given: str, tmp_path: Path) -> None:
    done = started("manage.py", "check", DATA_DIR=str(tmp_path), **{name: given})
    default = {"EXTRACT_KEEP_HOURS": 48, "IMPORT_KEEP_HOURS": 24}[name]
    assert (done.returncode, done.stdout, done.stderr) == (
        1,
        "",
        f"{name} має бути цілим числом, від 1 до 8784. Наприклад: {name}={default}\n",
    )


@pytest.mark.parametrize(
    ("address", "told"), [("http://127.0.0.1:8000", ["zvit.E005"]), ("https://zvit.example.org", [])]
)
def test_an_address_for_the_square_code_that_leads_nowhere_is_no_real_servers(
    address: str, told: list[str], settings: Settings
) -> None:
    settings.PORTAL_URL = address
    found = run_checks(include_deployment_checks=True, tags=["security"])
    assert [message.id for message in found if message.id == "zvit.E005"] == told
