"""What a wrong environment gets: a sentence that names it, and no traceback."""

import subprocess
import sys
from pathlib import Path

import pytest


def manage(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        capture_output=True,
        text=True,
        env={"PATH": "/usr/bin:/bin", **environment},
    )


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    folder = tmp_path / "file" / "data"
    done = manage("check", DATA_DIR=str(folder))
    assert done.returncode == 1
    assert done.stderr == (
        f"Не вдалося створити теку даних {folder}: Not a directory. Перевірте змінну DATA_DIR.\n"
    )


def test_an_address_that_is_no_database(tmp_path: Path) -> None:
    done = manage("check", DATA_DIR=str(tmp_path), DATABASE_URL="nonsense")
    assert (done.returncode, done.stderr) == (
        1,
        "DATABASE_URL не є адресою бази даних. Приклад: postgres://zvit:пароль@localhost/zvit\n",
    )


@pytest.mark.parametrize("command", [["demo"], ["render_report", "1688-2019-12-18", "2023", "--output", "-"]])
def test_a_database_without_tables(tmp_path: Path, command: list[str]) -> None:
    done = manage(*command, DATA_DIR=str(tmp_path))
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("База даних не готова: no such table")
    assert "Traceback" not in done.stderr


def test_the_secret_key_is_made_once_and_for_the_owner_alone(tmp_path: Path) -> None:
    manage("check", DATA_DIR=str(tmp_path))
    kept = tmp_path / "secret_key"
    first = kept.read_text()
    manage("check", DATA_DIR=str(tmp_path))
    assert (kept.read_text(), kept.stat().st_mode & 0o777, len(first) > 50) == (first, 0o600, True)
