"""A server killed in the middle of work loses nothing that it has called saved.

A real server with several workers, on a database of its own, of the kind the tests run on; people who
write without a pause; SIGKILL for the whole process group, and another start, several times.
"""

from __future__ import annotations

import html
import http.client
import json
import os
import random
import re
import signal
import subprocess
import sys
import time
import urllib.parse
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event, Thread
from typing import Any

import psycopg
import pytest
from django.db import connection

from tests.postgres import free_port

ROOT = Path(__file__).resolve().parent.parent
WRITERS = 4
KILLS = 4
# Acknowledged by each server before it is killed.
SAVED_BETWEEN_KILLS = 12
PATIENCE = 60
CSRF_TOKEN = "k" * 32


# --- what runs in processes of their own, against that database ---------------------------


def prepare() -> None:
    """A small report, and somebody signed in who may fill it; prints what a browser would know."""
    from django.core.management import call_command
    from django.test import Client

    from tests import building

    call_command("migrate", verbosity=0)
    program = building.program(measures=WRITERS)
    clerk = building.appointed(building.user("clerk"), program.responsible)
    client = Client()
    client.force_login(clerk)
    source = building.source()
    told = {
        "path": f"/programs/{program.public_id}/2024/entry/rows/",
        "rows": [row.pk for row in building.results(program)],
        "source": source.pk,
        "session": client.cookies["sessionid"].value,
    }
    print(json.dumps(told))


def read_back() -> None:
    """Prints every row with its sums and the history of both, the oldest first."""
    from programs.models import Amount, MeasureResult

    told = {
        row.pk: {
            "version": row.version,
            "narrative": row.narrative,
            "sums": [[str(sum.actual), str(sum.financed)] for sum in row.amounts.all()],
            "versions": list(row.history.order_by("history_id").values_list("version", "narrative")),
            "moments": [str(one) for one in moments(row.history)],
            "moments of sums": [str(one) for one in moments(Amount.history.filter(result_id=row.pk))],
            "writers": list(row.history.exclude(version=1).values_list("history_user__username", flat=True)),
            "past sums": [
                str(one) for one in Amount.history.filter(result_id=row.pk).order_by("history_id")
                .values_list("financed", flat=True)
            ],
        }
        for row in MeasureResult.objects.all()
    }  # fmt: skip
    print(json.dumps(told))


def moments(history: Any) -> Any:
    return history.order_by("history_id").values_list("history_date", flat=True)


def run_here(function: str, environment: dict[str, str]) -> Any:
    """What the function prints, run in a process that knows only that database."""
    code = f"import django; django.setup(); from tests import test_killed_server as t; t.{function}()"
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=environment | {"DJANGO_SETTINGS_MODULE": "reporting.settings"},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


# --- the server and those who write -------------------------------------------------------


@dataclass
class Server:
    environment: dict[str, str]
    port: int
    log: Path
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "gunicorn", "--config", "scripts/gunicorn.conf.py", "reporting.wsgi"],
                cwd=ROOT,
                env=self.environment | {"PORT": str(self.port)},
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def kill(self) -> None:
        """Master and workers at one blow: nobody finishes what they were doing."""
        if self.process:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            self.process = None


@dataclass(eq=False)
class Writer(Thread):
    """Saves «1», «2», … in a row of their own, in its text and its sums, as fast as the server answers."""

    port: int
    known: dict[str, Any]
    row: int
    stop: Event
    sent: int = 0
    saved: list[int] = field(default_factory=list)
    cut: int = 0
    surprises: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(daemon=True)

    def run(self) -> None:
        seen = ""
        while not self.stop.is_set() and not self.surprises:
            asked = self.sent
            try:
                seen = self.save(seen) if seen else self.look()
            except (OSError, http.client.HTTPException):
                self.cut += self.sent > asked
                seen = ""
                time.sleep(0.05)

    def look(self) -> str:
        """What the row holds now: the last acknowledged, or what was on its way when it broke off."""
        status, _, page = self.ask("GET")
        match = re.search(r'data-seen="([^"]*)" data-standing="([^"]*)"', page)
        if status != 200 or not match:
            self.surprises.append(f"GET: {status} {page[:200]}")
            return ""
        standing = json.loads(html.unescape(match[2]))[f"r{self.row}-narrative"]
        held = int(standing.removeprefix("Запис ") or 0)
        if not (self.saved or [0])[-1] <= held <= self.sent:
            self.surprises.append(f"holds {held}, was told {self.saved[-1:]}, sent {self.sent}")
        return match[1]

    def save(self, seen: str) -> str:
        key, number = f"r{self.row}", self.sent + 1
        typed = {
            f"{key}-seen": seen,
            f"{key}-narrative": f"Запис {number}",
            f"{key}-{self.known['source']}-actual": str(number),
            f"{key}-{self.known['source']}-financed": str(number),
        }
        self.sent = number
        status, state, page = self.ask("POST", urllib.parse.urlencode(typed))
        if (status, state) != (200, "saved"):
            self.surprises.append(f"POST: {status} {state} {page[:300]}")
            return ""
        self.saved.append(number)
        match = re.search(r'data-seen="([^"]*)"', page)
        return match[1] if match else ""

    def ask(self, method: str, body: str | None = None) -> tuple[int, str | None, str]:
        server = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            server.request(
                method,
                f"{self.known['path']}{self.row}/",
                body,
                {
                    "Cookie": f"sessionid={self.known['session']}; csrftoken={CSRF_TOKEN}",
                    "Content-Type": "application/x-www-form-urlencoded",
                    "X-CSRFToken": CSRF_TOKEN,
                    "HX-Request": "true",
                },
            )
            answer = server.getresponse()
            return answer.status, answer.getheader("X-Row-State"), answer.read().decode()
        finally:
            server.close()


