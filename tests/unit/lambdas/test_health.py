"""The health check, as the process that ECS starts."""

import os
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from lambdas.worker import health
from lambdas.worker.health import DRAIN_SECONDS, FULL_BYTES, SILENT_SECONDS, START_SECONDS, fault_of
from lambdas.worker.standing import Standing, StandingFile, place

NOW = 10_000.0
WELL = Standing("working", NOW - 500, NOW - 5, 1, NOW - 60, None, 2700.0, 3300.0)
ROOM = FULL_BYTES
HEAVY = ("boto3", "botocore", "aws_lambda_powertools", "moonwalk")


def asked(scratch: Path, code: str | None = None) -> subprocess.CompletedProcess[str]:
    """Ask as the container's health check does, but for another scratch folder."""
    command = ["-c", code] if code else ["-m", "lambdas.worker.health"]
    return subprocess.run(
        [sys.executable, *command],
        env={"PATH": os.environ["PATH"], "TMPDIR": str(scratch)},
        capture_output=True,
        text=True,
        check=False,
    )


def write(scratch: Path, standing: Standing) -> None:
    """Write how a worker stands, its times moved from `NOW` to this machine's."""
    moved = time.monotonic() - NOW
    file = StandingFile(place(scratch))
    file.write(
        replace(
            standing,
            since=standing.since + moved,
            ticked=standing.ticked + moved,
            walked=standing.walked + moved,
            packing=None if standing.packing is None else standing.packing + moved,
        )
    )
    file.close()


CASES = {
    "at work": (WELL, None),
    "idle for long": (replace(WELL, crashes=0, walked=0.0), None),
    "starting": (replace(WELL, phase="starting", since=NOW - START_SECONDS + 30), None),
    "still starting": (
        replace(WELL, phase="starting", since=NOW - START_SECONDS - 1),
        "it has been starting",
    ),
    "draining": (replace(WELL, phase="draining", since=NOW - 100, ticked=NOW - 2000), None),
    "still draining": (
        replace(WELL, phase="draining", since=NOW - DRAIN_SECONDS - 1),
        "it has been draining",
    ),
    "loop stuck": (
        replace(WELL, ticked=NOW - SILENT_SECONDS - 1),
        "its loop has not gone round for 90",
    ),
    "walks stuck": (
        replace(WELL, crashes=2, walked=NOW - 2701),
        "no walk has ended for 270",
    ),
    "walk long": (replace(WELL, walked=NOW - 2600), None),
    "packing": (replace(WELL, crashes=0, packing=NOW - 3200), None),
    "packing stuck": (
        replace(WELL, crashes=0, packing=NOW - 3301),
        "it has been packing symbols for 330",
    ),
    "of another boot": (replace(WELL, since=NOW + 5000), "no worker has started since"),
}


@pytest.mark.parametrize(("standing", "says"), CASES.values(), ids=CASES)
def test_a_worker_is_unhealthy_for_a_reason_that_is_said(
    tmp_path: Path, standing: Standing, says: str | None
) -> None:
    write(tmp_path, standing)
    told = asked(tmp_path)
    assert told.stderr == ""
    assert told.returncode == (1 if says else 0)
    if says:
        assert told.stdout.startswith("unhealthy: ")
        assert says in told.stdout
    else:
        assert told.stdout == "healthy\n"


def test_a_container_without_a_worker_is_unhealthy(tmp_path: Path) -> None:
    told = asked(tmp_path)
    assert (told.returncode, told.stderr) == (1, "")
    assert "no worker has started" in told.stdout


def test_scratch_without_room_is_unhealthy_however_well_the_walks_go() -> None:
    told = fault_of(WELL, NOW, ROOM - 1)
    assert told is not None
    assert told.startswith("scratch is full")
    assert fault_of(WELL, NOW, ROOM) is None


def test_the_check_looks_at_the_room_where_the_worker_writes(tmp_path: Path) -> None:
    write(tmp_path, WELL)
    code = "from lambdas.worker import health; health.FULL_BYTES = 1 << 62; exit(health.main())"
    told = asked(tmp_path, code)
    assert told.returncode == 1
    assert "scratch is full" in told.stdout


def test_room_without_files_left_to_make_is_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.statvfs(tmp_path)
    assert health.free_bytes(tmp_path) > 0
    fields = list(real)
    fields[5], fields[7] = 1000, 0  # f_files, f_favail
    monkeypatch.setattr(os, "statvfs", lambda _: os.statvfs_result(fields))
    assert health.free_bytes(tmp_path) == 0


def test_the_check_imports_nothing_that_takes_long(tmp_path: Path) -> None:
    code = "import sys, lambdas.worker.health; print(*sys.modules)"
    found = asked(tmp_path, code).stdout.split()
    assert "lambdas.worker.standing" in found
    assert not set(found) & {*HEAVY, "tempfile", "subprocess", "socket"}
