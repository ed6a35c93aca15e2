"""Keeps one poller running for every event-source mapping that is deployed.

moto's own mappings call the function with single messages as they are sent and delete them
whatever it answers. Here mappings made by CloudFormation or the API, changed or deleted later,
get Lambda's semantics instead, from the moment the call that changed them returns.
"""

import threading
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self

from moto.awslambda.models import EventSourceMapping, LambdaBackend, lambda_backends
from moto.awslambda_simple.models import lambda_simple_backends

from cli.embedded.patches import Patches
from cli.embedded.poller import PollerContext, QueuePoller

CHANGES = (
    "create_event_source_mapping",
    "update_event_source_mapping",
    "delete_event_source_mapping",
)


class Mappings:
    """The event-source mappings of the embedded AWS while this context is open.

    Args:
        context: The clock, the queues and the way to run functions.
    """

    def __init__(self, context: PollerContext) -> None:
        self._context = context
        self._pollers: dict[str, QueuePoller] = {}
        self._retired: list[QueuePoller] = []
        self._lock = threading.Lock()
        self._patches = Patches()

    def __enter__(self) -> Self:
        for name in CHANGES:
            changed = self._then_refresh(getattr(LambdaBackend, name))
            self._patches.replace(LambdaBackend, name, changed)
        self.refresh()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()
        for poller in self._retired:
            poller.join()

    @property
    def active(self) -> int:
        """Invocations under way over all mappings."""
        with self._lock:
            return sum(p.active for p in [*self._pollers.values(), *self._retired])

    def stop(self) -> None:
        """Takes no more messages; invocations under way go on until the context is left."""
        self._patches.close()
        self._apply({})

    def refresh(self) -> None:
        """Starts pollers for new mappings, stops those of deleted ones, wakes the others."""
        # moto keeps functions that run without Docker apart from the others.
        accounts: list[Any] = [*lambda_backends.values(), *lambda_simple_backends.values()]
        backends: list[LambdaBackend] = [b for account in accounts for b in account.values()]
        found = [m for b in backends for m in b.list_event_source_mappings("", "")]
        self._apply({m.uuid: m for m in found if m.event_source_arn.split(":")[2] == "sqs"})

    def _apply(self, mappings: dict[str, EventSourceMapping]) -> None:
        with self._lock:
            for uuid in [uuid for uuid in self._pollers if uuid not in mappings]:
                self._retired.append(self._pollers.pop(uuid))
                self._retired[-1].stop()
            for uuid, mapping in mappings.items():
                if uuid not in self._pollers:
                    self._pollers[uuid] = QueuePoller(mapping, self._context)
                self._pollers[uuid].wake()
        self._context.queues.wake_all()

    def _then_refresh(self, change: Callable[..., Any]) -> Callable[..., Any]:
        def changed(*args: Any, **kwargs: Any) -> Any:
            result = change(*args, **kwargs)
            self.refresh()
            return result

        return changed
