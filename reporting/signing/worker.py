"""The process apart: does one task and ends. Started by `sandbox`, never imported by it.

Needs no Django set up and no database. It takes its limits from its first moments on, reads the task's
parts from standard input and writes the answer's to standard output.
"""

from __future__ import annotations

import importlib
import logging
import os
import resource
import sys
import traceback
from collections.abc import Callable

from .pipe import Parts, pack, unpack

logger = logging.getLogger(__name__)

# By module, so that a process imports what its task needs.
TASKS = {
    "examine": "examination",
    "read_key": "key_files",
    "sign": "pades",
}


def main(task: str, cpu_seconds: int, memory_bytes: int) -> int:
    """The exit code: 0 with an answer written."""
    _limit(cpu_seconds, memory_bytes)
    _log_our_own_lines_only()
    # Whatever prints while the task runs must not fall into the answer.
    answer = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    try:
        parts = unpack(sys.stdin.buffer.read())
        answer.write(pack(_task(task)(parts)))
        answer.close()
    # Texts of errors may quote the file or worse, so only the kind and the place are told.
    except BaseException as error:
        place = traceback.extract_tb(error.__traceback__)[-1]
        logger.warning("%s at %s:%s", type(error).__name__, os.path.basename(place.filename), place.lineno)
        return 1
    return 0


def _task(name: str) -> Callable[[Parts], Parts]:
    task: Callable[[Parts], Parts] = importlib.import_module(f".{TASKS[name]}", __package__).apart
    return task


def _limit(cpu_seconds: int, memory_bytes: int) -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds + 1))
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    # Nothing of a file or a key comes to the disk, not even when the process falls over.
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _log_our_own_lines_only() -> None:
    """Libraries quote the file in theirs; without a handler of its own the root would print them all."""
    logging.getLogger().addHandler(logging.NullHandler())
    ours = logging.getLogger("reporting")
    ours.addHandler(logging.StreamHandler(sys.stderr))
    ours.propagate = False


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])))
