"""The end of a run: its last word in the ledger, and the run that was asked for meanwhile."""

from dataclasses import dataclass

from moonwalk.domain.crash_id import CrashId
from moonwalk.domain.failures import DeadLetter
from moonwalk.domain.lane import Lane
from moonwalk.domain.ledger import Fence, LedgerEntry, Result, State
from moonwalk.domain.request import CrashRequest
from moonwalk.metrics import Metric
from moonwalk.ports import Clock, DeadLetters, Ledger, Metrics, Requests
from moonwalk.usecases.transitions import change


@dataclass(frozen=True, slots=True)
class Ending:
    """Ends runs, well or not, the same way in every place where one can end."""

    ledger: Ledger
    requests: Requests
    dead_letters: DeadLetters
    clock: Clock
    metrics: Metrics

    def end(
        self, crash_id: CrashId, fence: Fence, state: State, lane: Lane | None, result: Result
    ) -> None:
        """Write the end of this run, unless another run is in force; then ask for the next."""
        ended = change(
            self.ledger,
            crash_id,
            lambda entry: entry.ended(state, lane, result) if entry.holds(fence) else None,
        )
        if ended and ended.again:
            self.ask_again(ended)

    def ask_again(self, entry: LedgerEntry) -> None:
        """Ask for the remembered run, then forget it: asked twice is better than never."""
        self.requests.ask_again(entry)
        change(
            self.ledger,
            entry.crash_id,
            lambda now: now.with_again(None) if now.again == entry.again else None,
        )

    def reject(
        self, request: CrashRequest, fence: Fence, failure: DeadLetter, lane: Lane | None = None
    ) -> None:
        """Lay a claimed request aside: first where a person sees it, then in the ledger.

        Unless another run is in force: what that one makes of the crash is what counts.
        """
        entry = self.ledger.read(request.crash_id)
        if entry is None or not entry.holds(fence):
            return
        self.dead_letters.send(
            body=f"{request.crash_id}:{request.ruleset}",
            message=request.message,
            queue=request.queue,
            failure=failure,
        )
        self.metrics.add(Metric.REJECTED, reason=failure.code)
        result = Result(finished_at=self.clock.now(), reason=failure.code)
        self.end(request.crash_id, fence, State.FAILED, lane, result)
