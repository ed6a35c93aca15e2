"""The warm processes of one function: as many as it may have, each for one invocation at a time."""

import secrets
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from cli.embedded.function_process import FunctionProcess
from cli.embedded.function_settings import FunctionSettings

# Processes per function when the template reserves no concurrency; a developer's machine has a
# handful of cores, and everything beyond them only waits.
DEFAULT_CONCURRENCY = 16


class TooManyInvocations(Exception):  # noqa: N818 - named after Lambda's TooManyRequestsException
    """All processes the function may have are busy."""


class FunctionPool:
    """The processes of one function as it is configured now."""

    def __init__(
        self,
        settings: FunctionSettings,
        workspace: Path,
        start: Callable[[FunctionSettings, Path], FunctionProcess],
    ) -> None:
        self.settings = settings
        self._folder = workspace / "functions" / settings.name
        self._log = workspace / "logs" / f"{settings.name}.log"
        self._log.parent.mkdir(parents=True, exist_ok=True)
        self._log.touch()
        self._start = start
        reserved = settings.reserved_concurrency
        self._limit = DEFAULT_CONCURRENCY if reserved is None else reserved
        self._idle: list[FunctionProcess] = []
        self._busy: set[FunctionProcess] = set()
        self._starting = 0
        self._retired = False
        self._closed = False
        self._lock = threading.Lock()

    @contextmanager
    def process(self) -> Iterator[FunctionProcess]:
        """A process for one invocation: the one used last, or a new one."""
        process = self._take()
        try:
            yield process
        finally:
            self._give_back(process)

    def keep_log(self, text: str) -> None:
        """Add an invocation's output to the function's log, in one piece."""
        with self._lock, self._log.open("a", encoding="utf-8") as log:
            log.write(text)

    def retire(self) -> None:
        """Let processes end as they become idle: the function was deployed anew."""
        with self._lock:
            self._retired = True
            idle, self._idle = self._idle, []
        for process in idle:
            process.close()

    def close(self) -> None:
        """End all processes, busy ones included."""
        self.retire()
        with self._lock:
            self._closed = True
            busy = list(self._busy)
        for process in busy:
            process.terminate()

    def _take(self) -> FunctionProcess:
        with self._lock:
            if self._idle:
                process = self._idle.pop()
                self._busy.add(process)
                return process
            if len(self._busy) + self._starting >= self._limit:
                raise TooManyInvocations(
                    f"{self.settings.name} already runs {self._limit} invocations"
                )
            self._starting += 1
        return self._start_another()

    def _start_another(self) -> FunctionProcess:
        folder = self._folder / secrets.token_hex(8)
        try:
            process = self._start(self.settings, folder)
        finally:
            with self._lock:
                self._starting -= 1
        with self._lock:
            self._busy.add(process)
            if self._closed:
                process.terminate()
        return process

    def _give_back(self, process: FunctionProcess) -> None:
        with self._lock:
            self._busy.discard(process)
            keep = process.alive and not self._retired
            if keep:
                self._idle.append(process)
        if not keep:
            process.close()
