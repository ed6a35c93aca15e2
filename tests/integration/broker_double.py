"""A broker of the tests' own: it serves packs of folders, counts rounds, and misbehaves on demand.

It answers only when the walker has asked everything that it can ask without an answer, and then all
of it at once, the last question first. So the number of times it answered is the longest chain of
questions that waited for one another, and an order of answers that differs from that of the
questions is the rule. A round counts if a broker would have had to look further than its cache.
"""

import json
import select
import socket
import struct
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.integration.stackwalker_support import Walk

SILENCE = 0.03
TAIL = 64 * 1024
# Bytes that a cache remembers together.
UNIT = 64

Told = dict[str, Any]


@dataclass
class Question:
    """What the walker asked, with the parts that its kind has."""

    id: int
    kind: str
    ask: dict[str, Any]


@dataclass
class BrokerDouble:
    """Packs of `folders`; those that `whole` says yes to come as a descriptor."""

    folders: list[Path]
    whole: Callable[[Path], bool] = lambda _: False
    origin: str | None = None
    tail: int = TAIL
    # Answers in place of the usual ones: by a question, or None for the usual one.
    instead: Callable[[Question], Told | None] = lambda _: None
    # Bytes that are sent in place of those of the pack.
    spoil: Callable[[bytes], bytes] = lambda data: data
    ends_after: int | None = None
    rounds: int = 0
    fetched: int = 0
    asked: list[Question] = field(default_factory=list)
    sent: set[tuple[Path, int]] = field(default_factory=set)
    opened: list[Path] = field(default_factory=list)

    def serve(self, connection: socket.socket) -> None:
        """Answer until the walker is gone."""
        while questions := self._questions(connection):
            if self.ends_after is not None and len(self.asked) > self.ends_after:
                break
            before = self.fetched
            for question in reversed(questions):
                self._answer(connection, question)
            opens = any(question.kind == "open" for question in questions)
            self.rounds += opens or self.fetched > before
        connection.close()

    def _questions(self, connection: socket.socket) -> list[Question]:
        questions: list[Question] = []
        while not questions or select.select([connection], [], [], SILENCE)[0]:
            question = read_question(connection)
            if question is None:
                break
            questions.append(question)
        self.asked.extend(questions)
        return questions

    def _answer(self, connection: socket.socket, question: Question) -> None:
        told, body, file = self.instead(question), b"", None
        if told is None:
            told, body, file = getattr(self, f"_{question.kind}")(question.ask)
        body = self.spoil(body) if body else body
        head = json.dumps({"id": question.id, "told": told}).encode()
        frame = struct.pack("<II", len(head), len(body)) + head + body
        try:
            if file is None:
                connection.sendall(frame)
                return
            with file.open("rb") as whole:
                sent = socket.send_fds(connection, [frame], [whole.fileno()])
            connection.sendall(frame[sent:])
        except OSError:
            # The walker has left; the next question that is not there tells.
            pass

    def _open(self, ask: dict[str, Any]) -> tuple[Told, bytes, Path | None]:
        stem = ask["name"].removesuffix(".sym")
        for folder in self.folders:
            pack = folder / ask["debug_file"] / ask["debug_id"] / f"{stem}.pack"
            if pack.exists():
                self.opened.append(pack)
                return self._opened(pack)
        return {"kind": "absent"}, b"", None

    def _opened(self, pack: Path) -> tuple[Told, bytes, Path | None]:
        whole, size = self.whole(pack), pack.stat().st_size
        told = {"kind": "opened", "pack": len(self.opened) - 1, "size": size}
        told |= {"origin": self.origin, "whole": whole}
        if whole:
            return told, b"", pack
        return told, self._bytes(pack, max(0, size - self.tail), size), None

    def _read(self, ask: dict[str, Any]) -> tuple[Told, bytes, Path | None]:
        pack = self.opened[ask["pack"]]
        ranges = [(part["start"], part["end"]) for part in ask["ranges"]]
        body = b"".join(self._bytes(pack, start, end) for start, end in ranges)
        return {"kind": "done"}, body, None

    def _damaged(self, _: dict[str, Any]) -> tuple[Told, bytes, Path | None]:
        return {"kind": "done"}, b"", None

    def _bytes(self, pack: Path, start: int, end: int) -> bytes:
        units = {(pack, unit) for unit in range(start // UNIT, -(-end // UNIT))}
        self.fetched += UNIT * len(units - self.sent)
        self.sent |= units
        with pack.open("rb") as file:
            file.seek(start)
            return file.read(end - start)


def read_question(connection: socket.socket) -> Question | None:
    """The next question; None where the walker has left."""
    lengths = _exactly(connection, 8)
    if lengths is None:
        return None
    head, body = struct.unpack("<II", lengths)
    asked = json.loads(_exactly(connection, head) or b"null")
    assert body == 0, "a question has no body"
    ask = asked["ask"]
    return Question(asked["id"], ask["kind"], ask)


def _exactly(connection: socket.socket, length: int) -> bytes | None:
    data = b""
    while len(data) < length:
        try:
            more = connection.recv(length - len(data))
        except ConnectionResetError:
            return None
        if not more:
            return None
        data += more
    return data


@contextmanager
def connected(broker: BrokerDouble) -> Iterator[socket.socket]:
    """The walker's end of a connection that `broker` serves."""
    here, there = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
    serving = threading.Thread(target=broker.serve, args=(here,))
    serving.start()
    try:
        yield there
    finally:
        there.close()
        serving.join()


def walk_through(binary: Path, broker: BrokerDouble, *arguments: str | Path) -> Walk:
    """Run `binary` with its packs from `broker`."""
    with connected(broker) as connection:
        descriptor = connection.fileno()
        done = subprocess.run(
            [binary, f"--broker-fd={descriptor}", *arguments],
            capture_output=True,
            check=False,
            env={},
            pass_fds=[descriptor],
        )
    return Walk(done.returncode, done.stdout, done.stderr)
