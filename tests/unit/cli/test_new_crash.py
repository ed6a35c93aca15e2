"""Crashes are made of files as collectors make them."""

import hashlib
import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from cli.crashes import crashes_of
from cli.exits import UsageError
from cli.new_crash import fresh_crash_id
from moonwalk.domain.dumps import MAIN_MINIDUMP


@pytest.fixture
def dump(tmp_path: Path) -> Path:
    path = tmp_path / "crash.dmp"
    path.write_bytes(b"MDMP")
    return path


def test_a_fresh_crash_id_carries_the_day_and_says_that_the_crash_is_kept() -> None:
    crash_id = fresh_crash_id(datetime(2026, 11, 3, 23, 59, tzinfo=UTC))
    assert crash_id.day == date(2026, 11, 3)
    assert crash_id.text[-7] == "0"
    assert crash_id != fresh_crash_id(datetime(2026, 11, 3, tzinfo=UTC))


def test_each_dump_is_a_crash_of_its_own(dump: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.dmp"
    other.write_bytes(b"MDMP")
    crashes = crashes_of([dump, other], [], None)
    assert len({crash.crash_id for crash in crashes.values()}) == 2


def test_the_raw_crash_gets_the_fields_of_a_collector(dump: Path) -> None:
    (crash,) = crashes_of([dump], [], None).values()
    assert crash.raw_crash["uuid"] == crash.crash_id.text
    assert crash.raw_crash["version"] == 2
    checksum = hashlib.sha256(b"MDMP").hexdigest()
    assert crash.raw_crash["metadata"]["dump_checksums"] == {MAIN_MINIDUMP: checksum}


def test_the_annotations_beside_a_dump_are_used(dump: Path) -> None:
    dump.with_name("crash.extra.json").write_text('{"ProductName": "Darkroom"}')
    (crash,) = crashes_of([dump], [], None).values()
    assert crash.raw_crash["ProductName"] == "Darkroom"


def test_annotations_that_are_named_come_before_those_beside_the_dump(dump: Path) -> None:
    dump.with_name("crash.extra.json").write_text('{"ProductName": "beside"}')
    named = dump.with_name("raw.json")
    named.write_text(json.dumps({"ProductName": "named", "uuid": "old", "metadata": 7}))
    (crash,) = crashes_of([dump], [], named).values()
    assert crash.raw_crash["ProductName"] == "named"
    assert crash.raw_crash["uuid"] == crash.crash_id.text


def test_further_dumps_belong_to_the_same_crash_under_their_names(dump: Path) -> None:
    (crash,) = crashes_of([dump], [f"upload_file_minidump_browser={dump}"], None).values()
    names = [name.text for name in crash.dumps]
    assert names == [MAIN_MINIDUMP, "upload_file_minidump_browser"]


@pytest.mark.parametrize("also", ["a", "a=", "../x=crash.dmp", f"{MAIN_MINIDUMP}=crash.dmp"])
def test_a_further_dump_that_cannot_be_stored_is_a_usage_error(dump: Path, also: str) -> None:
    with pytest.raises(UsageError):
        crashes_of([dump], [also.replace("crash.dmp", str(dump))], None)


def test_what_belongs_to_one_crash_is_refused_for_several(dump: Path) -> None:
    with pytest.raises(UsageError, match="belong to one crash"):
        crashes_of([dump, dump], [f"b={dump}"], None)
