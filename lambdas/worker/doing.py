"""What a worker does with a message of either kind: its task, or putting it down."""

from collections.abc import Callable

from aws_lambda_powertools import Logger

from moonwalk.adapters.heavy_queues import HeavyMessage, PackingMessage
from moonwalk.composition.working import Working
from moonwalk.domain.failures import RetryLater
from moonwalk.usecases.own_faults import as_own_fault

from .fitness import Fitness
from .packing import PackingWork
from .progress import Progress
from .walking import End, WalkingWork

Taken = HeavyMessage | PackingMessage


class Doing:
    """Does tasks in the slots' threads, and learns from their ends whether the worker is fit."""

    def __init__(
        self, working: Working, logger: Logger, progress: Progress, give_up: Callable[[], None]
    ) -> None:
        """Take the parts, and what ends the shift of a worker that is of no use."""
        self._logger = logger
        self._progress = progress
        self._give_up = give_up
        self._fitness = Fitness()
        self._walking = WalkingWork(working, logger)
        self._packing = PackingWork(working, logger)

    def do(self, message: Taken) -> None:
        """Do one task in its slot; whatever happens, the slot is free again."""
        try:
            if isinstance(message, PackingMessage):
                with self._progress.packing():
                    self._packing.do(message)
            else:
                self._walk(message)
        except Exception:
            # The start was counted; the message comes back, and the third such end is poison.
            self._logger.exception("a task ended in silence", task=name_of(message))

    def put_down(self, message: Taken) -> None:
        """Give a task back that is not finished, so that another worker does it."""
        try:
            if isinstance(message, PackingMessage):
                self._packing.give_back(message)
            elif self._progress.is_stalled(message.receipt_handle):
                # It would hang elsewhere, too: its start counts, as that of any silent end.
                self._logger.warning("hangs, and is not given back", task=name_of(message))
                self._walking.show_again(message)
            else:
                self._walking.give_back(message)
        except RetryLater as failure:
            self._logger.warning("not given back", task=name_of(message), code=failure.code)

    def show_again(self, message: Taken) -> None:
        """Let another worker have a task that was not begun."""
        try:
            if isinstance(message, PackingMessage):
                self._packing.show_again(message)
            else:
                self._walking.show_again(message)
        except RetryLater as failure:
            self._logger.warning("not shown again", task=name_of(message), code=failure.code)

    def _walk(self, message: HeavyMessage) -> None:
        end = None
        try:
            with self._progress.crash(message.receipt_handle):
                end = self._walking.do(message)
                if end is not End.FAILED_BY_WORKER:
                    self._progress.got_on()
        except (OSError, RuntimeError) as error:
            if as_own_fault(error):
                end = End.FAILED_BY_WORKER
            raise
        finally:
            self._learn(end)

    def _learn(self, end: End | None) -> None:
        """Count what was spoilt here; not a silent end, which a crash may be made for."""
        if end is End.ANSWERED:
            self._fitness.answered()
        elif end is End.FAILED_BY_WORKER:
            self._fitness.spoilt()
            if self._fitness.is_lost:
                self._logger.error("ends, as it spoils one crash after the other")
                self._give_up()


def name_of(message: Taken) -> str:
    """Say what logs call a task."""
    return message.message.id if isinstance(message, PackingMessage) else message.task.name
