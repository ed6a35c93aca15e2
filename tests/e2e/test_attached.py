"""`moonwalk up` and the commands that attach to it."""

import json
import os
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from cli.benchmarks.one_order import in_one_order
from cli.exits import ExitCode
from cli.following import follow
from cli.new_crash import fresh_crash_id
from cli.opening import attached
from cli.places import EXAMPLE_DUMP, EXAMPLE_RAW_CRASH, EXAMPLE_SYMBOLS, ROOT
from cli.submission import send
from moonwalk.domain.dumps import MAIN_MINIDUMP
from moonwalk.domain.ledger import State
from moonwalk.domain.request import QueueClass, Ruleset
from moonwalk.rules.profile import public_view
from tests.e2e.commands import answer, moonwalk, needs_build, up
from tests.integration.stackwalker_support import (
    CORPUS,
    REFERENCE,
    SYMBOLS,
    needs_corpus,
    needs_reference,
    walk,
)

pytestmark = needs_build

NO_CRASH = "7c1e5a94-3d0b-4f27-9e68-b2a1d0260923"
FIREFOX = CORPUS / "dumps" / "firefox-linux-x86_64.dmp"
FOLDERS = [EXAMPLE_SYMBOLS, *([SYMBOLS] if SYMBOLS.is_dir() else [])]


@pytest.fixture(scope="module")
def running() -> Iterator[dict[str, Any]]:
    """Give what `up` says of itself; the tests of this module share it."""
    with up(*(f"--symbols={folder}" for folder in FOLDERS)) as (_, endpoint):
        yield endpoint


@pytest.fixture(scope="module")
def crash_id(running: dict[str, Any]) -> str:
    """Give a crash that has been processed."""
    assert running["endpoint_url"].startswith("http://localhost:")
    ended = moonwalk("submit", EXAMPLE_DUMP, "--raw-crash", EXAMPLE_RAW_CRASH, "--wait")
    assert ended.returncode == ExitCode.FINE, ended.stderr
    return ended.stdout.split()[0]


def test_status_tells_that_a_submitted_crash_was_processed_and_how(crash_id: str) -> None:
    status = answer("status", f"bp-{crash_id}")
    assert status["state"] == "processed"
    assert (status["lane"], status["queue"], status["attempt"]) == ("light", "standard", 1)
    assert status["seconds"]["total"] >= status["seconds"]["walk"] > 0


def test_show_has_the_signature_that_the_ledger_remembers(crash_id: str) -> None:
    processed = answer("show", crash_id)
    assert processed["signature"] == answer("status", crash_id)["signature"]
    assert processed["json_dump"]["crash_info"]["type"] == "SIGSEGV / SEGV_MAPERR"


def test_show_prints_the_crashing_threads_stack_for_people(crash_id: str) -> None:
    shown = moonwalk("show", crash_id)
    assert shown.returncode == ExitCode.FINE
    assert re.search(r"crashing thread \d+ \(developer-\d\)", shown.stdout)
    assert "inlined" in shown.stdout
    assert "tiled_image.hpp:34" in shown.stdout


@pytest.mark.parametrize("command", ["status", "show"])
def test_a_crash_that_nobody_sent_is_not_found(running: dict[str, Any], command: str) -> None:
    assert running["region"]
    ended = moonwalk(command, NO_CRASH)
    assert ended.returncode == ExitCode.NOT_FOUND
    assert ended.stderr.count("\n") == 1


def test_a_file_that_is_no_dump_is_processed_and_says_what_was_wrong(
    running: dict[str, Any], tmp_path: Path
) -> None:
    assert running["pid"]
    hostile = tmp_path / "no.dmp"
    hostile.write_bytes(b"\x1b[2J\x9b no minidump")
    (crash,) = answer("submit", hostile, "--wait", "--queue", "priority")["crashes"]
    assert (crash["state"], crash["reason"]) == ("processed", "unreadable_dump")
    shown = moonwalk("show", crash["crash_id"])
    assert "EMPTY: no frame data available" in shown.stdout
    assert "\x1b" not in shown.stdout + shown.stderr


def test_a_crash_whose_raw_crash_is_missing_has_failed_and_status_says_so(
    running: dict[str, Any],
) -> None:
    assert running["started"]
    pipeline = attached()
    nothing_there = fresh_crash_id(datetime.now(UTC))
    send(nothing_there, pipeline, QueueClass.STANDARD, Ruleset.DEFAULT)
    assert follow(nothing_there, pipeline, seconds=60).state is State.FAILED
    ended = moonwalk("status", nothing_there.text, "--json")
    assert ended.returncode == ExitCode.NEGATIVE
    assert json.loads(ended.stdout)["reason"] == "raw_crash_missing"


def test_a_deployment_is_found_by_its_name(running: dict[str, Any], crash_id: str) -> None:
    there = {
        "AWS_ENDPOINT_URL": running["endpoint_url"],
        "AWS_DEFAULT_REGION": running["region"],
        "AWS_ACCESS_KEY_ID": "x",
        "AWS_SECRET_ACCESS_KEY": "x",
    }
    ended = moonwalk("status", crash_id, "--stack", "moonwalk", environment=there)
    assert ended.returncode == ExitCode.FINE, ended.stderr
    other = moonwalk("status", crash_id, "--stack", "other", environment=there)
    assert other.returncode == ExitCode.UNREACHABLE
    assert "the deployment other cannot be found" in other.stderr


def test_a_second_up_in_the_same_checkout_is_refused(running: dict[str, Any]) -> None:
    ended = moonwalk("up")
    assert ended.returncode == ExitCode.USAGE
    assert str(running["pid"]) in ended.stderr


@needs_reference
@pytest.mark.parametrize(
    "dump", [EXAMPLE_DUMP, pytest.param(FIREFOX, marks=needs_corpus)], ids=lambda dump: dump.stem
)
def test_the_exported_walk_is_byte_for_byte_that_of_minidump_stackwalk(
    running: dict[str, Any], dump: Path
) -> None:
    assert running["outputs"]
    (crash,) = answer("run", "--attach", dump)["crashes"]
    exported = {Path(path).name: Path(path) for path in crash["objects"].values()}
    symbols = [f"--symbols-path={folder}" for folder in FOLDERS]
    raw_crash = f"--evil-json={exported['raw_crash.json']}"
    upstream = walk(REFERENCE, "--json", raw_crash, *symbols, dump)
    assert upstream.exit_code == 0
    ours = exported[f"{MAIN_MINIDUMP}.stackwalk.json"].read_bytes()
    assert in_one_order(ours) == in_one_order(upstream.output)


def test_the_export_has_every_object_of_the_crash(running: dict[str, Any]) -> None:
    assert running["workspace"]
    (crash,) = answer("run", "--attach", EXAMPLE_DUMP)["crashes"]
    names = {os.path.relpath(path, ROOT / "build/run") for path in crash["objects"].values()}
    files = (
        "raw_crash.json",
        "dump_names.json",
        f"{MAIN_MINIDUMP}.dmp",
        f"{MAIN_MINIDUMP}.stackwalk.json",
        f"{MAIN_MINIDUMP}.stats.json",
        "processed_crash.json",
    )
    assert names == {f"{crash['crash_id']}/{file}" for file in files}
    dump = ROOT / "build/run" / crash["crash_id"] / f"{MAIN_MINIDUMP}.dmp"
    assert dump.read_bytes() == EXAMPLE_DUMP.read_bytes()
    stored = json.loads((dump.parent / "processed_crash.json").read_text())
    assert public_view("socorro").processed(stored) == crash["processed_crash"] != stored
