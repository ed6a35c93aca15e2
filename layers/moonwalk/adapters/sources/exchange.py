"""One HTTP request and its answer, made to an address that was checked, with every wait bounded.

urllib3's connection, used below its pools: those would follow redirects, repeat requests and keep
connections whose names were looked up at another time. No proxy is taken from the environment.
"""

import http.client
import socket
import ssl
import threading
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from time import monotonic

from urllib3 import BaseHTTPResponse
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError, ReadTimeoutError

from moonwalk.adapters.sources.addresses import IPAddress
from moonwalk.adapters.sources.limits import CHUNK, Deadline, Limits, SourceError
from moonwalk.adapters.sources.targets import Target
from moonwalk.domain.symbol_sources import Reason

HEADERS = {"Accept-Encoding": "gzip", "User-Agent": "moonwalk"}

_BROKEN = (OSError, http.client.HTTPException, HTTPError)
"""Whatever a connection can raise; `ssl.SSLError` is an OSError."""
_ADDRESSES_TRIED = 3


class _CutOff:
    """Ends a socket's connection when its time is over.

    A socket's own time limit starts anew with every byte: it bounds silence, not a drip of bytes,
    which may come in the middle of a header or of a chunk's length.
    """

    def __init__(self, connection: socket.socket, seconds: float) -> None:
        self._connection = connection
        self._timer = threading.Timer(seconds, self._cut)
        self._timer.daemon = True
        self.has_cut = False

    def __enter__(self) -> "_CutOff":
        self._timer.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._timer.cancel()

    def _cut(self) -> None:
        self.has_cut = True
        with suppress(OSError):
            # Not the TLS socket's own method: that would take its state from under the reader.
            socket.socket.shutdown(self._connection, socket.SHUT_RDWR)


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer whose headers are there and whose body is still to come."""

    response: BaseHTTPResponse
    connection: socket.socket
    limits: Limits
    deadline: Deadline

    @property
    def status(self) -> int:
        """The HTTP status."""
        return self.response.status

    def pieces(self) -> Iterator[bytes]:
        """Give the body as it comes, all of it or an error.

        Raises:
            SourceError: `too_large`, `cut_short`, `timed_out` or `too_slow`.
        """
        announced, most = self._announced(), self.limits.stored_bytes
        pace, received = _Pace(self.limits), 0
        if announced is not None and announced > most:
            raise SourceError(Reason.TOO_LARGE, f"it is larger than {most} bytes")
        with _CutOff(self.connection, self.deadline.left()) as cut_off:
            while piece := self._next(cut_off, pace):
                received += len(piece)
                if received > most:
                    raise SourceError(Reason.TOO_LARGE, f"it is larger than {most} bytes")
                yield piece
        if received < (announced or 0):
            raise SourceError(
                Reason.CUT_SHORT, f"{received} bytes came, {announced} were announced"
            )
        if announced is None and not received:
            raise SourceError(Reason.CUT_SHORT, "the connection ended before the body")

    def _announced(self) -> int | None:
        length = self.response.headers.get("Content-Length", "")
        chunked = "chunked" in self.response.headers.get("Transfer-Encoding", "").lower()
        usable = length.isascii() and length.isdigit() and not chunked
        return int(length[:20]) if usable else None

    def _next(self, cut_off: _CutOff, pace: "_Pace") -> bytes:
        started = monotonic()
        try:
            # At most one read of the socket: `read` would wait for all of the amount.
            piece = self.response.read1(CHUNK)
        except (ReadTimeoutError, TimeoutError) as error:
            raise SourceError(Reason.TIMED_OUT, "it fell silent in the middle") from error
        except _BROKEN as error:
            _check_time(cut_off)
            raise SourceError(Reason.CUT_SHORT, "the connection broke in the middle") from error
        _check_time(cut_off)
        pace.count(len(piece), monotonic() - started)
        return piece


class _Pace:
    """Counts bytes against the time that was waited for them; our own work does not count."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._bytes = 0
        self._waited = 0.0

    def count(self, size: int, waited: float) -> None:
        self._bytes += size
        self._waited += waited
        if self._waited < self._limits.speed_seconds:
            return
        if self._bytes < self._limits.least_speed * self._waited:
            speed = int(self._bytes / self._waited)
            raise SourceError(
                Reason.TOO_SLOW,
                f"{speed} bytes came a second, {self._limits.least_speed} are the least",
            )
        self._bytes, self._waited = 0, 0.0


@contextmanager
def asked(
    target: Target,
    addresses: Sequence[IPAddress],
    limits: Limits,
    deadline: Deadline,
    trust: ssl.SSLContext,
) -> Iterator[Reply]:
    """Send a GET to the first of the addresses that takes a connection; redirects are the caller's.

    Raises:
        SourceError: `unreachable`, `timed_out` or `bad_answer`.
    """
    with ExitStack() as used:
        connection = _connected(target, addresses, limits, deadline, trust)
        used.callback(connection.close)
        plain = connection.sock
        try:
            seconds = min(limits.answer_seconds, deadline.left())
            with _CutOff(plain, seconds) as cut_off:
                response = _answer(connection, target, cut_off)
        except (OSError, HTTPError) as error:
            raise SourceError(Reason.UNREACHABLE, "the connection broke") from error
        used.callback(response.close)
        yield Reply(response, plain, limits, deadline)


def _answer(connection: HTTPConnection, target: Target, cut_off: _CutOff) -> BaseHTTPResponse:
    try:
        connection.request(
            "GET",
            target.uri,
            headers={"Host": target.authority, **HEADERS},
            preload_content=False,
            decode_content=False,
            enforce_content_length=False,
        )
        response = connection.getresponse()
    except TimeoutError as error:
        raise SourceError(Reason.TIMED_OUT, "it did not answer") from error
    except (http.client.RemoteDisconnected, OSError):
        _check_time(cut_off)
        raise
    except http.client.HTTPException as error:
        _check_time(cut_off)
        raise SourceError(Reason.BAD_ANSWER, "what it answered is no HTTP") from error
    # Headers that were cut off in the middle look like headers that are complete.
    _check_time(cut_off)
    return response


def _check_time(cut_off: _CutOff) -> None:
    if cut_off.has_cut:
        raise SourceError(Reason.TIMED_OUT, "it took longer than it may")


def _connected(
    target: Target,
    addresses: Sequence[IPAddress],
    limits: Limits,
    deadline: Deadline,
    trust: ssl.SSLContext,
) -> HTTPConnection:
    for address in addresses[:_ADDRESSES_TRIED]:
        connection = _connection(target, address, limits, deadline, trust)
        try:
            connection.connect()
        except (OSError, HTTPError) as error:
            connection.close()
            failure: Exception = error
            continue
        # What urllib3 sets on the socket from now on, before it reads.
        connection.timeout = min(limits.silence_seconds, deadline.left())
        return connection
    raise SourceError(Reason.UNREACHABLE, "no connection can be made to it") from failure


def _connection(
    target: Target, address: IPAddress, limits: Limits, deadline: Deadline, trust: ssl.SSLContext
) -> HTTPConnection:
    """Make a connection to the address, for the name: TLS asks for and checks the name."""
    seconds = min(limits.connect_seconds, deadline.left())
    if target.scheme == "https":
        return HTTPSConnection(
            str(address),
            target.port,
            timeout=seconds,
            ssl_context=trust,
            server_hostname=target.host,
        )
    return HTTPConnection(str(address), target.port, timeout=seconds)
