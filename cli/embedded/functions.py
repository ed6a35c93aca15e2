"""The function runtime of the embedded AWS: pools of warm processes, one pool per function.

Stands in for Lambda behind moto's API: `Invoke`, the workflows and the event-source mappings all
end here, so concurrency limits and throttling are the same for all of them.
"""

import threading
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from cli.embedded.function_pool import FunctionPool, TooManyInvocations
from cli.embedded.function_process import FunctionProcess, Invocation
from cli.embedded.function_settings import FunctionSettings

__all__ = ["FunctionSettings", "Functions", "Invocation", "TooManyInvocations"]

# Asynchronous invocations that are under way at a time; the others wait in a queue, as on Lambda.
EVENT_WORKERS = 8
THROTTLE_PAUSE = 0.1


class Functions:
    """Runs the deployed functions, each invocation in a process of its own.

    Args:
        settings: Looks up a deployed function by name or ARN.
        workspace: Folder for logs (`logs/<function>.log`) and for what processes write.
        surroundings: Environment variables that all functions get: endpoint, region, credentials.
    """

    def __init__(
        self,
        settings: Callable[[str], FunctionSettings],
        workspace: Path,
        surroundings: Mapping[str, str],
    ) -> None:
        self._settings = settings
        self._workspace = workspace
        self._surroundings = surroundings
        self._pools: dict[str, FunctionPool] = {}
        self._lock = threading.Lock()
        self._closed = threading.Event()
        # A child is killed when the thread that started it ends (PR_SET_PDEATHSIG), so one thread
        # that lives as long as the runtime starts them all.
        self._starter = ThreadPoolExecutor(1, "function-starter")
        self._events = ThreadPoolExecutor(EVENT_WORKERS, "function-event")

    def invoke(self, function: str, payload: bytes) -> Invocation:
        """Run a function and wait for its outcome.

        Args:
            function: Name or ARN.
            payload: The event, as JSON.

        Raises:
            TooManyInvocations: The function's concurrency is used up.
            LookupError: No such function is deployed.
        """
        settings = self._settings(function)
        pool = self._pool(settings)
        with pool.process() as process:
            invocation = process.invoke(payload)
        pool.keep_log(invocation.log)
        return invocation

    def invoke_event(self, function: str, payload: bytes) -> None:
        """Queue an asynchronous invocation; throttled ones are tried again, failed ones are not."""
        self._settings(function)
        self._events.submit(self._until_admitted, function, payload)

    def log_file(self, function: str) -> Path:
        """Where a function's output is collected, one invocation after another."""
        return self._workspace / "logs" / f"{self._settings(function).name}.log"

    def close(self) -> None:
        """End all processes; invocations under way end as if their process had died."""
        self._closed.set()
        self._events.shutdown(wait=False, cancel_futures=True)
        with self._lock:
            pools = list(self._pools.values())
            self._pools.clear()
        for pool in pools:
            pool.close()
        self._events.shutdown(wait=True)
        self._starter.shutdown()

    def _until_admitted(self, function: str, payload: bytes) -> None:
        while not self._closed.is_set():
            try:
                self.invoke(function, payload)
            except TooManyInvocations:
                self._closed.wait(THROTTLE_PAUSE)
            else:
                return

    def _pool(self, settings: FunctionSettings) -> FunctionPool:
        with self._lock:
            if self._closed.is_set():
                raise LookupError(f"the embedded AWS has stopped; {settings.name} cannot run")
            pool = self._pools.get(settings.name)
            if pool is None or pool.settings != settings:
                if pool is not None:
                    pool.retire()
                pool = FunctionPool(settings, self._workspace, self._start)
                self._pools[settings.name] = pool
            return pool

    def _start(self, settings: FunctionSettings, folder: Path) -> FunctionProcess:
        started = self._starter.submit(FunctionProcess, settings, folder, self._surroundings)
        return started.result()
