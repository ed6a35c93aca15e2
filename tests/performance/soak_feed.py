"""Feeds one worker with runs of stored crashes, claimed and queued as a dispatcher does it.

The same crashes run again and again, as a reprocessing would have it, so that the embedded AWS
holds no more at the end than at the beginning: what grows is then the worker's.
"""

import itertools
import json
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from cli.embedded.aws import EmbeddedAws
from moonwalk.adapters.clock import SystemClock
from moonwalk.adapters.dynamodb import DynamoLedger
from moonwalk.contracts import outputs, tasks
from moonwalk.contracts.symbols import packs_prefix
from moonwalk.domain.crash_id import CrashId
from moonwalk.domain.dumps import MAIN_MINIDUMP, Dump, DumpName
from moonwalk.domain.lane import Lane
from moonwalk.domain.ledger import LedgerEntry, claimed
from moonwalk.domain.request import CrashRequest, Message, Origin, QueueClass, Ruleset
from moonwalk.domain.symbols import DEFAULT_SCOPE
from moonwalk.domain.task import Task
from tests.integration.pipeline.pipeline import Pipeline, crash_ids

WAITING = 40
"""Runs that are queued or in hand at a time; a queue of the embedded AWS is searched from its
front, so that a long one would measure that."""
DUE_SECONDS = 86_400.0
LOOK_AGAIN = 0.02
PATIENCE = 300.0
"""Seconds in which a run that was queued has ended."""
_NAME = DumpName(MAIN_MINIDUMP)


@dataclass
class Feed:
    """Crashes of a deployment whose heavy lane walks them over and over.

    Attributes:
        sizes: bytes of the dump of each crash.
        numbers: counts the runs.
    """

    pipeline: Pipeline
    ledger: DynamoLedger
    sizes: dict[CrashId, int] = field(default_factory=dict)
    numbers: Iterator[int] = field(default_factory=itertools.count)

    @classmethod
    def into(cls, aws: EmbeddedAws, dumps: Sequence[Path]) -> "Feed":
        """Store crashes for these dumps, some for each: a crash has one run at a time."""
        pipeline = Pipeline(aws)
        table = pipeline.outputs[outputs.LEDGER_TABLE]
        feed = cls(pipeline, DynamoLedger(aws.client("dynamodb"), table, 1, SystemClock()))
        copies = -(-2 * WAITING // len(dumps))
        for crash_id, dump in zip(
            crash_ids(1, copies * len(dumps)), itertools.cycle(dumps), strict=False
        ):
            pipeline.collect(crash_id, **{MAIN_MINIDUMP: dump.read_bytes()})
            feed.sizes[crash_id] = dump.stat().st_size
        return feed

    def run(self, count: int) -> float:
        """Queue so many runs, wait until all have ended, and give the seconds that took.

        Raises:
            AssertionError: when one does not end.
        """
        started = time.monotonic()
        waiting: dict[CrashId, float] = {}
        for crash_id in itertools.islice(itertools.cycle(self.sizes), count):
            while len(waiting) >= WAITING or crash_id in waiting:
                self._drop_ended(waiting)
            self._queue(crash_id)
            waiting[crash_id] = time.monotonic()
        while waiting:
            self._drop_ended(waiting)
        return time.monotonic() - started

    def outcomes(self) -> dict[str, int]:
        """Count how the last run of each crash ended."""
        found: dict[str, int] = {}
        for entry in map(self.ledger.read, self.sizes):
            result = entry.result if entry else None
            told = f"{entry.state} {result.reason or 'ok'}" if entry and result else "unknown"
            found[told] = found.get(told, 0) + 1
        return found

    def _drop_ended(self, waiting: dict[CrashId, float]) -> None:
        """Forget runs that have ended, the oldest first; look again later if it has not."""
        oldest, since = next(iter(waiting.items()))
        while (entry := self.ledger.read(oldest)) is None or entry.in_flight:
            assert time.monotonic() - since < PATIENCE, f"the run of {oldest} does not end"
            time.sleep(LOOK_AGAIN)
        del waiting[oldest]

    def _queue(self, crash_id: CrashId) -> None:
        now, number = time.time(), next(self.numbers)
        queue = QueueClass.REPROCESSING
        message = Message(f"soak-{number}", now)
        request = CrashRequest(crash_id, Ruleset.DEFAULT, queue, Origin.TEXT, message)
        previous = self.ledger.read(crash_id)
        entry = claimed(request, previous, now=now, due_at=now + DUE_SECONDS)
        self.ledger.write(entry, replacing=previous)
        self._send(request, entry)

    def _send(self, request: CrashRequest, entry: LedgerEntry) -> None:
        dump = Dump(_NAME, self.sizes[request.crash_id])
        task = Task(request, entry.fence, Lane.HEAVY, (dump,))
        body = {
            tasks.SCHEMA_KEY: tasks.SCHEMA,
            tasks.TASK: tasks.encode_task(task),
            tasks.TASK_TOKEN: f"nobody waits for {task.name}",
        }
        self.pipeline.aws.client("sqs").send_message(
            QueueUrl=self.pipeline.outputs[outputs.heavy_queue_url(request.queue)],
            MessageBody=json.dumps(body),
        )


def keep_latest_only(pipeline: Pipeline) -> None:
    """Have the bucket of crashes forget what is written over, which a deployment does by the day.

    Else the embedded AWS keeps the result of each run in memory, and is slower with each.
    """
    pipeline.aws.client("s3").put_bucket_versioning(
        Bucket=pipeline.outputs[outputs.CRASH_BUCKET],
        VersioningConfiguration={"Status": "Suspended"},
    )


def store_packs(pipeline: Pipeline, folder: Path) -> None:
    """Put packs into the deployment's store, where a packer would."""
    s3, bucket = pipeline.aws.client("s3"), pipeline.outputs[outputs.SYMBOL_BUCKET]
    for file in folder.rglob("*.pack"):
        key = packs_prefix(DEFAULT_SCOPE) + file.relative_to(folder).as_posix()
        s3.put_object(Bucket=bucket, Key=key, Body=file.read_bytes())
