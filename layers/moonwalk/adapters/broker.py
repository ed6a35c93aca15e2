"""The symbol broker: one process that fetches packs for all walks of this one.

Walkers have neither credentials nor network. For each walk a connection to the broker is opened
here, bound to a scope, and handed to the walker's process.
"""

import json
import os
import select
import shutil
import socket
import struct
import subprocess
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from moonwalk.adapters.scratch import FolderScratch
from moonwalk.domain.failures import RetryCode, RetryLater
from moonwalk.domain.symbols import DEFAULT_SCOPE
from moonwalk.domain.walk_cost import BrokerCost

BINARY = "moonwalk-broker"
PROTOCOL = 1
"""Version of the protocol; broker and package come in one deployment."""
CONFIG_SCHEMA = 1
START_SECONDS = 10.0
ANSWER_SECONDS = 5.0
STOP_SECONDS = 5.0
MAX_FIGURES_BYTES = 1 << 20

_SOCKET = "socket"
_FOLDER = "moonwalk-broker-"
_LENGTHS = struct.Struct("<II")
_COST = (
    "requests",
    "source_bytes",
    "memory_bytes",
    "disk_bytes",
    "whole_packs",
    "wait_microseconds",
)
_BLOCKED = "blocked_microseconds"
_UNCOUNTED = "folder"
"""A kind of source that no requests are made to."""
_CREDENTIALS = ("AWS_", "SSL_CERT_", "LANG")
"""What begins the names of the environment variables that a broker is given."""
_ALLOCATION = {"MALLOC_ARENA_MAX": "1"}
"""glibc gives each thread an arena, and what one thread allocates and another frees makes all of
them grow: from 13.0 to 13.9 MB over a soak, where with one for all it is from 12.2 to 12.6 MB."""


@dataclass(frozen=True, slots=True)
class BrokerConfig:
    """What a broker is told; `docs/broker.md` describes it.

    Attributes:
        scopes: the sources of each scope, in the order in which they are looked at.
        cache_folder: belongs to this process's broker alone.
        disk_bytes: kept there at most; 0 for nothing.
        memory_bytes: kept in memory at most.
        fresh_seconds: until a pack that is known is asked about again.
        absent_seconds: until a pack that was not there is asked for again.
        requests: how sources are asked, where it differs from the broker's defaults.
    """

    scopes: Mapping[str, Sequence[Mapping[str, str]]]
    cache_folder: Path
    disk_bytes: int
    memory_bytes: int
    fresh_seconds: int
    absent_seconds: int
    requests: Mapping[str, int] = field(default_factory=dict)

    def document(self, socket_path: Path) -> dict[str, Any]:
        """Give the file that a broker reads."""
        cache = {
            "folder": str(self.cache_folder),
            "disk_bytes": self.disk_bytes,
            "memory_bytes": self.memory_bytes,
            "fresh_seconds": self.fresh_seconds,
            "absent_seconds": self.absent_seconds,
        }
        document: dict[str, Any] = {
            "schema": CONFIG_SCHEMA,
            "socket": str(socket_path),
            "scopes": {scope: list(sources) for scope, sources in self.scopes.items()},
            "cache": cache,
        }
        return document | ({"requests": dict(self.requests)} if self.requests else {})


