"""Walk, rules, save: one run of one crash, the same in the Lambda function and in the worker."""

import errno
import math
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextvars import Context, copy_context
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from moonwalk.domain.dumps import Dump, DumpName
from moonwalk.domain.failures import DeadLetter, RetryCode, RetryLater
from moonwalk.domain.lane import Lane
from moonwalk.domain.ledger import Result, State
from moonwalk.domain.outcome import Outcome, WalkResult
from moonwalk.domain.prices import Prices
from moonwalk.domain.run_figures import RunFigures, RunStep
from moonwalk.domain.symbol_scopes import SymbolScopes
from moonwalk.domain.task import Answer, Status, Task
from moonwalk.domain.touched_modules import INCOMPLETE, Lacking, broken, told, why
from moonwalk.metrics import Metric
from moonwalk.ports import Clock, CrashStore, Events, Metrics, Scratch, Walker
from moonwalk.usecases.apply_rules import ApplyRules
from moonwalk.usecases.ending import Ending
from moonwalk.usecases.export import Export
from moonwalk.usecases.record_misses import RecordMisses
from moonwalk.usecases.run_laps import RunLaps
from moonwalk.usecases.run_metrics import count_run
from moonwalk.usecases.symbol_needs import AskForSymbols, Walks
from moonwalk.usecases.walk_figures import count
from moonwalk.usecases.walk_outcomes import given_up, main_outcome, outcomes

NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT})


@dataclass(frozen=True, slots=True)
class _Run:
    """A task at work: what was found of its crash, and how long everything takes."""

    task: Task
    scope: str
    raw_crash: Mapping[str, Any]
    laps: RunLaps