# --- the test ----------------------------------------------------------------------------


@pytest.fixture
def database_url(tmp_path: Path) -> Iterator[str]:
    """A database of the kind that the tests run on, and nobody else's."""
    if connection.vendor == "sqlite":
        yield f"sqlite:///{tmp_path / 'killed.sqlite3'}"
        return
    server = connection.settings_dict
    name = f"killed_{uuid.uuid4().hex}"
    place = {"user": server["USER"], "password": server["PASSWORD"], "host": server["HOST"]}
    with psycopg.connect(**place, port=server["PORT"], dbname="postgres", autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {name}")
        try:
            yield f"postgres://{place['user']}:{place['password']}@{place['host']}:{server['PORT']}/{name}"
        finally:
            admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def environment(tmp_path: Path, database_url: str) -> dict[str, str]:
    return {"PATH": os.environ["PATH"], "DATA_DIR": str(tmp_path), "DATABASE_URL": database_url}


@pytest.fixture
def server(environment: dict[str, str], tmp_path: Path) -> Iterator[Server]:
    made = Server(environment, free_port(), tmp_path / "server.log")
    yield made
    made.kill()


def wait_for(writers: list[Writer], saved: int, server: Server) -> None:
    """Until so many rows more are acknowledged."""
    deadline = time.monotonic() + PATIENCE
    wanted = count(writers) + saved
    while count(writers) < wanted:
        assert [one for writer in writers for one in writer.surprises] == []
        assert time.monotonic() < deadline, server.log.read_text()
        time.sleep(0.005)


def count(writers: list[Writer]) -> int:
    return len([number for writer in writers for number in writer.saved])


def test_nothing_that_was_called_saved_is_lost(server: Server, environment: dict[str, str]) -> None:
    known = run_here("prepare", environment)
    stop, chance = Event(), random.Random(1688)
    writers = [Writer(server.port, known, row, stop) for row in known["rows"]]
    for writer in writers:
        writer.start()
    for _ in range(KILLS):
        server.start()
        wait_for(writers, SAVED_BETWEEN_KILLS, server)
        time.sleep(chance.random() * 0.05)
        server.kill()
    server.start()
    wait_for(writers, SAVED_BETWEEN_KILLS, server)
    server.kill()
    stop.set()
    for writer in writers:
        writer.join(PATIENCE)

    assert [one for writer in writers for one in writer.surprises] == []
    # Had no kill hit a request on its way, this would have shown nothing.
    assert [writer.cut for writer in writers] != [0] * WRITERS
    held = run_here("read_back", environment)
    for writer in writers:
        examine(writer, held[str(writer.row)])


def examine(writer: Writer, row: dict[str, Any]) -> None:
    numbers = [int(text.removeprefix("Запис ")) for _, text in row["versions"] if text]
    # Every acknowledged value is on record, in order, and nothing that was not sent.
    assert set(writer.saved) <= set(numbers)
    assert numbers == sorted(set(numbers))
    assert numbers[-1] <= writer.sent
    # The row holds the last of them, whole: text, sums, version and history agree.
    last = f"{numbers[-1]}.00000"
    assert (row["narrative"], row["sums"]) == (f"Запис {numbers[-1]}", [[last, last]])
    assert [version for version, _ in row["versions"]] == list(range(1, row["version"] + 1))
    assert row["past sums"] == [f"{number}.00000" for number in numbers]
    assert row["moments of sums"] == row["moments"][1:]
    assert row["writers"] == ["clerk"] * len(numbers)
