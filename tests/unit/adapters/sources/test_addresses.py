"""Only public addresses are connected to, and those where a source is configured to be."""

from ipaddress import ip_address, ip_network

import pytest

from moonwalk.adapters.sources.addresses import checked, is_allowed
from moonwalk.adapters.sources.limits import SourceError
from moonwalk.domain.symbol_sources import Network, Reason

LOOPBACK = (ip_network("127.0.0.0/8"),)
INSIDE = [
    "127.0.0.1",
    "0.0.0.0",  # noqa: S104 - refused, not bound
    "10.1.2.3",
    "172.16.0.1",
    "192.168.1.1",
    "100.64.0.1",
    "169.254.169.254",
    "169.254.170.2",
    "224.0.0.1",
    "255.255.255.255",
    "240.0.0.1",
    "::",
    "::1",
    "fe80::1",
    "fe80::1%eth0",
    "fd00:ec2::254",
    "ff02::1",
    "::ffff:127.0.0.1",
    "::ffff:169.254.169.254",
    "64:ff9b::a9fe:a9fe",
    "2002:7f00:1::",
    "2001:0:4136:e378:8000:63bf:3fff:fdd2",
]
PUBLIC = ["93.184.216.34", "2606:2800:220:1::1", "::ffff:93.184.216.34", "64:ff9b::5db8:d822"]


@pytest.mark.parametrize("address", INSIDE)
def test_an_address_that_is_not_public_is_refused(address: str) -> None:
    assert not is_allowed(ip_address(address), ())


@pytest.mark.parametrize("address", PUBLIC)
def test_a_public_address_is_allowed(address: str) -> None:
    assert is_allowed(ip_address(address), ())


@pytest.mark.parametrize(
    ("address", "networks", "allowed"),
    [
        ("127.0.0.1", LOOPBACK, True),
        ("::ffff:127.0.0.1", LOOPBACK, True),
        ("::1", LOOPBACK, False),
        ("169.254.169.254", LOOPBACK, False),
        ("10.0.0.7", (ip_network("10.0.0.7/32"),), True),
        ("10.0.0.8", (ip_network("10.0.0.7/32"),), False),
        ("fd00::5", (ip_network("fd00::/64"), *LOOPBACK), True),
    ],
)
def test_a_source_may_be_where_it_is_configured_and_nowhere_else_inside(
    address: str, networks: tuple[Network, ...], *, allowed: bool
) -> None:
    assert is_allowed(ip_address(address), networks) is allowed


def test_of_several_addresses_those_that_are_allowed_are_left() -> None:
    found = checked("x", 80, (), lambda _host, _port: ["127.0.0.1", "93.184.216.34", "::1"])
    assert list(map(str, found)) == ["93.184.216.34"]


def test_a_name_that_leads_inside_is_told() -> None:
    with pytest.raises(SourceError) as caught:
        checked("x", 80, (), lambda _host, _port: ["127.0.0.1", "::1"])
    assert caught.value.reason is Reason.ADDRESS_REFUSED


@pytest.mark.parametrize("error", [OSError("no such name"), UnicodeError("label too long")])
def test_a_name_that_leads_nowhere_is_told(error: Exception) -> None:
    def resolve(_host: str, _port: int) -> list[str]:
        raise error

    with pytest.raises(SourceError) as caught:
        checked("x", 80, (), resolve)
    assert caught.value.reason is Reason.UNREACHABLE
