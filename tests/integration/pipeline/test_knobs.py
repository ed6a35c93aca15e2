"""Knobs that are turned on a running deployment: live within a minute of its clock, and undone."""

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from cli.knobs import KnobBoard
from cli.reachable import Reachable
from moonwalk.composition.working import IDLE_WAIT_SECONDS
from moonwalk.contracts import outputs, symbols
from moonwalk.domain.crash_id import CrashId
from moonwalk.domain.lane import Lane
from moonwalk.domain.ledger import LedgerEntry, State
from moonwalk.domain.request import QueueClass
from moonwalk.domain.symbols import DEFAULT_SCOPE, SymbolKey
from tests.integration.pipeline.losses import ENDLESS, LossyPipeline, lossy
from tests.integration.pipeline.pipeline import EXAMPLE, crash_ids
from tests.integration.pipeline.working import walking, worker_of
from tests.servers.symbol_server import SymbolServer

MINUTE = 60.0
PACKER_RESTS = 900.0
"""The longest pause between two tries of a source."""
RELEASED_AFTER = 140.0
"""What is waited for symbols that come together, and the releaser's minute."""
FORGOTTEN = 3700.0
"""After so long nobody remembers that a source did not have a file."""

pytestmark = pytest.mark.timeout(400)


class Knobbed:
    """A deployment, and somebody on call."""

    def __init__(self, pipeline: LossyPipeline, server: SymbolServer) -> None:
        self.pipeline, self.server, self.aws = pipeline, server, pipeline.aws
        at = Reachable.of(self.aws.outputs, self.aws.client, name="the test's", remedy="none")
        self.board = KnobBoard(at)
        self._lambda = self.aws.client("lambda")

    def turn(self, **knobs: str) -> None:
        """Turn knobs, and let a minute pass; an empty value turns one back."""
        for name, text in knobs.items():
            self.board.turn(name, self.board.value(name, text) if text else None, "a test")
        self.aws.clock.advance(MINUTE)

    def reading(self, queue: QueueClass) -> tuple[str, int]:
        """Tell how a queue is read."""
        for each in self._lambda.list_event_source_mappings()["EventSourceMappings"]:
            if each["EventSourceArn"].endswith(self._name(queue)):
                return each["State"], each["ScalingConfig"]["MaximumConcurrency"]
        raise AssertionError(f"nothing reads the {queue} queue")

    def wait_until_read(self, queue: QueueClass, state: str) -> None:
        what = f"the {queue} queue is not {state}"
        self.pipeline.wait_for(lambda: self.reading(queue)[0] == state, what)

    def receives(self, queue: QueueClass) -> list[int]:
        """Tell of each visible message how often it was received before."""
        url = self.pipeline.outputs[outputs.queue_url(queue)]
        found = self.aws.client("sqs").receive_message(
            QueueUrl=url,
            MaxNumberOfMessages=10,
            VisibilityTimeout=0,
            MessageSystemAttributeNames=["ApproximateReceiveCount"],
        )
        counts = (each["Attributes"] for each in found.get("Messages", []))
        return [int(each["ApproximateReceiveCount"]) - 1 for each in counts]

    def ended(self, crash_id: CrashId) -> LedgerEntry:
        return self.pipeline.wait_for(lambda: self.pipeline.ended(crash_id), f"{crash_id} goes on")

    def is_complete(self, crash_id: CrashId) -> bool:
        entry = self.pipeline.ended(crash_id)
        return entry is not None and entry.state is State.PROCESSED

    def has_pack(self, place: str) -> bool:
        """Whether there is a pack of a symbol file."""
        key = SymbolKey(DEFAULT_SCOPE, *place.split("/"))
        listed = self.aws.client("s3").list_objects_v2(
            Bucket=self.pipeline.outputs[outputs.SYMBOL_BUCKET], Prefix=symbols.pack(key)
        )
        return bool(listed["KeyCount"])

    def _name(self, queue: QueueClass) -> str:
        return self.pipeline.outputs[outputs.queue_url(queue)].rpartition("/")[2]


@pytest.fixture(scope="module")
def knobbed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Knobbed]:
    folder = tmp_path_factory.mktemp("knobs")
    with SymbolServer(folder / "server", compressed=True) as server:
        source = {
            "kind": "http",
            "name": "server",
            "address": server.url,
            "networks": ["127.0.0.0/8"],
        }
        with lossy(folder, symbol_sources=[source], pack_fresh_seconds=1) as pipeline:
            yield Knobbed(pipeline, server)


def test_a_paused_queue_keeps_its_messages_uncounted_and_gives_them_when_it_is_resumed(
    knobbed: Knobbed,
) -> None:
    queue, pipeline = QueueClass.STANDARD, knobbed.pipeline
    knobbed.turn(**{"pause.standard": "on"})
    knobbed.wait_until_read(queue, "Disabled")
    made, [other] = crash_ids(71, 4), crash_ids(72, 1)
    for crash_id in [*made, other]:
        pipeline.collect(crash_id)
    pipeline.send(made)
    pipeline.send([other], QueueClass.PRIORITY)
    for _ in range(3):
        knobbed.aws.clock.advance(10 * MINUTE)
        knobbed.ended(other)
    assert knobbed.receives(queue) == [0, 0, 0, 0]
    assert not any(map(pipeline.entry, made))
    knobbed.turn(**{"pause.standard": ""})
    pipeline.wait_until_ended(made)
    assert pipeline.left_in_queues() == {}


