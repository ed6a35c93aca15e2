"""The bucket with what is public of crashes, and signature lists that lie in S3."""

import gzip
import json
from pathlib import Path

import pytest

from moonwalk.adapters.fetched_lists import fetch
from moonwalk.adapters.public_crashes import S3PublicCrashes
from moonwalk.adapters.signature_lists import SignatureLists, UnusableListsError
from moonwalk.domain.ledger import Fence
from tests.builders import crash_id
from tests.contract.worlds import S3World

CRASH = crash_id()
KEY = f"v1/crash_report/20261123/{CRASH}"
OURS, NEWER = Fence(1000, 2), Fence(2000, 1)


@pytest.mark.parametrize("encoding", ["gzip", "identity"])
def test_a_public_crash_lies_below_its_day(s3_world: S3World, encoding: str) -> None:
    store = S3PublicCrashes(s3_world.client, s3_world.bucket, encoding)
    assert store.publish(CRASH, {"signature": "größe"}, OURS)
    found = s3_world.client.get_object(Bucket=s3_world.bucket, Key=KEY)
    assert found.get("ContentEncoding", "identity") == encoding
    body = found["Body"].read()
    content = gzip.decompress(body) if encoding == "gzip" else body
    assert json.loads(content) == {"signature": "größe"}


def test_what_is_public_of_a_newer_run_stays(s3_world: S3World) -> None:
    store = S3PublicCrashes(s3_world.client, s3_world.bucket, "identity")
    assert store.publish(CRASH, {"run": "newer"}, NEWER)
    assert not store.publish(CRASH, {"run": "ours"}, OURS)
    assert json.loads(s3_world.get(KEY) or b"") == {"run": "newer"}


def test_lists_in_s3_change_those_in_force(s3_world: S3World, tmp_path: Path) -> None:
    s3_world.put("lists/irrelevant_signature_re.txt", b"our_own_frame\n")
    folder = fetch(s3_world.client, f"s3://{s3_world.bucket}/lists/", tmp_path / "lists")
    lists = SignatureLists.read(folder)
    assert lists.irrelevant.match("our_own_frame")
    assert not SignatureLists.read().irrelevant.match("our_own_frame")
    assert lists.sentinels == SignatureLists.read().sentinels


@pytest.mark.parametrize("address", ["s3://crashes/none/", "s3://no-such-bucket/lists/"])
def test_lists_that_cannot_be_had_are_told(s3_world: S3World, tmp_path: Path, address: str) -> None:
    with pytest.raises(UnusableListsError):
        fetch(s3_world.client, address, tmp_path)


def test_a_list_without_end_is_refused(s3_world: S3World, tmp_path: Path) -> None:
    s3_world.put("lists/prefix_signature_re.txt", b"a\n" * 1024 * 1024)
    with pytest.raises(UnusableListsError, match="larger than"):
        fetch(s3_world.client, f"s3://{s3_world.bucket}/lists/", tmp_path)
