"""A worker's shift: it takes a task whenever a slot is free, and puts all down at its end."""

import threading
import time
from concurrent.futures import Future, ThreadPoolExecutor, wait

from aws_lambda_powertools import Logger

from moonwalk.adapters.heavy_queues import (
    HeavyMessage,
    PackingMessage,
    UnreadableMessageError,
)
from moonwalk.composition.working import Working
from moonwalk.domain.backoff import Backoff
from moonwalk.domain.failures import RetryLater

from .hold import Hold
from .packing import PackingWork
from .progress import Progress

IDLE_WAIT_SECONDS = 2
"""How long one look into empty queues takes, and so what an idle worker pays: 5 requests in 2 s."""
TROUBLE_WAIT_SECONDS = 5.0
SLOT_LOOK_SECONDS = 1.0
"""How often somebody who waits for a free slot looks whether the shift is over."""
BACKOFF = Backoff(first=30.0, longest=900.0)
"""After a failure of the world a message is hidden for so long: its queue gives it up after a
number of receives, and an outage of an hour is not the crash's fault."""
DRAIN_SECONDS = 100.0
"""Below the 120 s that Fargate gives at most between SIGTERM and SIGKILL."""


class Shift:
    """Works on as many tasks at a time as there are slots."""

    def __init__(self, working: Working, logger: Logger, progress: Progress) -> None:
        """Take the parts; nothing is received before `work`."""
        self._progress = progress
        self._working = working
        self._logger = logger
        # No event: setting one takes a lock, which the interrupted thread may be holding.
        self._stopping = False
        self._slots = threading.Semaphore(working.slots)
        self._threads = ThreadPoolExecutor(working.slots, thread_name_prefix="slot")
        self._in_hand: dict[Future[None], HeavyMessage | PackingMessage] = {}
        self._packing = PackingWork(working, logger)

    def stop(self) -> None:
        """Take no more work. Safe to call from a signal handler."""
        self._stopping = True

    def work(self) -> bool:
        """Take tasks until told to stop, then finish those in hand, or give them back.

        Returns:
            Whether all were finished; else threads are still at work on what was given back.
        """
        self._logger.info("working", slots=self._working.slots)
        while not self._stopping:
            self._progress.tick()
            if self._slots.acquire(timeout=SLOT_LOOK_SECONDS):
                self._fill_slot()
        return self._drain()

    def _fill_slot(self) -> None:
        message = None if self._stopping else self._next()
        if message is None:
            self._slots.release()
        else:
            self._start(message)

    def _start(self, message: HeavyMessage | PackingMessage) -> None:
        future = self._threads.submit(self._take, message)
        self._in_hand[future] = message
        future.add_done_callback(lambda done: self._in_hand.pop(done, None))

    def _drain(self) -> bool:
        in_hand = dict(self._in_hand)
        self._progress.drain()
        self._logger.info("draining", in_hand=len(in_hand))
        _, left = wait(in_hand, timeout=DRAIN_SECONDS)
        for future in left:
            self._give_back(in_hand[future])
        self._logger.info("stopped", given_back=len(left))
        return not left

    def _give_back(self, message: HeavyMessage | PackingMessage) -> None:
        """Let another worker have a task; that we started it does not count."""
        try:
            if isinstance(message, PackingMessage):
                self._packing.give_back(message)
                return
            self._working.walking.process_heavy.give_back(message.task)
            self._working.visibility.delay(message.queue, message.receipt_handle, 0)
        except RetryLater as failure:
            self._logger.warning("not given back", task=_name(message), code=failure.code)

    def _next(self) -> HeavyMessage | PackingMessage | None:
        # One at a time, so that crashes have the other slots, and one has the room on disk.
        packs = not any(isinstance(each, PackingMessage) for each in self._in_hand.copy().values())
        try:
            return self._working.queues.receive(IDLE_WAIT_SECONDS, packs=packs)
        except UnreadableMessageError as error:
            self._logger.error("left for the dead-letter queue", detail=str(error))
        except RetryLater as failure:
            self._logger.warning("nothing received", code=failure.code, detail=failure.detail)
            time.sleep(TROUBLE_WAIT_SECONDS)
        return None

    def _take(self, message: HeavyMessage | PackingMessage) -> None:
        """Do one task in its slot; whatever happens, the slot is free again."""
        try:
            if isinstance(message, PackingMessage):
                with self._progress.packing():
                    self._packing.do(message)
            else:
                with self._progress.crash():
                    self._hold_and_process(message)
        except Exception:
            # The start was counted; the message comes back, and the third time it is poison.
            self._logger.exception("a task ended in silence", task=_name(message))
        finally:
            self._slots.release()

    def _hold_and_process(self, message: HeavyMessage) -> None:
        def hide(seconds: float) -> None:
            self._working.visibility.delay(message.queue, message.receipt_handle, seconds)

        seconds = self._working.visibility_seconds
        try:
            with Hold(message.task.name, hide, seconds, self._logger) as hold:
                self._process(message, hold)
        finally:
            self._working.walking.metrics.flush()

    def _process(self, message: HeavyMessage, hold: Hold) -> None:
        task = message.task
        try:
            answer = self._working.walking.process_heavy(task)
            waited_for = self._working.answers.give(message.token, answer)
            hold.release()
            self._working.queues.delete(message)
        except RetryLater as failure:
            self._logger.warning(
                "tried later", task=task.name, code=failure.code, detail=failure.detail
            )
            hold.release(show_again_after=BACKOFF.after(message.tries))
            return
        self._logger.info(
            "answered",
            task=task.name,
            status=answer.status,
            reason=answer.reason,
            waited_for=waited_for,
        )


def _name(message: HeavyMessage | PackingMessage) -> str:
    return message.message.id if isinstance(message, PackingMessage) else message.task.name