@dataclass(frozen=True, slots=True)
class _Walked:
    """What is walked in a run, and where its files lie.

    Attributes:
        anew: whether it is walked again, as symbols have come.
        told: what was told of its modules since the first walk.
    """

    run: _Run
    raw_file: Path
    folder: Path
    anew: bool = False
    told: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Process:
    """Runs a task to its end and gives the answer of its lane.

    Attributes:
        apply_rules: makes the processed crash.
        symbol_scopes: whose symbols a crash sees.
        walks_at_once: how many minidumps of a crash are walked side by side.
        ask_for_symbols: for each scope that has sources, asks for what walks were without.
        record_misses: for each scope of which account is kept, writes down what walks were
            without in the end.
        export: stores what is public a second time; None where nobody asked for that.
        all_stacks: whether symbols of all threads count, not of the crashing one only.
        prices: of the place where runs are.
    """

    store: CrashStore
    walker: Walker
    apply_rules: ApplyRules
    events: Events
    ending: Ending
    scratch: Scratch
    clock: Clock
    metrics: Metrics
    symbol_scopes: SymbolScopes = SymbolScopes()  # noqa: RUF009 - frozen
    walks_at_once: int = 2
    ask_for_symbols: Mapping[str, AskForSymbols] = field(default_factory=dict)
    record_misses: Mapping[str, RecordMisses] = field(default_factory=dict)
    export: Export | None = None
    all_stacks: bool = False
    prices: Prices = Prices(second=0.0)  # noqa: RUF009 - frozen

    def __call__(self, task: Task, *, deadline: float = math.inf) -> Answer:
        """Process a crash.

        Args:
            task: the run.
            deadline: when this process may be killed, by its clock.

        Raises:
            RetryLater: when the world failed; what was published by then is published again.
        """
        try:
            answer = self._run(task, deadline)
        except DeadLetter as failure:
            self.ending.reject(task.request, task.fence, failure, task.lane)
            answer = Answer(Status.REJECTED, failure.code)
        self.metrics.add(Metric.ANSWERS, lane=task.lane, status=answer.status)
        return answer

    def _run(self, task: Task, deadline: float) -> Answer:
        laps, started = RunLaps(self.clock), self._now()
        raw_crash = self.store.raw_crash(task.request.crash_id)
        laps.done(RunStep.FETCH)
        run = _Run(task, self.symbol_scopes.of(raw_crash), raw_crash, laps)
        prepared = self.apply_rules.prepare(task, started, raw_crash)
        laps.done(RunStep.RULES)
        walks: Walks = {}
        lacking: list[Lacking] = []
        try:
            with self.scratch.folder() as folder:
                if prepared.to_be_walked:
                    raw_file = prepared.write(folder / "raw_crash.json")
                    walked = _Walked(run, raw_file, folder)
                    walks, lacking = self._walk_with_symbols(walked, deadline)
                if gave_up := given_up(task, walks):
                    return Answer(Status.TOO_HEAVY, gave_up)
                applied = self.apply_rules(task, prepared, walks, folder)
        except OSError as error:
            return _without_room(task, error)
        laps.done(RunStep.RULES)
        processed = applied.ended(self._now()) | told(lacking)
        return self._save(run, processed, walks, lacking)

    def _walk_with_symbols(self, walked: _Walked, deadline: float) -> tuple[Walks, list[Lacking]]:
        run = walked.run
        minidumps = [dump for dump in run.task.dumps if dump.name.is_minidump]
        walks, lacking = self._walk_all(walked, minidumps), list[Lacking]()

        def again(names: Iterable[DumpName], told: Mapping[str, str]) -> Walks:
            run.laps.done(RunStep.SYMBOLS)
            chosen = [dump for dump in minidumps if dump.name in names]
            return self._walk_all(replace(walked, told=told, anew=True), chosen)

        ask = self.ask_for_symbols.get(run.scope)
        if ask and not given_up(run.task, walks):
            walks, lacking = ask(walks, again, deadline=deadline)
            run.laps.done(RunStep.SYMBOLS)
        touched = [module for walk in walks.values() for module in walk.modules]
        return walks, broken(touched, all_stacks=self.all_stacks) + lacking

    def _walk_all(self, walked: _Walked, minidumps: list[Dump]) -> Walks:
        def walk(context: Context, dump: Dump) -> WalkResult:
            return context.run(self._walk, walked, dump)

        # Who watches over the run knows by the context which one a walk is of.
        contexts = [copy_context() for _ in minidumps]
        with ThreadPoolExecutor(self.walks_at_once, thread_name_prefix="walk") as pool:
            walks = list(pool.map(walk, contexts, minidumps))
        walked.run.laps.done(RunStep.WALK)
        return {dump.name: walk for dump, walk in zip(minidumps, walks, strict=True)}

    def _walk(self, walked: _Walked, dump: Dump) -> WalkResult:
        task, begun = walked.run.task, self.clock.now()
        crash_id = task.request.crash_id
        minidump = walked.folder / f"{dump.name}.dmp"
        self.store.fetch_dump(crash_id, dump.name, minidump)
        fetched = self.clock.now() - begun
        walk = self.walker.walk(
            minidump,
            walked.raw_file,
            scope=walked.run.scope,
            anew=walked.anew,
            told=walked.told,
        )
        # A list of dumps may be long; on the disk there are never more than are being walked.
        minidump.unlink()
        self.store.keep_walker_output(crash_id, dump.name, walk)
        count(self.metrics, walk, dump.size, task.lane)
        walked.run.laps.walked(walk.spent, fetched)
        return walk

    def _save(
        self, run: _Run, processed: dict[str, Any], walks: Walks, lacking: list[Lacking]
    ) -> Answer:
        """Publish, tell, and let the ledger turn last: a death in between is found and repeated.

        Misses are written before that, too: whom nobody brings back must not count as done.
        """
        task = run.task
        request = task.request
        if not self.store.publish(request.crash_id, processed, task.fence):
            return Answer(Status.SUPERSEDED)
        if self.export:
            self.export(task, processed)
        self.events.crash_processed(task, processed)
        if record := self.record_misses.get(run.scope):
            record(task, walks, lacking)
        run.laps.done(RunStep.SAVE)
        figures, now = self._priced(task, run.laps.figures()), self.clock.now()
        provisional = INCOMPLETE in processed or Outcome.UNREADABLE_PACKS in outcomes(walks)
        reason = main_outcome(walks) or why(lacking)
        result = Result(
            finished_at=now,
            reason=reason,
            signature=processed["signature"],
            dump_bytes=task.minidump_bytes,
            walk_seconds=max((walk.wall_seconds for walk in walks.values()), default=0.0),
            figures=figures,
        )
        state = State.PROVISIONAL if provisional else State.PROCESSED
        self.ending.end(request.crash_id, task.fence, state, task.lane, result)
        for lack in {each.lack for each in lacking}:
            self.metrics.add(Metric.INCOMPLETE, reason=lack)
        count_run(self.metrics, task, run.raw_crash, figures, now)
        return Answer(Status.PROVISIONAL if provisional else Status.PROCESSED, reason)

    def _priced(self, task: Task, figures: RunFigures) -> RunFigures:
        requests = figures.spent.requests
        return replace(figures, dollars=self.prices.run(task.lane, figures.total, requests))

    def _now(self) -> datetime:
        return datetime.fromtimestamp(self.clock.now(), UTC)


def _without_room(task: Task, error: OSError) -> Answer:
    """Leave a crash that does not fit on the disk to the heavy lane, or there to a later try."""
    if error.errno not in NO_ROOM:
        raise error
    if task.lane is Lane.LIGHT:
        return Answer(Status.TOO_HEAVY, RetryCode.SCRATCH_FULL)
    raise RetryLater(
        RetryCode.SCRATCH_FULL, f"the dumps of {task.request.crash_id} do not fit on the disk"
    ) from error
