"""The worker beside the server of `make run`; what Lighthouse says, as it is kept."""

import runpy
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


LIGHTHOUSE = runpy.run_path(str(ROOT / "scripts" / "lighthouse.py"))


def an_answer(performance: float) -> dict:
    """What Lighthouse says of a page, but for most of it."""
    audits = {
        "speed": {"title": "First paint", "score": performance, "displayValue": "2.1\u00a0s"},
        "targets": {"title": "Touch targets are too small.", "score": 0},
        "unscored": {"title": "Tips", "score": 0},
        "not-met": {"title": "Nothing to judge", "score": None},
    }
    counted = [{"id": "speed", "weight": 10}, {"id": "unscored", "weight": 0}, {"id": "not-met", "weight": 1}]
    return {
        "audits": audits,
        "categories": {
            "performance": {"score": performance, "auditRefs": counted},
            "accessibility": {"score": 0.96, "auditRefs": [{"id": "targets", "weight": 7}]},
            "best-practices": {"score": 1, "auditRefs": []},
        },
    }


def test_scores_are_the_median_of_runs_and_what_cost_points_is_told() -> None:
    one = LIGHTHOUSE["read"]("start page", "mobile", [an_answer(0.99), an_answer(0.5), an_answer(0.8)])
    assert one.scores == {"performance": 80, "accessibility": 96, "best-practices": 100}
    assert one.faults == ("First paint: 2.1 s", "Touch targets are too small")
    assert one.is_below


def test_what_is_kept_is_a_table_with_its_reasons() -> None:
    read, page_of = LIGHTHOUSE["read"], LIGHTHOUSE["page_of"]
    kept = page_of([read("report", "desktop", [an_answer(1)])], {"Lighthouse": "12"})
    assert "| report | desktop | 100 | 96 | 100 |" in kept.splitlines()
    assert kept.splitlines()[-1] == "- report, desktop: Touch targets are too small."
