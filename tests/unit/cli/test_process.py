"""`moonwalk process`: crashes in files, by the rules of a profile, and every way to end."""

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from cli import main
from cli.exits import ExitCode, Negative, UsageError

ID = "aaaaaaaa-bbbb-4ccc-8ddd-eeeeee260821"
OTHER = "aaaaaaaa-bbbb-4ccc-8ddd-eeeeee260822"
NOW = "2026-08-21T12:34:56.789012+00:00"
STAMP = "2026-08-21T12:34:50+00:00"
RAW = {"ProductName": "Fenix", "submitted_timestamp": STAMP, "uuid": ID, "URL": "http://secret/"}
OUTPUT = {
    "status": "OK",
    "crash_info": {"type": "SIGSEGV", "address": "0x8", "crashing_thread": 0},
    "threads": [{"frames": [{"frame": 0, "function": "inner", "module": "app"}]}],
}


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    put("raw.json", RAW)
    put("a.json", OUTPUT)
    put("bytes.dmp", "MDMP")
    put("empty.dmp", "")
    return tmp_path


def put(name: str, content: Any) -> None:
    text = content if isinstance(content, str) else json.dumps(content)
    Path(name).write_text(text, encoding="utf-8")


def process(*arguments: str) -> Result:
    return CliRunner().invoke(main.app, ["process", *arguments])


def one(*arguments: str, raw: str = "raw.json") -> dict[str, Any]:
    done = process("--raw", raw, "--crash-id", ID, "--now", NOW, "--host", "here", *arguments)
    assert done.exit_code == ExitCode.FINE, done.exception
    printed: dict[str, Any] = json.loads(done.stdout)
    return printed


def many(lines: list[Any], *arguments: str) -> Result:
    text = "\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines)
    put("cases.jsonl", text)
    return process("--cases", "cases.jsonl", "--out-dir", "out", "--now", NOW, *arguments)


def made(name: str = ID) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(Path("out", f"{name}.json").read_text())
    return found


DUMP = ("--dump", "upload_file_minidump=bytes.dmp")
WALK = ("--stackwalk", "upload_file_minidump=a.json")


def test_a_crash_in_files_becomes_a_whole_processed_crash_with_its_keys_sorted() -> None:
    done = process("--raw", "raw.json", "--crash-id", ID, "--now", NOW, *DUMP, *WALK)
    crash = json.loads(done.stdout)
    assert list(crash) == sorted(crash)
    assert (crash["uuid"], crash["reason"], crash["url"]) == (ID, "SIGSEGV", "http://secret/")
    assert crash["json_dump"] == OUTPUT
    assert crash["mdsw_return_code"] == 0
    assert crash["success"]


def test_the_clock_the_host_and_the_version_are_those_given() -> None:
    crash = one(*DUMP, *WALK, "--stackwalk-version", "walker 1")
    assert crash["completed_datetime"] == "2026-08-21T12:34:56+00:00"
    first = crash["processor_notes"].split("\n")[0]
    assert first == ">>> Start processing: 2026-08-21 12:34:56.789012+00:00 (here)"
    assert crash["stackwalk_version"] == "walker 1"


def test_log_and_exit_code_are_read_from_beside_the_output() -> None:
    put("a.rc", "1\n")
    put("a.log", "ERROR MissingHeader - no header\n")
    crash = one(*DUMP, *WALK)
    assert (crash["mdsw_return_code"], crash["mdsw_status_string"]) == (1, "MissingHeader")
    assert crash["json_dump"] == {}
    assert not crash["success"]


def test_a_dump_without_bytes_is_not_walked_whatever_there_is_beside_it() -> None:
    crash = one("--dump", "upload_file_minidump=empty.dmp", *WALK)
    assert crash["mdsw_status_string"] == "EmptyMinidump"
    assert "json_dump" not in crash


def test_a_dump_that_no_output_is_given_for_was_walked_to_none() -> None:
    crash = one(*DUMP)
    assert (crash["mdsw_return_code"], crash["mdsw_status_string"]) == (0, "unknown error")


def test_dumps_that_are_no_minidumps_are_read_by_rules() -> None:
    Path("report.gz").write_bytes(gzip.compress(b'{"version": 1}'))
    crash = one("--dump", "memory_report=report.gz")
    assert crash["memory_report"] == {"version": 1}


def test_an_earlier_crash_leaves_its_notes_as_history() -> None:
    put("earlier.json", {"processor_notes": "before", "reason": "old"})
    crash = one("--existing", "earlier.json")
    assert crash["processor_history"] == ["before"]
    assert "reason" not in crash


def test_a_signature_can_be_made_anew_of_an_earlier_crash() -> None:
    put("earlier.json", {"reason": "old", "json_dump": OUTPUT})
    crash = one("--existing", "earlier.json", "--ruleset", "regenerate_signature")
    assert crash["reason"] == "old"
    assert crash["signature"] == "inner"


def test_versions_are_looked_up_in_a_table() -> None:
    raw = {"ProductName": "Firefox", "ReleaseChannel": "beta", "Version": "150", "BuildID": "1"}
    put("beta.json", RAW | raw)
    put("versions.json", {"Firefox:beta:1": "150.0b7"})
    assert one("--betaversions", "versions.json", raw="beta.json")["version"] == "150.0b7"
    assert one(raw="beta.json")["version"] == "150b0"


