"""The memory report that comes with a crash, a file that anybody may have made."""

import gzip
import json
import tracemalloc
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from moonwalk.rules.mozilla.memory_report import MOST_BYTES, MOST_PACKED, OutOfMemoryBinaryRule
from moonwalk.rules.rule import NOTHING, Found
from tests.unit.rules.builders import HUGE, act, crash

TOO_LARGE = "Uncompressed memory info too large (max: 20971520)"
MEBIBYTE = 1024 * 1024


def told(folder: Path, content: bytes) -> Found:
    path = folder / "memory_report"
    path.write_bytes(content)
    return act(OutOfMemoryBinaryRule(), crash(files={"memory_report": path}))


def bad(text: str) -> Found:
    return Found(fields={"memory_report_error": text}, notes=(text,))


@pytest.mark.parametrize("report", [{"version": 1, "reports": []}, {}, {"ERROR": "mine"}])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-32", "utf-8-sig"])
def test_a_report_is_kept_whole(tmp_path: Path, report: dict[str, Any], encoding: str) -> None:
    content = gzip.compress(json.dumps(report).encode(encoding))
    assert told(tmp_path, content) == Found(fields={"memory_report": report})


def test_a_report_may_have_been_packed_in_pieces(tmp_path: Path) -> None:
    content = gzip.compress(b'{"version"') + gzip.compress(b": 1}") + b"\0" * 512
    assert told(tmp_path, content).fields == {"memory_report": {"version": 1}}


def test_a_crash_without_a_report_has_none() -> None:
    assert act(OutOfMemoryBinaryRule(), crash(dumps=["upload_file_minidump"])) is NOTHING


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"no gzip", "BadGzipFile"),
        (gzip.compress(b"{}")[:-4], "EOFError"),
        (gzip.compress(b"{}")[:12], "EOFError"),
        (gzip.compress(b"{}")[:-8] + b"\0" * 8, "BadGzipFile"),
        (gzip.compress(b"{}") + b"rest", "BadGzipFile"),
        (gzip.compress(b"{}")[:10] + b"\xff" * 20, "error"),
    ],
)
def test_what_is_wrong_with_the_packing_is_told_by_kind(
    tmp_path: Path, content: bytes, kind: str
) -> None:
    assert told(tmp_path, content) == bad(f"error in gzip for memory_report: {kind}")


def test_a_file_that_is_gone_is_told_of_without_its_path(tmp_path: Path) -> None:
    found = act(OutOfMemoryBinaryRule(), crash(files={"memory_report": tmp_path / "gone"}))
    assert found == bad("error in gzip for memory_report: FileNotFoundError")


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"secret", "JSONDecodeError"),
        (b"", "JSONDecodeError"),
        (b'{"secret": "\xff"}', "UnicodeDecodeError"),
        (b"[" * 100_000, "RecursionError"),
        (f'{{"a": {HUGE}}}'.encode(), "ValueError"),
    ],
)
def test_what_is_wrong_with_the_json_is_told_by_kind(
    tmp_path: Path, content: bytes, kind: str
) -> None:
    found = told(tmp_path, gzip.compress(content))
    assert found == bad(f"error in json for memory_report: {kind}")


def test_an_empty_file_holds_no_json(tmp_path: Path) -> None:
    assert told(tmp_path, b"") == bad("error in json for memory_report: JSONDecodeError")


@pytest.mark.parametrize("report", ["null", "[]", "5", '"secret"'])
def test_a_report_that_is_no_object_is_none(tmp_path: Path, report: str) -> None:
    found = told(tmp_path, gzip.compress(report.encode()))
    assert found == bad("memory_report is not an object")


@pytest.mark.parametrize(("size", "fits"), [(MOST_BYTES, True), (MOST_BYTES + 1, False)])
def test_a_report_has_at_most_twenty_mebibytes(tmp_path: Path, size: int, fits: Any) -> None:
    content = b"{}".ljust(size)
    expected = Found(fields={"memory_report": {}}) if fits else bad(TOO_LARGE)
    assert told(tmp_path, gzip.compress(content, 1)) == expected


def test_a_bomb_is_not_unpacked_beyond_that(tmp_path: Path) -> None:
    bomb = gzip.compress(bytes(MEBIBYTE)) * 1024
    tracemalloc.start()
    try:
        assert told(tmp_path, bomb) == bad(TOO_LARGE)
        assert tracemalloc.get_traced_memory()[1] < 4 * MOST_BYTES
    finally:
        tracemalloc.stop()


def test_a_report_that_was_not_made_smaller_is_a_report(tmp_path: Path) -> None:
    content = gzip.compress(b"{}".ljust(MOST_BYTES), 0)
    assert MOST_BYTES < len(content) <= MOST_PACKED
    assert told(tmp_path, content).fields == {"memory_report": {}}


def test_a_file_of_endless_empty_pieces_is_not_even_begun(tmp_path: Path) -> None:
    pieces = gzip.compress(b"") * (MOST_PACKED // 20 + 1)
    assert told(tmp_path, pieces) == bad(TOO_LARGE)


@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.binary() | st.binary().map(gzip.compress), st.integers(0, 40), st.binary(max_size=4))
def test_any_file_gives_a_report_or_one_short_note(
    tmp_path: Path, content: bytes, at: int, patch: bytes
) -> None:
    found = told(tmp_path, content[:at] + patch + content[at + len(patch) :])
    report, error = found.fields.get("memory_report"), found.fields.get("memory_report_error")
    assert isinstance(report, dict) or found.notes == (error,)
    assert all(len(note) < 80 for note in found.notes)


@pytest.mark.parametrize("value", ["{}", "[]", '""', "0"])
def test_a_report_that_takes_many_times_its_size_to_read_is_not_read(
    tmp_path: Path, value: str
) -> None:
    values = ",".join([value] * 3_000_001)
    found = told(tmp_path, gzip.compress(f'{{"reports":[{values}]}}'.encode(), 1))
    assert found == bad("memory_report has too many values (max: 3000000)")