def test_what_a_deployment_sets_otherwise_the_next_minute_puts_right(knobbed: Knobbed) -> None:
    queue = QueueClass.PRIORITY
    knobbed.turn(**{"concurrency.priority": "3", "pause.priority": "on"})
    knobbed.pipeline.wait_for(lambda: knobbed.reading(queue) == ("Disabled", 3), "it is not kept")
    client = knobbed.aws.client("lambda")
    for each in client.list_event_source_mappings()["EventSourceMappings"]:
        if each["EventSourceArn"].endswith(knobbed._name(queue)):
            client.update_event_source_mapping(
                UUID=each["UUID"], Enabled=True, ScalingConfig={"MaximumConcurrency": 2}
            )
    knobbed.aws.clock.advance(MINUTE)
    knobbed.pipeline.wait_for(lambda: knobbed.reading(queue) == ("Disabled", 3), "it is not kept")
    knobbed.turn(**{"concurrency.priority": "", "pause.priority": ""})
    knobbed.wait_until_read(queue, "Enabled")


def test_the_threshold_sends_a_small_crash_to_the_heavy_lane_which_can_be_paused(
    knobbed: Knobbed,
) -> None:
    [crash_id], pipeline = crash_ids(73, 1), knobbed.pipeline
    knobbed.turn(**{"lane.light_limit_mib": "0", "pause.heavy-standard": "on"})
    pipeline.collect(crash_id)
    pipeline.send([crash_id])
    url = pipeline.outputs[outputs.heavy_queue_url(QueueClass.STANDARD)]
    pipeline.wait_for(lambda: sum(pipeline.depth(url)), "it is not handed on")
    knobbed.aws.clock.advance(10 * MINUTE)
    assert pipeline.depth(url) == (1, 0)
    assert not pipeline.ended(crash_id)
    knobbed.turn(**{"pause.heavy-standard": ""})
    entry = knobbed.ended(crash_id)
    assert (entry.state, entry.lane, entry.starts) == (State.PROCESSED, Lane.HEAVY, 1)
    knobbed.turn(**{"lane.light_limit_mib": ""})


def test_walks_are_killed_as_soon_as_the_knobs_of_both_lanes_say(knobbed: Knobbed) -> None:
    [crash_id], pipeline = crash_ids(74, 1), knobbed.pipeline
    knobbed.turn(**{"kill_seconds.light": "1", "kill_seconds.heavy": "2"})
    pipeline.collect_slow(crash_id, ENDLESS, heavy=False)
    pipeline.send([crash_id])
    assert knobbed.ended(crash_id).lane is Lane.HEAVY
    processed = pipeline.processed(crash_id)
    assert not processed["success"]
    ends = "timeout (SIGKILL)", "limit of CPU time"
    assert any(end in processed["processor_notes"] for end in ends)
    pipeline.make_walks_short()
    knobbed.turn(**{"kill_seconds.light": "", "kill_seconds.heavy": ""})


def test_a_worker_has_as_many_crashes_in_hand_as_its_slots_and_more_when_it_gets_more(
    knobbed: Knobbed,
) -> None:
    ids, pipeline = crash_ids(76, 2), knobbed.pipeline
    # With priority: a class below it may leave a slot to others.
    url = pipeline.outputs[outputs.heavy_queue_url(QueueClass.PRIORITY)]
    knobbed.turn(**{"worker.slots": "1"})
    for crash_id in ids:
        pipeline.collect_slow(crash_id, ENDLESS, heavy=True)
    pipeline.send(ids, QueueClass.PRIORITY)
    walking(pipeline, 1)
    pipeline.wait_for(lambda: pipeline.depth(url) == (1, 1), "the second is not handed on")
    # Longer than a worker waits for one look into its queues.
    time.sleep(2 * IDLE_WAIT_SECONDS)
    assert pipeline.depth(url) == (1, 1)
    knobbed.turn(**{"worker.slots": ""})
    worker, walks = walking(pipeline, 2)
    pipeline.make_walks_short()
    for walk in walks:
        os.kill(walk, signal.SIGKILL)
    pipeline.wait_until_ended(ids)
    assert worker in worker_of(pipeline).pids


def test_a_source_that_is_off_is_not_asked_and_its_crash_is_walked_again_when_it_is_on(
    knobbed: Knobbed,
) -> None:
    [crash_id], pipeline, server = crash_ids(75, 1), knobbed.pipeline, knobbed.server
    [file] = (EXAMPLE / "symbols").rglob("*.sym")
    place = str(file.relative_to(EXAMPLE / "symbols"))
    _put(server.folder / place, file.read_bytes())
    # Other crashes have asked for it before it was there.
    knobbed.aws.clock.advance(FORGOTTEN)
    knobbed.turn(**{"source.server": "off"})
    asked = len(server.asked)
    pipeline.collect(crash_id)
    pipeline.send([crash_id])
    assert knobbed.ended(crash_id).state is State.PROVISIONAL
    lacking = pipeline.processed(crash_id)["symbols_incomplete"]
    assert "darkroom" in {each["debug_file"] for each in lacking}
    assert len(server.asked) == asked
    knobbed.turn(**{"source.server": ""})
    knobbed.aws.clock.advance(PACKER_RESTS)
    pipeline.wait_for(lambda: len(server.asked) > asked, "the source is not asked again")
    pipeline.wait_for(lambda: knobbed.has_pack(place), "its symbols are not packed")
    knobbed.aws.clock.advance(RELEASED_AFTER)
    pipeline.wait_for(lambda: knobbed.is_complete(crash_id), "it is not walked again")
    assert "symbols_incomplete" not in pipeline.processed(crash_id)


def _put(file: Path, content: bytes) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content)
