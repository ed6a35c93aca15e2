"""What a worker does with a crash: walk it out of others' sight, answer once, or give it back."""

from enum import Enum, auto

from aws_lambda_powertools import Logger

from moonwalk.adapters.heavy_queues import HeavyMessage
from moonwalk.composition.working import Working
from moonwalk.domain.backoff import Backoff
from moonwalk.domain.failures import RetryLater

from .fitness import OWN_FAULTS
from .hold import Hold

BACKOFF = Backoff(first=30.0, longest=900.0)
"""After a failure of the world a message is hidden for so long: its queue gives it up after a
number of receives, and an outage of an hour is not the crash's fault."""


class End(Enum):
    """How a task of a heavy queue ended, where it did not end in silence."""

    ANSWERED = auto()
    FAILED_BY_WORLD = auto()
    FAILED_BY_WORKER = auto()
    """Another worker would perhaps have done it."""


def hold(working: Working, message: HeavyMessage, logger: Logger) -> Hold:
    """Give what keeps a crash's message invisible to others while it is in hand."""

    def hide(seconds: float) -> bool:
        return working.visibility.delay(message.queue, message.receipt_handle, seconds)

    return Hold(message.task.name, hide, working.visibility_seconds, logger)


class WalkingWork:
    """Does the tasks of the heavy queues."""

    def __init__(self, working: Working, logger: Logger) -> None:
        """Take the parts."""
        self._working = working
        self._logger = logger

    def do(self, message: HeavyMessage) -> End:
        """Process a crash and answer its workflow; or let the message come back later."""
        try:
            with hold(self._working, message, self._logger) as held:
                return self._process(message, held)
        finally:
            self._working.walking.metrics.flush()

    def give_back(self, message: HeavyMessage) -> None:
        """Let another worker have it; that we started it does not count.

        Raises:
            RetryLater: when the world fails.
        """
        self._working.walking.process_heavy.give_back(message.task)
        self.show_again(message)

    def show_again(self, message: HeavyMessage) -> None:
        """Let another worker see it at once, and leave what was counted as it is.

        Raises:
            RetryLater: when the world fails.
        """
        self._working.visibility.delay(message.queue, message.receipt_handle, 0)

    def _process(self, message: HeavyMessage, held: Hold) -> End:
        task = message.task
        try:
            answer = self._working.walking.process_heavy(task)
            waited_for = self._working.answers.give(message.token, answer)
        except RetryLater as failure:
            self._logger.warning(
                "tried later", task=task.name, code=failure.code, detail=failure.detail
            )
            held.release(show_again_after=BACKOFF.after(message.tries))
            own = failure.code in OWN_FAULTS
            return End.FAILED_BY_WORKER if own else End.FAILED_BY_WORLD
        held.release()
        self._logger.info(
            "answered",
            task=task.name,
            status=answer.status,
            reason=answer.reason,
            waited_for=waited_for,
        )
        self._let_go(message)
        return End.ANSWERED

    def _let_go(self, message: HeavyMessage) -> None:
        try:
            self._working.queues.delete(message)
        except RetryLater as failure:
            # It comes back, and its run is found to be over.
            self._logger.warning("not deleted", task=message.task.name, code=failure.code)
