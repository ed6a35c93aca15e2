"""What a symbol server can do wrong, as things that a test lays over a path."""

import gzip
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from tests.servers.wire import Wire

Fault = Callable[[Wire, bytes], object]
"""Answers a request in place of the server; is given what the file would have been."""


@dataclass(frozen=True)
class Status:
    """An answer that has no file in it."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)

    def __call__(self, wire: Wire, _content: bytes) -> None:
        wire.head(self.status, {"Content-Length": "0", **self.headers})


def redirect(address: str) -> Status:
    return Status(302, {"Location": address})


@dataclass(frozen=True)
class Drip:
    """Bytes one by one, with a pause between them; `at` says from which part of the answer on."""

    pause: float
    at: str = "body"

    def __call__(self, wire: Wire, content: bytes) -> None:
        if self.at == "headers":
            wire.send(b"HTTP/1.1 200 OK\r\nX-Slow: ")
            return self._drip(wire, b"x" * 1000)
        if self.at == "chunk":
            wire.head(200, {"Transfer-Encoding": "chunked"})
            return self._drip(wire, b"0" * 1000)
        wire.head(200, {"Content-Length": str(len(content))})
        return self._drip(wire, content)

    def _drip(self, wire: Wire, content: bytes) -> None:
        for byte in content:
            if not wire.send(bytes([byte])):
                return
            time.sleep(self.pause)


@dataclass(frozen=True)
class Cut:
    """Only so many bytes of what is announced."""

    after: int
    chunked: bool = False

    def __call__(self, wire: Wire, content: bytes) -> None:
        if self.chunked:
            wire.head(200, {"Transfer-Encoding": "chunked"})
            wire.send(b"%x\r\n" % len(content) + content[: self.after])
        else:
            wire.head(200, {"Content-Length": str(len(content))})
            wire.send(content[: self.after])


def answer(body: bytes, **headers: str) -> Fault:
    """Something else than the file; underscores in the names of headers are hyphens."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}

    def fault(wire: Wire, _content: bytes) -> None:
        wire.head(200, {"Content-Length": str(len(body)), **named})
        wire.send(body)

    return fault


def raw(sent: bytes) -> Fault:
    """Bytes that may be no HTTP at all."""
    return lambda wire, _content: wire.send(sent)


def silence(seconds: float) -> Fault:
    """Nothing for a while, then the end."""
    return lambda _wire, _content: time.sleep(seconds)


def late(seconds: float) -> Fault:
    """The file, after a while."""

    def fault(wire: Wire, content: bytes) -> None:
        time.sleep(seconds)
        answer(content)(wire, content)

    return fault


def reset(wire: Wire, _content: bytes) -> None:
    """The connection is torn down without an answer."""
    wire.reset()


def reset_in_the_middle(wire: Wire, content: bytes) -> None:
    """The connection is torn down after half of the file."""
    wire.head(200, {"Content-Length": str(len(content))})
    wire.send(content[: len(content) // 2])
    time.sleep(0.05)
    wire.reset()


def endless_gzip(wire: Wire, content: bytes) -> None:
    """Gzip members for ever: each says next to nothing, none is the last."""
    wire.head(200, {"Content-Encoding": "gzip"})
    wire.send(gzip.compress(content))
    empty = gzip.compress(b"") * 1000
    while wire.send(empty):
        pass


def endless_text(wire: Wire, content: bytes) -> None:
    """Text for ever, of which nothing announces the length."""
    wire.head(200, {})
    wire.send(content)
    while wire.send(b"FILE 1 a.c\n" * 1000):
        pass


def endless_moments(wire: Wire, _content: bytes) -> None:
    """Interim answers for ever: each says that the real one comes next."""
    while wire.send(b"HTTP/1.1 100 Continue\r\n\r\n" * 100):
        pass


def gzip_bomb(wire: Wire, content: bytes) -> None:
    """A thousand times what it weighs."""
    body = gzip.compress(content + b"\n" * 8 * 1024 * 1024)
    wire.head(200, {"Content-Encoding": "gzip", "Content-Length": str(len(body))})
    wire.send(body)


@dataclass
class First:
    """A fault for the first so many requests, then none."""

    times: int
    fault: Fault

    def __call__(self, wire: Wire, content: bytes) -> None:
        self.times -= 1
        (self.fault if self.times >= 0 else answer(content))(wire, content)
