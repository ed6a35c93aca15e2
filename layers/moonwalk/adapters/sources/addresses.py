"""Which addresses a source may be at: public ones, and those where it is configured to be.

A name is resolved once for each connection, every address that comes back is looked at here, and
the connection is made to the very address that passed: a name that resolves differently the next
time (DNS rebinding) leads nowhere.
"""

import ipaddress
import socket
from collections.abc import Callable, Sequence

from moonwalk.adapters.sources.limits import SourceError
from moonwalk.domain.symbol_sources import Network, Reason

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address
Resolver = Callable[[str, int], Sequence[str]]
"""Gives the addresses of a host, as text; raises OSError when there are none."""

_TRANSLATED = ipaddress.ip_network("64:ff9b::/96")
"""NAT64: an IPv4 address in the last four bytes."""


def resolved(host: str, port: int) -> list[str]:
    """Ask the system, in the order in which it would try them; its own time limits hold."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


def checked(
    host: str, port: int, networks: Sequence[Network], resolve: Resolver
) -> list[IPAddress]:
    """Give the addresses of a host to which a connection may be made; at least one.

    Raises:
        SourceError: `unreachable` when the name leads nowhere, `address_refused` when it leads to
            where it must not.
    """
    try:
        found = [ipaddress.ip_address(text) for text in resolve(host, port)]
    except (OSError, ValueError) as error:
        raise SourceError(Reason.UNREACHABLE, "its name cannot be resolved") from error
    allowed = [address for address in found if is_allowed(address, networks)]
    if not allowed:
        raise SourceError(
            Reason.ADDRESS_REFUSED,
            "its name leads to an address that is not public and not configured for this source",
        )
    return allowed


def is_allowed(address: IPAddress, networks: Sequence[Network]) -> bool:
    """Tell whether an address is public, or in one of the networks."""
    inner = _inside(address)
    if inner is not None:
        return is_allowed(inner, networks)
    if any(address in network for network in networks):
        return True
    return address.is_global and not address.is_multicast and not address.is_reserved


def _inside(address: IPAddress) -> ipaddress.IPv4Address | None:
    """Give the IPv4 address that an IPv6 address is another way of writing."""
    if not isinstance(address, ipaddress.IPv6Address):
        return None
    if address in _TRANSLATED:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour
