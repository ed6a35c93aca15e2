"""A symbol server far away: every answer takes its time, and all together share a line."""

import random
import re
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import unquote, urlsplit

PIECE = 256 * 1024
_RANGE = re.compile(r"bytes=(\d*)-(\d*)")


@dataclass(frozen=True, slots=True)
class Line:
    """How far away the server is.

    Attributes:
        latency: seconds before every answer.
        bandwidth: bytes a second, all answers together.
        failing: share of requests that are answered with 503.
    """

    latency: float
    bandwidth: float
    failing: float = 0.0


class FarServer:
    """Serves the files of folders, the first that has one, while this context is open."""

    def __init__(self, folders: Sequence[Path], line: Line) -> None:
        """Take what is served, and how far away."""
        self._requests, self._bytes = 0, 0
        self._folders, self._line = folders, line
        self._free_at = 0.0
        self._lock = threading.Lock()
        self._dice = random.Random(1)  # noqa: S311 - faults, not secrets
        self._server = _Server(("127.0.0.1", 0), self._handler())

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        """Listen."""
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop listening."""
        self._server.shutdown()
        self._server.server_close()

    def taken(self) -> tuple[int, int]:
        """Give requests and bytes of their answers so far, and begin anew."""
        with self._lock:
            taken = self._requests, self._bytes
            self._requests, self._bytes = 0, 0
        return taken

    def _found(self, path: str) -> Path | None:
        place = unquote(urlsplit(path).path).lstrip("/")
        candidates = (folder / place for folder in self._folders)
        return next((file for file in candidates if file.is_file()), None)

    def _fails(self) -> bool:
        with self._lock:
            return self._dice.random() < self._line.failing

    def _wait_for_line(self, count: int) -> None:
        with self._lock:
            begin = max(time.monotonic(), self._free_at)
            self._free_at = begin + count / self._line.bandwidth
            until = self._free_at
        time.sleep(max(0.0, until - time.monotonic()))

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        far = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            # Head and body are two writes, and the second must not wait for the first's answer.
            disable_nagle_algorithm = True

            def do_GET(self) -> None:
                time.sleep(far._line.latency)
                sent = self._answer()
                with far._lock:
                    far._requests += 1
                    far._bytes += sent

            def _answer(self) -> int:
                file = far._found(self.path)
                if far._fails() or file is None:
                    self.send_response(404 if file is None else 503)
                    self.send_header("Content-Length", "0")
                    self.end_headers()
                    return 0
                size = file.stat().st_size
                start, end = _bounds(self.headers["Range"], size)
                self.send_response(206 if self.headers["Range"] else 200)
                self.send_header("ETag", f'"{size}-{file.stat().st_mtime_ns}"')
                self.send_header("Last-Modified", "Thu, 01 Jan 2026 00:00:00 GMT")
                self.send_header("Content-Range", f"bytes {start}-{end - 1}/{size}")
                self.send_header("Content-Length", str(end - start))
                self.end_headers()
                self._send(file, start, end)
                return end - start

            def _send(self, file: Path, start: int, end: int) -> None:
                with file.open("rb") as stream:
                    stream.seek(start)
                    while start < end:
                        piece = stream.read(min(PIECE, end - start))
                        far._wait_for_line(len(piece))
                        self.wfile.write(piece)
                        start += len(piece)

            def log_message(self, *_arguments: object) -> None:
                """Say nothing."""

        return Handler


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256


def _bounds(wanted: str | None, size: int) -> tuple[int, int]:
    found = _RANGE.fullmatch(wanted or "")
    if not found:
        return 0, size
    if not found[1]:
        return max(0, size - int(found[2])), size
    return int(found[1]), min(size, int(found[2]) + 1) if found[2] else size
