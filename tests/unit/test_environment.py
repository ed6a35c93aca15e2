"""The environment of each entry point, read once and checked as a whole."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from moonwalk.contracts import environment as names
from moonwalk.contracts.knobs import write_panel
from moonwalk.domain.knobs import READ_BY_FUNCTIONS, READ_BY_WORKERS, KnobQueue
from moonwalk.domain.request import Origin, QueueClass
from moonwalk.domain.symbol_scopes import SymbolScopes
from moonwalk.environment import (
    BadEnvironmentError,
    Brokering,
    read_dispatcher,
    read_reconciler,
    read_walker,
    read_worker,
)
from moonwalk.knob_environment import KnobSettings, read_keeper
from moonwalk.miss_environment import Account, read_asker, read_releaser
from moonwalk.symbol_environment import read_packer
from moonwalk.worker_place import WorkerPlace
from tests.fakes.knobs import PANEL

Read = Callable[[Mapping[str, str]], Any]

COMPLETE = {
    names.CRASH_BUCKET: "crashes",
    names.LEDGER_TABLE: "ledger",
    names.LEDGER_DAYS: "365",
    names.EVENT_BUS: "bus",
    names.LIGHT_WORKFLOW: "arn:light",
    names.HEAVY_WORKFLOW: "arn:heavy",
    names.INTAKE: "text, s3_event",
    names.KNOBS: "/moonwalk/here/knobs",
    names.KNOB_PANEL: write_panel(PANEL),
    names.DUE_AFTER_SECONDS: "360",
    names.HEAVY_DUE_AFTER_SECONDS: "90000",
    names.WORKFLOW_SECONDS: "240",
    names.WORKER_CLUSTER: "workers",
    names.WORKER_SERVICE: "fargate",
    names.MAX_TRIES: "20",
    names.MAX_PUT_BACKS: "5",
    names.MAX_WAIT_SECONDS: "864000",
    names.PUT_BACK_PATIENCE_SECONDS: "900",
    names.PROFILE: "default",
    names.STORED_ENCODING: "gzip",
    names.KEEP_WALKER_OUTPUT: "true",
    names.PACK_FOLDERS: "/packs/a:/packs/b",
    names.SYMBOL_FOLDERS: "/symbols/a:/symbols/b",
    names.WALK_MEMORY_BYTES: "1000000",
    names.WALK_OUTPUT_BYTES: "2000",
    names.WALKS_AT_ONCE: "2",
    names.SECOND_DOLLARS: "0.0000572927",
    names.WORKER_SLOTS: "3",
    names.WORKER_STANDARD_SLOTS: "2",
    names.WORKER_REPROCESSING_SLOTS: "1",
    names.SLOT_MEMORY_BYTES: "7000",
    names.SLOT_SCRATCH_BYTES: "8000",
    names.DRAIN_SECONDS: "100",
    names.VISIBILITY_SECONDS: "600",
    names.STALL_SECONDS: "2700",
    names.PROBE_SECONDS: "0",
    names.SYMBOL_BUCKET: "symbols",
    names.PACK_DISK_BYTES: "5000",
    names.PACK_CACHE_BYTES: "600",
    names.PACK_FRESH_SECONDS: "300",
    names.PACK_ABSENT_SECONDS: "60",
    names.SYMBOL_QUEUE_URL: "https://sqs/symbols",
    names.SYMBOL_DEAD_LETTER_QUEUE_URL: "https://sqs/symbols-dead",
    names.SYMBOL_UPLOAD_BYTES: "3000",
    names.SYMBOL_TEXT_BYTES: "4000",
    names.SYMBOL_SOURCES: '{"default":[{"kind":"http","name":"a","address":"https://a/"}]}',
    names.SYMBOL_SCOPES: '{"reader":["Reader","Reader Nightly"]}',
    names.SYMBOL_STACKS: "crashing",
    names.SYMBOL_WAIT_SECONDS: "10",
    names.HEAVY_PACKING_QUEUE_URL: "https://sqs/packing",
    names.SYMBOL_FETCH_SECONDS: "90",
    names.SYMBOL_LEASE_SECONDS: "900",
    names.SYMBOL_ABSENT_SECONDS: "3600",
    names.MISS_TABLE: "misses",
    names.MISSES_PER_CRASH: "5",
    names.RELEASE_DAYS: "14",
    names.RELEASE_AFTER_SECONDS: "70",
    names.RELEASE_CAP: "20000",
    names.PRE_PACKED: "0",
    names.ROUND_SECONDS: "35",
    names.PACK_SECONDS: "720",
    names.PACK_MEMORY_BYTES: "5000",
    **{
        name(queue): f"https://sqs/{name(queue)}"
        for queue in QueueClass
        for name in (names.queue_url, names.dead_letter_queue_url, names.heavy_queue_url)
    },
}
EVERY_READER = [read_dispatcher, read_reconciler, read_walker, read_worker]


def test_the_dispatcher_is_told_its_numbers_and_queues() -> None:
    found = read_dispatcher(COMPLETE)
    assert (found.crash_bucket, found.max_tries) == ("crashes", 20)
    assert found.knobs == KnobSettings("/moonwalk/here/knobs", PANEL)
    assert (found.due_after_seconds, found.heavy_due_after_seconds) == (360, 90000)
    assert found.intake == {Origin.TEXT, Origin.S3_EVENT}
    assert found.workers == read_packer(COMPLETE).workers == WorkerPlace("workers", "fargate")
    assert found.common.queues.keys() == found.common.dead_letter_queues.keys() == set(QueueClass)


def test_the_keeper_is_told_the_mapping_of_each_queue_that_functions_read() -> None:
    mappings = {names.mapping(queue): f"uuid-{queue}" for queue in READ_BY_FUNCTIONS}
    found = read_keeper({**COMPLETE, **mappings})
    assert found.mappings == {queue: f"uuid-{queue}" for queue in READ_BY_FUNCTIONS}
    assert found.workers == WorkerPlace("workers", "fargate")
    assert found.heavy_queues.keys() == set(READ_BY_WORKERS)
    assert found.heavy_queues[KnobQueue.HEAVY_SYMBOLS] == "https://sqs/packing"
    with pytest.raises(BadEnvironmentError, match="MOONWALK_STANDARD_MAPPING is not set"):
        read_keeper(COMPLETE)


@pytest.mark.parametrize("panel", ["{}", "[", '{"schema":9,"ranges":{},"sources":[]}'])
def test_a_panel_that_cannot_be_read_keeps_a_function_from_starting(panel: str) -> None:
    with pytest.raises(BadEnvironmentError, match="MOONWALK_KNOB_PANEL it"):
        read_dispatcher({**COMPLETE, names.KNOB_PANEL: panel})


def test_the_walker_is_told_where_it_may_ask_again_and_nothing_else() -> None:
    found = read_walker(COMPLETE)
    assert found.common.queues.keys() == {QueueClass.REPROCESSING}
    assert found.pack_folders == (Path("/packs/a"), Path("/packs/b"))
    assert found.symbol_folders == (Path("/symbols/a"), Path("/symbols/b"))
    assert found.keep_walker_output
    assert found.symbol_bucket == "symbols"
    assert [source.name for source in found.asking.sources.of("default")] == ["a"]
    assert found.symbol_scopes == SymbolScopes((("reader", ("Reader", "Reader Nightly")),))
    assert (found.asking.all_stacks, found.asking.wait_seconds) == (False, 10)
    assert found.asking.queue_url == "https://sqs/symbols"
    assert found.brokering == Brokering(5000, 600, 300, 60)


def test_scopes_that_cannot_be_keep_a_walker_from_starting() -> None:
    with pytest.raises(BadEnvironmentError, match="product 'Reader' is listed twice"):
        read_walker(COMPLETE | {names.SYMBOL_SCOPES: '{"a":["Reader"],"b":["Reader"]}'})


@pytest.mark.parametrize("missing", [{}, {names.PACK_FOLDERS: "", names.SYMBOL_FOLDERS: ""}])
def test_there_may_be_no_folders_of_symbols_of_either_kind(missing: Mapping[str, str]) -> None:
    folders = (names.PACK_FOLDERS, names.SYMBOL_FOLDERS)
    kept = {name: value for name, value in COMPLETE.items() if name not in folders}
    found = read_walker({**kept, **missing})
    assert found.pack_folders == found.symbol_folders == ()


def test_the_worker_is_a_walker_with_queues_of_its_own() -> None:
    found = read_worker(COMPLETE)
    assert found.processing == read_walker(COMPLETE)
    assert found.heavy_queues[QueueClass.PRIORITY].endswith("MOONWALK_HEAVY_PRIORITY_QUEUE_URL")
    assert [found.slots.caps[queue] for queue in QueueClass] == [3, 2, 1]
    assert (found.slot_memory_bytes, found.slot_scratch_bytes) == (7000, 8000)
    assert (found.visibility_seconds, found.drain_seconds) == (600, 100)
    assert found.ecs_agent_uri == ""


def test_the_reconciler_needs_no_bucket() -> None:
    kept = {name: value for name, value in COMPLETE.items() if name != names.CRASH_BUCKET}
    found = read_reconciler(kept)
    assert (found.max_put_backs, found.put_back_patience_seconds) == (5, 900)


def test_the_packer_is_told_its_limits_and_its_queues() -> None:
    found = read_packer(COMPLETE)
    assert (found.symbol_bucket, found.upload_bytes, found.text_bytes) == ("symbols", 3000, 4000)
    assert (found.pack_seconds, found.pack_memory_bytes, found.max_tries) == (720, 5000, 20)
    assert found.queue_url != found.dead_letter_queue_url
    assert found.heavy_queue_url == "https://sqs/packing"
    assert [source.name for source in found.sources.of("default")] == ["a"]
    assert (found.fetch_seconds, found.lease_seconds, found.absent_seconds) == (90, 900, 3600)
    with pytest.raises(BadEnvironmentError, match="source a: its kind"):
        read_packer(COMPLETE | {names.SYMBOL_SOURCES: '[{"kind":"x","name":"a","address":"b"}]'})
    with pytest.raises(BadEnvironmentError, match=f"{names.PACK_SECONDS} is not set"):
        read_packer({})


def test_who_keeps_account_of_missed_symbols_is_told_where_and_how_long() -> None:
    found = read_releaser(COMPLETE)
    assert (found.cap, found.round_seconds) == (20000, 35)
    assert found.queues.keys() == {QueueClass.REPROCESSING}
    accounts = [found.account, read_asker(COMPLETE).account, read_walker(COMPLETE).account]
    assert {*accounts, read_packer(COMPLETE).account} == {Account("misses", 14, 70)}
    assert read_asker(COMPLETE).pre_packed == 0
    with pytest.raises(BadEnvironmentError, match=f"{names.PRE_PACKED} must be a whole number"):
        read_asker(COMPLETE | {names.PRE_PACKED: "-1"})


@pytest.mark.parametrize("read", EVERY_READER)
def test_all_that_is_missing_is_named_at_once(read: Read) -> None:
    with pytest.raises(BadEnvironmentError) as failure:
        read({})
    assert f"{names.LEDGER_TABLE} is not set" in str(failure.value)
    assert f"{names.LEDGER_DAYS} is not set" in str(failure.value)
    assert "deploy again" in str(failure.value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        (names.LEDGER_DAYS, "0"),
        (names.LEDGER_DAYS, "-1"),
        (names.LEDGER_DAYS, "1.5"),
        (names.LEDGER_DAYS, "\N{SUPERSCRIPT TWO}"),
        (names.SYMBOL_WAIT_SECONDS, "nan"),
        (names.SYMBOL_WAIT_SECONDS, "inf"),
        (names.SYMBOL_WAIT_SECONDS, "soon"),
        (names.STORED_ENCODING, "zstd"),
        (names.KEEP_WALKER_OUTPUT, "yes"),
        (names.EVENT_BUS, "  "),
    ],
)
def test_a_wrong_value_is_named(name: str, value: str) -> None:
    with pytest.raises(BadEnvironmentError, match=name):
        read_walker(COMPLETE | {name: value})


@pytest.mark.parametrize("value", ["email", "text,email", ","])
def test_an_unknown_intake_is_refused(value: str) -> None:
    with pytest.raises(BadEnvironmentError, match=names.INTAKE):
        read_dispatcher(COMPLETE | {names.INTAKE: value})
