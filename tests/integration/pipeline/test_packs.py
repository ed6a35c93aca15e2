"""Both lanes walk from packs, and neither lets a walk without them pass for complete."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from cli.embedded.aws import EmbeddedAws
from moonwalk.adapters.walk_stats import cost_in, read_stats
from moonwalk.contracts import storage
from moonwalk.domain.crash_id import CrashId
from moonwalk.domain.dumps import MAIN_MINIDUMP, DumpName
from moonwalk.domain.lane import Lane
from moonwalk.domain.ledger import LedgerEntry, State
from moonwalk.domain.outcome import Outcome
from moonwalk.domain.request import QueueClass
from tests.integration.pipeline.conftest import deployed
from tests.integration.pipeline.pipeline import EXAMPLE_DUMP, Pipeline, crash_ids
from tests.packing import flip_a_byte, needs_packer

pytestmark = needs_packer

NAME = DumpName(MAIN_MINIDUMP)
LIGHT, HEAVY = 0, 2 * 1024 * 1024
"""To which size the example's dump is filled up, to go through one lane or the other."""
LANES = pytest.mark.parametrize(
    ("size", "lane"), [(LIGHT, Lane.LIGHT), (HEAVY, Lane.HEAVY)], ids=["light", "heavy"]
)


class PackedPipeline(Pipeline):
    """A pipeline whose packs a test can change."""

    def __init__(self, aws: EmbeddedAws, packs: Path) -> None:
        super().__init__(aws)
        self.packs = packs

    def run(self, crash_id: CrashId, size: int) -> LedgerEntry:
        """Send the example crash, and wait for its end."""
        self.collect(crash_id, **{MAIN_MINIDUMP: EXAMPLE_DUMP.read_bytes().ljust(size, b"\0")})
        return self.again(crash_id, QueueClass.STANDARD)

    def again(self, crash_id: CrashId, queue: QueueClass) -> LedgerEntry:
        """Ask for a crash, and wait for the end of one more run."""
        before = self.entry(crash_id)
        ran = before.fence.attempt if before else 0
        self.send([crash_id], queue)

        def ended() -> LedgerEntry | None:
            found = self.ended(crash_id)
            return found if found and found.fence.attempt > ran else None

        return self.wait_for(ended, "the crash never ended")


@pytest.fixture(scope="module")
def pipeline(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PackedPipeline]:
    folder = tmp_path_factory.mktemp("packs")
    with deployed(folder) as made:
        yield PackedPipeline(made.aws, folder / "packs")


@LANES
def test_a_crash_is_walked_from_packs(pipeline: PackedPipeline, size: int, lane: Lane) -> None:
    [crash_id] = crash_ids(41 + size, 1)
    entry = pipeline.run(crash_id, size)
    assert (entry.state, entry.lane) == (State.PROCESSED, lane)
    assert pipeline.processed(crash_id)["signature"].startswith("darkroom::")
    cost = cost_in(read_stats(pipeline.stored(storage.walker_stats(crash_id, NAME))))
    assert cost is not None
    assert cost.packs_opened == 1
    assert cost.bytes > 0


@LANES
def test_a_damaged_pack_is_said_by_the_crash_and_a_new_run_repairs_it(
    pipeline: PackedPipeline, size: int, lane: Lane
) -> None:
    [crash_id] = crash_ids(42 + size, 1)
    flip_a_byte(pipeline.packs, -1)
    entry = pipeline.run(crash_id, size)
    flip_a_byte(pipeline.packs, -1)
    assert (entry.state, entry.lane, entry.fence.attempt) == (State.PROVISIONAL, lane, 1)
    assert entry.result is not None
    assert entry.result.reason == Outcome.UNREADABLE_PACKS
    processed = pipeline.processed(crash_id)
    assert (processed["mdsw_status_string"], processed["mdsw_return_code"]) == (
        "UnreadablePacks",
        86,
    )
    assert processed["success"] is False
    assert processed["json_dump"]["crashing_thread"]["frames"]
    assert not processed["signature"].startswith("darkroom::")
    kept = json.loads(pipeline.stored(storage.walker_output(crash_id, NAME)))
    assert kept == processed["json_dump"]
    entry = pipeline.again(crash_id, QueueClass.REPROCESSING)
    assert entry.result is not None
    assert entry.result.reason is None
    assert pipeline.processed(crash_id)["signature"].startswith("darkroom::")
