"""Symbols that are too much for the packer function are packed by a worker, or refused by it."""

from collections.abc import Iterator

import pytest

from cli.embedded.aws import EmbeddedAws
from moonwalk.contracts import symbols as keys
from moonwalk.domain.failures import DeadLetterCode
from moonwalk.domain.request import QueueClass
from tests.integration.pipeline.conftest import synthesise
from tests.integration.pipeline.symbols import SymbolPipeline, key_of, text_of
from tests.packing import needs_packer

pytestmark = needs_packer

MIB = 1024 * 1024
FUNCTION_MIB, WORKER_MIB = 1, 3


@pytest.fixture(scope="module")
def pipeline(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SymbolPipeline]:
    folder = tmp_path_factory.mktemp("heavy-packing")
    assembly = synthesise(
        folder / "assembly",
        symbol_text_mib=FUNCTION_MIB,
        symbol_upload_mib=FUNCTION_MIB,
        heavy_symbol_text_mib=WORKER_MIB,
        heavy_symbol_upload_mib=WORKER_MIB,
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
