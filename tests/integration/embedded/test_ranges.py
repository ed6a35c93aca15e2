"""Ranges of objects on the embedded AWS are S3's, and cost what they give and no more."""

import tracemalloc
from collections.abc import Iterator
from typing import Any

import pytest

from cli.embedded.aws import EmbeddedAws
from tests.integration.embedded.sample import SampleStack

BUCKET = "objects"
CONTENT = bytes(range(256)) * 4096
LENGTH = len(CONTENT)


@pytest.fixture(scope="module")
def s3(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    folder = tmp_path_factory.mktemp("ranges")
    stack = SampleStack(folder / "cdk.out")
    stack.add("Bucket", "AWS::S3::Bucket", BucketName=BUCKET)
    stack.write()
    with EmbeddedAws.start(folder / "cdk.out", folder / "work", ticking=False) as aws:
        client = aws.client("s3")
        client.put_object(Bucket=BUCKET, Key="one", Body=CONTENT)
        yield client


@pytest.mark.parametrize(
    ("asked", "begin", "end"),
    [
        ("bytes=0-0", 0, 1),
        ("bytes=300-309", 300, 310),
        (f"bytes={LENGTH - 5}-", LENGTH - 5, LENGTH),
        ("bytes=-7", LENGTH - 7, LENGTH),
        (f"bytes=10-{LENGTH * 2}", 10, LENGTH),
    ],
)
def test_a_range_gives_its_part(s3: Any, asked: str, begin: int, end: int) -> None:
    found = s3.get_object(Bucket=BUCKET, Key="one", Range=asked)
    assert found["Body"].read() == CONTENT[begin:end]
    assert found["ContentRange"] == f"bytes {begin}-{end - 1}/{LENGTH}"


@pytest.mark.parametrize("asked", ["bytes=0-1,4-5", "bytes=x-y", "bytes=9-3"])
def test_what_is_no_range_gives_the_whole(s3: Any, asked: str) -> None:
    assert s3.get_object(Bucket=BUCKET, Key="one", Range=asked)["Body"].read() == CONTENT


def test_a_range_behind_the_end_is_refused(s3: Any) -> None:
    with pytest.raises(s3.exceptions.ClientError, match="InvalidRange"):
        s3.get_object(Bucket=BUCKET, Key="one", Range=f"bytes={LENGTH}-")


def test_an_object_without_a_range_comes_whole(s3: Any) -> None:
    assert s3.get_object(Bucket=BUCKET, Key="one")["Body"].read() == CONTENT


def test_a_part_of_a_large_object_is_read_without_the_rest(s3: Any) -> None:
    large = 64 << 20
    s3.put_object(Bucket=BUCKET, Key="large", Body=b"\1" * large)
    tracemalloc.start()
    try:
        found = s3.get_object(Bucket=BUCKET, Key="large", Range="bytes=1000-1999")
        assert found["Body"].read() == b"\1" * 1000
        assert tracemalloc.get_traced_memory()[1] < large // 4
    finally:
        tracemalloc.stop()
