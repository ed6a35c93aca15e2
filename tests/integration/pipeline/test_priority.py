"""Who has priority overtakes bulk work that was there long before, in either lane."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import pytest

from moonwalk.contracts import outputs
from moonwalk.domain.crash_id import CrashId
from moonwalk.domain.dumps import MAIN_MINIDUMP
from moonwalk.domain.lane import Lane
from moonwalk.domain.ledger import LedgerEntry, State
from moonwalk.domain.request import QueueClass
from tests.integration.pipeline.pipeline import EXAMPLE_DUMP, Pipeline, crash_ids
from tests.integration.pipeline.working import away, worker_of

MIB = 1024 * 1024
BULK = 500
HEAVY_BULK = 40
HEAVY_DUMP = EXAMPLE_DUMP.read_bytes().ljust(MIB + 1, b"\0")


@contextmanager
def dropped_in_the_end(pipeline: Pipeline, queue_url: str) -> Iterator[None]:
    """Let bulk work go whose order alone is looked at."""
    try:
        yield
    finally:
        pipeline.aws.client("sqs").purge_queue(QueueUrl=queue_url)


def done(pipeline: Pipeline, ids: Iterable[CrashId]) -> int:
    return sum(pipeline.ended(crash_id) is not None for crash_id in ids)


def earlier(one: LedgerEntry, other: LedgerEntry) -> bool:
    return bool(one.result and other.result and one.result.finished_at < other.result.finished_at)


@pytest.mark.timeout(600)
def test_a_crash_with_priority_overtakes_500_that_wait_to_be_reprocessed(
    pipeline: Pipeline,
) -> None:
    [urgent], bulk = crash_ids(21, 1), crash_ids(22, BULK)
    for crash_id in [urgent, *bulk]:
        pipeline.collect(crash_id)
    url = pipeline.outputs[outputs.queue_url(QueueClass.REPROCESSING)]
    with dropped_in_the_end(pipeline, url):
        pipeline.send(bulk, QueueClass.REPROCESSING)
        pipeline.wait_for(lambda: done(pipeline, bulk[:50]), "reprocessing does not begin")
        pipeline.send([urgent], QueueClass.PRIORITY)
        entry = pipeline.wait_for(lambda: pipeline.ended(urgent), "priority does not end")
        left, in_flight = pipeline.depth(url)
    print(f"{BULK - left - in_flight} of {BULK} were done before it")
    assert (entry.state, entry.lane) == (State.PROCESSED, Lane.LIGHT)
    assert left > BULK / 2


@pytest.mark.timeout(600)
def test_a_worker_walks_a_crash_with_priority_before_bulk_that_was_sent_earlier(
    pipeline: Pipeline,
) -> None:
    [urgent], bulk = crash_ids(23, 1), crash_ids(24, HEAVY_BULK)
    away(pipeline)
    for crash_id in [urgent, *bulk]:
        pipeline.collect(crash_id, **{MAIN_MINIDUMP: HEAVY_DUMP})
    waiting = {
        QueueClass.REPROCESSING: bulk,
        QueueClass.PRIORITY: [urgent],
    }
    urls = {queue: pipeline.outputs[outputs.heavy_queue_url(queue)] for queue in waiting}
    with dropped_in_the_end(pipeline, urls[QueueClass.REPROCESSING]):
        for queue, ids in waiting.items():
            pipeline.send(ids, queue)
            want = (urls[queue], (len(ids), 0))
            pipeline.wait_for(lambda it=want: pipeline.depth(it[0]) == it[1], "not handed on", 300)  # type: ignore[misc]
        worker_of(pipeline).scale(1)
        entry = pipeline.wait_for(lambda: pipeline.ended(urgent), "priority does not end")
    assert (entry.state, entry.lane) == (State.PROCESSED, Lane.HEAVY)
    ended = [each for crash_id in bulk if (each := pipeline.ended(crash_id))]
    before = [each for each in ended if earlier(each, entry)]
    print(f"{len(before)} of {HEAVY_BULK} were done before it")
    assert len(before) < HEAVY_BULK / 4
