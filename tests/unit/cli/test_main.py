"""The command as a whole: its errors are one line, its exit codes are documented."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli import installed, main, places, stackwalker
from cli.exits import EPILOG, MEANING, ExitCode, SetUpIncomplete
from cli.installed import Check
from moonwalk.domain.disk_kind import DiskKind

COMMANDS = ("run", "up", "submit", "status", "show", "walk", "doctor")
SYMBOL_COMMANDS = ("push", "ls", "stat", "verify", "pack")


def moonwalk(
    *arguments: str | Path, environment: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run the command as a person does."""
    return subprocess.run(
        [sys.executable, "-m", "cli.main", *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        cwd=places.ROOT,
        env={**os.environ, **(environment or {})},
    )


@pytest.mark.parametrize(
    "command", [*([name] for name in COMMANDS), *(["symbols", name] for name in SYMBOL_COMMANDS)]
)
def test_every_command_helps_and_tells_its_exit_codes(command: list[str]) -> None:
    helped = CliRunner().invoke(main.app, [*command, "--help"])
    assert helped.exit_code == ExitCode.FINE
    assert "Exit codes" in helped.output


def test_the_documentation_has_every_exit_code_and_every_command() -> None:
    text = (places.ROOT / "docs" / "cli.md").read_text(encoding="utf-8")
    for code, meaning in MEANING.items():
        assert f"| {code.value} | {meaning} |" in text
        assert meaning in EPILOG
    assert all(f"moonwalk {command}" in text for command in COMMANDS)


def test_the_version_is_printed() -> None:
    said = CliRunner().invoke(main.app, ["--version"])
    assert re.fullmatch(r"moonwalk \d+\.\d+\.\d+\n", said.output)


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("moonwalk s", {"submit", "status", "show", "signature", "symbols"}),
        ("moonwalk submit --queue p", {"priority"}),
    ],
)
def test_a_shell_is_told_how_a_word_may_go_on(typed: str, offered: set[str]) -> None:
    asked = {
        "_MOONWALK_COMPLETE": "complete_bash",
        "COMP_WORDS": typed,
        "COMP_CWORD": str(typed.count(" ")),
    }
    ended = moonwalk(environment=asked)
    assert set(ended.stdout.split()) == offered


def test_a_file_that_is_no_minidump_gives_one_line_and_a_usage_error() -> None:
    ended = moonwalk("run", "LICENSE")
    assert ended.returncode == ExitCode.USAGE
    assert ended.stdout == ""
    assert ended.stderr.count("\n") == 1
    assert "LICENSE is no minidump" in ended.stderr


def test_an_unknown_crash_id_text_gives_one_line_without_a_traceback() -> None:
    ended = moonwalk("status", "\x1b[2Jnothing")
    assert ended.returncode == ExitCode.USAGE
    assert ended.stderr.count("\n") == 1
    assert "\x1b" not in ended.stderr


def test_help_imports_neither_boto3_nor_moto_nor_rich() -> None:
    script = (
        "import sys, cli.main\n"
        "print(sorted({'boto3', 'botocore', 'moto', 'rich', 'aws_cdk'} & sys.modules.keys()))"
    )
    ended = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert ended.stdout == "[]\n"


def test_doctor_says_what_is_missing_and_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    found = [Check("make", None, "install make"), Check("strace", None, "x", needed=False)]
    monkeypatch.setattr(installed, "checks", lambda: iter(found))
    said = CliRunner().invoke(main.app, ["doctor"])
    assert said.exit_code == ExitCode.NEGATIVE
    assert "install make" in said.output
    as_json = CliRunner().invoke(main.app, ["doctor", "--json"])
    fine = {check["name"]: check["fine"] for check in json.loads(as_json.output)["checks"]}
    assert fine == {"make": False, "strace": True}


def test_doctor_is_content_when_only_optional_things_are_missing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    found = [Check("make", "4.3", "install make"), Check("strace", None, "x", needed=False)]
    monkeypatch.setattr(installed, "checks", lambda: iter(found))
    assert CliRunner().invoke(main.app, ["doctor"]).exit_code == ExitCode.FINE


def test_doctor_finds_the_python_it_runs_on_and_misses_a_tool_that_is_not_there(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PATH", "")
    found = {check.name: check for check in installed.checks()}
    assert found["Python 3.11 or newer"].fine
    assert str(found["disk"].found).startswith(tuple(DiskKind))
    assert not found["make"].fine


def test_walk_without_a_stackwalker_says_how_to_build_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(stackwalker, "STACKWALKER", tmp_path / "none")
    ended = CliRunner().invoke(main.app, ["walk", str(places.EXAMPLE_DUMP)])
    assert isinstance(ended.exception, SetUpIncomplete)
    assert "make build" in str(ended.exception)
