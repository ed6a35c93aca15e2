"""One process of a function: started with nothing of ours around it, asked one thing at a time.

This is the sandbox that makes local runs break where Lambda would: the function sees its own
asset and layers, the template's environment and a scratch folder of its own, and no more.
"""

import contextlib
import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from cli.embedded import function_bootstrap
from cli.embedded.function_bootstrap import receive, send
from cli.embedded.function_settings import FunctionSettings, process_environment

# Lambda gives an initialisation 10 s; a loaded developer's machine needs more for the same work.
INITIALISATION_LIMIT = 60.0
# What one invocation may add to the kept log; the tail is what explains a failure.
LOG_LIMIT = 1 << 20


@dataclass(frozen=True)
class Invocation:
    """The outcome of an invocation.

    Attributes:
        payload: The handler's answer, or a description of its error, as JSON.
        error: None, or Lambda's word for a failed invocation, `Unhandled`.
        log: What the function wrote meanwhile, at most `LOG_LIMIT` bytes of it.
    """

    payload: bytes
    error: str | None
    log: str


class FunctionProcess:
    """A warm process of a function, for one invocation at a time.

    Args:
        settings: The function.
        folder: A folder of its own; removed by `close`.
        surroundings: Environment variables that are the same for all functions: endpoint, region,
            credentials.
    """

    def __init__(
        self, settings: FunctionSettings, folder: Path, surroundings: Mapping[str, str]
    ) -> None:
        self._settings = settings
        self._folder = folder
        (folder / "tmp").mkdir(parents=True)
        self._log = (folder / "log").open("w+b", buffering=0)
        self._channel, theirs = socket.socketpair()
        self._initialised = False
        environment = process_environment(settings, folder, surroundings)
        try:
            with theirs:
                self._process = self._start(theirs.fileno(), environment)
        except OSError:
            self._channel.close()
            self._log.close()
            raise

    @property
    def alive(self) -> bool:
        """Whether the process can take another invocation."""
        return self._process.poll() is None

    def invoke(self, payload: bytes) -> Invocation:
        """Run the handler once; never raises for what the function does.

        After a timeout, a crash or a failed initialisation the process is gone (see `alive`).
        """
        request_id = str(uuid.uuid4())
        start = self._log.seek(0, os.SEEK_END)
        try:
            error, answer = self._exchange(payload, request_id)
        except TimeoutError:
            self.terminate()
            self._kill()
            error, answer = "Unhandled", self._timed_out(request_id)
        except (EOFError, ConnectionError):
            self._kill()
            error, answer = "Unhandled", self._died(request_id)
        return Invocation(answer, error, self._logged_since(start))

    def terminate(self) -> None:
        """Kill the process from another thread; an invocation under way ends with an error."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)

    def close(self) -> None:
        """End the process and remove its folder."""
        self._kill()
        self._log.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _start(self, channel: int, environment: Mapping[str, str]) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            self._command(channel),
            cwd=self._settings.code,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=self._log,
            stderr=self._log,
            pass_fds=[channel],
            start_new_session=True,
        )

    def _exchange(self, payload: bytes, request_id: str) -> tuple[str | None, bytes]:
        if not self._initialised:
            self._channel.settimeout(INITIALISATION_LIMIT)
            kind, body = receive(self._channel)
            if kind != b"R":
                self._kill()
                return "Unhandled", body
            self._initialised = True
        deadline = time.time() + self._settings.timeout
        context = {
            "request_id": request_id,
            "function_arn": self._settings.arn,
            "deadline": deadline,
            "trace_id": f"Root=1-{int(deadline):08x}-{secrets.token_hex(12)};Sampled=0",
        }
        self._channel.settimeout(self._settings.timeout)
        send(self._channel, b"C", json.dumps(context).encode())
        send(self._channel, b"P", payload)
        kind, body = receive(self._channel)
        return (None if kind == b"S" else "Unhandled"), body

    def _timed_out(self, request_id: str) -> bytes:
        if not self._initialised:
            reason = f"initialisation took more than {INITIALISATION_LIMIT:.0f} seconds"
            return _error(request_id, "Sandbox.Timedout", reason)
        reason = f"Task timed out after {self._settings.timeout:.2f} seconds"
        return _error(request_id, "Sandbox.Timedout", reason)

    def _died(self, request_id: str) -> bytes:
        status = self._process.returncode
        how = f"exit status {status}"
        if status < 0:
            how = f"signal: {signal.Signals(-status).name}"
        return _error(request_id, "Runtime.ExitError", f"Runtime exited with error: {how}")

    def _kill(self) -> None:
        # A process that closed its channel is about to end; its own status says more than ours.
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._channel.close()
            self._process.wait(0.2)
        self.terminate()
        self._process.wait()

    def _logged_since(self, start: int) -> str:
        self._log.seek(max(start, self._log.seek(0, os.SEEK_END) - LOG_LIMIT))
        return self._log.read().decode("utf-8", "replace")

    def _command(self, descriptor: int) -> list[str]:
        layers = (str(layer / "python") for layer in reversed(self._settings.layers))
        return [
            sys.executable,
            # -B: assets are read-only on Lambda, and stay as they were built here.
            *("-I", "-S", "-B", "-u"),
            function_bootstrap.__file__,
            str(descriptor),
            str(os.getpid()),
            self._settings.handler,
            str(self._settings.code),
            *layers,
        ]


def _error(request_id: str, kind: str, reason: str) -> bytes:
    message = f"RequestId: {request_id} Error: {reason}"
    return json.dumps({"errorType": kind, "errorMessage": message}).encode()
