"""A loopback server of files by range, that counts, waits and fails as it is told to."""

import hashlib
import re
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self

_RANGE = re.compile(r"bytes=(\d*)-(\d*)")


@dataclass
class Answer:
    """What is about to be sent; a fault may change any of it."""

    status: int
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    promised: int | None = None
    """Content-Length, where it is to differ from what is sent."""


Fault = Callable[[str, Answer], Answer]


class _Server(ThreadingHTTPServer):
    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of clients that have gone away, as one that is killed does."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class RangeServer:
    """Serves `files` (path to content) while this context is open.

    Attributes:
        requests: how often each path was asked for.
        sent: bytes of all bodies.
        latency_seconds: before every answer.
        fault: changes answers.
    """

    def __init__(self, files: dict[str, bytes] | None = None) -> None:
        self.files = dict(files or {})
        self.requests: Counter[str] = Counter()
        self.sent = 0
        self.latency_seconds = 0.0
        self.fault: Fault = lambda _path, answer: answer
        self._lock = threading.Lock()
        self._server = _Server(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    @property
    def count(self) -> int:
        return self.requests.total()

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _answer(
        self, path: str, wanted: str | None, none_match: str | None, match: str | None
    ) -> Answer:
        with self._lock:
            self.requests[path] += 1
        time.sleep(self.latency_seconds)
        answer = self.fault(path, _plain(self.files.get(path), wanted, none_match, match))
        with self._lock:
            self.sent += len(answer.body)
        return answer

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                head = self.headers
                answer = server._answer(
                    self.path, head["Range"], head["If-None-Match"], head["If-Match"]
                )
                self.send_response(answer.status)
                for name, value in answer.headers.items():
                    self.send_header(name, value)
                length = len(answer.body) if answer.promised is None else answer.promised
                self.send_header("Content-Length", str(length))
                self.end_headers()
                self.wfile.write(answer.body)
                if length != len(answer.body):
                    self.close_connection = True

            def log_message(self, *_arguments: object) -> None:
                """Say nothing."""

        return Handler


def etag(content: bytes) -> str:
    """Give the ETag that the server tells of a content."""
    return f'"{hashlib.sha256(content).hexdigest()[:16]}"'


def _plain(
    content: bytes | None, wanted: str | None, none_match: str | None, match: str | None
) -> Answer:
    if content is None:
        return Answer(404)
    tag = etag(content)
    headers = {"ETag": tag, "Last-Modified": "Thu, 01 Jan 2026 00:00:00 GMT"}
    if none_match == tag:
        return Answer(304, headers)
    if match is not None and match != tag:
        return Answer(412, headers)
    found = _RANGE.fullmatch(wanted or "")
    if not found:
        return Answer(200, headers, content)
    start, end = _bounds(found[1], found[2], len(content))
    headers["Content-Range"] = f"bytes {start}-{end - 1}/{len(content)}"
    return Answer(206, headers, content[start:end])


def _bounds(start: str, end: str, length: int) -> tuple[int, int]:
    if not start:
        return max(0, length - int(end)), length
    return int(start), min(length, int(end) + 1)
