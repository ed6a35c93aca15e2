"""Symbol servers as they are named on the command line: naming one says where it is."""

import ipaddress
from collections.abc import Sequence
from urllib.parse import urlsplit

from cli.exits import UsageError
from cli.plain import plain
from moonwalk.adapters.sources.addresses import Resolver, is_allowed, resolved
from moonwalk.adapters.sources.limits import Limits
from moonwalk.adapters.sources.symbol_server import SymbolServer
from moonwalk.domain.symbol_sources import BadSourceError, Network, Source, SourceKind

_PORTS = {"http": 80, "https": 443}
_LIMITS = Limits(seconds=1800.0)
"""A person may have a slow line, and can press Ctrl-C."""


def servers(
    urls: Sequence[str], redirects: Sequence[str], resolve: Resolver = resolved
) -> list[SymbolServer]:
    """Give the servers in their order, each known by its address.

    Raises:
        UsageError: when an address is none.
    """
    return [_server(url, redirects, resolve) for url in dict.fromkeys(urls)]


def _server(url: str, redirects: Sequence[str], resolve: Resolver) -> SymbolServer:
    try:
        source = Source(
            SourceKind.HTTP,
            url,
            url,
            redirects=tuple(redirects),
            networks=_where(url, resolve),
        )
        return SymbolServer(source, _LIMITS)
    except (BadSourceError, ValueError) as error:
        raise UsageError(
            f"{plain(url, 200)!r} is no address of a symbol server",
            "it begins with http:// or https:// and has neither user nor query",
        ) from error


def _where(url: str, resolve: Resolver) -> tuple[Network, ...]:
    """Give the addresses of a named server that are not public: only there it may be inside."""
    parts = urlsplit(url)
    if not parts.hostname:
        return ()
    try:
        port = parts.port or _PORTS.get(parts.scheme, 0)
        found = [ipaddress.ip_address(text) for text in resolve(parts.hostname, port)]
    except OSError:
        return ()
    return tuple(ipaddress.ip_network(one) for one in found if not is_allowed(one, ()))
