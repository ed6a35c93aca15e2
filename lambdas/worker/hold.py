"""Keeping a message invisible to others for as long as its task is worked on."""

import threading
from types import TracebackType
from typing import Self

from aws_lambda_powertools import Logger

from moonwalk.adapters.heavy_queues import HeavyMessage
from moonwalk.composition.working import Working
from moonwalk.domain.failures import RetryLater

RENEWALS = 3
"""How often the visibility is renewed within its own length: two may fail."""


class Hold:
    """Renews a message's visibility in the background, until it is released."""

    def __init__(self, message: HeavyMessage, working: Working, logger: Logger) -> None:
        """Take a message that was just received."""
        self._message = message
        self._working = working
        self._logger = logger
        self._released = threading.Event()
        self._thread = threading.Thread(target=self._renew, name="hold")

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.release()

    def release(self, *, show_again_after: float | None = None) -> None:
        """Stop renewing; when a time is given, others see the message after so many seconds."""
        if self._released.is_set():
            return
        self._released.set()
        self._thread.join()
        if show_again_after is not None:
            self._hide(show_again_after)

    def _renew(self) -> None:
        seconds = self._working.visibility_seconds
        while not self._released.wait(seconds / RENEWALS):
            self._hide(seconds)

    def _hide(self, seconds: float) -> None:
        message = self._message
        try:
            self._working.visibility.delay(message.queue, message.receipt_handle, seconds)
        except RetryLater as failure:
            self._logger.warning(
                "visibility not changed", task=message.task.name, code=failure.code
            )
