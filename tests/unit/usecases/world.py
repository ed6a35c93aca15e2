"""A pipeline over fakes: queues, dispatcher, both lanes and the reconciler, at one's own pace."""

import itertools
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from moonwalk.domain.ledger import LedgerEntry
from moonwalk.domain.request import Message, Origin, QueueClass
from moonwalk.domain.task import Answer, Task
from moonwalk.ports import Ledger
from moonwalk.rules import profile
from moonwalk.rules.processing import Rules
from moonwalk.rules.rule import Parts
from moonwalk.usecases.apply_rules import ApplyRules
from moonwalk.usecases.dispatch import Dispatch, Later, Times
from moonwalk.usecases.ending import Ending
from moonwalk.usecases.heavy import ProcessHeavy
from moonwalk.usecases.inbox import Inbox
from moonwalk.usecases.process import Process
from moonwalk.usecases.reconcile import Reconcile
from moonwalk.usecases.wake_workers import WakeWorkers
from tests.builders import CRASH_ID, DUE_AFTER, NOW
from tests.fakes import (
    FakeClock,
    FakeCrashStore,
    FakeDeadLetters,
    FakeEvents,
    FakeKnobs,
    FakeLedger,
    FakeMetrics,
    FakeRequests,
    FakeSignatures,
    FakeVersions,
    FakeWalker,
    FakeWorkers,
    FakeWorkflows,
)

HEAVY_DUE_AFTER = 20_000.0
MAX_TRIES = 4
MAX_WAIT = 10 * HEAVY_DUE_AFTER
PATIENCE = 3_600.0


class TemporaryScratch:
    """`Scratch` in the system's temporary folder."""

    @contextmanager
    def folder(self) -> Iterator[Path]:
        with tempfile.TemporaryDirectory() as name:
            yield Path(name)


class World:
    """All the parts; the light lane processes at once unless a test says otherwise."""

    def __init__(self, clock: FakeClock | None = None, ledger: Ledger | None = None) -> None:
        self.clock = clock or FakeClock(NOW)
        self.fake_ledger = FakeLedger()
        self.ledger = ledger or self.fake_ledger
        self.workers, self.knobs = FakeWorkers(), FakeKnobs()
        self.store, self.metrics = FakeCrashStore(), FakeMetrics()
        self.events, self.walker, self.workflows = FakeEvents(), FakeWalker(), FakeWorkflows()
        self.requests, self.dead_letters = FakeRequests(self.clock), FakeDeadLetters()
        self._ids = (f"delivered-{number}" for number in itertools.count(1))
        self.ending = Ending(
            self.ledger, self.requests, self.dead_letters, self.clock, self.metrics
        )
        self.process = Process(
            store=self.store,
            walker=self.walker,
            apply_rules=self.rules_of("default"),
            events=self.events,
            ending=self.ending,
            scratch=TemporaryScratch(),
            clock=self.clock,
            metrics=self.metrics,
        )
        self.process_heavy = ProcessHeavy(self.ledger, self.process, self.ending)
        self.dispatch = Dispatch(
            inbox=Inbox(frozenset({Origin.TEXT, Origin.S3_EVENT})),
            store=self.store,
            ledger=self.ledger,
            workflows=self.workflows,
            dead_letters=self.dead_letters,
            ending=self.ending,
            wake=WakeWorkers(self.workers, self.clock, self.metrics),
            clock=self.clock,
            metrics=self.metrics,
            knobs=self.knobs,
            times=Times(DUE_AFTER, HEAVY_DUE_AFTER),
            max_tries=MAX_TRIES,
        )
        self.reconcile = Reconcile(
            ledger=self.ledger,
            requests=self.requests,
            ending=self.ending,
            clock=self.clock,
            metrics=self.metrics,
            max_put_backs=2,
            max_wait=MAX_WAIT,
            patience=PATIENCE,
        )
        self.workflows.answer = self.process
        self.store.put_crash(CRASH_ID, upload_file_minidump=b"MDMP")

    def rules_of(self, name: str) -> ApplyRules:
        """Give the rules of a profile."""
        chosen = profile.named(name)
        made = Rules.of(
            chosen, Parts(chosen.schema, FakeSignatures(), FakeVersions()), self.metrics
        )
        return ApplyRules(made, self.store, "here")

    def deliver(
        self,
        body: str = CRASH_ID.text,
        queue: QueueClass = QueueClass.STANDARD,
        *,
        identity: str | None = None,
        tries: int = 1,
    ) -> Later | None:
        """Hand a message to the dispatcher: a new one unless its id is given."""
        message = Message(identity or next(self._ids), self.clock.now(), tries)
        return self.dispatch(body, message, queue)

    def deliver_sent(self) -> None:
        """Deliver what the pipeline itself has sent to its intake queues."""
        while self.requests.sent:
            queue, body = self.requests.sent.pop(0)
            self.deliver(body, queue)

    def lose_the_answer(self) -> list[Task]:
        """From now on the light lane dies before it does anything; gives what it was asked."""
        lost: list[Task] = []

        def die(task: Task) -> Answer:
            lost.append(task)
            raise DispatcherDiedError

        self.workflows.answer = die
        return lost

    @property
    def entry(self) -> LedgerEntry:
        """The ledger's entry of the one crash that most tests are about."""
        found = self.ledger.read(CRASH_ID)
        assert found
        return found


class DispatcherDiedError(BaseException):
    """The process is gone: nothing after this line runs."""
