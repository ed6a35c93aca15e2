"""Addresses of requests: put together from places, or taken from redirects and checked first."""

import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Self
from urllib.parse import quote, quote_plus, unquote, urljoin

from urllib3.exceptions import LocationParseError
from urllib3.util import parse_url

from moonwalk.adapters.sources.limits import SourceError
from moonwalk.domain.symbol_places import (
    BadNameError,
    LoadedModule,
    SymbolPlace,
    code_identifier,
    leaf,
)
from moonwalk.domain.symbol_sources import Reason, Source

_PORTS = {"http": 80, "https": 443}
_AS_IT_IS = "!$&'()*+,;=:@~"
"""What a part of a path may hold; the rest is percent-encoded, `/` too."""
_SHOWN = re.compile(r"[a-z0-9.:\[\]-]{1,260}")


@dataclass(frozen=True, slots=True)
class Target:
    """One address to ask, taken apart once: what is checked is what is connected to.

    Attributes:
        host: lower case, an IPv6 address without brackets.
        uri: path and query.
    """

    scheme: str
    host: str
    port: int
    uri: str

    @classmethod
    def of(cls, url: str) -> Self:
        """Take an absolute address apart.

        Raises:
            SourceError: `redirect_refused` when it is not http, or names a user;
                `redirect_lost` when it cannot be read.
        """
        try:
            found = parse_url(url)
        except LocationParseError:
            raise SourceError(Reason.REDIRECT_LOST, "it redirects to no address") from None
        if found.scheme not in _PORTS or found.auth is not None:
            raise SourceError(Reason.REDIRECT_REFUSED, "it redirects to something else than HTTP")
        if not found.host or found.port == 0:
            raise SourceError(Reason.REDIRECT_LOST, "it redirects to no host")
        port = found.port or _PORTS[found.scheme]
        return cls(found.scheme, found.host.strip("[]").lower(), port, found.request_uri)

    @property
    def authority(self) -> str:
        """Host and port as the `Host` header has them: without the scheme's own port."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS[self.scheme] else f"{host}:{self.port}"

    @property
    def told(self) -> str:
        """The authority, if it is one that can be shown to a person as it is."""
        return self.authority if _SHOWN.fullmatch(self.authority) else "an odd host"

    @property
    def url(self) -> str:
        """The whole address."""
        return f"{self.scheme}://{self.authority}{self.uri}"

    def redirected(self, headers: Mapping[str, str], source: Source) -> Self:
        """Give where an answer sends us.

        Raises:
            SourceError: when there is no address in it, or one where this source must not send us.
        """
        there = type(self).of(self._location(headers))
        own = type(self).of(source.address).authority
        if there.authority not in {own, *(host.lower() for host in source.redirects)}:
            raise SourceError(
                Reason.REDIRECT_REFUSED, f"it redirects to {there.told}, which is not on its list"
            )
        if (self.scheme, there.scheme) == ("https", "http") and not source.plain_redirects:
            raise SourceError(Reason.REDIRECT_REFUSED, "it redirects from https to http")
        return there

    def place_in(self, headers: Mapping[str, str]) -> SymbolPlace:
        """Give the place to which an answer to a code-id look-up points; nothing is fetched there.

        Raises:
            SourceError: `redirect_lost` or `redirect_refused`.
            BadNameError: when it points to none.
        """
        there = type(self).of(self._location(headers))
        return SymbolPlace.from_path(unquote(there.uri.partition("?")[0]))

    def _location(self, headers: Mapping[str, str]) -> str:
        location = headers.get("Location", "").strip()
        if not location:
            raise SourceError(Reason.REDIRECT_LOST, "it redirects without an address")
        try:
            return urljoin(self.url, location)
        except ValueError:
            raise SourceError(Reason.REDIRECT_LOST, "it redirects to no address") from None


def symbol_file(source: Source, place: SymbolPlace, module: LoadedModule) -> Target:
    """Give the address of a symbol file, with the query that upstream sends.

    A code file or id that is not usable is left empty: no symbol server could know it.
    """
    code_file, code_id = "", ""
    with suppress(BadNameError):
        code_file = leaf(module.code_file)
    with suppress(BadNameError):
        code_id = code_identifier(module.code_id)
    query = f"code_file={quote_plus(code_file)}&code_id={quote_plus(code_id)}"
    return under(source, place.path, query)


def under(source: Source, path: str, query: str = "") -> Target:
    """Give the address of a path below a source's base, of which no part is taken for two."""
    parts = "/".join(quote(part, safe=_AS_IT_IS) for part in path.split("/"))
    return Target.of(f"{source.address.rstrip('/')}/{parts}" + f"?{query}" * bool(query))
