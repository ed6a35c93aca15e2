"""The rule for the addresses from which symbols came."""

import ipaddress
from collections.abc import Iterable, Mapping
from typing import Any, ClassVar, Self
from urllib.parse import SplitResult, urlsplit

from moonwalk.rules.general.walked import JSON_DUMP, outputs
from moonwalk.rules.reading import elements, mapping, quoted, text
from moonwalk.rules.rule import ANY, Crash, Found, Parts, Rule

URL = "symbol_url"


class ModuleURLRewriteRule(Rule):
    """Takes addresses of modules' symbols away that are nobody's business (Socorro's 13).

    Public servers, which the profile names as `without_query`, lose the query only: it holds keys.
    F7: hosts are compared without case; any address of this machine and of our own storage goes,
    and so does what is no address; the modules of all dumps are looked at.
    """

    reads: ClassVar[tuple[str, ...]] = (JSON_DUMP, ANY)
    writes: ClassVar[tuple[str, ...]] = (JSON_DUMP, ANY)

    def __init__(self, own_hosts: Iterable[str] = (), without_query: Iterable[str] = ()) -> None:
        """Take hosts of our own, and the servers that lose the query, all in lower case."""
        self._own = frozenset(own_hosts)
        self._without_query = tuple(without_query)

    @classmethod
    def made(cls, parts: Parts) -> Self:
        """Make the rule for a profile."""
        return cls(parts.own_hosts, parts.told.get("without_query", ()))

    def act(self, crash: Crash) -> Found:
        """Give the outputs of which addresses changed."""
        fields: dict[str, Any] = {}
        notes: list[str] = []
        for walked in outputs(crash.processed):
            modules = elements(walked.json_dump.get("modules"))
            kept = [self._rewritten(module, notes) for module in modules]
            if any(new is not old for new, old in zip(kept, modules, strict=True)):
                fields |= walked.changed(crash.processed, {"modules": kept})
        return Found(fields=fields, notes=tuple(notes))

    def _rewritten(self, module: Any, notes: list[str]) -> Any:
        url = mapping(module).get(URL)
        kept = self._kept(url) if url else url
        if kept == url:
            return module
        if kept is None:
            notes.append(f"Redacting symbol url for module {_name(module)}")
        return {**module, URL: kept}

    def _kept(self, url: object) -> str | None:
        """Give what of an address may be shown."""
        try:
            parts = urlsplit(text(url) or "//[")
            if self._is_own(parts):
                return None
        except ValueError:
            return None
        if any(host in parts.netloc.lower() for host in self._without_query):
            return parts._replace(query="").geturl()
        return text(url)

    def _is_own(self, parts: SplitResult) -> bool:
        host = (parts.hostname or "").rstrip(".")
        own = any(f".{host}".endswith(f".{each}") for each in self._own)
        return own or "localhost" in parts.netloc.lower() or _is_loopback(host)


def _is_loopback(host: str) -> bool:
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    return (getattr(address, "ipv4_mapped", None) or address).is_loopback


def _name(module: Mapping[str, Any]) -> str:
    names = (text(module.get("filename")), text(module.get("debug_file")), "unknown")
    return quoted(next(name for name in names if name is not None))
