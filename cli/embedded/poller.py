"""Polls one queue for one function, as Lambda's event-source mapping does.

No more messages are taken than can be handed to the function at once: what it cannot take stays
visible in the queue, where depth and age are measured.
"""

import logging
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from moto.awslambda.models import EventSourceMapping
from moto.sqs.models import Message, Queue

from cli.embedded.clock import EmbeddedClock
from cli.embedded.functions import Invocation, TooManyInvocations
from cli.embedded.queues import EmbeddedQueues
from cli.embedded.sqs_event import InvalidAnswer, failed_ids, sqs_event

LOG = logging.getLogger(__name__)

# Invocations side by side when the mapping sets no MaximumConcurrency: AWS starts with five, and
# this machine would gain nothing from the growth that follows there.
DEFAULT_CONCURRENCY = 5
# The largest MaximumConcurrency that Lambda accepts, and so the bound of the thread pool.
LARGEST_CONCURRENCY = 1000
SLOTS = 12  # below `functions.DEFAULT_CONCURRENCY`, less one that each idle mapping holds
SLOT_LOOK = 0.2  # seconds until a poller without a slot looks whether it should stop
LARGEST_RECEIVE = 10  # messages per call, SQS's own limit
LONG_POLL = 20.0  # seconds, SQS's longest
LONGEST_PAUSE = 8.0  # seconds between tries of a throttled function

Invoke = Callable[[str, bytes], Invocation]


@dataclass(frozen=True)
class PollerContext:
    """What pollers share.

    Attributes:
        clock: Decides on batching windows and pauses.
        queues: Where messages are taken from.
        invoke: Runs a function by its ARN; raises `TooManyInvocations` when it is throttled.
        slots: How many invocations this machine bears over all mappings. Lambda has a thousand;
            here what would be throttled for want of processes stays in its queue instead.
    """

    clock: EmbeddedClock
    queues: EmbeddedQueues
    invoke: Invoke
    slots: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(SLOTS))


class QueuePoller:
    """Moves messages from a queue into a function while its mapping is enabled.

    Args:
        mapping: moto's own record of the mapping; read anew at every turn, so that changes count.
        context: What all pollers share.
    """

    def __init__(self, mapping: EventSourceMapping, context: PollerContext) -> None:
        self._mapping = mapping
        self._clock = context.clock
        self._queues = context.queues
        self._invoke = context.invoke
        self._slots = context.slots
        self._state = threading.Condition()
        self._active = 0
        self._throttled = 0
        self._stopping = False
        self._pool = ThreadPoolExecutor(LARGEST_CONCURRENCY, f"mapping-{mapping.uuid[:8]}")
        self._thread = threading.Thread(target=self._run, name=f"poller-{mapping.uuid[:8]}")
        self._thread.start()

    @property
    def active(self) -> int:
        """Invocations under way."""
        return self._active

    def wake(self) -> None:
        """Makes the poller look at its mapping again."""
        with self._state:
            self._state.notify_all()

    def stop(self) -> None:
        """Takes no more messages; invocations under way go on."""
        self._stopping = True
        self.wake()

    def join(self) -> None:
        """Waits, after `stop`, until the last invocation has ended."""
        self._thread.join()
        self._pool.shutdown()

    def _run(self) -> None:
        while self._admitted():
            queue = self._queues.named(self._mapping.event_source_arn)
            messages = self._gather(queue) if queue else []
            if queue and messages:
                self._count(+1)
                self._pool.submit(self._deliver, queue, messages)
                continue
            self._slots.release()
            if not queue:
                self._pause(LONG_POLL)

    def _admitted(self) -> bool:
        """Waits until there is room for one more invocation; False when stopping."""
        while not self._stopping:
            with self._state:
                self._state.wait_for(lambda: self._stopping or (self._enabled and self._has_room))
            if self._slots.acquire(timeout=SLOT_LOOK):
                return True
        return False

    @property
    def _enabled(self) -> bool:
        # CloudFormation may hand over the word instead of the value.
        return str(self._mapping.enabled).lower() == "true"

    @property
    def _has_room(self) -> bool:
        scaling = self._mapping.scaling_config or {}
        return self._active < int(scaling.get("MaximumConcurrency", DEFAULT_CONCURRENCY))

    def _halted(self) -> bool:
        return self._stopping or not self._enabled

    def _gather(self, queue: Queue) -> list[Message]:
        size = self._mapping.batch_size
        messages = self._receive(queue, size, LONG_POLL)
        closes = self._clock.now() + float(self._mapping.max_batch_window or 0)
        while messages and len(messages) < size and not self._halted():
            remaining = closes - self._clock.now()
            if remaining <= 0:
                break
            messages += self._receive(queue, size - len(messages), remaining)
        return messages

    def _receive(self, queue: Queue, room: int, seconds: float) -> list[Message]:
        most = min(room, LARGEST_RECEIVE)
        return self._queues.receive(queue, most, seconds, give_up=self._halted)

    def _deliver(self, queue: Queue, messages: Sequence[Message]) -> None:
        try:
            answer = self._invoke(self._mapping.function_arn, sqs_event(queue, messages))
            self._throttled = 0
            for message in self._done(answer, messages):
                self._queues.delete(queue, message)
        except TooManyInvocations:
            self._throttled += 1
            self._pause(min(2.0 ** (self._throttled - 1), LONGEST_PAUSE))
            for message in messages:
                self._queues.give_back(queue, message)
        except Exception:
            LOG.exception("%s could not be invoked", self._mapping.function_arn)
        finally:
            self._slots.release()
            self._count(-1)

    def _done(self, answer: Invocation, messages: Sequence[Message]) -> list[Message]:
        if answer.error is not None:
            return []
        if "ReportBatchItemFailures" not in (self._mapping.function_response_types or []):
            return list(messages)
        try:
            failed = failed_ids(answer.payload, messages)
        except InvalidAnswer as error:
            LOG.warning("%s fails its whole batch: %s", self._mapping.function_arn, error)
            return []
        return [message for message in messages if message.id not in failed]

    def _pause(self, seconds: float) -> None:
        with self._state:
            self._clock.wait_for(self._state, lambda: self._stopping, seconds)

    def _count(self, change: int) -> None:
        with self._state:
            self._active += change
            self._state.notify_all()
