"""A crash on its last start has its worker to itself.

When a worker dies, a start is counted for all that it had in hand, and all of it comes back at the
same time, perhaps to the same worker. After three such deaths the innocent would be answered as
poison along with the one that kills; so whatever is told to be poison ended alone.
"""

from collections.abc import Collection
from contextlib import ExitStack
from typing import TypeGuard

from aws_lambda_powertools import Logger

from moonwalk.adapters.heavy_queues import HeavyMessage, PackingMessage
from moonwalk.composition.working import Working
from moonwalk.domain.failures import RetryLater

from .walking import hold


class Solitude:
    """Keeps a worker for one crash: first until all else in hand has ended, then while it is done.

    All of it is the loop's alone.
    """

    def __init__(self, working: Working, logger: Logger) -> None:
        """Take the parts."""
        self._working = working
        self._logger = logger
        self._waiting: HeavyMessage | None = None
        self._hold = ExitStack()
        self._alone: HeavyMessage | None = None

    def keeps(self, held: Collection[HeavyMessage | PackingMessage]) -> bool:
        """Whether what is in hand has to end before anything else is begun."""
        return bool(held) and (self._waiting is not None or self._alone in held)

    def is_due(self, message: HeavyMessage | PackingMessage) -> TypeGuard[HeavyMessage]:
        """Whether a message is a crash on its last start, which then is who the worker is for."""
        if not isinstance(message, HeavyMessage) or not self._is_last_start(message):
            return False
        self._alone = message
        return True

    def wait(self, message: HeavyMessage) -> None:
        """Keep a message from others until what is in hand has ended."""
        self._logger.info("waits to be alone for its last start", task=message.task.name)
        self._waiting = message
        self._hold.enter_context(hold(self._working, message, self._logger))

    def leave(self) -> HeavyMessage | None:
        """Give the message that waited, if there is one; it is its taker's to look after."""
        message, self._waiting = self._waiting, None
        self._hold.close()
        return message

    def _is_last_start(self, message: HeavyMessage) -> bool:
        if message.tries == 1:
            return False  # Received for the first time, so it has taken nobody down.
        try:
            return self._working.walking.process_heavy.is_last_start(message.task)
        except RetryLater as failure:
            # It will hardly be started; if it is after all, then on the safe side.
            self._logger.warning("starts not known", task=message.task.name, code=failure.code)
            return True
