"""Rules of every crash store, the fake one and S3's."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from moonwalk.domain.dumps import DumpName
from moonwalk.domain.failures import DeadLetter, DeadLetterCode
from moonwalk.domain.ledger import Fence
from moonwalk.domain.outcome import Outcome
from tests.builders import BROWSER, MAIN, crash_id
from tests.contract.worlds import StoreWorld
from tests.fakes import walked

CRASH = crash_id()
OLDER, OURS, NEWER = Fence(1000, 1), Fence(1000, 2), Fence(2000, 1)


def complete_crash(store: StoreWorld) -> None:
    store.put_dump(CRASH, MAIN, b"MDMP main")
    store.put_dump(CRASH, BROWSER, b"MDMP")
    store.put_dump_names(CRASH, [BROWSER.text, "dump"])
    store.put_raw_crash(CRASH, {"uuid": CRASH.text, "ProductName": "Example"})


def code_of(failure: pytest.ExceptionInfo[DeadLetter]) -> DeadLetterCode:
    return failure.value.code


def test_dumps_are_found_with_their_sizes_in_stored_order(store_world: StoreWorld) -> None:
    complete_crash(store_world)
    found = store_world.find_dumps(CRASH)
    assert [(dump.name, dump.size) for dump in found] == [(BROWSER, 4), (MAIN, 9)]


def test_a_crash_may_have_no_dumps(store_world: StoreWorld) -> None:
    store_world.put_raw_crash(CRASH, {})
    store_world.put_dump_names(CRASH, [])
    assert store_world.find_dumps(CRASH) == ()


@pytest.mark.parametrize("stored", ["dump", "", None, "upload_file_minidump"])
def test_every_stored_name_of_the_main_minidump_means_it_once(
    store_world: StoreWorld, stored: str | None
) -> None:
    complete_crash(store_world)
    store_world.put_dump_names(CRASH, [stored, "dump"])
    assert [dump.name for dump in store_world.find_dumps(CRASH)] == [MAIN]


def test_a_missing_raw_crash_is_told_before_anything_else(store_world: StoreWorld) -> None:
    with pytest.raises(DeadLetter) as failure:
        store_world.find_dumps(CRASH)
    assert code_of(failure) is DeadLetterCode.RAW_CRASH_MISSING
    with pytest.raises(DeadLetter) as failure:
        store_world.raw_crash(CRASH)
    assert code_of(failure) is DeadLetterCode.RAW_CRASH_MISSING


def test_a_missing_list_of_dumps_is_told(store_world: StoreWorld) -> None:
    store_world.put_raw_crash(CRASH, {})
    with pytest.raises(DeadLetter) as failure:
        store_world.find_dumps(CRASH)
    assert code_of(failure) is DeadLetterCode.DUMP_NAMES_MISSING


def test_a_listed_dump_that_is_missing_is_told(store_world: StoreWorld, tmp_path: Path) -> None:
    complete_crash(store_world)
    store_world.put_dump_names(CRASH, ["dump", "memory_report"])
    with pytest.raises(DeadLetter) as failure:
        store_world.find_dumps(CRASH)
    assert code_of(failure) is DeadLetterCode.DUMP_MISSING
    with pytest.raises(DeadLetter) as failure:
        store_world.fetch_dump(CRASH, DumpName("memory_report"), tmp_path / "dump")
    assert code_of(failure) is DeadLetterCode.DUMP_MISSING


@pytest.mark.parametrize("name", ["../x", "a/b", "raw_crash", "x" * 31, "dämp", "x\n", " "])
def test_a_name_that_no_collector_stores_is_refused(store_world: StoreWorld, name: str) -> None:
    complete_crash(store_world)
    store_world.put_dump_names(CRASH, ["dump", name])
    with pytest.raises(DeadLetter) as failure:
        store_world.find_dumps(CRASH)
    assert code_of(failure) is DeadLetterCode.BAD_DUMP_NAME


def test_the_raw_crash_is_read(store_world: StoreWorld) -> None:
    complete_crash(store_world)
    assert store_world.raw_crash(CRASH) == {"uuid": CRASH.text, "ProductName": "Example"}


def test_a_dump_is_fetched_byte_for_byte(store_world: StoreWorld, tmp_path: Path) -> None:
    complete_crash(store_world)
    store_world.fetch_dump(CRASH, MAIN, tmp_path / "dump")
    assert (tmp_path / "dump").read_bytes() == b"MDMP main"


def test_the_beginning_of_a_dump_is_fetched_where_no_more_is_wanted(
    store_world: StoreWorld, tmp_path: Path
) -> None:
    complete_crash(store_world)
    for most in (4, 9, 10):
        store_world.fetch_dump(CRASH, MAIN, tmp_path / "dump", most=most)
        assert (tmp_path / "dump").read_bytes() == b"MDMP main"[:most]


def test_an_empty_dump_is_a_dump(store_world: StoreWorld, tmp_path: Path) -> None:
    complete_crash(store_world)
    store_world.put_dump(CRASH, MAIN, b"")
    assert [dump.size for dump in store_world.find_dumps(CRASH)] == [4, 0]
    store_world.fetch_dump(CRASH, MAIN, tmp_path / "dump")
    assert (tmp_path / "dump").read_bytes() == b""


def test_the_first_result_is_published(store_world: StoreWorld) -> None:
    document = {"uuid": CRASH.text, "signature": "größe | main", "nested": {"b": [1.5, None]}}
    assert store_world.publish(CRASH, document, OURS)
    assert store_world.processed(CRASH) == document


def test_a_processed_crash_is_read_once_there_is_one(store_world: StoreWorld) -> None:
    assert store_world.processed_crash(CRASH) is None
    document = {"uuid": CRASH.text, "signature": "größe | main"}
    assert store_world.publish(CRASH, document, OURS)
    assert store_world.processed_crash(CRASH) == document


def test_a_processed_crash_that_is_no_object_is_told(store_world: StoreWorld) -> None:
    no_object: Any = ["no object"]
    store_world.put_processed(CRASH, no_object, None)
    with pytest.raises(DeadLetter) as failure:
        store_world.processed_crash(CRASH)
    assert code_of(failure) is DeadLetterCode.PROCESSED_CRASH_UNREADABLE


@pytest.mark.parametrize("theirs", [OLDER, None], ids=["an older run", "nobody's"])
def test_a_result_takes_the_place_of(store_world: StoreWorld, theirs: Fence | None) -> None:
    store_world.put_processed(CRASH, {"run": "theirs"}, theirs)
    assert store_world.publish(CRASH, {"run": "ours"}, OURS)
    assert store_world.processed(CRASH) == {"run": "ours"}


def test_a_newer_result_stays(store_world: StoreWorld) -> None:
    store_world.put_processed(CRASH, {"run": "newer"}, NEWER)
    assert not store_world.publish(CRASH, {"run": "ours"}, OURS)
    assert store_world.processed(CRASH) == {"run": "newer"}


def test_publishing_twice_is_publishing_once(store_world: StoreWorld) -> None:
    assert store_world.publish(CRASH, {"run": "ours"}, OURS)
    assert store_world.publish(CRASH, {"run": "ours, again"}, OURS)
    assert store_world.processed(CRASH) == {"run": "ours"}


def test_runs_that_publish_in_any_order_leave_the_newest(store_world: StoreWorld) -> None:
    published: Mapping[Fence, bool] = {
        fence: store_world.publish(CRASH, {"since": fence.since}, fence)
        for fence in (OLDER, NEWER, OURS)
    }
    assert published == {OLDER: True, NEWER: True, OURS: False}
    assert store_world.processed(CRASH) == {"since": NEWER.since}


def test_the_walkers_output_and_its_account_are_kept_byte_for_byte(
    store_world: StoreWorld,
) -> None:
    walk = replace(walked(), output=b'{"status":  "OK"}\n', stats=b'{"schema":  1}\n')
    store_world.keep_walker_output(CRASH, MAIN, walk)
    assert store_world.walker_output(CRASH, MAIN) == walk.output
    assert store_world.walker_stats(CRASH, MAIN) == walk.stats


def test_an_output_without_an_account_is_kept(store_world: StoreWorld) -> None:
    store_world.keep_walker_output(CRASH, MAIN, replace(walked(), stats=b""))
    assert store_world.walker_output(CRASH, MAIN) == walked().output
    assert store_world.walker_stats(CRASH, MAIN) is None


def test_of_a_walk_that_gave_nothing_nothing_is_kept(store_world: StoreWorld) -> None:
    store_world.keep_walker_output(CRASH, MAIN, walked(Outcome.CRASHED))
    assert store_world.walker_output(CRASH, MAIN) is None
    assert store_world.walker_stats(CRASH, MAIN) is None
