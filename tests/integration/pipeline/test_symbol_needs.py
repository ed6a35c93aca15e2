"""Needs of symbols in a deployment with a symbol server: met once, and no failure is absence."""

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from cli.embedded.aws import EmbeddedAws
from moonwalk.adapters.arrival_items import DynamoArrivals
from moonwalk.adapters.clock import SystemClock
from moonwalk.adapters.miss_table import MissTable
from moonwalk.adapters.need_items import DynamoSymbolNeeds
from moonwalk.adapters.source_items import DynamoSymbolMemory
from moonwalk.adapters.symbol_queue import SqsSymbolQueue
from moonwalk.contracts import outputs
from moonwalk.contracts import symbols as keys
from moonwalk.domain.crash_id import CrashId
from moonwalk.domain.dumps import MAIN_MINIDUMP
from moonwalk.domain.ledger import LedgerEntry, State
from moonwalk.domain.misses import Arrival
from moonwalk.domain.symbol_needs import Need
from moonwalk.domain.symbol_sources import Reason
from moonwalk.domain.symbols import DEFAULT_SCOPE, SymbolKey, symbol_key
from tests.integration.pipeline.conftest import synthesise
from tests.integration.pipeline.pipeline import EXAMPLE, crash_ids
from tests.integration.pipeline.symbols import SymbolPipeline, text_of
from tests.integration.stackwalker_support import SYMBOLS, needs_corpus
from tests.integration.symbol_sources.test_walk_from_servers import (
    APP,
    CODES,
    DUMP,
    without_debug_ids,
)
from tests.packing import needs_packer
from tests.servers.faults import Status
from tests.servers.symbol_server import SymbolServer

pytestmark = needs_packer

READER = "reader"
"""A scope of one product's own; its source is a folder of the same server."""

FRESH_SECONDS = 1
"""For so long a broker takes what it has read of a pack for what the store has."""
RELEASED_AFTER = 140.0
"""Seconds: what is waited for symbols that come together, and the releaser's minute."""


@dataclass
class Needing:
    """A deployment whose sources are of one symbol server that does what a test asks for."""

    pipeline: SymbolPipeline
    server: SymbolServer

    def __post_init__(self) -> None:
        table, aws = self.pipeline.outputs[outputs.LEDGER_TABLE], self.pipeline.aws
        url = self.pipeline.outputs[outputs.SYMBOL_QUEUE]
        self.queue = SqsSymbolQueue(aws.client("sqs"), url)
        self.needs = DynamoSymbolNeeds(aws.client("dynamodb"), table)
        self.memory = DynamoSymbolMemory(aws.client("dynamodb"), table, DEFAULT_SCOPE)
        misses = self.pipeline.outputs[outputs.MISS_TABLE]
        table_of_misses = MissTable(aws.client("dynamodb"), misses, 1, SystemClock())
        self.arrivals = DynamoArrivals(table_of_misses)

    def news(self) -> Sequence[Arrival]:
        """Give the news of symbols that somebody has still to be told."""
        return self.arrivals.due(time.time() + 86_400, 99)

    def has(self, key: SymbolKey) -> bytes:
        """Put a text on the server."""
        text = text_of(key)
        file = self.server.folder / key.place
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text)
        return text

    def wait_for_pack(self, key: SymbolKey) -> None:
        self.pipeline.wait_for(lambda: self.pipeline.bucket.store.pack(key), f"no pack of {key}")


@pytest.fixture(scope="module")
def needing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Needing]:
    folder = tmp_path_factory.mktemp("needs")
    with SymbolServer(tmp_path_factory.mktemp("server"), compressed=True) as server:
        source = {
            "kind": "http",
            "name": "server",
            "address": server.url,
            "networks": ["127.0.0.0/8"],
        }
        theirs = {**source, "name": "theirs", "address": f"{server.url}/{READER}/"}
        assembly = synthesise(
            folder / "assembly",
            symbol_sources={DEFAULT_SCOPE: [source], READER: [theirs]},
            symbol_scopes={READER: ["Reader"]},
            pack_fresh_seconds=FRESH_SECONDS,
        )
        with EmbeddedAws.start(assembly, folder / "embedded") as aws:
            scratch = tmp_path_factory.mktemp("scratch")
            yield Needing(SymbolPipeline(aws, scratch), server)


