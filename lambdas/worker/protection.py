"""Keeps the worker's task from being scaled in for as long as it has something in hand."""

import math
import time
from collections.abc import Callable

from aws_lambda_powertools import Logger

from moonwalk.adapters.task_protection import TaskProtection, TaskProtectionError

MINUTES = 60
"""For which a task is protected unless that is renewed: longer than a walk takes until it is
killed, and soon over when the worker hangs."""
RENEWALS = 3
"""How often it is renewed within that time: two may fail."""
LINGER_SECONDS = 60.0
"""After the last task, before it lets go: where crashes come one by one, each would else cost two
calls, of which ECS allows a service only so many."""
RETRY_SECONDS = 60.0
"""After a failure. It is a warning only: a task that is ended gives back what it has in hand."""
UNBROKEN_SECONDS = 5400.0
"""After so long without a moment of rest it lets go for once. ECS ends no protected task in a
deployment either, and CloudFormation gives up a deployment after three hours."""
GAP_SECONDS = 60.0
"""In which it may be ended then, and drains."""


class Protection:
    """Asks for protection with the first task, renews it, and lets go a while after the last."""

    def __init__(
        self,
        agent: TaskProtection | None,
        logger: Logger,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        """Take the agent; None where there is none, as the worker does not run on ECS."""
        self._agent = agent
        self._logger = logger
        self._now = now
        self._on = False
        self._busy_since = math.inf
        self._busy_at = -math.inf
        self._renew_at = math.inf
        self._retry_at = -math.inf

    def keep(self, *, busy: bool) -> None:
        """Say whether anything is in hand; to be called again and again, as it asks when due."""
        now = self._now()
        wanted = self._wanted(now, busy=busy)
        due = wanted != self._on or (wanted and now >= self._renew_at)
        if self._agent is None or not due or now < self._retry_at:
            return
        try:
            if wanted:
                self._agent.protect(MINUTES)
            else:
                self._agent.release()
        except TaskProtectionError as failure:
            self._logger.warning("not protected from scale-in", wanted=wanted, detail=str(failure))
            self._retry_at = now + RETRY_SECONDS
            return
        self._on = wanted
        self._renew_at = now + MINUTES * 60 / RENEWALS

    def _wanted(self, now: float, *, busy: bool) -> bool:
        if busy:
            self._busy_at = now
        elif not self._on or now - self._busy_at >= LINGER_SECONDS:
            self._busy_since = math.inf
            return False
        self._busy_since = min(self._busy_since, now)
        if now - self._busy_since >= UNBROKEN_SECONDS + GAP_SECONDS:
            self._busy_since = now
        return now - self._busy_since < UNBROKEN_SECONDS
