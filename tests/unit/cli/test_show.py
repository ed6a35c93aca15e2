"""`moonwalk show` of a file: the report in its parts, and never anything protected."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from cli import main
from cli.exits import ExitCode, Negative, UsageError

SECRET = "only for few"
FRAMES = [{"frame": 0, "module": "app", "function": "outer", "registers": {"rax": SECRET}}]
CRASH = {
    "signature": "app::outer",
    "reason": "SIGSEGV",
    "address": "0x8",
    "url": SECRET,
    "crashing_thread": 1,
    "json_dump": {
        "modules": [{"filename": "app", "missing_symbols": True}],
        "threads": [
            {"thread_name": "idle", "frames": [{"frame": 0, "function": "waits"}]},
            {"thread_name": "worker", "frames": FRAMES},
        ],
    },
}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return stored(tmp_path, CRASH)


def stored(folder: Path, crash: Any) -> Path:
    path = folder / "processed_crash.json"
    path.write_text(json.dumps(crash))
    return path


def show(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main.app, ["show", *map(str, arguments)])


def said(*arguments: str | Path) -> str:
    shown = show(*arguments)
    assert shown.exit_code == ExitCode.FINE, shown.exception
    return shown.output


def test_a_file_is_shown_without_any_moonwalk_running(file: Path) -> None:
    report = said(file)
    assert "app::outer" in report
    assert "SIGSEGV at 0x8" in report
    assert "crashing thread 1 (worker)" in report
    assert "thread 0" not in report


def test_the_report_ends_with_what_else_there_is(file: Path) -> None:
    last = said(file).splitlines()[-1]
    assert last.startswith("more: --threads, --thread N (2 threads) · --modules (symbols: 1 mi")


def test_other_threads_are_shown_on_demand(file: Path) -> None:
    assert "thread 0 (idle)" in said(file, "--threads")
    assert said(file, "--threads").count("thread 1 (worker)") == 1
    assert "thread 0 (idle)" in said(file, "--thread", "0")


def test_a_thread_that_is_not_there_is_a_usage_error(file: Path) -> None:
    ended = show(file, "--thread", "2")
    assert isinstance(ended.exception, UsageError)
    assert "it has 2, from 0 on" in str(ended.exception)


def test_modules_are_shown_with_what_became_of_their_symbols(file: Path) -> None:
    assert "1 modules: 1 missing" in said(file, "--modules")


def test_public_annotations_are_those_of_the_raw_crash_beside_the_file(file: Path) -> None:
    beside = {"ProductName": "Darkroom", "URL": SECRET, "Unheard": SECRET}
    file.with_name("raw_crash.json").write_text(json.dumps(beside))
    assert "Darkroom" in said(file, "--annotations")
    assert json.loads(said(file, "--annotations", "--json")) == {"ProductName": "Darkroom"}


def test_annotations_are_those_of_the_file_that_is_named(file: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.json"
    other.write_text('{"ProductName": "Lightroom"}')
    assert "Lightroom" in said(file, "--annotations", "--raw-crash", other)


@pytest.mark.parametrize("option", [[], ["--threads"], ["--annotations"], ["--json"], ["--html"]])
def test_nothing_protected_is_shown_in_any_form(file: Path, option: list[str]) -> None:
    file.with_name("raw_crash.json").write_text(json.dumps({"URL": SECRET, "Comments": SECRET}))
    assert SECRET not in said(file, *option)


def test_json_is_the_public_part_of_the_crash(file: Path) -> None:
    shown = json.loads(said(file, "--json"))
    assert shown["signature"] == "app::outer"
    assert "url" not in shown
    assert "registers" not in shown["json_dump"]["threads"][1]["frames"][0]


@pytest.mark.parametrize("form", ["--json", "--html"])
def test_a_document_is_written_to_a_file_where_one_is_named(file: Path, form: str) -> None:
    to = file.with_name("out")
    assert said(file, form, "-o", to) == ""
    assert "app::outer" in to.read_text()


@pytest.mark.parametrize("options", [["--json", "--html"], ["-o", "x"], ["--source", "nothing"]])
def test_options_that_make_no_sense_are_usage_errors(file: Path, options: list[str]) -> None:
    assert isinstance(show(file, *options).exception, UsageError)


def test_a_file_that_cannot_be_written_is_a_usage_error(file: Path, tmp_path: Path) -> None:
    ended = show(file, "--json", "-o", tmp_path)
    assert isinstance(ended.exception, UsageError)


def test_a_profile_that_is_not_there_is_a_usage_error_that_names_those_that_are(file: Path) -> None:
    ended = show(file, "--profile", "nobody")
    assert isinstance(ended.exception, UsageError)
    assert "socorro" in str(ended.exception)


@pytest.mark.parametrize("content", [b"{", b"\xff", b"[" * 5000])
def test_a_file_that_is_no_json_is_told_in_a_sentence(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "broken.json"
    path.write_bytes(content)
    assert isinstance(show(path).exception, Negative)


@pytest.mark.parametrize("crash", [{}, [], 7, None, {"json_dump": 7, "signature": [1]}])
@pytest.mark.parametrize("option", [[], ["--threads", "--modules"], ["--json"], ["--html"]])
def test_odd_documents_are_shown_as_what_is_left_of_them(
    tmp_path: Path, crash: Any, option: list[str]
) -> None:
    said(stored(tmp_path, crash), *option)


@pytest.mark.parametrize("text", ["nothing", "a" * 5000, "7c1e5a94"])
def test_what_is_neither_a_file_nor_a_crash_id_is_a_usage_error(text: str) -> None:
    assert isinstance(show(text).exception, UsageError)
