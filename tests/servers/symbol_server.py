"""A symbol server on loopback in Tecken's layout, which does wrong what a test asks for.

Real sockets, one thread for each connection, one request for each connection. It counts what it is
asked for, so that "downloaded once" can be shown.
"""

import contextlib
import gzip
import random
import socket
import ssl
import threading
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self
from urllib.parse import parse_qsl, unquote, urlsplit

from tests.servers.faults import Fault, Status, answer, redirect
from tests.servers.wire import Wire

HOST = "127.0.0.1"


@dataclass(frozen=True)
class Asked:
    """One request, taken apart."""

    path: str
    query: dict[str, str]
    headers: dict[str, str]


@dataclass
class SymbolServer:
    """A server for `with`; it serves the files below a folder under their paths.

    Attributes:
        folder: of symbols, `<debug file>/<DEBUG_ID>/<name>.sym`.
        compressed: whether files are sent as gzip, as Tecken's are.
        storage: base address to redirect to for what is there, as Tecken does; None to send files.
        codes: paths of code-id look-ups, and the paths they lead to.
        faults: by path without the first `/`; such a path need not be a file's.
        rate: share of requests for other paths that get `fault`; drawn by `draw`.
        fault: what these get.
        draw: gives numbers from 0 to 1; seeded, so that a run can be had again.
        well: whether `rate` counts; set to see a source recover.
        tls: to speak TLS with.
        asked: all requests so far.
    """

    folder: Path
    compressed: bool = False
    storage: str | None = None
    codes: dict[str, str] = field(default_factory=dict)
    faults: dict[str, Fault] = field(default_factory=dict)
    rate: float = 0.0
    fault: Fault = field(default_factory=lambda: Status(503))
    draw: random.Random = field(default_factory=lambda: random.Random(1))  # noqa: S311 - a test's
    well: bool = False
    tls: ssl.SSLContext | None = None
    asked: list[Asked] = field(default_factory=list)

    def __enter__(self) -> Self:
        self._listener = socket.create_server((HOST, 0), backlog=128)
        self.port: int = self._listener.getsockname()[1]
        self._stopped = False
        self._open: set[socket.socket] = set()
        self._packed: dict[str, bytes] = {}
        self._threads = [threading.Thread(target=self._accept, daemon=True)]
        self._threads[0].start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.stop()

    def stop(self) -> None:
        """Stop serving: connections are refused from now on, those that are open are cut."""
        self._stopped = True
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for connection in list(self._open):
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(10)

    @property
    def url(self) -> str:
        """Its base URL."""
        return f"{'https' if self.tls else 'http'}://{HOST}:{self.port}"

    @property
    def counts(self) -> Counter[str]:
        """How often each path was asked for."""
        return Counter(asked.path for asked in self.asked)

    def _accept(self) -> None:
        while not self._stopped:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            thread = threading.Thread(target=self._serve, args=(connection,), daemon=True)
            self._threads.append(thread)
            thread.start()

    def _serve(self, accepted: socket.socket) -> None:
        with contextlib.suppress(OSError), contextlib.closing(self._secured(accepted)) as served:
            self._open.add(served)
            try:
                wire = Wire(served)
                target, headers = wire.request()
                if target:
                    self._answer(wire, target, headers)
            finally:
                self._open.discard(served)

    def _secured(self, accepted: socket.socket) -> socket.socket:
        return self.tls.wrap_socket(accepted, server_side=True) if self.tls else accepted

    def _answer(self, wire: Wire, target: str, headers: dict[str, str]) -> None:
        parts = urlsplit(target)
        path = unquote(parts.path).removeprefix("/")
        query = dict(parse_qsl(parts.query, keep_blank_values=True))
        self.asked.append(Asked(path, query, headers))
        file = self.folder / path
        content = file.read_bytes() if file.is_file() else b""
        if path in self.faults:
            self.faults[path](wire, content)
        elif not self.well and self.draw.random() < self.rate:
            self.fault(wire, content)
        elif path in self.codes:
            redirect(self.codes[path])(wire, b"")
        elif not file.is_file():
            Status(404)(wire, b"")
        elif self.storage:
            redirect(f"{self.storage}{parts.path}")(wire, b"")
        else:
            self._send(wire, path, content)

    def _send(self, wire: Wire, path: str, content: bytes) -> None:
        if not self.compressed:
            answer(content, ETag='"plain"')(wire, content)
            return
        # Once for each file, and quickly: clients give up waiting on a loaded machine.
        body = self._packed.get(path) or gzip.compress(content, 1)
        self._packed[path] = body
        answer(body, Content_Encoding="gzip", ETag='"packed"')(wire, content)