def lib(number: int) -> SymbolKey:
    return symbol_key(f"lib{number}.so", f"{number:032X}1a")


def test_ten_needs_at_once_are_one_download_and_one_pack_of_the_same_bytes(
    needing: Needing, darkroom: SymbolKey
) -> None:
    key = darkroom
    text = (EXAMPLE / "symbols" / key.place).read_bytes()
    before = len(needing.pipeline.bucket.versions(keys.pack(key)))
    for _ in range(10):
        needing.queue.need(Need(key, "/opt/darkroom", "ab"))
    needing.wait_for_pack(key)
    needing.pipeline.settle()
    assert needing.server.counts[key.place] == 1
    [asked] = [each for each in needing.server.asked if each.path == key.place]
    assert asked.query == {"code_file": "darkroom", "code_id": "ab"}
    assert needing.pipeline.text(key) == text
    assert len(needing.pipeline.bucket.versions(keys.pack(key))) == before + 1
    head = needing.pipeline.bucket.head(keys.pack(key))
    assert head
    assert head["Metadata"][keys.ORIGIN] == needing.server.url
    assert needing.needs.read(key) is None


def test_a_server_in_trouble_is_no_absence_and_when_it_is_well_the_symbols_come(
    needing: Needing,
) -> None:
    key = lib(2)
    text = needing.has(key)
    needing.server.faults[key.place] = Status(503)
    needing.queue.need(Need(key))

    def failing() -> object:
        state = needing.needs.read(key)
        return state and state.failing

    needing.pipeline.wait_for(failing, "the need is not failing")
    state = needing.needs.read(key)
    assert state
    assert state.failing
    assert (state.failing.source, state.failing.reason) == ("server", Reason.SERVER_ERROR)
    assert needing.memory.recall(key.file) == {}
    assert needing.pipeline.bucket.store.pack(key) is None
    del needing.server.faults[key.place]
    needing.wait_for_pack(key)
    needing.pipeline.settle()
    assert needing.pipeline.text(key) == text
    assert needing.needs.read(key) is None


def test_what_is_absent_is_remembered_until_it_is_uploaded(
    needing: Needing, tmp_path: Path
) -> None:
    key = lib(3)
    for _ in range(2):
        needing.queue.need(Need(key))
        needing.pipeline.settle()
    assert needing.server.counts[key.place] == 1
    assert needing.memory.recall(key.file).keys() == {"server"}
    file = tmp_path / key.place
    file.parent.mkdir(parents=True)
    file.write_bytes(text_of(key))
    [pushed] = needing.pipeline.push(tmp_path)
    needing.pipeline.settle()
    assert pushed.fine
    assert needing.memory.recall(key.file) == {}


def crashes(
    needing: Needing,
    seed: int,
    count: int = 1,
    product: str = "Darkroom",
    dump: bytes | None = None,
) -> list[CrashId]:
    """Send crashes of the example, or of a dump, and wait until they have ended."""
    dumps = {} if dump is None else {MAIN_MINIDUMP: dump}
    made = crash_ids(seed, count)
    for crash_id in made:
        raw_crash = {"uuid": crash_id.text, "ProductName": product}
        needing.pipeline.collect(crash_id, raw_crash, **dumps)
    needing.pipeline.send(made)
    needing.pipeline.wait_until_ended(made)
    return made


def example_key() -> SymbolKey:
    [file] = (EXAMPLE / "symbols").rglob("*.sym")
    return SymbolKey(DEFAULT_SCOPE, *file.relative_to(EXAMPLE / "symbols").parts)


