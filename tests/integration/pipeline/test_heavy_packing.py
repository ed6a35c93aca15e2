"""Symbols that are too much for the packer function are packed by a worker, or refused by it."""

from collections.abc import Iterator

import pytest

from cli.embedded.aws import EmbeddedAws
from moonwalk.adapters.need_items import DynamoSymbolNeeds
from moonwalk.adapters.symbol_queue import SqsSymbolQueue
from moonwalk.contracts import outputs
from moonwalk.contracts import symbols as keys
from moonwalk.domain.failures import DeadLetterCode
from moonwalk.domain.request import QueueClass
from moonwalk.domain.symbol_needs import Need
from moonwalk.domain.symbols import DEFAULT_SCOPE
from tests.integration.pipeline.conftest import synthesise
from tests.integration.pipeline.symbols import SymbolPipeline, key_of, text_of
from tests.packing import needs_packer
from tests.servers.symbol_server import SymbolServer

pytestmark = needs_packer

MIB = 1024 * 1024
FUNCTION_MIB, WORKER_MIB = 1, 3


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SymbolServer]:
    with SymbolServer(tmp_path_factory.mktemp("server"), compressed=True) as started:
        yield started


@pytest.fixture(scope="module")
def pipeline(
    tmp_path_factory: pytest.TempPathFactory, server: SymbolServer
) -> Iterator[SymbolPipeline]:
    folder = tmp_path_factory.mktemp("heavy-packing")
    source = {
        "kind": "http",
        "name": "server",
        "address": server.url,
        "networks": ["127.0.0.0/8"],
    }
    assembly = synthesise(
        folder / "assembly",
        symbol_text_mib=FUNCTION_MIB,
        symbol_upload_mib=FUNCTION_MIB,
        heavy_symbol_text_mib=WORKER_MIB,
        heavy_symbol_upload_mib=WORKER_MIB,
        symbol_sources={DEFAULT_SCOPE: [source]},
    )
    with EmbeddedAws.start(assembly, folder / "embedded") as aws:
        yield SymbolPipeline(aws, tmp_path_factory.mktemp("scratch"))


def text_of_size(number: int, mib: int) -> bytes:
    lines = (f"FUNC {16 * at:x} 10 0 function_{at}\n" for at in range(mib * MIB // 24))
    return text_of(key_of(number), "".join(lines))


def test_a_worker_packs_what_is_too_large_for_the_function(pipeline: SymbolPipeline) -> None:
    key, text = key_of(1), text_of_size(1, 2)
    assert FUNCTION_MIB * MIB < len(text) < WORKER_MIB * MIB
    pipeline.upload(keys.upload(key), text)
    pipeline.wait_for(
        lambda: (state := pipeline.bucket.state(key)) and state.pack, "there is no pack"
    )
    assert pipeline.text(key) == text
    pipeline.settle()
    assert pipeline.dead_letters(QueueClass.STANDARD) == []
    state = pipeline.bucket.state(key)
    assert state
    assert not state.refused


def test_what_is_too_large_for_a_worker_too_is_laid_aside_with_its_reason(
    pipeline: SymbolPipeline,
) -> None:
    key, text = key_of(2), text_of_size(2, 4)
    assert len(text) > WORKER_MIB * MIB
    pipeline.upload(keys.upload(key), text)
    letter = pipeline.refused(key.debug_id)
    assert letter["reason"] == DeadLetterCode.SYMBOLS_TOO_LARGE
    pipeline.settle()


def test_what_a_crash_needs_and_is_too_large_for_the_function_is_fetched_and_packed_by_a_worker(
    pipeline: SymbolPipeline, server: SymbolServer
) -> None:
    key, text = key_of(3), text_of_size(3, 2)
    file = server.folder / key.place
    file.parent.mkdir(parents=True)
    file.write_bytes(text)
    queue = SqsSymbolQueue(pipeline.aws.client("sqs"), pipeline.outputs[outputs.SYMBOL_QUEUE])
    queue.need(Need(key))
    pipeline.wait_for(lambda: pipeline.bucket.store.pack(key), "there is no pack")
    pipeline.settle()
    assert pipeline.text(key) == text
    assert server.counts[key.place] == 2, "the function looks, and the worker"
    needs = DynamoSymbolNeeds(
        pipeline.aws.client("dynamodb"), pipeline.outputs[outputs.LEDGER_TABLE]
    )
    assert needs.read(key) is None
