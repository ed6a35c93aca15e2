"""moto's SQS made fit for many callers at once, and reachable without HTTP for our pollers.

moto's queues are lists that several server threads change at will: under load two receivers
get the same message, and a message sent while another is deleted is lost. Here every change of a
queue happens under that queue's own lock. Long polls end by the embedded clock, retention is
kept, and moto's own event-source mappings, which ignore batches and failures, stay silent.
"""

import math
import threading
from collections.abc import Callable
from functools import partial
from types import TracebackType
from typing import Any, Self

from moto.sqs.models import Message, Queue, SQSBackend, sqs_backends

from cli.embedded.clock import EmbeddedClock
from cli.embedded.patches import Patches

_receive_at_once = SQSBackend.receive_message
MILLISECONDS = 1000


class EmbeddedQueues:
    """The queues of the embedded AWS while this context is open.

    Args:
        clock: Decides on visibility, delay, retention and the end of long polls.
    """

    def __init__(self, clock: EmbeddedClock) -> None:
        self._clock = clock
        self._patches = Patches()
        self._closed = False

    def __enter__(self) -> Self:
        patches = self._patches

        def receive_message(
            backend: SQSBackend, queue_name: str, count: int, seconds: float, *options: Any
        ) -> list[Message]:
            take = partial(_receive_at_once, backend, queue_name, count, 0, *options)
            return self._poll(backend.get_queue(queue_name), take, seconds, lambda: False)

        patches.replace(SQSBackend, "receive_message", receive_message)
        # Expired messages are dropped beforehand; moto's check counts the queue for each message.
        retained = "is_message_valid_based_on_retention_period"
        patches.replace(SQSBackend, retained, lambda *_: True)
        patches.replace(Queue, "add_message", _without_moto_mappings(Queue.add_message))
        for name in ("delete_message", "change_message_visibility", "purge_queue"):
            patches.replace(SQSBackend, name, _one_at_a_time(getattr(SQSBackend, name)))
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.end_polls()
        self._patches.close()

    def end_polls(self) -> None:
        """Ends every long poll, and every later one at once, so that nobody waits at the end."""
        self._closed = True
        self.wake_all()

    def all(self) -> list[Queue]:
        """Every queue of every account and region."""
        backends = [b for regions in list(sqs_backends.values()) for b in list(regions.values())]
        return [queue for backend in backends for queue in list(backend.queues.values())]

    def named(self, arn: str) -> Queue | None:
        """The queue with this ARN, or None when it does not exist (any more)."""
        return next((queue for queue in self.all() if queue.queue_arn == arn), None)

    def wake_all(self) -> None:
        """Makes every long poll look again at whether it should go on."""
        for queue in self.all():
            lock = _lock(queue)
            with lock:
                lock.notify_all()

    def receive(
        self, queue: Queue, most: int, seconds: float, *, give_up: Callable[[], bool]
    ) -> list[Message]:
        """Takes at most `most` messages, waiting up to `seconds` for the first one.

        Args:
            queue: Where to take them; its own visibility timeout starts to run.
            most: 1 to 10, as SQS allows.
            seconds: Long-poll time in embedded seconds.
            give_up: Ends the wait early; looked at whenever the queue changes or is woken.
        """
        backend = sqs_backends[queue.account_id][queue.region]
        options = (_seconds(queue, "visibility_timeout"), ["All"])
        take = partial(_receive_at_once, backend, queue.name, most, 0, *options)
        return self._poll(queue, take, seconds, give_up)

    def delete(self, queue: Queue, message: Message) -> None:
        """Deletes a received message; one that is gone already is no error, as in SQS."""
        with _lock(queue):
            if any(m.had_receipt_handle(str(message.receipt_handle)) for m in _all(queue)):
                queue.delete_message(str(message.receipt_handle))

    def give_back(self, queue: Queue, message: Message) -> None:
        """Makes a received message visible again at once, if it is still there."""
        lock = _lock(queue)
        with lock:
            for kept in _all(queue):
                if kept.had_receipt_handle(str(message.receipt_handle)):
                    kept.change_visibility(0)
            lock.notify_all()

    def unfinished(self, queue: Queue) -> int:
        """How many messages the queue holds: visible, delayed and in flight."""
        return len(_all(queue))

    def _poll(
        self,
        queue: Queue,
        take: Callable[[], list[Message]],
        seconds: float,
        give_up: Callable[[], bool],
    ) -> list[Message]:
        until = self._clock.now() + seconds
        with _lock(queue):
            while True:
                self._drop_expired(queue)
                if self._closed or give_up():
                    return []
                received = take()
                if received or self._clock.now() >= until:
                    return received
                self._clock.wait(_lock(queue), min(until, self._next_visible(queue)))

    def _drop_expired(self, queue: Queue) -> None:
        oldest = (self._clock.now() - _seconds(queue, "message_retention_period")) * MILLISECONDS
        for message in [m for m in _all(queue) if m.sent_timestamp < oldest]:
            _all(queue).remove(message)
            queue.pending_messages.discard(message)

    def _next_visible(self, queue: Queue) -> float:
        times = (max(m.visible_at, m.delayed_until) / MILLISECONDS for m in _all(queue))
        # A moment later than the time itself, which moto still counts as invisible.
        return min(times, default=math.inf) + 0.001


def _lock(queue: Queue) -> threading.Condition:
    return queue._messages_lock  # noqa: SLF001 - moto's own, which its senders notify


def _all(queue: Queue) -> list[Any]:
    return queue._messages  # noqa: SLF001 - the public list leaves out what is in flight


def _seconds(queue: Queue, attribute: str) -> int:
    # moto sets these attributes by name, and its list of all of them counts the messages thrice.
    return int(getattr(queue, attribute))


def _one_at_a_time(method: Callable[..., Any]) -> Callable[..., Any]:
    def locked(backend: SQSBackend, queue_name: str, *args: Any, **kwargs: Any) -> Any:
        lock = _lock(backend.get_queue(queue_name))
        with lock:
            result = method(backend, queue_name, *args, **kwargs)
            lock.notify_all()
        return result

    return locked


def _without_moto_mappings(add_message: Callable[[Queue, Message], None]) -> Any:
    def add(queue: Queue, message: Message) -> None:
        queue.lambda_event_source_mappings.clear()
        with _lock(queue):
            add_message(queue, message)

    return add
