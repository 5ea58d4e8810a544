"""Measure four pages of the portal with Lighthouse and keep what it said: `make lighthouse`.

A portal of its own is made in a temporary folder, with demonstration data and one published report, and
served as on a real server. Ends with exit code 1 when a score is below LEAST. Needs npm and Chromium.
"""

from __future__ import annotations

import contextlib
import datetime
import json
import os
import re
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
KEPT = ROOT / "docs" / "lighthouse.md"
# Outside of what git tracks; version 13 wants a newer Node than Debian has.
FOLDER = ROOT / ".lighthouse"
VERSION = "12.2.3"
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
SWITCHES = (
    "--headless=new --no-sandbox --disable-background-networking --disable-component-update --disable-sync"
)

CATEGORIES = {
    "performance": "Performance",
    "accessibility": "Accessibility",
    "best-practices": "Best practices",
}
LEAST = 95
# One run is at the mercy of what else the machine does.
RUNS = int(os.environ.get("RUNS", "3"))

PROGRAM = "1688-2019-12-18"
PAGES = {
    "start page": "/",
    "report": f"/programs/{PROGRAM}/2024/",
    "entry sheet": f"/programs/{PROGRAM}/2024/entry/",
    "public report": f"/public/{PROGRAM}/2023/",
}
SIGNED_OUT = {"public report"}
DEVICES = {"desktop": ["--preset=desktop"], "mobile": []}

# In the portal made for this, through the doors that people use; prints the clerk's session.
PREPARE = """
import django; django.setup()
from django.test import Client
from programs import demonstration
from programs.models import AnnualReport, User
from tests import agreeing, submitting

head, clerk = (User.objects.get(username=name) for name in (demonstration.HEAD, demonstration.RESPONSIBLE))
report = AnnualReport.objects.get(program__public_id=demonstration.PROGRAM, year=2023)
submitting.complete(report, clerk)
agreeing.published_edition(report, head)
visitor = Client()
visitor.force_login(clerk)
print(visitor.cookies["sessionid"].value)
"""


@dataclass(frozen=True)
class Measured:
    """One page on one kind of device: its scores out of 100, and what cost points."""

    page: str
    device: str
    scores: dict[str, int]
    faults: tuple[str, ...]

    @property
    def is_below(self) -> bool:
        return min(self.scores.values()) < LEAST


# --- what Lighthouse says --------------------------------------------------------------------


def read(page: str, device: str, answers: list[dict[str, Any]]) -> Measured:
    """The median of several runs; faults are those of the last."""
    scores = {
        name: round(statistics.median(answer["categories"][name]["score"] * 100 for answer in answers))
        for name in CATEGORIES
    }
    return Measured(page, device, scores, tuple(faults(answers[-1])))


def faults(answer: dict[str, Any]) -> list[str]:
    """Audits that count and are not passed, with what was measured: «First Contentful Paint: 2.1 s»."""
    told = []
    for name in CATEGORIES:
        for one in answer["categories"][name]["auditRefs"]:
            audit = answer["audits"][one["id"]]
            if one["weight"] and audit["score"] is not None and audit["score"] < 0.9:
                value = audit.get("displayValue", "").replace("\u00a0", " ")
                told.append(": ".join(part for part in (audit["title"].rstrip("."), value) if part))
    return told


def page_of(measured: list[Measured], versions: dict[str, str]) -> str:
    """What is kept: a table of scores, and below it what is short of them."""
    lines = [
        "# Lighthouse",
        "",
        f"Made by `make lighthouse` on {datetime.date.today().isoformat()} with "
        + " and ".join(f"{name} {version}" for name, version in versions.items())
        + f": demonstration data, gunicorn and SQLite on the same machine, the median of runs: {RUNS}.",
        f"Wanted: at least {LEAST} everywhere. «Mobile» is a telephone with a slow network and processor.",
        "",
        f"| page | device | {' | '.join(CATEGORIES.values())} |",
        f"| --- | --- | {' | '.join(['---:'] * len(CATEGORIES))} |",
    ]
    for one in measured:
        lines.append(
            f"| {one.page} | {one.device} | {' | '.join(str(one.scores[name]) for name in CATEGORIES)} |"
        )
    told = [f"- {one.page}, {one.device}: {'; '.join(one.faults)}." for one in measured if one.faults]
    return "\n".join([*lines, "", "## What cost points", "", *(told or ["Nothing."]), ""])