class Broker:
    """Starts the broker when it is first needed, and again when it has ended.

    Safe to use from several threads. The broker ends with this process, however that ends.
    """

    def __init__(self, config: BrokerConfig, binary: Path | None = None) -> None:
        """Take the configuration, and the program if it is not the one on PATH."""
        self._config = config
        self._binary = binary
        self._running: _Running | None = None
        # Now, not with the first broker: what a predecessor left goes when a process starts.
        self._scratch = FolderScratch(Path(tempfile.gettempdir()), _FOLDER)
        self._lock = threading.Lock()

    def connect(
        self, walk: str, scope: str = DEFAULT_SCOPE, *, anew: bool = False
    ) -> socket.socket:
        """Open a connection for one walk, to be handed to its process.

        Args:
            walk: its name.
            scope: whose packs it sees.
            anew: whether packs that were not there before are looked for again.

        Raises:
            RetryLater: `broker_broken`, when there is no broker and none can be started.
        """
        return self._greeted({"kind": "walk", "walk": walk, "scope": scope, "anew": anew})

    def figures(self, walk: str | None = None) -> Mapping[str, Any]:
        """Ask what was done for a walk, which is then forgotten, or for all; empty if unknown."""
        try:
            with self._greeted({"kind": "figures", "walk": walk}) as connection:
                found = json.loads(_received(connection))
        except (OSError, ValueError, RetryLater):
            return {}
        return found if isinstance(found, dict) else {}

    def cost(self, walk: str) -> BrokerCost | None:
        """Tell what was done for a walk, which is then forgotten; None if it is not known."""
        figures = self.figures(walk)
        counts = [figures.get(name) for name in _COST]
        if not all(isinstance(count, int) for count in counts):
            return None
        requests, source, memory, disk, packs, wait = (int(count or 0) for count in counts)
        blocked = figures.get(_BLOCKED)
        return BrokerCost(
            requests=requests,
            source_bytes=source,
            kept_bytes=memory + disk,
            whole_packs=packs,
            wait_seconds=wait / 1e6,
            blocked_seconds=blocked / 1e6 if isinstance(blocked, int) else 0.0,
        )

    @property
    def runs(self) -> bool:
        """Whether there is one now."""
        running = self._running
        return running is not None and running.process.poll() is None

    @property
    def source_kinds(self) -> Mapping[str, str]:
        """Which kind each source is of, by the name under which figures tell of it."""
        listed = (source for sources in self._config.scopes.values() for source in sources)
        return {source["name"]: source["kind"] for source in listed if source["kind"] != _UNCOUNTED}

    def close(self) -> None:
        """End the broker, if one runs."""
        with self._lock:
            if self._running:
                self._running.stop()
                self._running = None

    def _greeted(self, role: Mapping[str, Any]) -> socket.socket:
        head = json.dumps({"version": PROTOCOL, "role": role}).encode()
        for last in (False, True):
            connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            connection.settimeout(ANSWER_SECONDS)
            try:
                self._runs().connect(connection)
                connection.sendall(_LENGTHS.pack(len(head), 0) + head)
            except OSError as error:
                connection.close()
                if last:
                    raise _broken(f"{BINARY} does not listen: {error.strerror}") from error
            else:
                # Whoever gets it waits as long as it takes.
                connection.settimeout(None)
                return connection
        raise AssertionError("unreachable")

    def _runs(self) -> "_Running":
        with self._lock:
            if self._running and self._running.process.poll() is not None:
                self._running.stop()
                self._running = None
            if self._running is None:
                self._running = _started(self._config, self._binary or _found(), self._scratch)
            return self._running


@dataclass(frozen=True, slots=True)
class _Running:
    process: subprocess.Popen[bytes]
    folder: Path
    kept: ExitStack

    def connect(self, connection: socket.socket) -> None:
        """Connect by way of a descriptor: a socket's address has room for 107 bytes only."""
        descriptor = os.open(self.folder, os.O_PATH | os.O_DIRECTORY)
        try:
            connection.connect(f"/proc/self/fd/{descriptor}/{_SOCKET}")
        finally:
            os.close(descriptor)

    def stop(self) -> None:
        """Close the pipe that the broker lives by, and see it end."""
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe:
                with suppress(OSError):
                    pipe.close()
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.kept.close()


def _found() -> Path:
    binary = shutil.which(BINARY)
    if binary is None:
        raise _broken(f"{BINARY} is not on PATH; is its layer there?")
    return Path(binary)


def _started(config: BrokerConfig, binary: Path, scratch: FolderScratch) -> _Running:
    kept = ExitStack()
    folder = kept.enter_context(scratch.folder())
    file = folder / "config.json"
    file.write_text(json.dumps(config.document(Path(_SOCKET))), encoding="utf-8")
    credentials = {
        name: value for name, value in os.environ.items() if name.startswith(_CREDENTIALS)
    }
    process = subprocess.Popen(
        [binary, f"--config={file}"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=folder,
        env=credentials | _ALLOCATION,
        process_group=0,
    )
    running = _Running(process, folder, kept)
    if not _listens(process):
        running.stop()
        raise _broken(f"{BINARY} did not start (exit {process.returncode}); its log says why")
    return running


def _listens(process: subprocess.Popen[bytes]) -> bool:
    """Wait for the line by which the broker says so."""
    if process.stdout is None:
        return False
    until = time.monotonic() + START_SECONDS
    while (left := until - time.monotonic()) > 0:
        if select.select([process.stdout], [], [], left)[0]:
            return process.stdout.readline().endswith(b"\n")
    return False


def _received(connection: socket.socket) -> bytes:
    connection.settimeout(ANSWER_SECONDS)
    head, _ = _LENGTHS.unpack(_exactly(connection, _LENGTHS.size))
    if head > MAX_FIGURES_BYTES:
        raise ValueError("figures that are too long")
    return _exactly(connection, head)


def _exactly(connection: socket.socket, count: int) -> bytes:
    parts = bytearray()
    while len(parts) < count:
        part = connection.recv(count - len(parts))
        if not part:
            raise ValueError("a connection that ended early")
        parts += part
    return bytes(parts)


def _broken(detail: str) -> RetryLater:
    return RetryLater(RetryCode.BROKER_BROKEN, detail)
