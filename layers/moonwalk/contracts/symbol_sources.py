"""The symbol sources of a deployment: as a setting, and as an environment variable of its parts.

    {"default": [{"kind": "http", "name": "vendor", "address": "https://symbols.example.org/"}]}

For each scope a list in the order in which it is looked at; a bare list is that of `default`.
"""

import ipaddress
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from moonwalk.domain.failures import DeadLetter
from moonwalk.domain.symbol_sources import BadSourceError, Network, Source, SourceKind
from moonwalk.domain.symbols import DEFAULT_SCOPE, symbol_key

MAX_BYTES = 2000
"""As JSON: all variables of a Lambda function together may have 4 KiB."""

_NAME = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?")
_HOST = re.compile(r"[A-Za-z0-9.\-\[\]:]{1,260}")
_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](?:/[!-~]{0,900})?")
_NEEDED = frozenset({"kind", "name", "address"})
_ALL = _NEEDED | {"redirects", "networks", "plain_redirects", "absent"}
_STATUSES = range(400, 500)


@dataclass(frozen=True, slots=True)
class SymbolSources:
    """The sources of each scope, checked.

    Attributes:
        scopes: each scope once, with its sources in their order.
    """

    scopes: tuple[tuple[str, tuple[Source, ...]], ...] = ()

    def __bool__(self) -> bool:
        return any(sources for _, sources in self.scopes)

    def of(self, scope: str) -> tuple[Source, ...]:
        """Give the sources of a scope; none if it is not configured."""
        return dict(self.scopes).get(scope, ())

    @classmethod
    def read(cls, given: Any) -> Self:
        """Read them: an object, a list, or either as JSON text.

        Raises:
            BadSourceError: saying which source is wrong, and how.
        """
        if isinstance(given, cls):
            return given
        document = _document(given)
        scopes = tuple(
            (_scope(scope), tuple(_source(each) for each in _list(listed, scope)))
            for scope, listed in document.items()
        )
        found = cls(scopes)
        _check_names(found)
        if len(found.text().encode()) > MAX_BYTES:
            raise BadSourceError(f"the sources take more than {MAX_BYTES} bytes as JSON")
        return found

    @property
    def names(self) -> list[str]:
        """The sources' names; no two scopes share one."""
        return [source.name for _, sources in self.scopes for source in sources]

    def text(self) -> str:
        """Give them as an environment variable."""
        document = {scope: [_written(each) for each in sources] for scope, sources in self.scopes}
        return json.dumps(document, separators=(",", ":"))


def _document(given: Any) -> Mapping[str, Any]:
    if isinstance(given, str):
        try:
            given = json.loads(given)
        except (ValueError, RecursionError):
            raise BadSourceError("the sources are no JSON") from None
    if isinstance(given, list | tuple):
        return {DEFAULT_SCOPE: given} if given else {}
    if not isinstance(given, Mapping):
        raise BadSourceError("the sources are neither a list nor an object with a list a scope")
    return given


def _scope(scope: object) -> str:
    try:
        return symbol_key("any", "1" * 33, str(scope)).scope
    except DeadLetter as error:
        raise BadSourceError(f"scope {str(scope)[:60]!r}: {error.detail}") from None


def _list(listed: Any, scope: str) -> list[Mapping[str, Any]]:
    if not isinstance(listed, list | tuple) or not all(isinstance(x, Mapping) for x in listed):
        raise BadSourceError(f"scope {scope}: its sources are no list of objects")
    return list(listed)


def _source(given: Mapping[str, Any]) -> Source:
    name = given.get("name")
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise BadSourceError(f"a source has the name {name!r}: it must be 1-40 of a-z, 0-9 and -")
    odd, lacking = given.keys() - _ALL, _NEEDED - given.keys()
    if odd or lacking:
        what = f"has no {min(lacking)}" if lacking else f"has {min(odd)!r}, which means nothing"
        raise BadSourceError(f"source {name}: it {what}; it may have {', '.join(sorted(_ALL))}")
    kind, address = _kind(name, given["kind"]), _address(name, given)
    return Source(
        kind=kind,
        name=name,
        address=address,
        redirects=tuple(_redirect(name, each) for each in _texts(name, given, "redirects")),
        networks=tuple(_network(name, each) for each in _texts(name, given, "networks")),
        plain_redirects=_switch(name, given.get("plain_redirects", False)),
        absent=_absent(name, given),
    )


def _kind(name: str, kind: object) -> SourceKind:
    if kind not in tuple(SourceKind):
        raise BadSourceError(f"source {name}: its kind is none of {', '.join(SourceKind)}")
    return SourceKind(str(kind))


def _address(name: str, given: Mapping[str, Any]) -> str:
    address, kind = given["address"], given["kind"]
    if not isinstance(address, str) or not address or not address.isprintable():
        raise BadSourceError(f"source {name}: its address is no text")
    if kind == SourceKind.S3 and not _BUCKET.fullmatch(address):
        raise BadSourceError(
            f"source {name}: its address must be a bucket's name, or bucket/prefix"
        )
    if kind == SourceKind.FOLDER and not address.startswith("/"):
        raise BadSourceError(f"source {name}: its address must be a path that begins with /")
    return address


def _texts(name: str, given: Mapping[str, Any], field: str) -> list[str]:
    found = given.get(field, [])
    if not isinstance(found, list | tuple) or not all(isinstance(each, str) for each in found):
        raise BadSourceError(f"source {name}: {field} must be a list of texts")
    return list(found)


def _redirect(name: str, host: str) -> str:
    if not _HOST.fullmatch(host):
        raise BadSourceError(f"source {name}: {host[:60]!r} in redirects is no host or host:port")
    return host


def _network(name: str, text: str) -> Network:
    try:
        return ipaddress.ip_network(text)
    except ValueError:
        raise BadSourceError(
            f"source {name}: {text[:60]!r} in networks is none such as 10.1.0.0/16"
        ) from None


def _switch(name: str, value: object) -> bool:
    if not isinstance(value, bool):
        raise BadSourceError(f"source {name}: plain_redirects must be true or false")
    return value


def _absent(name: str, given: Mapping[str, Any]) -> frozenset[int]:
    statuses = given.get("absent", [404, 410])
    if not isinstance(statuses, list | tuple) or not all(
        type(each) is int and each in _STATUSES for each in statuses
    ):
        raise BadSourceError(f"source {name}: absent must be a list of statuses from 400 to 499")
    return frozenset(statuses)


def _check_names(found: SymbolSources) -> None:
    names = found.names
    for name in names:
        if names.count(name) > 1:
            raise BadSourceError(f"source {name}: another one has the same name")


def _written(source: Source) -> dict[str, Any]:
    """Leave out what is as it is by itself."""
    plain = Source(source.kind, source.name, source.address)
    written: dict[str, Any] = {
        "kind": source.kind.value,
        "name": source.name,
        "address": source.address,
    }
    if source.redirects:
        written["redirects"] = list(source.redirects)
    if source.networks:
        written["networks"] = [str(network) for network in source.networks]
    if source.plain_redirects:
        written["plain_redirects"] = True
    if source.absent != plain.absent:
        written["absent"] = sorted(source.absent)
    return written
