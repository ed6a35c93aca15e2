"""What is stored of the walks of minidumps."""

from dataclasses import replace
from typing import Any

import pytest

from moonwalk.domain.dumps import DumpName
from moonwalk.domain.outcome import Outcome, OutputFault, WalkResult
from moonwalk.metrics import Metric
from moonwalk.rules.general.stackwalk import MinidumpStackwalkRule
from moonwalk.rules.rule import Found
from tests.unit.rules.builders import act, crash

MAIN, BROWSER = "upload_file_minidump", "upload_file_minidump_browser"
ABOUT = "MinidumpStackwalkRule: minidump-stackwalk"
GOOD = WalkResult(Outcome.OK, {"status": "OK", "pid": 5}, b"", 0, "", "walker 1", 0.1)


def stored(**walks: WalkResult) -> Found:
    return act(MinidumpStackwalkRule(), crash(walks=walks))


def failed(outcome: Outcome = Outcome.UNREADABLE, code: int = 1, log: str = "") -> WalkResult:
    return WalkResult(outcome, {}, b"", code, log, "walker 1", 0.1)


def test_a_good_walk_of_the_main_minidump_stands_at_the_top() -> None:
    found = stored(upload_file_minidump=GOOD)
    assert found.fields == {
        "additional_minidumps": [],
        "json_dump": {"status": "OK", "pid": 5},
        "mdsw_return_code": 0,
        "mdsw_status_string": "OK",
        "success": True,
        "stackwalk_version": "walker 1",
        "mdsw_stderr": "",
    }
    assert found.notes == ()


def test_other_minidumps_stand_under_their_names_each_on_its_own() -> None:
    found = stored(upload_file_minidump_browser=failed(), upload_file_minidump=GOOD)
    assert found.fields["additional_minidumps"] == [BROWSER]
    assert found.fields["mdsw_status_string"] == "OK"
    assert found.fields[BROWSER]["mdsw_status_string"] == "unknown error"
    assert found.fields[BROWSER]["mdsw_return_code"] == 1
    assert found.notes == (f"{ABOUT}: failed: 1: unknown error",)


def test_without_minidumps_nothing_but_their_list_is_written() -> None:
    assert stored() == Found(fields={"additional_minidumps": []})


@pytest.mark.parametrize("name", [MAIN, BROWSER])
def test_an_empty_minidump_is_noted_and_not_counted(name: str) -> None:
    empty = WalkResult(Outcome.EMPTY, {}, b"", None, "", "", 0.0)
    found = stored(**{name: empty})
    told = found.fields if name == MAIN else found.fields[name]
    assert told["mdsw_status_string"] == "EmptyMinidump"
    assert told["mdsw_stderr"] == "Shortcut for 0-bytes minidump."
    assert not {"json_dump", "success", "mdsw_return_code", "stackwalk_version"} & set(told)
    assert found.notes == (f"MinidumpStackwalkRule: {name} is empty--skipping minidump processing",)
    assert found.counts == ()


@pytest.mark.parametrize(
    ("json_dump", "status", "said"),
    [
        ({}, "unknown error", "unknown error"),
        ({"status": "ERROR_NO_THREAD_LIST"}, "ERROR_NO_THREAD_LIST", "ERROR_NO_THREAD_LIST"),
        ({"status": None}, None, "None"),
        ({"status": 5}, 5, "5"),
    ],
)
def test_an_output_that_does_not_say_ok_counts_as_failed(
    json_dump: dict[str, Any], status: Any, said: str
) -> None:
    found = stored(upload_file_minidump=replace(GOOD, json_dump=json_dump))
    assert found.fields["json_dump"] == json_dump
    assert found.fields["mdsw_status_string"] == status
    assert found.fields["success"] is False
    assert found.notes == (f"{ABOUT}: failed: 0: {said}",)


@pytest.mark.parametrize(
    ("fault", "notes"),
    [
        (OutputFault.NOT_JSON, [f"{ABOUT}: non-json output"]),
        (OutputFault.NO_OBJECT, [f"{ABOUT} produced unexpected output"]),
        (OutputFault.MISSING, []),
    ],
)
def test_an_unusable_output_is_told_without_quoting_it(
    fault: OutputFault, notes: list[str]
) -> None:
    found = stored(upload_file_minidump=replace(failed(Outcome.BAD_OUTPUT, 0), fault=fault))
    assert found.fields["json_dump"] == {}
    assert found.notes == (*notes, f"{ABOUT}: failed: 0: unknown error")


