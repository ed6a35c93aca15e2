"""What AWS takes, in US dollars: the one table that a crash's cost is estimated from.

On-demand prices of us-east-1, without free tiers and discounts. Lambda's and Fargate's are those of
AWS's price pages and announcements as of August 2026; the others are their list prices as we know
them from 2025: compare with your bill before you build upon the sum. What does not depend on single
crashes (alarms, idle workers, storage, the symbol server's side) is not in it.
"""

from dataclasses import dataclass

from moonwalk.domain.lane import Lane

_HOUR = 3600.0
_MILLION = 1e6

LAMBDA_GIB_SECOND = {"x86_64": 0.0000166667, "arm64": 0.0000133334}
LAMBDA_REQUEST = 0.20 / _MILLION
FARGATE_CPU_SECOND = {"x86_64": 0.04048 / _HOUR, "arm64": 0.03238 / _HOUR}
FARGATE_GIB_SECOND = {"x86_64": 0.004445 / _HOUR, "arm64": 0.00356 / _HOUR}
EXPRESS_REQUEST = 1.00 / _MILLION
EXPRESS_SECOND = 0.00001667 / 16
"""An Express workflow is billed by memory, 64 MiB at least, which is what ours takes."""
STANDARD_TRANSITION = 0.025 / 1000
SQS_REQUEST = 0.40 / _MILLION
S3_GET = 0.40 / _MILLION
S3_PUT = 5.00 / _MILLION
DYNAMODB_WRITE = 0.625 / _MILLION
DYNAMODB_READ = 0.125 / _MILLION
EVENT = 1.00 / _MILLION
LOG_BYTE = 0.50 / 1e9

_LOGGED_BYTES = 4000
"""Of one run: its metrics take 2,800, in seven lines; what functions log beside them is a guess."""

_EITHER = (
    2 * SQS_REQUEST  # received and deleted; who sends it is outside
    + LAMBDA_REQUEST  # the dispatcher
    + 2 * DYNAMODB_WRITE  # claim and end
    + DYNAMODB_READ
    + 5 * S3_GET  # raw crash, names and sizes of dumps, a dump, the crash of the run before
    + S3_PUT
    + EVENT
    + _LOGGED_BYTES * LOG_BYTE
)
RUN = {
    Lane.LIGHT: _EITHER + LAMBDA_REQUEST + EXPRESS_REQUEST,
    # Start, wait and end; a message sent, received and deleted; hand-over and start in the ledger.
    Lane.HEAVY: _EITHER + 3 * STANDARD_TRANSITION + 3 * SQS_REQUEST + 2 * DYNAMODB_WRITE,
}
"""What a run costs however long it takes, by lane."""


@dataclass(frozen=True, slots=True)
class Prices:
    """What one home of runs takes.

    Attributes:
        second: of one run in it; of a worker, its share of the task.
    """

    second: float

    def run(self, lane: Lane, seconds: float, symbol_requests: int) -> float:
        """Estimate what a run costs, in dollars.

        Args:
            lane: where it ran.
            seconds: that it took of its home.
            symbol_requests: to the store of packs.
        """
        return RUN[lane] + seconds * self.second + symbol_requests * S3_GET


def light_second(architecture: str, walker_mib: int, dispatcher_mib: int) -> float:
    """Price a second of a run in the light lane, where a dispatcher waits for it.

    The dispatcher waits for as many runs at the same time as its batch has; counted is one, as on
    a quiet day.
    """
    gib = (walker_mib + dispatcher_mib) / 1024
    return gib * LAMBDA_GIB_SECOND[architecture] + EXPRESS_SECOND


def heavy_second(architecture: str, cpu_units: int, memory_mib: int, slots: int) -> float:
    """Price a second of a run on a worker of Fargate whose slots are all busy."""
    cpu = cpu_units / 1024 * FARGATE_CPU_SECOND[architecture]
    return (cpu + memory_mib / 1024 * FARGATE_GIB_SECOND[architecture]) / slots