# --- the portal that is measured ---------------------------------------------------------------


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def run(*command: str, env: dict[str, str]) -> str:
    done = subprocess.run(command, cwd=ROOT, env=env, check=False, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{' '.join(command[:4])}:\n{done.stdout}{done.stderr}")
    return done.stdout


@contextlib.contextmanager
def portal() -> Iterator[tuple[str, str]]:
    """Its address, and the session of a responsible person in it."""
    python, port = sys.executable, str(free_port())
    with tempfile.TemporaryDirectory() as folder:
        env = {
            **os.environ,
            "DATA_DIR": folder,
            "DJANGO_SETTINGS_MODULE": "reporting.settings",
            "PYTHONPATH": str(ROOT),
            "DEMO": "1",
            "PUBLIC_REPORTS": "1",
            "COLLECTED_STATIC": "1",
            "PORT": port,
        }
        env.pop("DATABASE_URL", None)
        run(python, "manage.py", "migrate", "--verbosity", "0", env=env)
        run(python, "manage.py", "demo", env=env)
        run(python, "manage.py", "collectstatic", "--noinput", "--verbosity", "0", env=env)
        # Printing may tell this and that before.
        session = run(python, "-c", PREPARE, env=env).split()[-1]
        server = subprocess.Popen(
            [python, "-m", "gunicorn", "--config", "scripts/gunicorn.conf.py", "reporting.wsgi"],
            cwd=ROOT,
            env=env,
            stdout=subprocess.DEVNULL,
        )
        try:
            address = f"http://127.0.0.1:{port}"
            wait_for(f"{address}/healthz/", server)
            yield address, session
        finally:
            server.terminate()
            server.wait()


def wait_for(address: str, server: subprocess.Popen[bytes]) -> None:
    for _ in range(150):
        with contextlib.suppress(OSError), urllib.request.urlopen(address):
            return
        if server.poll() is not None:
            break
        time.sleep(0.2)
    sys.exit("Сервер не запустився, тому нічого не виміряно.")


# --- measuring -----------------------------------------------------------------------------


def installed() -> Path:
    """The command of Lighthouse, fetched once from npm."""
    command = FOLDER / "node_modules" / "lighthouse" / "cli" / "index.js"
    stamp = FOLDER / "version"
    if not command.exists() or not stamp.exists() or stamp.read_text() != VERSION:
        FOLDER.mkdir(exist_ok=True)
        quiet = ("--no-save", "--no-package-lock", "--no-audit", "--no-fund", "--loglevel=error")
        run("npm", "install", "--prefix", str(FOLDER), *quiet, f"lighthouse@{VERSION}", env=dict(os.environ))
        stamp.write_text(VERSION)
    return command


def measure(command: Path, browser: str, address: str, device: str, session: str | None) -> dict[str, Any]:
    headers = {"Cookie": f"sessionid={session}"} if session else {}
    told = run(
        "node",
        str(command),
        address,
        "--output=json",
        "--quiet",
        f"--only-categories={','.join(CATEGORIES)}",
        f"--chrome-flags={SWITCHES}",
        f"--extra-headers={json.dumps(headers)}",
        *DEVICES[device],
        env={**os.environ, "CHROME_PATH": browser},
    )
    answer: dict[str, Any] = json.loads(told)
    if answer.get("runtimeError"):
        sys.exit(f"{address}: {answer['runtimeError']['message']}")
    if answer["finalDisplayedUrl"].split("#")[0] != address:
        sys.exit(f"{address}: замість сторінки відкрилася {answer['finalDisplayedUrl']}")
    return answer


def main() -> int:
    browser = next((found for name in BROWSERS if (found := shutil.which(name))), None)
    if browser is None or shutil.which("npm") is None or shutil.which("node") is None:
        print("Потрібні Chromium і Node.js з npm: sudo apt-get install chromium nodejs npm", file=sys.stderr)
        return 2
    command = installed()
    version = re.search(r"[\d.]+", run(browser, "--version", env=dict(os.environ)))
    measured = []
    with portal() as (address, session):
        for page, path in PAGES.items():
            for device in DEVICES:
                given = None if page in SIGNED_OUT else session
                answers = [measure(command, browser, address + path, device, given) for _ in range(RUNS)]
                measured.append(read(page, device, answers))
                print(
                    f"{page:14} {device:8} " + "  ".join(f"{n} {s}" for n, s in measured[-1].scores.items())
                )
    versions = {"Lighthouse": VERSION, "Chromium": version[0] if version else "?"}
    KEPT.write_text(page_of(measured, versions), encoding="utf-8")
    return int(any(one.is_below for one in measured))


if __name__ == "__main__":
    sys.exit(main())