@pytest.fixture
def darkroom(needing: Needing) -> Iterator[SymbolKey]:
    """The example's symbols are on the server, and nobody has asked for them yet."""
    key = example_key()
    target = needing.server.folder / key.place
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes((EXAMPLE / "symbols" / key.place).read_bytes())
    _forget(needing, key)
    yield key
    needing.server.faults.pop(key.place, None)
    needing.pipeline.settle()
    _forget(needing, key)


def _has_symbols(processed: Mapping[str, Any], debug_file: str) -> bool:
    modules = processed["json_dump"]["modules"]
    return any(one["debug_file"] == debug_file and one["loaded_symbols"] for one in modules)


def _forget(needing: Needing, key: SymbolKey) -> None:
    bucket = needing.pipeline.bucket
    bucket.s3.delete_object(Bucket=bucket.name, Key=keys.pack(key))
    needing.memory.forget(key.file)
    needing.needs.forget(key)
    needing.server.asked.clear()
    time.sleep(FRESH_SECONDS + 0.2)


@pytest.mark.timeout(300)
def test_crashes_of_a_build_that_nobody_has_packed_wait_and_are_complete(
    needing: Needing, darkroom: SymbolKey
) -> None:
    made = crashes(needing, 41, 6)
    processed = [needing.pipeline.processed(crash_id) for crash_id in made]
    assert all(_has_symbols(each, darkroom.debug_file) for each in processed)
    assert all(each["signature"].startswith("darkroom::") for each in processed)
    assert not any("symbols_incomplete" in each for each in processed)
    entries = [needing.pipeline.entry(crash_id) for crash_id in made]
    assert {each.state for each in entries if each} == {State.PROCESSED}
    assert needing.server.counts[darkroom.place] == 1


def walked_again(needing: Needing, crash_id: CrashId) -> LedgerEntry:
    """Wait until a crash has ended once more."""

    def look() -> LedgerEntry | None:
        entry = needing.pipeline.ended(crash_id)
        return entry if entry and entry.fence.attempt > 1 else None

    return needing.pipeline.wait_for(look, f"{crash_id} is not walked again")


def release(needing: Needing) -> None:
    """Let the time pass after which crashes are released, and wait until they are."""
    needing.pipeline.settle()
    assert needing.news()
    needing.pipeline.aws.clock.advance(RELEASED_AFTER)
    needing.pipeline.wait_for(lambda: not needing.news(), "news is not done with")


@pytest.mark.timeout(300)
def test_a_crash_whose_source_is_unwell_is_provisional_until_that_is_well(
    needing: Needing, darkroom: SymbolKey
) -> None:
    needing.server.faults[darkroom.place] = Status(503)
    [crash_id] = crashes(needing, 42)
    processed, entry = needing.pipeline.processed(crash_id), needing.pipeline.entry(crash_id)
    lacking = [one for one in processed["symbols_incomplete"] if one["debug_file"] == "darkroom"]
    assert {one["reason"] for one in lacking} <= {"pending", "failing"}
    assert len(lacking) == 1
    assert entry
    assert entry.state is State.PROVISIONAL
    assert needing.memory.recall(darkroom.file) == {}
    del needing.server.faults[darkroom.place]
    needing.wait_for_pack(darkroom)
    release(needing)
    entry = walked_again(needing, crash_id)
    assert (entry.state, entry.fence.attempt) == (State.PROCESSED, 2)
    assert "symbols_incomplete" not in needing.pipeline.processed(crash_id)


@pytest.mark.timeout(300)
def test_a_crash_whose_symbols_no_source_has_is_complete(
    needing: Needing, darkroom: SymbolKey
) -> None:
    needing.server.faults[darkroom.place] = Status(404)
    for seed in (43, 44):
        [crash_id] = crashes(needing, seed)
        entry = needing.pipeline.entry(crash_id)
        assert entry
        assert entry.state is State.PROCESSED
        assert "symbols_incomplete" not in needing.pipeline.processed(crash_id)
    assert needing.server.counts[darkroom.place] == 1


