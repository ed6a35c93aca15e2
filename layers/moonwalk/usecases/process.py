"""Walk, rules, save: one run of one crash, the same in the Lambda function and in the worker."""

import errno
import json
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from moonwalk.domain.dumps import MAIN_MINIDUMP, Dump, DumpName
from moonwalk.domain.failures import DeadLetter, DeadLetterCode, RetryCode, RetryLater
from moonwalk.domain.lane import Lane
from moonwalk.domain.ledger import Result, State
from moonwalk.domain.outcome import GIVE_UP, Outcome, WalkResult
from moonwalk.domain.processed_crash import Pass, assemble, timestamp
from moonwalk.domain.task import Answer, Status, Task
from moonwalk.domain.walk_cost import BrokerCost, WalkCost
from moonwalk.metrics import Metric
from moonwalk.ports import Clock, CrashStore, Events, Metrics, Scratch, Signatures, Walker
from moonwalk.usecases.ending import Ending

Walks = Mapping[DumpName, WalkResult]

NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT})


@dataclass(frozen=True, slots=True)
class Process:
    """Runs a task to its end and gives the answer of its lane.

    Attributes:
        host: what the processed crash's notes name as the place of the run.
        walks_at_once: how many minidumps of a crash are walked side by side.
    """

    store: CrashStore
    walker: Walker
    signatures: Signatures
    events: Events
    ending: Ending
    scratch: Scratch
    clock: Clock
    metrics: Metrics
    host: str
    walks_at_once: int = 2

    def __call__(self, task: Task) -> Answer:
        """Process a crash.

        Raises:
            RetryLater: when the world failed; nothing has been published then.
        """
        try:
            answer = self._run(task)
        except DeadLetter as failure:
            self.ending.reject(task.request, task.fence, failure, task.lane)
            answer = Answer(Status.REJECTED, failure.code)
        self.metrics.add(Metric.ANSWERS, lane=task.lane, status=answer.status)
        return answer

    def _run(self, task: Task) -> Answer:
        started = self._now()
        raw_crash = self.store.raw_crash(task.request.crash_id)
        try:
            with self.scratch.folder() as folder:
                walks = self._walk_all(task, raw_crash, folder)
        except OSError as error:
            return _without_room(task, error)
        gave_up = _given_up(walks) if task.lane is Lane.LIGHT else None
        if gave_up:
            return Answer(Status.TOO_HEAVY, gave_up)
        processed = self._apply_rules(task, started, raw_crash, walks)
        return self._save(task, processed, walks)

    def _walk_all(self, task: Task, raw_crash: Mapping[str, Any], folder: Path) -> Walks:
        raw_file = folder / "raw_crash.json"
        raw_file.write_text(_text_of(raw_crash, task), encoding="utf-8")
        minidumps = [dump for dump in task.dumps if dump.name.is_minidump]
        with ThreadPoolExecutor(self.walks_at_once, thread_name_prefix="walk") as pool:
            walks = pool.map(lambda dump: self._walk(task, dump, raw_file, folder), minidumps)
            return {dump.name: walk for dump, walk in zip(minidumps, walks, strict=True)}

    def _walk(self, task: Task, dump: Dump, raw_file: Path, folder: Path) -> WalkResult:
        crash_id = task.request.crash_id
        minidump = folder / f"{dump.name}.dmp"
        self.store.fetch_dump(crash_id, dump.name, minidump)
        walk = self.walker.walk(minidump, raw_file)
        # A list of dumps may be long; on the disk there are never more than are being walked.
        minidump.unlink()
        self.store.keep_walker_output(crash_id, dump.name, walk)
        self.metrics.add(Metric.WALKS, outcome=walk.outcome)
        self.metrics.add(Metric.WALK_TIME, walk.wall_seconds)
        self.metrics.add(Metric.WALK_INPUT, dump.size)
        self._count(walk.cost, walk.brokered)
        return walk

    def _count(self, cost: WalkCost | None, brokered: BrokerCost | None) -> None:
        if cost:
            self.metrics.add(Metric.PACKS_OPENED, cost.packs_opened)
            self.metrics.add(Metric.PACK_READS, cost.reads)
            self.metrics.add(Metric.PACK_BYTES, cost.bytes)
            self.metrics.add(Metric.SYMBOL_TIME, cost.symbol_seconds)
        if brokered:
            self.metrics.add(Metric.SYMBOL_REQUESTS, brokered.requests)
            self.metrics.add(Metric.SYMBOL_SOURCE_BYTES, brokered.source_bytes)
            self.metrics.add(Metric.SYMBOL_KEPT_BYTES, brokered.kept_bytes)
            self.metrics.add(Metric.SYMBOL_WAIT, brokered.wait_seconds)

    def _apply_rules(
        self, task: Task, started: datetime, raw_crash: Mapping[str, Any], walks: Walks
    ) -> dict[str, Any]:
        request = task.request
        this_pass = Pass(request.crash_id, request.ruleset, task.fence.attempt, started, self.host)
        processed = assemble(this_pass, raw_crash, walks)
        signature = self.signatures.sign(processed)
        notes = [processed["processor_notes"], *signature.notes]
        return processed | {
            "signature": signature.text,
            "proto_signature": signature.proto_signature,
            "processor_notes": "\n".join(notes),
            "completed_datetime": timestamp(self._now()),
        }

    def _save(self, task: Task, processed: dict[str, Any], walks: Walks) -> Answer:
        """Publish, tell, and let the ledger turn last: a death in between is found and repeated."""
        request = task.request
        if not self.store.publish(request.crash_id, processed, task.fence):
            return Answer(Status.SUPERSEDED)
        self.events.crash_processed(task, processed)
        now = self.clock.now()
        outcome = _main_outcome(walks)
        result = Result(
            finished_at=now,
            reason=outcome,
            signature=processed["signature"],
            dump_bytes=task.minidump_bytes,
            walk_seconds=max((walk.wall_seconds for walk in walks.values()), default=0.0),
        )
        self.ending.end(request.crash_id, task.fence, State.PROCESSED, task.lane, result)
        self.metrics.add(
            Metric.LAG, max(0.0, now - request.message.first_seen), queue=request.queue
        )
        return Answer(Status.PROCESSED, outcome)

    def _now(self) -> datetime:
        return datetime.fromtimestamp(self.clock.now(), UTC)