@pytest.mark.parametrize(
    ("outcome", "code", "note"),
    [
        (Outcome.UNREADABLE, 1, "failed: 1: unknown error"),
        (Outcome.CRASHED, 101, "failed: 101: unknown error"),
        (Outcome.CRASHED, -11, "failed: -11: unknown error"),
        (Outcome.CRASHED, -9, "killed (SIGKILL)"),
        (Outcome.CRASHED, -6, "aborted (SIGABRT)"),
        (Outcome.TIMEOUT, -9, "timeout (SIGKILL)"),
        (Outcome.CPU_LIMIT, 82, "ended at its limit of CPU time"),
        (Outcome.MEMORY_LIMIT, 81, "ended at its limit of memory"),
        (Outcome.OUTPUT_LIMIT, 83, "ended at its limit of output"),
    ],
)
def test_a_walk_that_did_not_end_well_is_noted_once_with_its_code_kept(
    outcome: Outcome, code: int, note: str
) -> None:
    found = stored(upload_file_minidump=failed(outcome, code))
    assert found.fields["mdsw_return_code"] == code
    assert found.fields["mdsw_status_string"] == "unknown error"
    assert found.fields["success"] is False
    assert found.notes == (f"{ABOUT}: {note}",)


def test_a_walk_without_symbols_that_should_be_there_keeps_its_output_but_is_no_success() -> None:
    found = stored(
        upload_file_minidump=replace(GOOD, outcome=Outcome.UNREADABLE_PACKS, exit_code=86)
    )
    assert found.fields["json_dump"] == GOOD.json_dump
    assert found.fields["mdsw_status_string"] == "UnreadablePacks"
    assert found.fields["success"] is False
    assert found.notes == (f"{ABOUT}: symbols missing, their packs cannot be read",)


@pytest.mark.parametrize(
    ("log", "status"),
    [
        ("ERROR MissingHeader - Error reading dump: …", "MissingHeader"),
        ("\n ERROR MissingHeader\n", "MissingHeader"),
        ("WARN something\nERROR StreamNotFound - …", "StreamNotFound"),
        ("\n" * 50 + "ERROR Panic - …" + "\nmore" * 50, "Panic"),
        ("ERROR One - a\nERROR Two - b", "One"),
    ],
)
def test_the_error_that_the_log_names_takes_the_place_of_the_status(log: str, status: str) -> None:
    found = stored(upload_file_minidump=failed(log=log))
    assert found.fields["mdsw_status_string"] == status
    assert found.notes == (
        f"{ABOUT}: failed: 1: unknown error",
        f"MinidumpStackwalkRule: processing {MAIN} had error; stomped on mdsw_status_string",
    )


def test_an_error_in_the_log_of_a_good_walk_is_its_status_but_it_is_a_success() -> None:
    found = stored(upload_file_minidump=replace(GOOD, log="ERROR SoftTrouble something\n"))
    assert (found.fields["mdsw_status_string"], found.fields["success"]) == ("SoftTrouble", True)
    assert len(found.notes) == 1


@pytest.mark.parametrize("log", ["", "ERROR", "ERROR\nmore", "ERROR  X", "no ERROR here", "panic"])
def test_a_log_that_names_no_error_changes_nothing(log: str) -> None:
    found = stored(upload_file_minidump=replace(GOOD, log=log))
    assert (found.fields["mdsw_status_string"], found.notes) == ("OK", ())


def test_a_status_of_the_outputs_own_stays_whatever_the_log_says() -> None:
    walk = replace(GOOD, json_dump={"status": "ODD"}, log="ERROR X - y")
    assert stored(upload_file_minidump=walk).fields["mdsw_status_string"] == "ODD"


@pytest.mark.parametrize(
    ("log", "kept"),
    [
        ("a\n" * 10, "a\n" * 10),
        ("a\n" * 10 + "b", "a\n" * 10 + "b"),
        ("".join(f"{n}\n" for n in range(11)), "\n".join(["...", *map(str, range(1, 11))])),
    ],
)
def test_a_log_is_kept_or_cut_to_its_last_ten_lines(log: str, kept: str) -> None:
    found = stored(upload_file_minidump=replace(GOOD, log=log))
    assert found.fields["mdsw_stderr"] == kept


def test_each_walk_is_counted_by_how_it_ended() -> None:
    found = stored(upload_file_minidump=GOOD, upload_file_minidump_browser=failed())
    assert [(count.metric, dict(count.dimensions)) for count in found.counts] == [
        (Metric.WALKED, {"outcome": "success", "exitcode": "0"}),
        (Metric.WALKED, {"outcome": "fail", "exitcode": "1"}),
    ]


def test_dumps_that_are_no_minidumps_do_not_show() -> None:
    found = act(MinidumpStackwalkRule(), crash(dumps=["memory_report"]))
    assert DumpName("memory_report").is_minidump is False
    assert found.fields == {"additional_minidumps": []}