def test_another_profile_makes_another_crash() -> None:
    assert "report_type" in one()
    assert "report_type" not in one("--profile", "default")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "there is no crash"),
        (["--raw", "raw.json"], "there is no crash"),
        (["--raw", "no.json", "--crash-id", ID], "no.json does not exist"),
        (["--raw", "bytes.dmp", "--crash-id", ID], "bytes.dmp is no JSON"),
        (["--raw", "raw.json", "--crash-id", "x"], "'x' is no crash id"),
        (["--raw", "raw.json", "--crash-id", ID, "--now", "soon"], "'soon' is no time"),
        (["--raw", "raw.json", "--crash-id", ID, "--dump", "a"], "--dump a names no file"),
        (["--raw", "raw.json", "--crash-id", ID, "--dump", "a=b"], "b does not exist"),
        (["--raw", "raw.json", "--crash-id", ID, "--dump", "a b=a.json"], "no name of a dump"),
        (["--raw", "raw.json", "--crash-id", ID, "--ruleset", "no"], "there is no ruleset 'no'"),
        (["--raw", "raw.json", "--crash-id", ID, "--profile", "no"], "there is no profile 'no'"),
        (["--cases", "raw.json"], "--cases needs a folder"),
        (["--cases", "no.jsonl", "--out-dir", "out"], "no.jsonl does not exist"),
        (["--cases", "bytes.dmp", "--out-dir", "out"], "line 1 of bytes.dmp is no JSON"),
        (["--cases", "a.json", "--out-dir", "out"], "line 1 of a.json has no crash_id"),
        (["--cases", "case.jsonl", "--out-dir", "raw.json"], "raw.json cannot be written"),
    ],
)
def test_what_cannot_be_used_is_told_in_a_line(arguments: list[str], said: str) -> None:
    put("case.jsonl", {"crash_id": ID, "raw": "raw.json"})
    error = process(*arguments).exception
    assert isinstance(error, UsageError)
    assert said in str(error)


def test_an_exit_code_that_is_no_number_is_told() -> None:
    put("a.rc", "one")
    error = process("--raw", "raw.json", "--crash-id", ID, *DUMP, *WALK).exception
    assert isinstance(error, UsageError)
    assert "a.rc holds no exit code" in str(error)


def test_each_of_many_cases_becomes_a_file() -> None:
    put("beside.json", OUTPUT | {"status": "odd"})
    dumps = {"upload_file_minidump": "bytes.dmp", "upload_file_minidump_b": "corpus:bytes.dmp"}
    walks = {"upload_file_minidump": "beside.json"}
    put("bytes.dmp.json", OUTPUT)
    cases = [
        {"crash_id": ID, "raw": "raw.json", "dumps": dumps, "json_dump": walks},
        {"crash_id": OTHER, "raw": "raw.json"},
    ]
    assert many(cases).exit_code == ExitCode.FINE
    assert made()["mdsw_status_string"] == "odd"
    assert made()["upload_file_minidump_b"]["mdsw_status_string"] == "OK"
    assert made()["stackwalk_version"] == "minidump-stackwalk 0.27.0"
    assert "json_dump" not in made(OTHER)


@pytest.mark.parametrize(
    ("how", "code", "note"),
    [
        ({"exit_code": {"upload_file_minidump": -9}}, -9, "killed (SIGKILL)"),
        ({"timeout": ["upload_file_minidump"]}, -9, "timeout (SIGKILL)"),
        ({"log": {"upload_file_minidump": "ERROR Told - x"}}, 0, "had error"),
    ],
)
def test_a_case_tells_how_a_walk_ended(how: dict[str, Any], code: int, note: str) -> None:
    walked = {"dumps": {"upload_file_minidump": "bytes.dmp"}}
    many([{"crash_id": ID, "raw": "raw.json", "json_dump": {"upload_file_minidump": "a.json"}}])
    assert "mdsw_return_code" not in made()
    assert many([{"crash_id": ID, "raw": "raw.json", **walked, **how}]).exit_code == ExitCode.FINE
    assert made()["mdsw_return_code"] == code
    assert note in made()["processor_notes"]


def test_the_table_of_versions_beside_cases_counts_where_none_is_named() -> None:
    raw = {"ProductName": "Firefox", "ReleaseChannel": "beta", "Version": "150", "BuildID": "1"}
    put("beta.json", RAW | raw)
    put("betaversions.json", {"Firefox:beta:1": "150.0b7"})
    many([{"crash_id": ID, "raw": "beta.json"}])
    assert made()["version"] == "150.0b7"


@pytest.mark.parametrize(
    ("case", "said"),
    [
        ({"crash_id": "../x", "raw": "raw.json"}, "crash id"),
        ({"crash_id": OTHER, "raw": "no.json"}, "no.json does not exist"),
        ({"crash_id": OTHER, "raw": 5}, "a raw that names no file"),
        ({"crash_id": OTHER, "raw": "raw.json", "ruleset": "no"}, "an unknown ruleset"),
        ({"crash_id": OTHER, "raw": "raw.json", "dumps": {"a": "no"}}, "no does not exist"),
        ({"crash_id": OTHER, "raw": "raw.json", "dumps": {"a/b": "a.json"}}, "dump name"),
    ],
)
def test_a_case_that_is_refused_is_told_and_the_others_go_on(case: Any, said: str) -> None:
    done = many([case, {"crash_id": ID, "raw": "raw.json"}])
    assert said in done.stderr
    assert isinstance(done.exception, Negative)
    assert "1 of 2 crashes were refused" in str(done.exception)
    assert made()["uuid"] == ID
    assert sorted(path.name for path in Path("out").iterdir()) == [f"{ID}.json"]
