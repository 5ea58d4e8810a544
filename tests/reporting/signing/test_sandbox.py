"""The process apart: what it says comes back, and what becomes of it harms nobody."""

import logging
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from reporting.signing import sandbox
from reporting.signing.examination import examine
from reporting.signing.pipe import pack, unpack
from reporting.signing.sandbox import ApartFailed, Limits, TookTooLong, examine_apart, run_apart
from reporting.signing.verdict import SIGN_APART, NotAccepted, NotExamined, Outcome
from tests.reporting.signing import authority
from tests.reporting.signing.authority import NOW
from tests.reporting.signing.signed_files import original, p7s, signed_pdf

SAMPLES = Path(__file__).parents[2] / "samples" / "dstu"


def not_examined(upload: bytes, document: bytes, limits: Limits) -> str:
    with pytest.raises(NotExamined) as refused:
        examine_apart(document, upload, trust_folder=None, limits=limits)
    return str(refused.value)


# --- what it says ------------------------------------------------------------------------


def test_the_verdict_is_the_same_as_here(tmp_path: Path) -> None:
    folder, upload = authority.fill_trust_folder(tmp_path), signed_pdf()
    apart = examine_apart(original(), upload, trust_folder=folder)
    assert apart == examine(original(), upload, trust_folder=folder, now=NOW)
    assert apart.signatures[0].trust.outcome is Outcome.PASSED


def test_the_sentence_is_the_same_as_here() -> None:
    with pytest.raises(NotAccepted) as here:
        examine(b"Zvit", p7s(b"Zvit 2"), trust_folder=None, now=NOW)
    with pytest.raises(NotAccepted) as apart:
        examine_apart(b"Zvit", p7s(b"Zvit 2"), trust_folder=None)
    assert (type(apart.value), str(apart.value)) == (NotAccepted, str(here.value))


def test_it_logs_through_us(caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(NotAccepted):
        examine_apart(b"Zvit", b"%PDF-1.7\nsecret", trust_folder=None)
    assert [(record.name, record.levelno) for record in caplog.records] == [
        ("reporting.signing.sandbox", logging.WARNING)
    ]
    assert "secret" not in caplog.text


def test_it_needs_no_django() -> None:
    code = "import sys, reporting.signing.examination; print('django' in sys.modules)"
    root = Path(__file__).parents[3]
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=root)
    assert done.stdout == "False\n"


# --- what becomes of it ------------------------------------------------------------------


def test_one_that_does_not_end_is_ended() -> None:
    limits = Limits(wall_seconds=0)
    assert not_examined(p7s(b"Zvit"), b"Zvit", limits) == f"{sandbox.TOO_LONG} {SIGN_APART}"


def test_one_that_takes_the_processor_is_ended() -> None:
    """ГОСТ 34.311 of some megabytes takes longer than a second."""
    upload = (SAMPLES / "head.p7s").read_bytes()
    assert not_examined(upload, bytes(8_000_000), Limits(cpu_seconds=1)) == f"{sandbox.TOO_LONG} {SIGN_APART}"


def test_one_that_takes_the_memory_is_ended() -> None:
    limits = Limits(memory_bytes=40_000_000)
    assert not_examined(p7s(b"Zvit"), b"Zvit", limits) == f"{sandbox.FELL_OVER} {SIGN_APART}"


def test_an_unknown_task_is_a_failure() -> None:
    with pytest.raises(ApartFailed):
        run_apart("nothing", {})


def answering(returncode: int, stdout: bytes = b"", seen: list[Any] | None = None) -> Any:
    """Stands for `subprocess.run`."""

    def run(command: Sequence[str], **settings: Any) -> subprocess.CompletedProcess[bytes]:
        if seen is not None:
            seen.append((command, settings))
        return subprocess.CompletedProcess(command, returncode, stdout, b"")

    return run


@pytest.mark.parametrize(
    ("returncode", "stdout", "failure"),
    [
        (-signal.SIGXCPU, b"", TookTooLong),
        (-signal.SIGKILL, b"", ApartFailed),
        (1, pack({}), ApartFailed),
        (0, b"", ApartFailed),
        (0, b"[[1, 2]]\n", ApartFailed),
        (0, pack({"a": "b"})[:-1], ApartFailed),
        (0, pack({"a": "b"}) + b"c", ApartFailed),
    ],
)
def test_no_answer_is_a_failure(
    returncode: int, stdout: bytes, failure: type[Exception], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(subprocess, "run", answering(returncode, stdout))
    with pytest.raises(ApartFailed) as failed:
        run_apart("examine", {})
    assert type(failed.value) is failure


# --- what it is told ---------------------------------------------------------------------


def test_secrets_go_through_the_pipe_only(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[Any] = []
    monkeypatch.setenv("SECRET_KEY", "of the portal")
    monkeypatch.setattr(subprocess, "run", answering(0, pack({}), seen))
    run_apart("examine", {"password": "of a key"})
    ((command, settings),) = seen
    assert unpack(settings.pop("input")) == {"password": "of a key"}
    assert "SECRET_KEY" not in settings["env"]
    assert [text for text in ("of the portal", "of a key") if text in repr((command, settings))] == []


@pytest.mark.parametrize("parts", [{}, {"a": b"", "b": ""}, {"файл": b"\0\n[]", "слово": "Ґ\n"}])
def test_what_is_packed_is_unpacked(parts: dict[str, bytes | str]) -> None:
    assert unpack(pack(parts)) == parts
