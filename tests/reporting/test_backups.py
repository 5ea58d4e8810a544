"""Backups: whole, read back, recorded, and never in the way of what was there before."""

import io
import sqlite3
import zipfile
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError
from django.utils import timezone
from pytest_django import Settings

from reporting import backups
from reporting.models import Backup
from tests import building

pytestmark = pytest.mark.django_db


@pytest.fixture
def uploads(settings: Settings, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path / "uploads"
    for name in ("evidence/akt", "extracts/soon-gone"):
        path = settings.MEDIA_ROOT / name
        path.parent.mkdir(parents=True)
        path.write_bytes(b"%PDF-")
    return Path(settings.MEDIA_ROOT)


@pytest.mark.only_on("sqlite")
@pytest.mark.django_db(transaction=True)
def test_the_copy_of_sqlite_holds_the_rows_and_the_files(uploads: Path, tmp_path: Path) -> None:
    building.program(number="77")
    made = backups.make_backup(tmp_path / "copies", keep=14)
    with zipfile.ZipFile(tmp_path / "copies" / made.file_name) as archive:
        assert archive.namelist() == ["zvit.sqlite3", "uploads/evidence/akt"]
        archive.extract("zvit.sqlite3", tmp_path)
    with sqlite3.connect(tmp_path / "zvit.sqlite3") as copy:
        assert copy.execute("SELECT public_id FROM programs_program").fetchall() == [("77-2019-11-05",)]


@pytest.mark.only_on("postgresql")
@pytest.mark.django_db(transaction=True)
def test_the_copy_of_postgresql_holds_the_rows_and_the_files(uploads: Path, tmp_path: Path) -> None:
    building.program(number="77")
    made = backups.make_backup(tmp_path / "copies", keep=14)
    with zipfile.ZipFile(tmp_path / "copies" / made.file_name) as archive:
        assert archive.namelist() == ["zvit.pgdump", "uploads/evidence/akt"]
        archive.extract("zvit.pgdump", tmp_path)
    backups._run(
        [
            "pg_restore",
            "--data-only",
            "--table=programs_program",
            f"--file={tmp_path / 'rows.sql'}",
            str(tmp_path / "zvit.pgdump"),
        ],
        {},
    )
    assert (tmp_path / "rows.sql").read_text().count("77-2019-11-05") == 1


@pytest.mark.only_on("sqlite")
@pytest.mark.django_db(transaction=True)
def test_a_good_copy_is_the_last_backup_and_nobody_elses_to_read(uploads: Path, tmp_path: Path) -> None:
    made = backups.make_backup(tmp_path / "copies", keep=14)
    path = tmp_path / "copies" / made.file_name
    assert backups.last_backup() == made
    assert (path.stat().st_size, path.stat().st_mode & 0o777) == (made.size, 0o600)
    assert backups._digest(path) == made.sha256


@pytest.mark.only_on("sqlite")
@pytest.mark.django_db(transaction=True)
def test_only_so_many_copies_are_kept_and_nothing_else_is_touched(uploads: Path, tmp_path: Path) -> None:
    foreign = ["other.zip", "zvit-before-the-move.zip", "zvit-zzz.zip"]
    for name in ("zvit-20240101-000000.zip", "zvit-20240102-000000.zip", *foreign):
        (tmp_path / name).touch()
    made = backups.make_backup(tmp_path, keep=2)
    left = {path.name for path in tmp_path.glob("*.zip")}
    assert left == {*foreign, "zvit-20240102-000000.zip", made.file_name}


@pytest.mark.only_on("sqlite")
@pytest.mark.django_db(transaction=True)
def test_a_copy_takes_nobodys_place(uploads: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two in the same second; and a link that somebody put where the unfinished copy is written."""
    moment = timezone.now()
    monkeypatch.setattr("django.utils.timezone.now", lambda: moment)
    made = backups.make_backup(tmp_path, keep=14)
    first = (tmp_path / made.file_name).read_bytes()
    with pytest.raises(backups.NoBackup, match="вже є"):
        backups.make_backup(tmp_path, keep=14)
    assert (tmp_path / made.file_name).read_bytes() == first
    (tmp_path / made.file_name).unlink()
    (tmp_path / "secret").write_text("keep me")
    part = tmp_path / f".{made.file_name}.part"
    part.symlink_to(tmp_path / "secret")
    with pytest.raises(backups.NoBackup, match="вже є"):
        backups.make_backup(tmp_path, keep=14)
    assert ((tmp_path / "secret").read_text(), part.is_symlink()) == ("keep me", True)


def test_copies_are_not_kept_among_what_is_copied(uploads: Path) -> None:
    """Such an archive would have to hold itself."""
    with pytest.raises(backups.NoBackup, match="Виберіть іншу теку"):
        backups.make_backup(uploads / "copies", keep=14)
    assert not (uploads / "copies").exists()


@pytest.mark.only_on("sqlite")
@pytest.mark.django_db(transaction=True)
def test_a_file_that_has_gone_meanwhile_is_left_out(
    uploads: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An upload that was refused: the copied database does not name it."""
    monkeypatch.setattr(backups, "_kept_files", lambda: [uploads / "evidence/gone", uploads / "evidence/akt"])
    made = backups.make_backup(tmp_path, keep=14)
    with zipfile.ZipFile(tmp_path / made.file_name) as archive:
        assert archive.namelist() == ["zvit.sqlite3", "uploads/evidence/akt"]


def test_why_a_copy_failed_is_told_even_where_it_cannot_be_recorded(
    uploads: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The database may stand on the same disk, which is full."""

    def full(*args: object, **fields: object) -> None:
        raise OperationalError("database or disk is full")

    monkeypatch.setattr(Backup.objects, "create", full)
    (tmp_path / "copies").write_text("a file where the folder should be")
    with pytest.raises(backups.NoBackup, match="Не вдалося записати копію"):
        backups.make_backup(tmp_path / "copies", keep=14)


def test_a_copy_that_cannot_be_written_is_told_and_recorded(uploads: Path, tmp_path: Path) -> None:
    (tmp_path / "copies").write_text("a file where the folder should be")
    with pytest.raises(CommandError, match="Не вдалося записати копію"):
        call_command("backup", folder=tmp_path / "copies")
    failed = backups.last_failure()
    assert failed is not None
    assert (failed.finished_at, backups.last_backup()) == (None, None)


@pytest.mark.only_on("sqlite")
@pytest.mark.django_db(transaction=True)
def test_a_failed_copy_leaves_the_older_ones(
    uploads: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(zipfile.ZipFile, "testzip", lambda archive: "zvit.sqlite3")
    (tmp_path / "zvit-20240101-000000.zip").touch()
    with pytest.raises(backups.NoBackup, match=r"не читається: zvit\.sqlite3"):
        backups.make_backup(tmp_path, keep=1)
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["zvit-20240101-000000.zip"]


@pytest.mark.only_on("postgresql")
def test_without_pg_dump_the_package_is_named(
    uploads: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(backups.NoBackup, match="postgresql-client"):
        backups.make_backup(tmp_path, keep=14)


def test_a_copy_made_elsewhere_is_recorded_as_such() -> None:
    said = io.StringIO()
    call_command("backup", made_elsewhere="снімок диска", stdout=said)
    assert said.getvalue() == "Записано: копію «снімок диска» зроблено іншим засобом.\n"
    assert [(one.file_name, one.is_ours) for one in Backup.objects.all()] == [("снімок диска", False)]


@pytest.mark.parametrize("keep", ["0", "-1", "x", "1.5"])
def test_keeping_no_copy_is_refused(keep: str) -> None:
    with pytest.raises(CommandError, match="не кількість копій"):
        call_command("backup", f"--keep={keep}")
    assert Backup.objects.count() == 0
