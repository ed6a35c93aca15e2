"""All queues of a deployment by what alarms call them, and the alarms that each has beside it."""

from aws_cdk.aws_sqs import IQueue

from infra.constructs.lane_queues import HeavyQueues, IntakeQueues
from infra.constructs.symbol_queue import SymbolQueue
from infra.constructs.watching import any_of
from moonwalk.domain.request import QueueClass


class WatchedQueues:
    """The queues of both lanes and of symbols."""

    def __init__(self, intake: IntakeQueues, heavy: HeavyQueues, symbols: SymbolQueue) -> None:
        self._lanes = {"intake": intake, "heavy": heavy}
        self._symbols = symbols
        self.workers_read = [*heavy.queues.values(), symbols.heavy_queue]

    @property
    def queues(self) -> dict[str, IQueue]:
        """Where work waits."""
        return {
            **self._by_class("queues"),
            "symbols": self._symbols.queue,
            "heavy-packing": self._symbols.heavy_queue,
        }

    @property
    def dead_letters(self) -> dict[str, IQueue]:
        """Where lies what cannot be used."""
        return {
            **self._by_class("dead_letters"),
            "symbols": self._symbols.dead_letters,
            "heavy-packing": self._symbols.heavy_dead_letters,
        }

    @property
    def laid_aside(self) -> str:
        """Rule of a composite alarm: something is in a dead-letter queue."""
        of_lanes = [name for lane in self._lanes.values() for name in lane.laid_aside]
        return any_of([*of_lanes, *self._symbols.laid_aside])

    @property
    def symbols_late(self) -> str:
        """Rule of another: symbols wait too long, or too many."""
        return any_of(self._symbols.late)

    def late(self, *classes: QueueClass) -> str:
        """Write the rule of one on depth and age of both lanes' queues of some classes."""
        lanes = self._lanes.values()
        return any_of(name for lane in lanes for each in classes for name in lane.late[each])

    def _by_class(self, kind: str) -> dict[str, IQueue]:
        return {
            f"{lane}-{each}": getattr(queues, kind)[each]
            for lane, queues in self._lanes.items()
            for each in QueueClass
        }
