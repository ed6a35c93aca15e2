"""An HTTP server on loopback that gives canned answers, in order, and keeps what it was asked."""

import json
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self


@dataclass(frozen=True)
class Asked:
    """One request: the operation of AWS's JSON protocol, and its body."""

    host: str
    operation: str
    body: Mapping[str, Any]


@dataclass
class CannedAws:
    """A server for `with`; its answers are JSON bodies with their HTTP status.

    Attributes:
        answers: what is given next, and next; 500 when there is nothing left.
        asked: every request so far.
    """

    answers: list[tuple[int, Mapping[str, Any]]] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)

    def __enter__(self) -> Self:
        canned = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                operation = self.headers["X-Amz-Target"].rpartition(".")[2]
                canned.asked.append(Asked(self.headers["Host"], operation, json.loads(body)))
                status, answer = canned.answers.pop(0) if canned.answers else (500, {})
                content = json.dumps(answer).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_arguments: object) -> None:
                """Keep the test's output quiet."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    @property
    def url(self) -> str:
        """A name and no address: botocore puts prefixes before names only."""
        return f"http://localhost:{self._server.server_address[1]}"
