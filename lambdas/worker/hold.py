"""Keeping a message invisible to others for as long as it is worked on."""

import threading
from collections.abc import Callable
from types import TracebackType
from typing import Self

from aws_lambda_powertools import Logger

from moonwalk.domain.failures import RetryLater

RENEWALS = 3
"""How often the visibility is renewed within its own length: two may fail."""


class Hold:
    """Renews a message's visibility in the background, until it is released."""

    def __init__(
        self, name: str, hide: Callable[[float], bool], seconds: float, logger: Logger
    ) -> None:
        """Take a message that was just received: what logs call it, and how to hide it.

        Hiding tells whether the message was still ours to hide.
        """
        self._name = name
        self._hide_message = hide
        self._seconds = seconds
        self._logger = logger
        self._is_lost = False
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
        while not self._released.wait(self._seconds / RENEWALS):
            self._hide(self._seconds)

    def _hide(self, seconds: float) -> None:
        try:
            is_ours = self._hide_message(seconds)
        except RetryLater as failure:
            self._logger.warning("visibility not changed", task=self._name, code=failure.code)
        except Exception:
            # The next renewal may do better; without any, others get what is at work here.
            self._logger.exception("visibility not changed", task=self._name)
        else:
            self._tell_if_lost(is_ours=is_ours)

    def _tell_if_lost(self, *, is_ours: bool) -> None:
        """Say it once. The work goes on: one answer counts, whoever gives it first."""
        if not is_ours and not self._is_lost:
            self._is_lost = True
            self._logger.warning("message lost, others may have its task", task=self._name)
