"""The intake queues in memory."""

import json
from dataclasses import dataclass

from moonwalk.contracts.tasks import encode_again, encode_put_back, encode_symbols_came
from moonwalk.domain.crash_id import CrashId
from moonwalk.domain.failures import DeadLetter
from moonwalk.domain.ledger import Fence, LedgerEntry
from moonwalk.domain.request import Message, QueueClass
from moonwalk.ports import Clock


@dataclass(frozen=True)
class LaidAside:
    """A request in a dead-letter queue."""

    body: str
    message: Message
    queue: QueueClass
    failure: DeadLetter


class FakeDeadLetters:
    """`DeadLetters` that remember."""

    def __init__(self) -> None:
        self.sent: list[LaidAside] = []

    def send(self, *, body: str, message: Message, queue: QueueClass, failure: DeadLetter) -> None:
        self.sent.append(LaidAside(body, message, queue, failure))


class FakeRequests:
    """`Requests` and `Reprocessing` that remember: queue and body of what was sent."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.sent: list[tuple[QueueClass, str]] = []

    def put_back(self, entry: LedgerEntry) -> None:
        document = encode_put_back(
            entry.crash_id,
            entry.ruleset,
            entry.fence.attempt,
            entry.asked_by,
            entry.first_seen,
        )
        self.sent.append((entry.queue, json.dumps(document)))

    def ask_again(self, entry: LedgerEntry) -> None:
        if entry.again is None:
            raise ValueError("the entry remembers no other run")
        document = encode_again(
            entry.crash_id, entry.again.ruleset, entry.again.message_id, self.clock.now()
        )
        self.sent.append((QueueClass.REPROCESSING, json.dumps(document)))

    def symbols_came(self, crash_id: CrashId, fence: Fence) -> None:
        document = encode_symbols_came(crash_id, fence.attempt, self.clock.now())
        self.sent.append((QueueClass.REPROCESSING, json.dumps(document)))


class FakeVisibility:
    """Remembers which messages were hidden for how long."""

    def __init__(self) -> None:
        self.delays: list[tuple[QueueClass, str, float]] = []

    def delay(self, queue: QueueClass, receipt_handle: str, seconds: float) -> bool:
        self.delays.append((queue, receipt_handle, seconds))
        return True
