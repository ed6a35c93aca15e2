"""Symbols whose bucket speaks by EventBridge."""

from pathlib import Path

from cli.embedded.aws import EmbeddedAws
from moonwalk.contracts import symbols as keys
from tests.integration.pipeline.conftest import synthesise
from tests.integration.pipeline.symbols import SymbolPipeline, key_of, text_of
from tests.packing import needs_packer

pytestmark = needs_packer


def test_uploads_are_announced_by_eventbridge_where_that_is_set(tmp_path: Path) -> None:
    assembly = synthesise(tmp_path / "assembly", symbol_events="eventbridge")
    with EmbeddedAws.start(assembly, tmp_path / "embedded") as aws:
        pipeline = SymbolPipeline(aws, tmp_path)
        for key in (key_of(1), key_of(1, scope="thunderbird")):
            pipeline.upload(keys.upload(key), text_of(key))
            pipeline.wait_for(lambda key=key: pipeline.bucket.store.pack(key), f"no pack of {key}")  # type: ignore[misc]
        pipeline.settle()
