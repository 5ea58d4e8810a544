"""Runs a task of `worker` in a process of its own, which may hang, swell or die without harm to the portal.

A new interpreter, not a fork: the server has threads. What it needs goes to it through a pipe: neither
files nor passwords ever stand in a command line, in the environment or on the disk.
"""

from __future__ import annotations

import datetime
import json
import logging
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from .pipe import Parts, pack, unpack
from .verdict import SIGN_APART, Examination, NotAccepted, NotExamined, from_plain

logger = logging.getLogger(__name__)

# Beside the packages `reporting` and `programs`, where a new interpreter finds them.
_ROOT = Path(__file__).resolve().parents[2]
# All that an interpreter may need to start; no secret key, no address of a database.
_ENVIRONMENT = ("PATH", "LD_LIBRARY_PATH", "LANG", "LC_ALL", "TZ")
_LOGGED = 2000


@dataclass(frozen=True)
class Limits:
    """Of one task. The slowest are ГОСТ 34.311, seconds a megabyte, and a signed PDF of a hundred pages.

    The wall time is less than the web server gives a request.
    """

    cpu_seconds: int = 30
    wall_seconds: int = 45
    memory_bytes: int = 1536 * 1024 * 1024


class ApartFailed(Exception):
    """The process ended without an answer; the log says more."""


class TookTooLong(ApartFailed):
    pass


def run_apart(task: str, payload: Mapping[str, bytes | str], *, limits: Limits = Limits()) -> Parts:
    """What the task's `apart(parts)` returns, see `worker.TASKS`. Raises ApartFailed."""
    command = [sys.executable, "-B", "-W", "ignore", "-m", f"{__package__}.worker", task]
    try:
        done = subprocess.run(
            [*command, str(limits.cpu_seconds), str(limits.memory_bytes)],
            input=pack(payload),
            capture_output=True,
            timeout=limits.wall_seconds,
            cwd=_ROOT,
            env={name: os.environ[name] for name in _ENVIRONMENT if name in os.environ} | {"PYTHONUTF8": "1"},
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        logger.warning("Task %s was stopped after %s s", task, limits.wall_seconds)
        raise TookTooLong(task) from error
    for line in done.stderr[:_LOGGED].decode(errors="replace").splitlines():
        logger.warning("Task %s: %s", task, line)
    if done.returncode == -signal.SIGXCPU:
        logger.warning("Task %s used up %s s of the processor", task, limits.cpu_seconds)
        raise TookTooLong(task)
    if done.returncode != 0:
        logger.warning("Task %s ended with code %s", task, done.returncode)
        raise ApartFailed(task)
    try:
        return unpack(done.stdout)
    except ValueError as error:
        raise ApartFailed(task) from error


# --- examining ---------------------------------------------------------------------------

TOO_LONG = "Перевірка файлу тривала задовго, і її зупинено: так буває з великими або зіпсованими файлами."
FELL_OVER = "Файл не вдалося перевірити: програма перевірки на ньому зупинилася."


def examine_apart(
    original: bytes, upload: bytes, *, trust_folder: Path | None, limits: Limits = Limits()
) -> Examination:
    """`examination.examine` as of now, in a process of its own.

    Raises NotAccepted as it does, and NotExamined when the process was ended or fell over.
    """
    payload: Parts = {
        "original": original,
        "upload": upload,
        "trust_folder": str(trust_folder.resolve()) if trust_folder else "",
        "now": datetime.datetime.now(datetime.UTC).isoformat(),
    }
    try:
        answer = run_apart("examine", payload, limits=limits)
    except TookTooLong as error:
        raise NotExamined(f"{TOO_LONG} {SIGN_APART}") from error
    except ApartFailed as error:
        raise NotExamined(f"{FELL_OVER} {SIGN_APART}") from error
    if "refused" in answer:
        raise NotAccepted(answer["refused"])
    return from_plain(json.loads(answer["examination"]))
