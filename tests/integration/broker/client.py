"""What a walker says to the broker, one question at a time."""

import array
import itertools
import json
import os
import socket
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

_LENGTHS = struct.Struct("<II")


@dataclass(frozen=True)
class Said:
    """An answer: what it says, its bytes, and the content of the file that came with it."""

    told: dict[str, Any]
    body: bytes
    file: bytes | None


class Walk:
    """A walk's connection."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._ids = itertools.count(1)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._connection.close()

    def open(self, place: Path | str) -> Said:
        """Ask for the pack of `<debug file>/<debug id>/<stem>.pack`."""
        debug_file, debug_id, name = Path(place).parts
        stem = name.removesuffix(".pack")
        return self.ask(kind="open", debug_file=debug_file, debug_id=debug_id, name=f"{stem}.sym")

    def read(self, pack: int, *ranges: tuple[int, int]) -> Said:
        return self.ask(kind="read", pack=pack, ranges=_ranges(ranges))

    def damaged(self, pack: int) -> Said:
        return self.ask(kind="damaged", pack=pack)

    def ask(self, **question: Any) -> Said:
        number = next(self._ids)
        self.send(json.dumps({"id": number, "ask": question}).encode())
        said = self.receive()
        assert said.told.pop("id") == number
        return Said(said.told["told"], said.body, said.file)

    def send(self, head: bytes, body: bytes = b"") -> None:
        self._connection.sendall(_LENGTHS.pack(len(head), len(body)) + head + body)

    def receive(self) -> Said:
        start, rights, _, _ = self._connection.recvmsg(_LENGTHS.size, socket.CMSG_SPACE(4))
        if not start:
            raise ConnectionError("the broker closed the connection")
        head, body = _LENGTHS.unpack(start + self._exactly(_LENGTHS.size - len(start)))
        told = json.loads(self._exactly(head))
        return Said(told, self._exactly(body), _content(rights))

    def _exactly(self, count: int) -> bytes:
        parts = bytearray()
        while len(parts) < count:
            part = self._connection.recv(min(1 << 20, count - len(parts)))
            if not part:
                raise ConnectionError("the broker closed the connection")
            parts += part
        return bytes(parts)


def _ranges(ranges: Sequence[tuple[int, int]]) -> list[dict[str, int]]:
    return [{"start": start, "end": end} for start, end in ranges]


def _content(rights: list[tuple[int, int, bytes]]) -> bytes | None:
    for level, kind, data in rights:
        if (level, kind) == (socket.SOL_SOCKET, socket.SCM_RIGHTS):
            (descriptor,) = array.array("i", data)
            with os.fdopen(descriptor, "rb") as file:
                return file.read()
    return None
