"""What only the real crash store meets: encodings, damaged objects, races on ETags."""

import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError
from botocore.stub import Stubber

from moonwalk.adapters import s3
from moonwalk.contracts import storage
from moonwalk.domain.dumps import MAX_DUMPS
from moonwalk.domain.failures import DeadLetter, DeadLetterCode, RetryCode, RetryLater
from moonwalk.domain.ledger import Fence
from tests.builders import MAIN, crash_id
from tests.contract.worlds import BUCKET, S3World

CRASH = crash_id()
RAW, NAMES, DUMP = storage.raw_crash(CRASH), storage.dump_names(CRASH), storage.dump(CRASH, MAIN)
PROCESSED = storage.processed_crash(CRASH)
BOMB = gzip.compress(b" " * 64 * 1024 * 1024)

unusable_json = pytest.mark.parametrize(
    ("body", "encoding"),
    [
        pytest.param(b"[1, 2", "", id="cut JSON"),
        pytest.param(b"", "", id="nothing"),
        pytest.param(b'"text"', "", id="a text"),
        pytest.param(b"\xff\xfe{}", "", id="no UTF-8"),
        pytest.param(b"[" * 100_000, "", id="nested without end"),
        pytest.param(b"{}", "gzip", id="no gzip"),
        pytest.param(gzip.compress(b'{"a": 1}')[:-9], "gzip", id="cut gzip"),
        pytest.param(b"", "gzip", id="empty gzip"),
        pytest.param(gzip.compress(b"{}") + b"rubbish", "gzip", id="gzip and rubbish"),
        pytest.param(BOMB, "gzip", id="a bomb"),
        pytest.param(b"{}", "br", id="an unknown encoding"),
    ],
)


def counted(world: S3World) -> list[str]:
    """Collect the names of the operations that the client sends from now on."""
    sent: list[str] = []
    world.client.meta.events.register(
        "before-send.s3", lambda event_name, **_: sent.append(event_name.rpartition(".")[2])
    )
    return sent


@unusable_json
def test_a_raw_crash_that_cannot_be_used_is_told(
    s3_world: S3World, body: bytes, encoding: str
) -> None:
    s3_world.put(RAW, body, ContentEncoding=encoding)
    with pytest.raises(DeadLetter) as failure:
        s3_world.raw_crash(CRASH)
    assert failure.value.code is DeadLetterCode.RAW_CRASH_UNREADABLE


@unusable_json
def test_a_list_of_dumps_that_cannot_be_used_is_told(
    s3_world: S3World, body: bytes, encoding: str
) -> None:
    s3_world.put(RAW, b"{}")
    s3_world.put(NAMES, body, ContentEncoding=encoding)
    with pytest.raises(DeadLetter) as failure:
        s3_world.find_dumps(CRASH)
    assert failure.value.code is DeadLetterCode.DUMP_NAMES_UNREADABLE


@pytest.mark.parametrize(
    "body", [b"{}", b"[1]", b"[[]]", json.dumps(["x"] * (MAX_DUMPS + 1)).encode()]
)
def test_a_list_of_dumps_holds_a_bounded_number_of_names(s3_world: S3World, body: bytes) -> None:
    s3_world.put(RAW, b"{}")
    s3_world.put(NAMES, body)
    with pytest.raises(DeadLetter) as failure:
        s3_world.find_dumps(CRASH)
    assert failure.value.code is DeadLetterCode.DUMP_NAMES_UNREADABLE


@pytest.mark.parametrize("members", [1, 3])
def test_gzip_objects_are_read_as_what_they_hold(
    s3_world: S3World, tmp_path: Path, members: int
) -> None:
    content = [b'{"a"', b": [1,", b"NaN]}"] if members == 3 else [b'{"a": [1, NaN]}']
    packed = b"".join(map(gzip.compress, content))
    for key in (RAW, DUMP):
        s3_world.put(key, packed, ContentEncoding="gzip")
    assert str(s3_world.raw_crash(CRASH)) == "{'a': [1, nan]}"
    s3_world.fetch_dump(CRASH, MAIN, tmp_path / "dump")
    assert (tmp_path / "dump").read_bytes() == b"".join(content)


def test_the_last_of_equal_annotations_counts(s3_world: S3World) -> None:
    s3_world.put(RAW, b'{"a": 1, "a": 2}')
    assert s3_world.raw_crash(CRASH) == {"a": 2}


@pytest.mark.parametrize(
    "body", [b"no gzip", gzip.compress(b"MDMP")[:-4]], ids=["no gzip", "cut gzip"]
)
def test_a_dump_with_damaged_gzip_is_told(s3_world: S3World, tmp_path: Path, body: bytes) -> None:
    s3_world.put(DUMP, body, ContentEncoding="gzip")
    with pytest.raises(DeadLetter) as failure:
        s3_world.fetch_dump(CRASH, MAIN, tmp_path / "dump")
    assert failure.value.code is DeadLetterCode.DUMP_UNREADABLE


