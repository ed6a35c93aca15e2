"""The HTTP side of the moto server: on loopback, quiet, and gone completely when closed."""

import contextlib
import socket
import threading
from typing import Any

from moto.moto_server.werkzeug_app import (
    DomainDispatcherApplication,
    MotoRequestHandler,
    create_backend_app,
)
from werkzeug.serving import ThreadedWSGIServer

HOST = "localhost"
ADDRESS = "127.0.0.1"
# How long requests under way may take to end once their connection is cut.
CLOSING_LIMIT = 10.0


class HttpServer:
    """Serves moto's API, one thread per connection, until closed.

    Moto's own `ThreadedMotoServer` leaves its socket open and the threads of kept-alive
    connections running; here several servers can follow one another in a process.

    Args:
        port: TCP port, or 0 for a free one.

    Raises:
        OSError: The port is taken.
    """

    def __init__(self, port: int) -> None:
        with socket.create_server((ADDRESS, port)) as listener:
            application = DomainDispatcherApplication(create_backend_app)
            self._server = _Server(ADDRESS, port, application, _QuietHandler, fd=listener.fileno())
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True
        )
        self._thread.start()

    @property
    def url(self) -> str:
        """Base URL; by name, since moto takes the first label of an IP address for a bucket."""
        return f"http://{HOST}:{self._server.port}"

    def close(self) -> None:
        """Stop accepting, cut what is open and wait for the threads."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
        self._server.cut_connections()


class _QuietHandler(MotoRequestHandler):
    def log_request(self, *_: Any) -> None:
        """A line per request would drown what matters."""


class _Server(ThreadedWSGIServer):
    def __init__(self, *given: Any, **named: Any) -> None:
        self._connections: dict[threading.Thread, socket.socket] = {}
        super().__init__(*given, **named)

    def process_request(self, request: Any, client_address: Any) -> None:
        thread = threading.Thread(
            target=self._serve, args=(request, client_address), daemon=True, name="moto-request"
        )
        self._connections[thread] = request
        thread.start()

    def cut_connections(self) -> None:
        """End the connections that clients keep open, and wait for their threads."""
        for thread, connection in list(self._connections.items()):
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
            thread.join(CLOSING_LIMIT)

    def _serve(self, request: Any, client_address: Any) -> None:
        try:
            self.process_request_thread(request, client_address)
        finally:
            self._connections.pop(threading.current_thread(), None)
