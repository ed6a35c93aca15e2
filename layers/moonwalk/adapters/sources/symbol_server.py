"""A symbol server that speaks as Tecken does: a GET that ends in a file, or in 404."""

import re
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import cached_property
from pathlib import Path
from time import sleep

from moonwalk.adapters.sources import targets
from moonwalk.adapters.sources.addresses import Resolver, checked, resolved
from moonwalk.adapters.sources.exchange import Reply, asked
from moonwalk.adapters.sources.inflate import unpacked
from moonwalk.adapters.sources.limits import LIMITS, Deadline, Limits, SourceError, tried
from moonwalk.adapters.sources.targets import Target
from moonwalk.adapters.sources.text import stored
from moonwalk.domain.symbol_places import BadNameError, LoadedModule, SymbolPlace, code_place
from moonwalk.domain.symbol_sources import (
    Absent,
    Answer,
    BadSourceError,
    Failed,
    Found,
    Reason,
    Source,
)

_OK, _TOO_MANY, _UNAVAILABLE, _SERVER_ERROR = 200, 429, 503, 500
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_LONGEST_PATIENCE = 86_400.0
_SECONDS = re.compile(r"[0-9]{1,6}")
_ETAG = re.compile(r"[!-~]{1,256}")


class SymbolServer:
    """A `SymbolSource` over HTTP."""

    def __init__(
        self,
        source: Source,
        limits: Limits = LIMITS,
        resolve: Resolver = resolved,
        sleep: Callable[[float], None] = sleep,
    ) -> None:
        """Take the source and what a fetch may take.

        Args:
            source: with its base URL, and where it may be and send us.
            limits: of one fetch.
            resolve: gives the addresses of a name.
            sleep: waits for so many seconds.

        Raises:
            BadSourceError: when the base URL cannot be asked for anything.
        """
        try:
            Target.of(source.address)
        except SourceError:
            raise BadSourceError(f"source {source.name}: its address cannot be read") from None
        self.source = source
        self._limits = limits
        self._resolve = resolve
        self._sleep = sleep

    def place_of(self, module: LoadedModule) -> SymbolPlace | Absent | Failed:
        """Ask for the place of symbols of which only the code file and its id are known.

        Raises:
            BadNameError: when these cannot be used.
        """
        target = targets.under(self.source, code_place(module).path)
        return tried(lambda deadline: self._place(target, deadline), self._limits, self._sleep)

    def fetch(self, place: SymbolPlace, module: LoadedModule, to: Path) -> Answer:
        """Stream the text of a place into a file."""
        target = targets.symbol_file(self.source, place, module)
        return tried(
            lambda deadline: self._text(target, place, to, deadline), self._limits, self._sleep
        )

    def _place(self, target: Target, deadline: Deadline) -> SymbolPlace | Absent:
        with self._asked(target, deadline) as reply:
            if reply.status in self.source.absent:
                return Absent()
            if reply.status not in _REDIRECTS:
                raise _refusal(reply)
            try:
                return target.place_in(reply.response.headers)
            except BadNameError as error:
                raise SourceError(
                    Reason.BAD_ANSWER, f"it points to no symbol file's place: {error}"
                ) from error

    def _text(self, target: Target, place: SymbolPlace, to: Path, deadline: Deadline) -> Answer:
        for _ in range(self._limits.redirects + 1):
            with self._asked(target, deadline) as reply:
                if reply.status in _REDIRECTS:
                    target = target.redirected(reply.response.headers, self.source)
                    continue
                if reply.status in self.source.absent:
                    return Absent()
                if reply.status != _OK:
                    raise _refusal(reply)
                return self._stored(reply, target, place, to)
        raise SourceError(
            Reason.REDIRECT_LOOP, f"it redirects more than {self._limits.redirects} times"
        )

    def _stored(self, reply: Reply, target: Target, place: SymbolPlace, to: Path) -> Found:
        headers = reply.response.headers
        encoding = headers.get("Content-Encoding", "")
        length = stored(unpacked(reply.pieces(), encoding, self._limits), place, to)
        etag = headers.get("ETag", "")
        return Found(
            length,
            origin=self.source.address.rstrip("/"),
            etag=etag if _ETAG.fullmatch(etag) else None,
            host=target.authority,
        )

    @cached_property
    def _trust(self) -> ssl.SSLContext:
        return ssl.create_default_context()

    @contextmanager
    def _asked(self, target: Target, deadline: Deadline) -> Iterator[Reply]:
        """Resolve a name once, check what comes back, and ask there and nowhere else."""
        addresses = checked(target.host, target.port, self.source.networks, self._resolve)
        with asked(target, addresses, self._limits, deadline, self._trust) as reply:
            yield reply


def _refusal(reply: Reply) -> SourceError:
    status = reply.status
    patience = _patience(reply.response.headers.get("Retry-After", ""))
    if status == _TOO_MANY or (status == _UNAVAILABLE and patience is not None):
        return SourceError(Reason.THROTTLED, f"it answered {status}", patience)
    reason = Reason.SERVER_ERROR if status >= _SERVER_ERROR else Reason.REFUSED
    return SourceError(reason, f"it answered {status}", patience)


def _patience(text: str) -> float | None:
    """Read a `Retry-After`: seconds or a date; what is neither is not there."""
    if _SECONDS.fullmatch(text):
        return min(float(text), _LONGEST_PATIENCE)
    try:
        at = parsedate_to_datetime(text)
        seconds = (at if at.tzinfo else at.replace(tzinfo=UTC)) - datetime.now(UTC)
    except (ValueError, TypeError, OverflowError):
        return None
    return min(max(0.0, seconds.total_seconds()), _LONGEST_PATIENCE)
