"""A worker's shift: it takes a task whenever a slot is free, and puts all down at its end."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait

from aws_lambda_powertools import Logger

from moonwalk.adapters.heavy_queues import (
    HeavyMessage,
    PackingMessage,
    UnreadableMessageError,
)
from moonwalk.composition.working import IDLE_WAIT_SECONDS, Working
from moonwalk.domain.failures import RetryLater
from moonwalk.domain.request import QueueClass
from moonwalk.domain.slots import all_open

from .doing import Doing, Taken
from .progress import Progress
from .protection import Protection
from .room import Room
from .solitude import Solitude

TROUBLE_WAIT_SECONDS = 5.0
LOOK_SECONDS = 1.0
"""How often somebody who waits for a slot or for room looks whether the shift is over."""


class Shift:
    """Works on as many crashes at a time as there are slots, and packs beside them.

    Packing has a place of its own: it may take an hour, for which no crash shall wait, and in which
    no more than one has the room on disk.
    """

    def __init__(
        self,
        working: Working,
        logger: Logger,
        progress: Progress,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        """Take the parts; nothing is received before `work`."""
        self._progress = progress
        self._working = working
        self._logger = logger
        self._now = now
        # No event: setting one takes a lock, which the interrupted thread may be holding.
        self._over_since: float | None = None
        self._failed = False
        self._freed = threading.Event()
        self._threads = ThreadPoolExecutor(working.most_slots + 1, thread_name_prefix="slot")
        self._in_hand: dict[Future[None], Taken] = {}
        self._doing = Doing(working, logger, progress, self._give_up)
        self._room = Room(working.needed, working.walking.metrics, logger)
        self._protection = Protection(working.task_protection, logger)
        self._solitude = Solitude(working, logger)

    def stop(self) -> None:
        """Take no more work. Safe to call from a signal handler."""
        if self._over_since is None:
            self._over_since = self._now()

    def _is_over(self) -> bool:
        return self._over_since is not None

    @property
    def failed(self) -> bool:
        """Whether it ended by itself, since nothing could be done where it runs."""
        return self._failed

    def work(self) -> bool:
        """Take tasks until told to stop, then finish those in hand, or give them back.

        Returns:
            Whether all were finished; else threads are still at work on what was given back.
        """
        self._logger.info("working", slots=self._working.slots().total)
        try:
            while not self._is_over():
                self._go_round()
        except Exception:
            # What is in hand is put down in order all the same.
            self._logger.exception("ends, as it cannot go on")
            self._give_up()
        return self._drain()

    def _go_round(self) -> None:
        self._progress.tick()
        self._freed.clear()
        if not self._take_one():
            self._freed.wait(LOOK_SECONDS)
        self._protection.keep(busy=bool(self._in_hand))

    def _give_up(self) -> None:
        """End by itself: another worker, elsewhere, may fare better."""
        self._failed = True
        self.stop()

    def _take_one(self) -> bool:
        """Take a task if there is one; False when it is better to wait before the next look."""
        held = list(self._in_hand.copy().values())
        if self._solitude.keeps(held):
            return False
        classes = self._working.slots().open_to(
            each.queue for each in held if isinstance(each, HeavyMessage)
        )
        packs = not any(isinstance(each, PackingMessage) for each in held)
        if not (classes or packs) or not self._has_room():
            return False
        message = self._solitude.leave() or self._next(classes, packs=packs)
        if message and self._is_over():
            # It came with the last look, or after it: nobody waits for us to put it down.
            self._doing.show_again(message)
        elif message and self._solitude.is_due(message) and held:
            self._solitude.wait(message)
        elif message:
            self._start(message)
        # The look itself has waited where nothing that comes free here can change it.
        return bool(message) or all_open(classes)

    def _has_room(self) -> bool:
        if self._room.suffices():
            return True
        self._working.walking.metrics.flush()
        if self._room.is_lost and not self._in_hand:
            # Nothing of ours is at work that would give it back.
            self._logger.error("ends, as there is no room to work in")
            self._give_up()
        return False

    def _next(self, classes: tuple[QueueClass, ...], *, packs: bool) -> Taken | None:
        try:
            return self._working.queues.receive(
                classes, packs=packs, seconds=IDLE_WAIT_SECONDS, is_over=self._is_over
            )
        except UnreadableMessageError as error:
            self._logger.error("left for the dead-letter queue", detail=str(error))
        except RetryLater as failure:
            self._logger.warning("nothing received", code=failure.code, detail=failure.detail)
            time.sleep(TROUBLE_WAIT_SECONDS)
        return None

    def _start(self, message: Taken) -> None:
        future = self._threads.submit(self._doing.do, message)
        self._in_hand[future] = message
        future.add_done_callback(self._put_down)

    def _put_down(self, done: Future[None]) -> None:
        self._in_hand.pop(done, None)
        self._freed.set()

    def _drain(self) -> bool:
        if waiting := self._solitude.leave():
            self._doing.show_again(waiting)
        in_hand = dict(self._in_hand)
        self._progress.drain()
        self._logger.info("draining", in_hand=len(in_hand))
        _, left = wait(in_hand, timeout=self._drain_left())
        for future in left:
            self._doing.put_down(in_hand[future])
        self._logger.info("stopped", given_back=len(left))
        return not left

    def _drain_left(self) -> float:
        """Count from when it was told to stop: a last look at the queues may have taken long."""
        now = self._now()
        told = now if self._over_since is None else self._over_since
        return max(0.0, told + self._working.drain_seconds - now)
