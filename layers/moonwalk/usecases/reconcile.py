"""The reconciler: whatever is late or lost is put back, or ends as failed with its reason."""

from dataclasses import dataclass

from moonwalk.domain.crash_id import CrashId
from moonwalk.domain.failures import DeadLetter, DeadLetterCode, RetryLater
from moonwalk.domain.ledger import LedgerEntry
from moonwalk.domain.request import CrashRequest, Message, Origin
from moonwalk.metrics import Metric
from moonwalk.ports import Clock, Ledger, Metrics, Requests
from moonwalk.usecases.ending import Ending
from moonwalk.usecases.transitions import change


@dataclass(frozen=True, slots=True)
class Reconcile:
    """Looks after the crashes whose due time has passed.

    Attributes:
        max_put_backs: how many lost claims in a row a crash may have before it is failed.
        max_wait: seconds since it was asked for after which a crash that only waits in the heavy
            lane is failed: as long as a message lives that waits elsewhere.
        patience: seconds until a crash that was put back is looked at again. The message that
            puts it back is safe in its queue, however long that is; this only covers its loss.
        limit: how many crashes one round takes on.
    """

    ledger: Ledger
    requests: Requests
    ending: Ending
    clock: Clock
    metrics: Metrics
    max_put_backs: int
    max_wait: float
    patience: float
    limit: int = 500

    def __call__(self) -> int:
        """Do one round; say how many crashes were late.

        Raises:
            RetryLater: at the end of the round, when the world failed one of them. It does not
                keep the others waiting: the longest late comes first, again and again.
        """
        now = self.clock.now()
        late = list(self.ledger.due(now, self.limit))
        self._tell(now)
        failures = [failure for crash_id in late if (failure := self._try(crash_id, now))]
        if failures:
            raise failures[0]
        return len(late)

    def _tell(self, now: float) -> None:
        """Say how it stands before anything is done about it: what this round mends was late."""
        found = self.ledger.in_flight()
        overdue = 0.0 if found.first_due_at is None else now - found.first_due_at
        self.metrics.add(Metric.OLDEST_DUE, max(0.0, overdue))
        self.metrics.add(Metric.IN_FLIGHT, found.count)

    def _try(self, crash_id: CrashId, now: float) -> RetryLater | None:
        try:
            self._look_after(crash_id, now)
        except RetryLater as failure:
            self.metrics.add(Metric.RECONCILED, action="left")
            return failure
        return None

    def _look_after(self, crash_id: CrashId, now: float) -> None:
        """Act on the entry as it is, not as the index showed it."""
        entry = self.ledger.read(crash_id)
        if entry is None or not entry.is_due(now):
            return
        if not entry.in_flight:
            self.ending.ask_again(entry)
            self.metrics.add(Metric.RECONCILED, action="asked_again")
        elif failure := self._given_up(entry, now):
            self._fail(entry, failure)
            self.metrics.add(Metric.RECONCILED, action="failed")
        else:
            self._put_back(entry, now)
            self.metrics.add(Metric.RECONCILED, action="put_back")

    def _put_back(self, entry: LedgerEntry, now: float) -> None:
        """Send first: twice is harmless, because the message names the attempt; never is not."""
        self.requests.put_back(entry)
        due_at = now + self.patience
        change(
            self.ledger,
            entry.crash_id,
            lambda found: found.put_back(now, due_at=due_at) if found.holds(entry.fence) else None,
        )

    def _given_up(self, entry: LedgerEntry, now: float) -> DeadLetter | None:
        """Say why a crash is not put back once more, if so."""
        if entry.put_backs >= self.max_put_backs:
            times = entry.put_backs + 1
            detail = f"{entry.crash_id} was started {times} times without an end"
        elif entry.has_waited and now - entry.first_seen > self.max_wait:
            days = round((now - entry.first_seen) / 86400)
            detail = f"{entry.crash_id} has waited {days} days for a worker"
        else:
            return None
        return DeadLetter(DeadLetterCode.NO_ANSWER, detail)

    def _fail(self, entry: LedgerEntry, failure: DeadLetter) -> None:
        message = Message(entry.message_id, entry.first_seen, entry.put_backs + 1)
        request = CrashRequest(entry.crash_id, entry.ruleset, entry.queue, Origin.PUT_BACK, message)
        self.ending.reject(request, entry.fence, failure, entry.lane)
