"""The dispatcher: what a message asks for is claimed, sent down a lane, and answered for.

A message is let go only when its crash is done or durably handed on.
"""

from collections.abc import Callable
from dataclasses import dataclass

from moonwalk.domain.backoff import Backoff
from moonwalk.domain.claim import Acknowledge, Decision, Leave, decide
from moonwalk.domain.dumps import Dump
from moonwalk.domain.failures import DeadLetter, DeadLetterCode, RetryCode, RetryLater
from moonwalk.domain.knobs import PAUSED, KnobQueue
from moonwalk.domain.lane import Lane, LanePolicy
from moonwalk.domain.ledger import LedgerEntry
from moonwalk.domain.request import CrashRequest, Message, QueueClass, Ruleset
from moonwalk.domain.task import Status, Task
from moonwalk.knob_ports import Knobs
from moonwalk.metrics import Metric
from moonwalk.ports import Clock, Conflict, CrashStore, DeadLetters, Ledger, Metrics, Workflows
from moonwalk.usecases.ending import Ending
from moonwalk.usecases.inbox import Inbox
from moonwalk.usecases.transitions import MAX_CONFLICTS, change

BACKOFF = Backoff(first=10.0, longest=900.0)
"""After a failure of the world."""
_PAUSE = Backoff(first=240.0, longest=14_400.0)


@dataclass(frozen=True, slots=True)
class Later:
    """Keep the message, and show it again after so many seconds.

    Attributes:
        why: for the person who reads the log.
    """

    seconds: float
    why: str


def paused_for(tries: int) -> float:
    """Tell for how many seconds a message is hidden that came although its queue is paused.

    It came in the minute until the queue is not read any more, or nothing keeps the knobs. In the
    first case one receive is lost; in the other the pauses grow, so that those which a queue
    allows last for days.
    """
    return _PAUSE.after(tries)


@dataclass(frozen=True, slots=True)
class Times:
    """How long things may take, in seconds.

    Attributes:
        due_after: when a claim is looked after by the reconciler.
        heavy_due_after: the same once the heavy lane has the crash.
    """

    due_after: float
    heavy_due_after: float


@dataclass(frozen=True, slots=True)
class Dispatch:
    """Handles one message of an intake queue.

    Attributes:
        wake: sees to it that there is a worker; never fails.
        max_tries: how often a message may be received before it is given up with a reason.
    """

    inbox: Inbox
    store: CrashStore
    ledger: Ledger
    workflows: Workflows
    dead_letters: DeadLetters
    ending: Ending
    wake: Callable[[], None]
    clock: Clock
    metrics: Metrics
    knobs: Knobs
    times: Times
    max_tries: int

    def __call__(self, body: str, message: Message, queue: QueueClass) -> Later | None:
        """Do what a message asks for.

        Returns:
            None when the message can go, else when to show it again.
        """
        if self.knobs.now().is_paused(KnobQueue(queue)):
            self.metrics.add(Metric.RETRIED, reason=PAUSED)
            return Later(paused_for(message.tries), "its queue is paused")
        try:
            return self._handle_all(body, message, queue)
        except RetryLater as failure:
            self.metrics.add(Metric.RETRIED, reason=failure.code)
            return Later(BACKOFF.after(message.tries), str(failure))

    def _handle_all(self, body: str, message: Message, queue: QueueClass) -> Later | None:
        try:
            requests = self.inbox.read(body, message, queue)
        except DeadLetter as failure:
            self.dead_letters.send(body=body, message=message, queue=queue, failure=failure)
            self.metrics.add(Metric.REJECTED, reason=failure.code)
            return None
        kept = [later for later in map(self._handle, requests) if later]
        return max(kept, key=lambda later: later.seconds, default=None)

    def _handle(self, request: CrashRequest) -> Later | None:
        self.metrics.add(Metric.REQUESTS, queue=request.queue)
        decision = self._claim(request)
        if isinstance(decision, Leave):
            left = max(1.0, decision.until - self.clock.now())
            return Later(left, "its own claim is still in force")
        if isinstance(decision, Acknowledge):
            self.metrics.add(Metric.SETTLED, queue=request.queue, why=decision.why)
            return None
        return self._run(request, decision.entry)

    def _claim(self, request: CrashRequest) -> Decision:
        """Decide against the entry as it is; most messages are the first of their crash."""
        current: LedgerEntry | None = None
        for _ in range(MAX_CONFLICTS):
            now = self.clock.now()
            decision = decide(request, current, now=now, due_at=now + self.times.due_after)
            following = None if isinstance(decision, Leave) else decision.entry
            if following is None:
                return decision
            try:
                self.ledger.write(following, replacing=current)
            except Conflict as conflict:
                current = conflict.current
            else:
                return decision
        raise RetryLater(
            RetryCode.THROTTLED, f"the ledger entry of {request.crash_id} is contended"
        )

    def _run(self, request: CrashRequest, entry: LedgerEntry) -> Later | None:
        try:
            self._send_down_a_lane(request, entry)
        except DeadLetter as failure:
            self.ending.reject(request, entry.fence, failure)
        except RetryLater as failure:
            return self._try_later(request, entry, failure)
        return None

    def _send_down_a_lane(self, request: CrashRequest, entry: LedgerEntry) -> None:
        dumps = self._dumps(request)
        lanes = LanePolicy(self.knobs.now().light_limit_bytes)
        lane = lanes.choose(dump.size for dump in dumps if dump.name.is_minidump)
        task = Task(request, entry.fence, lane, dumps)
        if lane is Lane.HEAVY:
            self._hand_over(task, why="size")
            return
        answer = self.workflows.run_light(task)
        if answer.status is Status.TOO_HEAVY:
            self._hand_over(
                Task(request, entry.fence, Lane.HEAVY, dumps), why=answer.reason or "too_heavy"
            )

    def _dumps(self, request: CrashRequest) -> tuple[Dump, ...]:
        """Find the dumps; a signature is made anew without them, so that they may be gone."""
        if request.ruleset is Ruleset.REGENERATE_SIGNATURE:
            return ()
        return self.store.find_dumps(request.crash_id)

    def _hand_over(self, task: Task, *, why: str) -> None:
        """Start the heavy lane, then move the due time.

        In this order, because a crash whose hand-over dies in between is found by its old due
        time; the other way round nobody would look for hours.
        """
        self.workflows.start_heavy(task)
        now = self.clock.now()
        due_at = now + self.times.heavy_due_after
        change(
            self.ledger,
            task.request.crash_id,
            lambda entry: (
                entry.handed_over(now, why, due_at=due_at) if entry.holds(task.fence) else None
            ),
        )
        self.metrics.add(Metric.HEAVY, why=why)
        self.wake()

    def _try_later(
        self, request: CrashRequest, entry: LedgerEntry, failure: RetryLater
    ) -> Later | None:
        tries = request.message.tries
        if tries >= self.max_tries:
            exhausted = DeadLetter(
                DeadLetterCode.TRIES_EXHAUSTED, f"{tries} tries, the last ended: {failure.detail}"
            )
            self.ending.reject(request, entry.fence, exhausted)
            return None
        self.metrics.add(Metric.RETRIED, reason=failure.code)
        delay = BACKOFF.after(tries)
        at = self.clock.now()
        due_at = at + delay + self.times.due_after
        change(
            self.ledger,
            request.crash_id,
            lambda now: (
                now.given_up(at, failure.code, due_at=due_at) if now.holds(entry.fence) else None
            ),
        )
        return Later(delay, str(failure))
