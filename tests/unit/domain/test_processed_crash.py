"""What a processed crash says of its walks, in Socorro's field names."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from moonwalk.domain.outcome import Outcome, WalkResult
from moonwalk.domain.processed_crash import (
    Pass,
    assemble,
    status_of,
    timestamp,
    walk_fields,
    walk_note,
)
from moonwalk.domain.request import Ruleset
from tests.builders import BROWSER, CRASH_ID, MAIN
from tests.fakes import walked

STARTED = datetime(2026, 11, 23, 12, 34, 56, 789012, UTC)
THIS_PASS = Pass(CRASH_ID, Ruleset.DEFAULT, 1, STARTED, "host-1")


def failed(log: str, outcome: Outcome = Outcome.UNREADABLE) -> WalkResult:
    return WalkResult(outcome, {}, b"", 1, log, "stackwalker 1", 0.1)


def test_times_are_utc_in_whole_seconds() -> None:
    assert timestamp(STARTED) == "2026-11-23T12:34:56+00:00"
    elsewhere = STARTED.astimezone(timezone(timedelta(hours=5)))
    assert timestamp(elsewhere) == "2026-11-23T12:34:56+00:00"


def test_a_pass_begins_with_when_and_where() -> None:
    said = ">>> Start processing: 2026-11-23 12:34:56.789012+00:00 (host-1)"
    assert THIS_PASS.first_note == said


@pytest.mark.parametrize(
    ("log", "status"),
    [
        ("ERROR MissingHeader - Error reading dump: …", "MissingHeader"),
        ("WARN something\nERROR StreamNotFound - …", "StreamNotFound"),
        ("\n" * 50 + "ERROR Panic - …" + "\nmore" * 50, "Panic"),
        ("ERROR", "unknown error"),
        ("", "unknown error"),
        ("no error here", "unknown error"),
    ],
)
def test_the_status_of_a_failed_walk_is_the_error_in_its_log(log: str, status: str) -> None:
    assert status_of(failed(log)) == status


def test_an_error_in_the_log_of_a_good_walk_is_its_status_too() -> None:
    walk = walked()
    assert status_of(walk) == "OK"
    assert status_of(WalkResult(walk.outcome, walk.json_dump, b"", 0, "ERROR X - y", "", 0)) == "X"


@pytest.mark.parametrize("log", ["", "ERROR Damaged - Error reading pack of a.so", "ERROR OK - x"])
def test_a_walk_without_symbols_that_should_be_there_is_kept_and_never_says_ok(log: str) -> None:
    walk = replace(walked(Outcome.UNREADABLE_PACKS, threads=[1]), log=log, exit_code=86)
    made = assemble(THIS_PASS, {}, {MAIN: walk})
    assert (made["mdsw_status_string"], made["mdsw_return_code"]) == ("UnreadablePacks", 86)
    assert made["json_dump"]["threads"] == [1]
    assert made["success"] is walk_fields(walk)["success"] is False
    assert "packs cannot be read (exit 86)" in made["processor_notes"]


@pytest.mark.parametrize("status", [None, 7, [], {}])
def test_a_status_that_is_no_text_is_unknown(status: object) -> None:
    assert status_of(walked(status=status)) == "unknown error"
    assert walk_fields(walked(status=status))["success"] is False


def test_a_long_log_is_cut_to_its_last_ten_lines() -> None:
    log = "\n".join(f"line {number}" for number in range(30))
    assert walk_fields(failed(log))["mdsw_stderr"].splitlines() == [
        "...",
        *(f"line {number}" for number in range(20, 30)),
    ]
    assert walk_fields(failed("short\n"))["mdsw_stderr"] == "short\n"


def test_an_empty_dump_has_a_status_and_nothing_that_was_never_made() -> None:
    fields = walk_fields(walked(Outcome.EMPTY))
    assert fields.keys() == {"mdsw_status_string", "mdsw_stderr"}
    assert fields["mdsw_status_string"] == "EmptyMinidump"


@pytest.mark.parametrize("outcome", sorted(set(Outcome) - {Outcome.OK}))
def test_every_bad_end_has_a_sentence_of_its_own(outcome: Outcome) -> None:
    note = walk_note(MAIN, walked(outcome))
    assert note is not None
    assert note.startswith(MAIN.text)
    others = {walk_note(MAIN, walked(other)) for other in set(Outcome) - {outcome}}
    assert note not in others


def test_the_main_minidump_stands_at_the_top_and_others_under_their_names() -> None:
    walks = {
        BROWSER: failed("ERROR MissingHeader - …"),
        MAIN: walked(crash_info={"type": "SIGSEGV", "address": "0x8", "crashing_thread": 3}),
    }
    made = assemble(THIS_PASS, {"submitted_timestamp": "then"}, walks)
    assert made["uuid"] == CRASH_ID.text
    assert (made["reason"], made["address"], made["crashing_thread"]) == ("SIGSEGV", "0x8", 3)
    assert made["additional_minidumps"] == [BROWSER.text]
    assert made[BROWSER.text]["mdsw_status_string"] == "MissingHeader"
    assert (made["success"], made["submitted_timestamp"]) == (True, "then")
    assert made["processor_notes"].splitlines()[1].startswith(BROWSER.text)


@pytest.mark.parametrize("json_dump", [{"crash_info": None}, {"crash_info": 7}, {}])
def test_a_walk_without_crash_info_leaves_its_fields_empty(json_dump: dict[str, Any]) -> None:
    made = assemble(THIS_PASS, {}, {MAIN: walked(**json_dump)})
    assert (made["reason"], made["address"], made["crashing_thread"]) == (None, None, None)


def test_a_crash_without_minidumps_is_processed_with_nothing_to_walk() -> None:
    made = assemble(THIS_PASS, {}, {})
    assert "json_dump" not in made
    assert made["success"] is True
