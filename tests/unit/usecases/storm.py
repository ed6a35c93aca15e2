"""A storm of duplicates, deaths, late ends and put-backs, drawn by a seed."""

import random
from collections.abc import Callable, Iterable

from moonwalk.domain.crash_id import CrashId
from moonwalk.domain.failures import RetryCode, RetryLater
from moonwalk.domain.ledger import InFlight, LedgerEntry, State
from moonwalk.domain.request import QueueClass
from moonwalk.domain.task import Answer, Task
from moonwalk.ports import Ledger
from tests.builders import CRASH_ID, DUE_AFTER
from tests.fakes import FakeClock
from tests.unit.usecases.world import PATIENCE, DispatcherDiedError, World

STEPS = 60
DEEPEST = 3
"""How many things happen inside one another: a duplicate while a reprocessing interrupts a run."""


class Interrupted:
    """A ledger in which something may happen before every write."""

    def __init__(self, ledger: Ledger) -> None:
        """Take the ledger that does the work."""
        self._ledger = ledger
        self.interrupt: Callable[[], None] = lambda: None

    def read(self, crash_id: CrashId) -> LedgerEntry | None:
        return self._ledger.read(crash_id)

    def due(self, now: float, limit: int) -> Iterable[CrashId]:
        return self._ledger.due(now, limit)

    def in_flight(self) -> InFlight:
        return self._ledger.in_flight()

    def write(self, entry: LedgerEntry, *, replacing: LedgerEntry | None) -> None:
        self.interrupt()
        self._ledger.write(entry, replacing=replacing)


class Storm:
    """Draws what happens next, also in the middle of what is happening."""

    def __init__(self, seed: int, clock: FakeClock, ledger: Ledger) -> None:
        self.random = random.Random(seed)  # noqa: S311 - a test's own dice
        interrupted = Interrupted(ledger)
        interrupted.interrupt = lambda: self.interrupt(0.15)
        self.world = World(clock, interrupted)
        self.depth = 0
        self.late_tasks: list[Task] = []
        self.known: list[tuple[str, QueueClass]] = []
        self.newest = 0
        self.possible = [
            self.new,
            self.new,
            self.redeliver,
            self.late,
            self.reconcile,
            self.wait,
        ]
        self.world.workflows.answer = self.light_lane

    def light_lane(self, task: Task) -> Answer:
        self.interrupt(0.4)
        fate = self.random.random()
        if fate < 0.6:
            self.late_tasks.append(task)
            raise DispatcherDiedError
        if fate < 0.7:
            raise RetryLater(RetryCode.LIGHT_LANE_FAILED, "no answer")
        return self.run(task)

    def run(self, task: Task) -> Answer:
        answer = self.world.process(task)
        stored, _ = self.world.store.published[CRASH_ID]
        assert stored is not None
        assert stored.attempt >= self.newest, "an older result replaced a newer one"
        self.newest = stored.attempt
        return answer

    def interrupt(self, chance: float) -> None:
        if self.depth < DEEPEST and self.random.random() < chance:
            self.happen()

    def happen(self) -> None:
        self.depth += 1
        try:
            self.random.choice(self.possible)()
        except DispatcherDiedError:
            pass
        finally:
            self.depth -= 1

    def new(self) -> None:
        identity, queue = f"m{len(self.known)}", self.random.choice(list(QueueClass))
        self.known.append((identity, queue))
        self.world.deliver(queue=queue, identity=identity)

    def redeliver(self) -> None:
        if self.known:
            identity, queue = self.random.choice(self.known)
            self.world.deliver(queue=queue, identity=identity, tries=2)

    def late(self) -> None:
        """A run that was given up for lost comes to its end after all."""
        if self.late_tasks:
            self.run(self.late_tasks.pop(self.random.randrange(len(self.late_tasks))))

    def reconcile(self) -> None:
        """Put back what is late; the messages for it may lie in their queues for a while."""
        self.world.reconcile()
        if self.random.random() < 0.5:
            self.world.deliver_sent()

    def wait(self) -> None:
        self.world.clock.advance(self.random.choice([1.0, DUE_AFTER, PATIENCE]))

    def calm_down(self) -> None:
        """Nothing fails any more, every message is seen again, and time passes."""
        self.depth = DEEPEST
        self.world.workflows.answer = self.run
        for identity, queue in self.known:
            self.world.deliver(queue=queue, identity=identity, tries=2)
        for _ in range(6):
            self.world.clock.advance(PATIENCE)
            self.world.reconcile()
            self.world.deliver_sent()


def rage(seed: int, clock: FakeClock, ledger: Ledger, steps: int = STEPS) -> World:
    """Let a storm rage and calm down; give the world it leaves behind."""
    storm = Storm(seed, clock, ledger)
    storm.known.append(("m0", QueueClass.STANDARD))
    for _ in range(steps):
        storm.happen()
    storm.calm_down()
    return storm.world


def assert_nothing_is_lost(world: World) -> None:
    """Every crash has ended, nobody waits for it, and the newest result is the one stored."""
    assert world.entry.state in (State.PROCESSED, State.FAILED)
    assert (world.entry.due_at, world.entry.again) == (None, None)
    if world.entry.state is State.PROCESSED:
        assert world.store.published[CRASH_ID][0] == world.entry.fence
    else:
        assert world.dead_letters.sent
