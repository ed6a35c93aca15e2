"""A server that is asked for versions as Socorro's `VersionString` is, by its query."""

import ssl
from collections.abc import Callable
from contextlib import ExitStack
from functools import cached_property
from time import sleep
from typing import Any
from urllib.parse import urlencode

from moonwalk.adapters.sources.addresses import Resolver, checked, resolved
from moonwalk.adapters.sources.exchange import Reply, asked
from moonwalk.adapters.sources.inflate import unpacked
from moonwalk.adapters.sources.limits import Deadline, Limits, SourceError, tried
from moonwalk.adapters.sources.targets import Target
from moonwalk.adapters.stored_content import UnusableContentError, parse_json
from moonwalk.adapters.versions.lookup import Build, LookUpError, version_of
from moonwalk.domain.backoff import Backoff
from moonwalk.domain.symbol_sources import Failed, Network, Reason, Source, SourceKind

LIMITS = Limits(
    stored_bytes=1024**2,
    text_bytes=1024**2,
    seconds=2.8,
    connect_seconds=1.0,
    answer_seconds=2.5,
    silence_seconds=1.0,
    redirects=0,
    tries=6,
    backoff=Backoff(first=0.1, longest=0.4),
)
_OK, _NOT_FOUND, _TOO_MANY, _SERVER_ERROR = 200, 404, 429, 500


class VersionServer:
    """A `VersionPlace` over HTTP. It is connected to as sources of symbols are, with their care."""

    def __init__(
        self,
        address: str,
        networks: tuple[Network, ...] = (),
        limits: Limits = LIMITS,
        resolve: Resolver = resolved,
        sleep: Callable[[float], None] = sleep,
    ) -> None:
        """Take where the server is, and what a look-up may take.

        Args:
            address: without a query.
            networks: that are not public and in which it is configured to be.
            limits: of one look-up, all tries included.
            resolve: gives the addresses of a name.
            sleep: waits for so many seconds.

        Raises:
            BadSourceError: when nobody can be asked at the address.
        """
        self._source = Source(SourceKind.HTTP, "versions", address, networks=networks)
        self._limits = limits
        self._resolve = resolve
        self._sleep = sleep

    def find(self, build: Build) -> str | None:
        """Ask for a build; what may pass is repeated."""
        query = urlencode(build._asdict())
        target = Target.of(f"{self._source.address}?{query}")
        content = tried(lambda deadline: self._once(target, deadline), self._limits, self._sleep)
        if isinstance(content, Failed):
            raise LookUpError(f"versions cannot be asked for: {content.detail}")
        return None if content is None else _first(content)

    def _once(self, target: Target, deadline: Deadline) -> bytes | None:
        """Give the answer's body; None where the server says that there is none."""
        addresses = checked(target.host, target.port, self._source.networks, self._resolve)
        with ExitStack() as open_:
            reply = open_.enter_context(
                asked(target, addresses, self._limits, deadline, self._trust)
            )
            if reply.status == _NOT_FOUND:
                return None
            if reply.status != _OK:
                raise _refusal(reply)
            encoding = reply.response.headers.get("Content-Encoding", "")
            return b"".join(unpacked(reply.pieces(), encoding, self._limits))

    @cached_property
    def _trust(self) -> ssl.SSLContext:
        return ssl.create_default_context()


def _refusal(reply: Reply) -> SourceError:
    status = reply.status
    if status == _TOO_MANY:
        return SourceError(Reason.THROTTLED, f"it answered {status}")
    reason = Reason.SERVER_ERROR if status >= _SERVER_ERROR else Reason.REFUSED
    return SourceError(reason, f"it answered {status}")


def _first(content: bytes) -> str | None:
    try:
        answer: Any = parse_json(content)
        hits = answer["hits"]
        return version_of(hits[0]["version_string"]) if hits else None
    except (UnusableContentError, LookupError, TypeError) as error:
        raise LookUpError("what came is no list of versions") from error
