"""Резервні копії: the database as it stands, and the files beside it, in one archive that has been read back.

SQLite is copied through its own interface, while people go on working; of PostgreSQL its own `pg_dump`
makes the copy. What is kept of each attempt is a record, so that somebody who never sees the server
knows when the last good copy was made.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import sqlite3
import subprocess
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import IO

from django.conf import settings
from django.db import DatabaseError, connection
from django.utils import timezone

from programs import zips

from .models import FILES_FOLDER, Backup

SQLITE_COPY, POSTGRESQL_COPY, FILES = "zvit.sqlite3", "zvit.pgdump", "uploads"
PIECE = 1024 * 1024
NAME = re.compile(r"zvit-\d{8}-\d{6}\.zip")
"""Of our archives; whatever else lies in the folder is somebody else's."""
NO_PROGRAM = (
    "Не знайдено програми {program}. У Debian і Ubuntu її дає пакет postgresql-client. Копії не зроблено."
)

TAKEN = "Файл {name} у теці вже є: копію щойно зробили або роблять. Спробуйте за хвилину. Копії не зроблено."


class NoBackup(Exception):
    """The copy could not be made, or does not read back; the message is a Ukrainian sentence."""


def last_backup() -> Backup | None:
    """The newest good one."""
    return Backup.objects.filter(error="").first()


def last_failure() -> Backup | None:
    """An attempt that failed after the last good copy was made."""
    newest = Backup.objects.first()
    return newest if newest and newest.error else None


def make_backup(folder: Path, *, keep: int) -> Backup:
    """A new archive in the folder, recorded; of the older ones there only the newest `keep` - 1 stay.

    Raises NoBackup, which is recorded too. What was there before is then left alone.
    """
    began = timezone.now()
    target = folder / f"zvit-{timezone.localtime(began):%Y%m%d-%H%M%S}.zip"
    try:
        size, sha256 = _written(target)
    except (NoBackup, OSError, sqlite3.Error, zipfile.BadZipFile) as error:
        reason = str(error) if isinstance(error, NoBackup) else f"Не вдалося записати копію: {error}."
        # On a full disk there may be no room for the record either; the reason is told all the same.
        with suppress(DatabaseError):
            Backup.objects.create(started_at=began, file_name=target.name, error=reason[:500])
        raise NoBackup(reason) from error
    made = Backup.objects.create(
        started_at=began, finished_at=timezone.now(), file_name=target.name, size=size, sha256=sha256
    )
    ours = [path for path in folder.iterdir() if NAME.fullmatch(path.name) and path.is_file()]
    for old in sorted(ours, reverse=True)[keep:]:
        old.unlink()
    return made


def record_made_elsewhere(name: str) -> Backup:
    """A copy made by the city's own means, which only told us so."""
    now = timezone.now()
    return Backup.objects.create(started_at=now, finished_at=now, file_name=name[:200], is_ours=False)


def _written(target: Path) -> tuple[int, str]:
    """Size and SHA-256 of the archive; nobody finds half of one under its name."""
    _require_room_of_its_own(target.parent)
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    unfinished = target.with_name(f".{target.name}.part")
    if target.exists():
        raise NoBackup(TAKEN.format(name=target.name))
    try:
        # Figures and accounts are nobody else's business on a shared machine, and no link is followed.
        opened = open(os.open(unfinished, os.O_CREAT | os.O_WRONLY | os.O_EXCL, 0o600), "wb")  # noqa: SIM115
    except FileExistsError as error:
        raise NoBackup(TAKEN.format(name=unfinished.name)) from error
    try:
        with opened:
            _write(opened)
        _read_back(unfinished)
        size, sha256 = unfinished.stat().st_size, _digest(unfinished)
        unfinished.replace(target)
    finally:
        unfinished.unlink(missing_ok=True)
    return size, sha256


def _require_room_of_its_own(folder: Path) -> None:
    """An archive among the uploads would have to hold itself, until the disk is full."""
    if folder.resolve().is_relative_to(Path(settings.MEDIA_ROOT).resolve()):
        raise NoBackup(f"{folder} – серед файлів, які копіюють. Виберіть іншу теку. Копії не зроблено.")


def _write(opened: IO[bytes]) -> None:
    with tempfile.TemporaryDirectory() as folder, zipfile.ZipFile(opened, "w") as archive:
        # The database first: every file that it names then is there when the files are copied.
        copy = _copied_database(Path(folder))
        _add(archive, copy, copy.name, stored=copy.name == POSTGRESQL_COPY)
        for path in _kept_files():
            name = f"{FILES}/{path.relative_to(settings.MEDIA_ROOT).as_posix()}"
            # Whatever has gone meanwhile, an upload that was refused, the copied database does not name.
            with suppress(FileNotFoundError):
                _add(archive, path, name, stored=True)


def _kept_files() -> Iterator[Path]:
    """But for those made in the background: they are deleted in a few days, and can be made again."""
    root = Path(settings.MEDIA_ROOT)
    for path in sorted(root.rglob("*")):
        if path.is_file() and path.relative_to(root).parts[0] != FILES_FOLDER:
            yield path


def _add(archive: zipfile.ZipFile, path: Path, name: str, *, stored: bool) -> None:
    with (
        path.open("rb") as source,
        archive.open(zips.entry(name, stored=stored), "w", force_zip64=True) as to,
    ):
        shutil.copyfileobj(source, to, PIECE)


def _copied_database(folder: Path) -> Path:
    if connection.vendor == "sqlite":
        copy = folder / SQLITE_COPY
        if connection.in_atomic_block:
            raise RuntimeError("SQLite would wait for our own transaction, for good")
        connection.ensure_connection()
        with closing(sqlite3.connect(copy)) as target:
            connection.connection.backup(target)
            if target.execute("PRAGMA integrity_check").fetchone() != ("ok",):
                raise NoBackup("Копія бази даних пошкоджена. Перевірте диск. Копії не зроблено.")
        return copy
    return _dumped(folder / POSTGRESQL_COPY)


def _dumped(copy: Path) -> Path:
    from django.db.backends.postgresql.client import DatabaseClient

    # The same words and the same password by which Django itself opens `psql`.
    said, environment = DatabaseClient.settings_to_cmd_args_env(connection.settings_dict, [])
    _run(["pg_dump", "--format=custom", f"--file={copy}", *said[1:]], environment or {})
    # Its list of contents is at the head; a dump that was cut has none of the data it lists.
    _run(["pg_restore", "--file=/dev/null", str(copy)], {})
    return copy


def _run(command: list[str], environment: dict[str, str]) -> None:
    if shutil.which(command[0]) is None:
        raise NoBackup(NO_PROGRAM.format(program=command[0]))
    done = subprocess.run(
        command, env={**os.environ, **environment}, capture_output=True, text=True, stdin=subprocess.DEVNULL
    )
    if done.returncode:
        said = (done.stderr.strip().splitlines() or ["без пояснення"])[-1]
        raise NoBackup(f"{command[0]} відмовив: {said}. Копії не зроблено.")


def _read_back(archive: Path) -> None:
    with zipfile.ZipFile(archive) as opened:
        if broken := opened.testzip():
            raise NoBackup(f"Записана копія не читається: {broken}. Перевірте диск.")


def _digest(path: Path) -> str:
    with path.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()
