"""`manage.py extract` as an administrator's script or a timer would call it."""

import csv
import hashlib
import io
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from programs.enums import EventKind
from programs.models import Event, Program, User
from tests import building

PROGRAM = "1688-2019-12-18"


def extract(target: Path, *arguments: str) -> list[dict[str, str]]:
    call_command("extract", *arguments, "--format", "csv-plain", "--output", str(target))
    return list(csv.DictReader(io.StringIO(target.read_text(encoding="utf-8"), newline="")))


def refused(*arguments: str) -> tuple[str, int]:
    with pytest.raises(CommandError) as raised:
        call_command("extract", *arguments)
    return str(raised.value), raised.value.returncode


def test_a_year_of_all_programmes_is_written(demo: Program, tmp_path: Path) -> None:
    building.results(building.program(measures=2), 2023)
    assert len(extract(tmp_path / "e.csv", "--year", "2023")) == 39


def test_years_and_programmes_may_be_several(demo: Program, tmp_path: Path) -> None:
    building.results(building.program(measures=2), 2023)
    rows = extract(tmp_path / "e.csv", "--year", "2023", "--year", "2024", "--program", PROGRAM)
    assert {(row["код програми"], row["звітний рік"]) for row in rows} == {
        (PROGRAM, "2023"),
        (PROGRAM, "2024"),
    }


def test_dash_is_standard_output(demo: Program, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    call_command("extract", "--year", "2023", "--format", "xlsx", "--output", "-")
    sys.stdout.flush()
    assert capfdbinary.readouterr().out.startswith(b"PK")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--program", "0000"], f"Програми «0000» немає. Є такі: {PROGRAM}."),
        (["--program", "\udcff"], f"Програми «\udcff» немає. Є такі: {PROGRAM}."),
        (["--year", "1999"], "За цими умовами немає жодного заходу. Звіти є за роки: 2023, 2024."),
        (["--by", "nobody"], "Користувача «nobody» немає, або його обліковий запис вимкнено."),
        (["--by", "\udcff"], "Користувача «\udcff» немає, або його обліковий запис вимкнено."),
    ],
)
def test_what_is_not_there_is_told(
    demo: Program, tmp_path: Path, arguments: list[str], sentence: str
) -> None:
    target = tmp_path / "e.xlsx"
    assert refused(*arguments, "--output", str(target)) == (sentence, 2)
    assert list(tmp_path.iterdir()) == []


def test_unwritable_output_is_told_and_leaves_nothing(demo: Program, tmp_path: Path) -> None:
    target = tmp_path / "немає" / "e.xlsx"
    assert refused("--output", str(target)) == (
        f"Не вдалося записати «{target}»: такої теки немає. Файл не створено.",
        2,
    )


def test_what_was_not_written_is_not_journalled(auditor: User, tmp_path: Path) -> None:
    refused("--by", auditor.username, "--output", str(tmp_path / "немає" / "e.xlsx"))
    assert not Event.objects.filter(kind=EventKind.EXTRACTED).exists()


def test_a_programme_without_a_decision_is_named_by_its_stand_in(demo: Program, tmp_path: Path) -> None:
    program = building.program(measures=2)
    building.results(program, 2023)
    Program.objects.filter(pk=program.pk).update(public_id=None)
    rows = extract(tmp_path / "e.csv", "--program", f"program-{program.pk}")
    assert [row["код програми"] for row in rows] == [f"program-{program.pk}"] * 2
    assert refused("--program", "0000", "--output", "-") == (
        f"Програми «0000» немає. Є такі: {PROGRAM}, program-{program.pk}.",
        2,
    )
    assert refused("--program", f"program-{program.pk}", "--year", "2024", "--output", "-") == (
        "За цими умовами немає жодного заходу. Звіти є за роки: 2023.",
        2,
    )


def test_what_was_written_is_told_beside_it(
    demo: Program, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "e.csv"
    told = []
    for _ in range(2):
        extract(target, "--year", "2023")
        told.append(capsys.readouterr().err)
    counted = f"Рядків: 37. SHA-256: {hashlib.sha256(target.read_bytes()).hexdigest()}\n"
    assert told == [counted, f"Файл «{target}» уже був; його замінено.\n{counted}"]


def test_the_portal_itself_leaves_no_trace(demo: Program, tmp_path: Path) -> None:
    extract(tmp_path / "e.csv")
    assert not Event.objects.filter(kind=EventKind.EXTRACTED).exists()


def test_in_somebodys_name_it_is_journalled(auditor: User, tmp_path: Path) -> None:
    extract(tmp_path / "e.csv", "--year", "2023", "--by", auditor.username)
    event = Event.objects.get(kind=EventKind.EXTRACTED)
    assert (event.by, event.details["rows"], event.details["filter"]["years"]) == (auditor, 37, [2023])


def test_in_somebodys_name_there_is_what_they_may_see(stranger: User, tmp_path: Path) -> None:
    sentence = "За цими умовами немає жодного заходу. Звіти є за роки: жодного."
    assert refused("--by", stranger.username, "--output", str(tmp_path / "e.csv")) == (sentence, 2)


def test_a_programme_of_others_is_unknown(stranger: User, tmp_path: Path) -> None:
    told = refused("--by", stranger.username, "--program", PROGRAM, "--output", str(tmp_path / "e.csv"))
    assert told == (f"Програми «{PROGRAM}» немає. Є такі: жодної.", 2)


@pytest.mark.parametrize("arguments", [["--year", "рік"], ["--format", "doc"], ["--year", "9" * 5000]])
def test_the_shell_sees_exit_code_two_and_no_traceback(tmp_path: Path, arguments: list[str]) -> None:
    environment = {"DATA_DIR": str(tmp_path), "PATH": "/usr/bin:/bin"}
    done: Any = subprocess.run(
        [sys.executable, "manage.py", "extract", *arguments, "--output", "-"],
        capture_output=True,
        text=True,
        env=environment,
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert "Traceback" not in done.stderr