@pytest.mark.timeout(300)
def test_a_crash_without_symbols_is_walked_again_by_itself_once_when_they_are_uploaded(
    needing: Needing, darkroom: SymbolKey
) -> None:
    needing.server.faults[darkroom.place] = Status(404)
    upload = keys.upload(darkroom), (EXAMPLE / "symbols" / darkroom.place).read_bytes()
    [crash_id] = crashes(needing, 45)
    assert not _has_symbols(needing.pipeline.processed(crash_id), darkroom.debug_file)
    needing.pipeline.upload(*upload)
    needing.wait_for_pack(darkroom)
    release(needing)
    entry = walked_again(needing, crash_id)
    assert (entry.state, entry.fence.attempt) == (State.PROCESSED, 2)
    processed = needing.pipeline.processed(crash_id)
    assert processed["signature"].startswith("darkroom::")
    assert "symbols_incomplete" not in processed
    needing.pipeline.upload(*upload)
    release(needing)
    needing.pipeline.settle()
    assert needing.pipeline.entry(crash_id) == entry


@pytest.mark.timeout(300)
def test_a_product_with_a_scope_of_its_own_sees_its_own_symbols_and_no_others(
    needing: Needing, darkroom: SymbolKey
) -> None:
    ours, theirs = darkroom.place, f"{READER}/{darkroom.place}"
    reader = replace(darkroom, scope=READER)
    [other], [first] = crashes(needing, 46), crashes(needing, 47, product="Reader")
    entry = needing.pipeline.entry(first)
    assert entry
    assert entry.state is State.PROCESSED
    assert _has_symbols(needing.pipeline.processed(other), darkroom.debug_file)
    assert not _has_symbols(needing.pipeline.processed(first), darkroom.debug_file)
    assert (needing.server.counts[ours], needing.server.counts[theirs]) == (1, 1)
    needing.pipeline.upload(keys.upload(reader), (EXAMPLE / "symbols" / ours).read_bytes())
    needing.wait_for_pack(reader)
    release(needing)
    walked_again(needing, first)
    assert _has_symbols(needing.pipeline.processed(first), darkroom.debug_file)
    needing.server.faults[ours] = Status(404)
    _forget(needing, darkroom)
    [other] = crashes(needing, 48)
    assert not _has_symbols(needing.pipeline.processed(other), darkroom.debug_file)
    assert (needing.server.counts[ours], needing.server.counts[theirs]) == (1, 0)


@needs_corpus
@pytest.mark.timeout(300)
def test_a_module_of_which_a_dump_tells_no_debug_id_is_looked_up_by_its_code_id_once(
    needing: Needing,
) -> None:
    needing.server.codes = CODES
    for place in CODES.values():
        file = needing.server.folder / place
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes((SYMBOLS / place).read_bytes())
    dump = without_debug_ids(DUMP.read_bytes())
    for seed in (49, 50):
        [crash_id] = crashes(needing, seed, dump=dump)
        processed, entry = needing.pipeline.processed(crash_id), needing.pipeline.entry(crash_id)
        modules = {one["filename"]: one for one in processed["json_dump"]["modules"]}
        told = modules["test_app.exe"]
        assert told["loaded_symbols"]
        assert f"{told['debug_file']}/{told['debug_id']}/test_app.sym" == APP
        assert "symbols_incomplete" not in processed
        assert entry
        assert entry.state is State.PROCESSED
    [code] = [asked for asked, place in CODES.items() if place == APP]
    assert (needing.server.counts[code], needing.server.counts[APP]) == (1, 1)
    [asked] = [each for each in needing.server.asked if each.path == APP]
    assert asked.query == {"code_file": "test_app.exe", "code_id": "45d35f6c2d000"}
