"""Metrics of crashes: from their message through a lane to their end in the ledger."""

from moonwalk.domain.claim import Settled
from moonwalk.domain.failures import DeadLetterCode, RetryCode
from moonwalk.domain.knobs import PAUSED
from moonwalk.domain.outcome import GIVE_UP
from moonwalk.domain.task import Status
from moonwalk.domain.touched_modules import Lack
from moonwalk.metrics.declaration import Unit, counter, dimension, gauge, size, timing
from moonwalk.metrics.dimensions import LANE, QUEUE

REQUESTS = counter("intake.requests", "Requests read from the intake queues.", QUEUE)
SETTLED = counter(
    "intake.settled",
    "Requests that needed no run of their own, by why.",
    QUEUE,
    dimension("why", Settled),
)
REJECTED = counter(
    "intake.rejected",
    "Requests laid in a dead-letter queue.",
    dimension("reason", DeadLetterCode),
)
RETRIED = counter(
    "intake.retried",
    "Requests left in their queue for a later try.",
    dimension("reason", RetryCode, PAUSED),
)
HEAVY = counter(
    "lane.heavy",
    "Crashes handed to the heavy lane, by why.",
    dimension("why", "size", Status.TOO_HEAVY, sorted(GIVE_UP)),
)
WORKERS_WOKEN = counter(
    "workers.woken",
    "Times that the first worker was asked for, by whether that could be done.",
    dimension("outcome", "woken", "failed"),
)
ANSWERS = counter(
    "crash.answers", "Ends of runs, by lane and status.", LANE, dimension("status", Status)
)
LAG = timing(
    "crash.lag",
    "From the sending of the message to the published processed crash; `first` runs of fresh "
    "crashes apart from those of crashes that are processed `again`.",
    QUEUE,
    dimension("run", "first", "again"),
)
CLOCK_SKEW = timing(
    "intake.clock_skew",
    "From the submission of a fresh crash, by the collector's clock, to the sending of its "
    "message, by the queue's; negative when the collector's is ahead. A day at most.",
)
COST = size(
    "crash.cost", Unit.NONE, "US dollars that a run cost, estimated from list prices.", LANE
)
INCOMPLETE = counter(
    "crash.incomplete",
    "Crashes published as provisional, for each reason that symbols lack.",
    dimension("reason", Lack),
)
RECONCILED = counter(
    "ledger.reconciled",
    "Late crashes that the reconciler found, by what it did.",
    dimension("action", "left", "asked_again", "failed", "put_back"),
)
OLDEST_DUE = gauge(
    "ledger.oldest_due",
    Unit.SECONDS,
    "How long the longest late crash is past its due time; 0 when none is late.",
)
IN_FLIGHT = gauge("ledger.in_flight", Unit.COUNT, "Crashes that are claimed and have no end yet.")
