"""Makes moto's services live by the embedded clock.

All of moto's services that count in epoch seconds (SQS visibility and delay, retention) take the
time from one function of `moto.core.utils`. Step Functions waits on events and threads of
its own: its modules are given ones that wait by the embedded clock.
"""

import threading
import time
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import moto.core.utils
from moto.stepfunctions.parser.asl.component.common.retry import retrier_decl
from moto.stepfunctions.parser.asl.component.program import program
from moto.stepfunctions.parser.asl.component.state.exec import execute_state
from moto.stepfunctions.parser.asl.component.state.wait.wait_function import wait_function
from moto.stepfunctions.parser.asl.eval import environment
from moto.stepfunctions.parser.asl.eval.callback import callback

from cli.embedded.clock import EmbeddedClock
from cli.embedded.patches import Patches


class ClockEvent:
    """A `threading.Event` whose timeouts run by the embedded clock."""

    def __init__(self, clock: EmbeddedClock) -> None:
        self._clock = clock
        self._condition = threading.Condition()
        self._set = False
        self._settings = 0  # moto sets and clears in one go to wake its waiters

    def is_set(self) -> bool:
        """Whether the event has happened and was not cleared."""
        return self._set

    def set(self) -> None:
        """Lets every waiter go on."""
        with self._condition:
            self._set = True
            self._settings += 1
            self._condition.notify_all()

    def clear(self) -> None:
        """Makes the next waiters wait again."""
        with self._condition:
            self._set = False

    def wait(self, timeout: float | None = None) -> bool:
        """Waits until the event is set or `timeout` embedded seconds have passed."""
        seconds = threading.TIMEOUT_MAX if timeout is None else timeout
        with self._condition:
            seen = self._settings
            return self._clock.wait_for(
                self._condition, lambda: self._set or self._settings > seen, seconds
            )


def moto_follows(clock: EmbeddedClock) -> Patches:
    """A context in which moto's time is that of `clock`."""

    def utcnow() -> datetime:
        return datetime.fromtimestamp(clock.now(), UTC).replace(tzinfo=None)

    def event() -> ClockEvent:
        return ClockEvent(clock)

    def sleep(seconds: float) -> None:
        event().wait(seconds)

    threads = SimpleNamespace(**vars(threading) | {"Event": event, "Thread": _thread_class(clock)})
    patches = Patches()
    patches.replace(moto.core.utils, "utcnow", utcnow)
    patches.replace(execute_state, "threading", threads)  # TimeoutSeconds of a state
    patches.replace(program, "threading", threads)  # TimeoutSeconds of a workflow
    patches.replace(environment, "threading", threads)  # Wait states
    patches.replace(wait_function, "time", SimpleNamespace(time=clock.now))
    patches.replace(callback, "Event", event)  # task tokens and their heartbeats
    patches.replace(retrier_decl, "time", SimpleNamespace(sleep=sleep, time=time.time))
    return patches


def _thread_class(clock: EmbeddedClock) -> type[threading.Thread]:
    class ClockThread(threading.Thread):
        """A thread that is joined by the embedded clock."""

        def __init__(self, **options: Any) -> None:
            super().__init__(**options)
            self._ended = ClockEvent(clock)

        def run(self) -> None:
            try:
                super().run()
            finally:
                self._ended.set()

        def join(self, timeout: float | None = None) -> None:
            if timeout is None or self._ended.wait(timeout):
                super().join()

    return ClockThread
