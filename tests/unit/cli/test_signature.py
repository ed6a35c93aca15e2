"""`moonwalk signature`: each step that led to a signature is told, and nothing protected."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from cli import main
from cli.exits import ExitCode, Negative, UsageError

SECRET = "only for few"
WALK = {
    "status": "OK",
    "crash_info": {"crashing_thread": 1, "type": "SIGSEGV"},
    "threads": [
        {"frames": [{"function": "waits"}]},
        {
            "frames": [
                {"function": "_purecall_is_not_it"},
                {"function": "_purecall"},
                {"function": "", "registers": {"rax": SECRET}},
                {"module": "libxul.so"},
                {"module": "libxul.so"},
                {"function": "memcpy"},
                {"function": "Engine<int>::start(\x1b[2J)"},
                {"function": "main"},
            ]
        },
    ],
}
CRASH = {"json_dump": WALK, "signature": "old", "url": SECRET, "oom_allocation_size": 300_000}


def explained(tmp_path: Path, document: Any, *options: str) -> Result:
    path = tmp_path / "crash.json"
    path.write_text(document if isinstance(document, str) else json.dumps(document))
    return CliRunner().invoke(main.app, ["signature", str(path), *options])


def as_json(tmp_path: Path, document: Any, *options: str) -> dict[str, Any]:
    ended = explained(tmp_path, document, "--json", *options)
    assert ended.exit_code == ExitCode.FINE, ended.exception
    found: dict[str, Any] = json.loads(ended.output)
    return found


def verdicts(told: dict[str, Any], stack: int = 0) -> list[str]:
    return [frame["verdict"] for frame in told["stacks"][stack]["frames"]]


def test_every_frame_has_a_verdict(tmp_path: Path) -> None:
    told = as_json(tmp_path, CRASH)
    assert told["stacks"][0]["thread"] == 1
    assert verdicts(told) == [
        "before the sentinel",
        "sentinel, prefix: taken, and on",
        "empty: passed over",
        "prefix: taken, and on",
        "repeated",
        "prefix: taken, and on",
        "taken: the end",
        "not looked at",
    ]
    assert told["stacks"][0]["frames"][6]["normalized"] == "Engine<T>::start"


def test_every_change_by_a_rule_is_told(tmp_path: Path) -> None:
    told = as_json(tmp_path, CRASH)
    made = "_purecall | libxul.so | memcpy | Engine<T>::start"
    assert told["signature"] == f"OOM | large | {made}"
    assert told["stored_signature"] == "old"
    assert told["changes"] == [
        {"rule": "SignatureGenerationRule", "before": "", "after": made},
        {"rule": "OOMSignature", "before": made, "after": f"OOM | large | {made}"},
    ]


def test_a_person_is_told_the_same_and_the_terminal_nothing(tmp_path: Path) -> None:
    report = explained(tmp_path, CRASH).output
    assert "OOM | large | _purecall" in report
    assert "thread 1" in report
    assert "prefix: taken, and on" in report
    assert "stored" in report
    assert "\x1b" not in report


def test_a_walk_is_explained_as_a_crash_is(tmp_path: Path) -> None:
    assert verdicts(as_json(tmp_path, WALK)) == verdicts(as_json(tmp_path, CRASH))


def test_a_hanging_shutdown_has_two_stacks(tmp_path: Path) -> None:
    threads = [{"frames": [{"function": "hangs"}]}, {"frames": [{"function": "RunWatchdog"}]}]
    told = as_json(tmp_path, {"json_dump": WALK | {"threads": threads}})
    assert [stack["thread"] for stack in told["stacks"]] == [1, 0]
    assert told["stacks"][1]["frames"][0]["frame"] == "hangs"
    assert told["signature"] == "shutdownhang | hangs"


@pytest.mark.parametrize("option", [[], ["--json"]])
def test_nothing_protected_is_told(tmp_path: Path, option: list[str]) -> None:
    crash = CRASH | {"signature_debug": SECRET, "java_stack_trace_raw": SECRET, "hang": 5}
    assert SECRET not in explained(tmp_path, crash, *option).output


@pytest.mark.parametrize(
    "document", [{}, [], 7, {"json_dump": 7}, {"json_dump": {"threads": [7]}}, {"threads": {}}]
)
@pytest.mark.parametrize("option", [[], ["--json"]])
def test_odd_documents_have_a_signature_that_says_so(
    tmp_path: Path, document: Any, option: list[str]
) -> None:
    ended = explained(tmp_path, document, *option)
    assert "EMPTY: no frame data available" in ended.output
    assert "no frame data for crashing thread (0)" in ended.output


def test_a_java_crash_has_changes_and_no_stack(tmp_path: Path) -> None:
    told = as_json(tmp_path, {"java_stack_trace": "a.Error\n\tat a.b(C.java:5)"})
    assert told["signature"] == "a.Error: at a.b(C.java)"
    assert told["stacks"] == []
    assert len(told["notes"]) == 1


def test_a_teams_own_lists_are_put_over_the_profiles(tmp_path: Path) -> None:
    (tmp_path / "irrelevant_signature_re.txt").write_text("Engine<T>::start\n")
    told = as_json(tmp_path, CRASH, "--lists", str(tmp_path))
    assert told["signature"].endswith("memcpy | main")


def test_lists_of_no_use_are_a_usage_error(tmp_path: Path) -> None:
    (tmp_path / "prefix_signature_re.txt").write_text("(\n")
    ended = explained(tmp_path, CRASH, "--lists", str(tmp_path))
    assert isinstance(ended.exception, UsageError)
    assert "line 1" in str(ended.exception)


def test_a_file_that_is_no_json_is_told_in_a_sentence(tmp_path: Path) -> None:
    assert isinstance(explained(tmp_path, "{").exception, Negative)