def test_a_dump_that_unpacks_to_more_than_a_dump_is_left_off(
    s3_world: S3World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(s3, "MAX_DUMP_BYTES", 1024 * 1024)
    s3_world.put(DUMP, BOMB, ContentEncoding="gzip")
    with pytest.raises(DeadLetter) as failure:
        s3_world.fetch_dump(CRASH, MAIN, tmp_path / "dump")
    assert failure.value.code is DeadLetterCode.DUMP_UNREADABLE
    assert (tmp_path / "dump").stat().st_size <= 1024 * 1024


def test_finding_dumps_takes_two_requests_and_one_for_each_dump(s3_world: S3World) -> None:
    for name in ("dump", "memory_report", "upload_file_minidump_browser"):
        s3_world.put(f"v1/{name}/{CRASH}", b"content")
    s3_world.put_dump_names(CRASH, ["dump", "memory_report", "upload_file_minidump_browser"])
    s3_world.put_raw_crash(CRASH, {})
    sent = counted(s3_world)
    s3_world.find_dumps(CRASH)
    assert sorted(sent) == ["GetObject", *["HeadObject"] * 4]


def test_a_refusal_is_the_deployments_fault_and_not_the_crashs(s3_world: S3World) -> None:
    with Stubber(s3_world.client) as answers:
        answers.add_client_error("head_object", "403", http_status_code=403)
        with pytest.raises(RetryLater) as failure:
            s3_world.find_dumps(CRASH)
    assert failure.value.code is RetryCode.UNAVAILABLE
    assert "403" in failure.value.detail


def test_publishing_a_first_result_takes_one_request(s3_world: S3World) -> None:
    sent = counted(s3_world)
    s3_world.publish(CRASH, {}, Fence(1, 1))
    assert sent == ["PutObject"]


@pytest.mark.parametrize(
    ("encoding", "header", "body"),
    [
        ("gzip", "gzip", gzip.compress(b'{"a": "\\u00e9", "b": [1, 2.5]}', mtime=0)),
        ("identity", None, b'{"a": "\\u00e9", "b": [1, 2.5]}'),
    ],
)
def test_results_are_stored_as_socorros_json_text(
    s3_world: S3World, encoding: str, header: str | None, body: bytes
) -> None:
    s3_world.storing(encoding).publish(CRASH, {"a": "é", "b": [1, 2.5]}, Fence(12, 3))
    found = s3_world.client.get_object(Bucket=BUCKET, Key=PROCESSED)
    assert found["Body"].read() == body
    assert found["ContentType"] == "application/json"
    assert found.get("ContentEncoding") == header
    assert found["Metadata"] == {"moonwalk-since": "12", "moonwalk-attempt": "3"}


def test_numbers_that_json_does_not_have_become_null(s3_world: S3World) -> None:
    document = {"a": float("nan"), "b": [float("-inf"), {"c": (float("inf"), 0.5)}]}
    s3_world.publish(CRASH, document, Fence(1, 1))
    assert s3_world.processed(CRASH) == {"a": None, "b": [None, {"c": [None, 0.5]}]}


@pytest.mark.parametrize("metadata", [{"moonwalk-since": "x", "moonwalk-attempt": "9"}, {"a": "b"}])
def test_metadata_that_names_no_run_counts_as_nobodys(
    s3_world: S3World, metadata: dict[str, str]
) -> None:
    s3_world.put(PROCESSED, b"{}", Metadata=metadata)
    assert s3_world.publish(CRASH, {"run": "ours"}, Fence(1, 1))


def before_each_put(world: S3World, act: Callable[[int], None]) -> None:
    """Let somebody act while a conditional write is under way, told how many went before."""
    puts = 0

    def acting(params: dict[str, Any], **_: object) -> None:
        nonlocal puts
        if "IfMatch" in params or "IfNoneMatch" in params:
            puts += 1
            act(puts - 1)

    world.client.meta.events.register("before-parameter-build.s3.PutObject", acting)


def test_an_older_result_that_appears_meanwhile_is_replaced(s3_world: S3World) -> None:
    def act(puts: int) -> None:
        if puts < 2:
            s3_world.put_processed(CRASH, {"run": puts}, Fence(1, 1 + puts))

    before_each_put(s3_world, act)
    assert s3_world.publish(CRASH, {"run": "ours"}, Fence(1, 9))
    assert s3_world.processed(CRASH) == {"run": "ours"}


def test_a_newer_result_that_appears_meanwhile_stays(s3_world: S3World) -> None:
    s3_world.put_processed(CRASH, {"run": "older"}, Fence(1, 1))

    def act(puts: int) -> None:
        if puts == 1:
            s3_world.put_processed(CRASH, {"run": "newer"}, Fence(1, 9))

    before_each_put(s3_world, act)
    assert not s3_world.publish(CRASH, {"run": "ours"}, Fence(1, 5))
    assert s3_world.processed(CRASH) == {"run": "newer"}


def test_a_result_that_disappears_meanwhile_is_written_anew(s3_world: S3World) -> None:
    s3_world.put_processed(CRASH, {"run": "older"}, Fence(1, 1))

    def act(puts: int) -> None:
        if puts == 1:
            s3_world.client.delete_object(Bucket=BUCKET, Key=PROCESSED)

    before_each_put(s3_world, act)
    assert s3_world.publish(CRASH, {"run": "ours"}, Fence(1, 5))
    assert s3_world.processed(CRASH) == {"run": "ours"}


def test_a_storm_of_writers_is_left_for_later(s3_world: S3World) -> None:
    before_each_put(
        s3_world, lambda puts: s3_world.put_processed(CRASH, {"run": puts}, Fence(1, 1 + puts))
    )
    with pytest.raises(RetryLater) as failure:
        s3_world.publish(CRASH, {}, Fence(1, 1000))
    assert failure.value.code is RetryCode.THROTTLED


def test_a_missing_bucket_is_the_worlds_failure(s3_world: S3World) -> None:
    s3_world.client.delete_bucket(Bucket=BUCKET)
    with pytest.raises(RetryLater) as failure:
        s3_world.publish(CRASH, {}, Fence(1, 1))
    assert failure.value.code is RetryCode.UNAVAILABLE
    assert isinstance(failure.value.__cause__, ClientError)