def _text_of(raw_crash: Mapping[str, Any], task: Task) -> str:
    """Write what was read before, but deeper in the stack: it may be nested too deep by now."""
    try:
        return json.dumps(raw_crash)
    except RecursionError:
        raise DeadLetter(
            DeadLetterCode.RAW_CRASH_UNREADABLE,
            f"the raw crash of {task.request.crash_id} is nested too deep",
        ) from None


def _without_room(task: Task, error: OSError) -> Answer:
    """Leave a crash that does not fit on the disk to the heavy lane, or there to a later try."""
    if error.errno not in NO_ROOM:
        raise error
    if task.lane is Lane.LIGHT:
        return Answer(Status.TOO_HEAVY, RetryCode.SCRATCH_FULL)
    raise RetryLater(
        RetryCode.SCRATCH_FULL, f"the dumps of {task.request.crash_id} do not fit on the disk"
    ) from error


def _given_up(walks: Walks) -> Outcome | None:
    ends = (walk.outcome for walk in walks.values())
    return next((end for end in ends if end in GIVE_UP), None)


def _main_outcome(walks: Walks) -> Outcome | None:
    """Give the main minidump's outcome where it is worth a word, and None where all is well."""
    for name, walk in walks.items():
        if name.text == MAIN_MINIDUMP and walk.outcome is not Outcome.OK:
            return walk.outcome
    return None
