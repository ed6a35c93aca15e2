"""What only a bucket or a folder of symbols can do wrong."""

import gzip
import os
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError, ParamValidationError
from botocore.response import StreamingBody
from botocore.stub import Stubber

from moonwalk.adapters import aws
from moonwalk.adapters.sources.bucket import BucketSource
from moonwalk.adapters.sources.folder import FolderSource
from moonwalk.domain.symbol_sources import Absent, Answer, Failed, Found, Reason, Source, SourceKind
from tests.contract.symbol_worlds import LIMITS, BucketWorld, FolderWorld
from tests.symbol_texts import MODULE, PLACE, TEXT


@pytest.fixture
def to(tmp_path: Path) -> Path:
    return tmp_path / "fetched.sym"


@pytest.fixture
def bucket(aws_url: str) -> BucketWorld:  # noqa: ARG001 - must be there first
    return BucketWorld(aws.s3(), compressed=False)


def reason(answer: Answer) -> Reason:
    assert isinstance(answer, Failed), answer
    return answer.reason


def answering(
    bucket: BucketWorld, to: Path, code: str, status: int, absent: frozenset[int] | None = None
) -> Answer:
    source = Source(SourceKind.S3, "s", "symbols/v1", absent=absent or frozenset({404, 410}))
    with Stubber(bucket.client) as stub:
        for _ in range(LIMITS.tries):
            stub.add_client_error("get_object", code, http_status_code=status)
        return BucketSource(source, bucket.client, LIMITS).fetch(PLACE, MODULE, to)


@pytest.mark.parametrize(
    ("code", "status", "why"),
    [
        ("SlowDown", 503, Reason.THROTTLED),
        ("InternalError", 500, Reason.SERVER_ERROR),
        ("AccessDenied", 403, Reason.REFUSED),
        ("NoSuchBucket", 404, Reason.REFUSED),
    ],
)
def test_a_bucket_that_fails_or_refuses_is_not_one_without_the_file(
    bucket: BucketWorld, to: Path, code: str, status: int, why: Reason
) -> None:
    assert reason(answering(bucket, to, code, status)) is why


def test_a_refusal_of_a_bucket_that_cannot_be_listed_is_absence_where_configured(
    bucket: BucketWorld, to: Path
) -> None:
    told = answering(bucket, to, "AccessDenied", 403, frozenset({403, 404}))
    assert told == Absent()


def test_a_bucket_that_cannot_be_reached_is_told(
    bucket: BucketWorld, to: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unreachable(**_call: Any) -> None:
        raise EndpointConnectionError(endpoint_url="http://x")

    monkeypatch.setattr(bucket.client, "get_object", unreachable)
    assert reason(bucket.source.fetch(PLACE, MODULE, to)) is Reason.UNREACHABLE


def test_an_object_that_breaks_off_is_fetched_again(bucket: BucketWorld, to: Path) -> None:
    cut = StreamingBody(BytesIO(TEXT[:20]), len(TEXT))
    whole = StreamingBody(BytesIO(TEXT), len(TEXT))
    with Stubber(bucket.client) as stub:
        stub.add_response("get_object", {"Body": cut})
        stub.add_response("get_object", {"Body": whole, "ETag": '"e"'})
        assert bucket.source.fetch(PLACE, MODULE, to) == Found(len(TEXT), etag='"e"')
    assert to.read_bytes() == TEXT


def test_a_stored_bomb_is_refused(bucket: BucketWorld, to: Path) -> None:
    body = gzip.compress(TEXT + b"\n" * 1_000_000)
    key = f"v1/{PLACE.path}"
    bucket.client.put_object(Bucket="symbols", Key=key, Body=body, ContentEncoding="gzip")
    assert reason(bucket.source.fetch(PLACE, MODULE, to)) is Reason.TOO_LARGE


@pytest.fixture
def folder(tmp_path: Path) -> FolderWorld:
    return FolderWorld(tmp_path / "symbols")


def test_a_named_pipe_is_not_waited_for(folder: FolderWorld, to: Path) -> None:
    place = folder.folder / PLACE.path
    place.parent.mkdir(parents=True)
    os.mkfifo(place)
    assert reason(folder.source.fetch(PLACE, MODULE, to)) is Reason.NOT_SYMBOLS


def test_a_folder_in_a_files_place_is_no_symbol_file(folder: FolderWorld, to: Path) -> None:
    (folder.folder / PLACE.path).mkdir(parents=True)
    assert reason(folder.source.fetch(PLACE, MODULE, to)) is Reason.NOT_SYMBOLS


def test_a_file_in_a_folders_place_is_absence(folder: FolderWorld, to: Path) -> None:
    folder.folder.mkdir()
    (folder.folder / PLACE.debug_file).write_text("here")
    assert folder.source.fetch(PLACE, MODULE, to) == Absent()


def test_links_that_lead_in_a_circle_are_told(folder: FolderWorld, to: Path) -> None:
    place = folder.folder / PLACE.path
    place.parent.mkdir(parents=True)
    place.symlink_to(place.name)
    assert reason(folder.source.fetch(PLACE, MODULE, to)) is Reason.UNREACHABLE


def test_a_missing_folder_of_symbols_has_nothing(tmp_path: Path, to: Path) -> None:
    source = FolderSource(Source(SourceKind.FOLDER, "gone", str(tmp_path / "gone")))
    assert source.fetch(PLACE, MODULE, to) == Absent()


@pytest.mark.parametrize(
    ("changes", "why"),
    [({"seconds": 0}, Reason.TIMED_OUT), ({"stored_bytes": 20}, Reason.TOO_LARGE)],
)
def test_a_bucket_is_read_within_limits(
    bucket: BucketWorld, to: Path, changes: dict[str, Any], why: Reason
) -> None:
    bucket.put()
    source = BucketSource(bucket.source.source, bucket.client, replace(LIMITS, **changes))
    assert reason(source.fetch(PLACE, MODULE, to)) is why
    assert not to.exists()


def test_a_call_that_botocore_itself_refuses_is_our_own_mistake(
    bucket: BucketWorld, to: Path
) -> None:
    source = Source(SourceKind.S3, "s", "no bucket/v1")
    with pytest.raises(ParamValidationError):
        BucketSource(source, bucket.client, LIMITS).fetch(PLACE, MODULE, to)
