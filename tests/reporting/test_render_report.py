"""`manage.py render_report` as a clerk's script or a timer would call it."""

import os
import subprocess
import sys

import pytest
from django.core.management import CommandError, call_command

from reporting.assemble import assemble
from reporting.renderers import FORMATS, render

PROGRAM = "1688-2019-12-18"


@pytest.mark.parametrize("format_name", list(FORMATS))
def test_writes_what_the_renderer_gives(report_2023, tmp_path, format_name):
    target = tmp_path / f"report.{format_name}"
    call_command("render_report", PROGRAM, "2023", "--format", format_name, "--output", str(target))
    assert target.read_bytes() == render(assemble(report_2023, draft_at=None), format_name)


def test_dash_is_standard_output(report_2023, capfdbinary):
    call_command("render_report", PROGRAM, "2023", "--format", "csv", "--output", "-")
    sys.stdout.flush()
    assert capfdbinary.readouterr().out == render(assemble(report_2023, draft_at=None), "csv")


def test_final_leaves_the_draft_mark_out(report_2024, tmp_path):
    target = tmp_path / "report.json"
    call_command("render_report", PROGRAM, "2024", "--format", "json", "--final", "--output", str(target))
    assert target.read_bytes() == render(assemble(report_2024, draft_at=None), "json")


@pytest.mark.parametrize(
    ("program", "year", "sentence"),
    [
        ("0000", "2023", f"Програми «0000» немає. Є такі: {PROGRAM}."),
        # What a terminal in another encoding sends.
        ("\udcff", "2023", f"Програми «\udcff» немає. Є такі: {PROGRAM}."),
        (PROGRAM, "1999", f"Звіту програми «{PROGRAM}» за 1999 рік немає. Є за роки: 2023, 2024."),
    ],
)
def test_unknown_program_or_year_is_told(demo, program, year, sentence):
    with pytest.raises(CommandError) as raised:
        call_command("render_report", program, year, "--output", "-")
    assert (str(raised.value), raised.value.returncode) == (sentence, 2)


@pytest.mark.parametrize("output", ["", "/", ".", ".."])
def test_a_folder_is_no_place_for_a_file(demo, tmp_path, monkeypatch, output):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(CommandError) as raised:
        call_command("render_report", PROGRAM, "2023", "--format", "csv", "--output", output)
    assert (str(raised.value), raised.value.returncode) == (
        f"Не вдалося записати «{output}»: це тека, а не файл. Файл не створено.",
        2,
    )
    assert list(tmp_path.iterdir()) == []


def test_a_pipe_is_written_into_and_stays_one(report_2023, tmp_path):
    """As `/dev/stdout` would be: put in its place, a file would destroy it."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = subprocess.Popen(["cat", pipe], stdout=subprocess.PIPE)
    call_command("render_report", PROGRAM, "2023", "--format", "json", "--output", str(pipe))
    assert reader.communicate()[0] == render(assemble(report_2023, draft_at=None), "json")
    assert pipe.is_fifo()


def test_a_link_stays_a_link(report_2023, tmp_path):
    link = tmp_path / "latest.csv"
    link.symlink_to(tmp_path / "2023.csv")
    call_command("render_report", PROGRAM, "2023", "--format", "csv", "--output", str(link))
    assert link.is_symlink()
    assert (tmp_path / "2023.csv").read_bytes() == render(assemble(report_2023, draft_at=None), "csv")


def test_unwritable_output_is_told_and_leaves_nothing(demo, tmp_path):
    target = tmp_path / "немає" / "report.csv"
    with pytest.raises(CommandError) as raised:
        call_command("render_report", PROGRAM, "2023", "--format", "csv", "--output", str(target))
    assert str(raised.value) == f"Не вдалося записати «{target}»: такої теки немає. Файл не створено."
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("arguments", [["0000", "2023"], [PROGRAM, "рік"], [PROGRAM, "9" * 5000]])
def test_the_shell_sees_exit_code_two_and_no_traceback(tmp_path, arguments):
    environment = {"DATA_DIR": str(tmp_path), "PATH": "/usr/bin:/bin"}
    subprocess.run([sys.executable, "manage.py", "migrate", "-v0"], check=True, env=environment)
    done = subprocess.run(
        [sys.executable, "manage.py", "render_report", *arguments, "--output", "-"],
        capture_output=True,
        text=True,
        env=environment,
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert "Traceback" not in done.stderr
