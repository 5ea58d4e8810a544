"""The worker beside the server of `make run`: begun again when it breaks off, never left behind."""

import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BESIDE = ROOT / "scripts" / "beside"
TOGETHER = {"PATH": "/usr/bin:/bin", "END_WITH_PARENT": "setpriv --pdeathsig TERM"}


def test_what_breaks_off_is_begun_again_and_what_ends_well_is_not(tmp_path: Path) -> None:
    worker = 'echo begun; [ -e "$0" ] || { touch "$0"; exit 1; }'
    done = subprocess.run(
        [BESIDE, "bash", "-c", worker, tmp_path / "seen"], capture_output=True, text=True, timeout=30
    )
    assert (done.returncode, done.stdout) == (0, "begun\nbegun\n")


def test_a_killed_server_leaves_neither_the_worker_nor_whoever_begins_it_again() -> None:
    server = subprocess.Popen(
        ["bash", "-c", f"$END_WITH_PARENT {BESIDE} bash -c 'echo begun; exec sleep 60' & exec sleep 60"],
        stdout=subprocess.PIPE,
        text=True,
        env=TOGETHER,
    )
    assert server.stdout
    assert server.stdout.readline() == "begun\n"
    server.kill()
    # The pipe ends with the last process that holds it.
    assert server.communicate(timeout=30) == ("", None)


def test_without_the_kernels_word_nothing_is_begun_beside_a_server_that_is_gone() -> None:
    server = subprocess.Popen(
        ["bash", "-c", f"{BESIDE} bash -c 'echo begun; read -r; exit 1' <&0 & exec sleep 60"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={"PATH": TOGETHER["PATH"]},
    )
    assert server.stdout
    assert server.stdout.readline() == "begun\n"
    server.kill()
    server.wait(30)
    # Now the worker breaks off.
    assert server.communicate("\n", timeout=30) == ("", None)
