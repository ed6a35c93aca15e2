"""One accepted connection, with nothing between a test's fault and the socket."""

import contextlib
import socket
import struct
from collections.abc import Mapping
from http import HTTPStatus


class Wire:
    """What a request came by and its answer leaves by."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection

    def request(self) -> tuple[str, dict[str, str]]:
        """Read a request: its target and its headers; nothing when the client said nothing."""
        read = b""
        while b"\r\n\r\n" not in read:
            piece = self._connection.recv(65536)
            if not piece:
                return "", {}
            read += piece
        first, *lines = read.decode("latin-1").split("\r\n\r\n")[0].split("\r\n")
        pairs = (line.partition(":") for line in lines)
        return first.split(" ")[1], {name.lower(): value.strip() for name, _, value in pairs}

    def head(self, status: int, headers: Mapping[str, str]) -> None:
        """Send a status and headers; the connection ends after the answer."""
        lines = [f"HTTP/1.1 {status} {HTTPStatus(status).phrase}", "Connection: close"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        self.send("\r\n".join([*lines, "", ""]).encode("latin-1"))

    def send(self, content: bytes) -> bool:
        """Send; false when the other side has gone."""
        with contextlib.suppress(OSError):
            self._connection.sendall(content)
            return True
        return False

    def reset(self) -> None:
        """Tear the connection down, so that the other side reads an error and no end."""
        linger = struct.pack("ii", 1, 0)
        self._connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        self._connection.close()
