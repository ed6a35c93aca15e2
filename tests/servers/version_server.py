"""A server of versions on loopback that answers as Socorro's does, or wrongly as a test asks."""

import json
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlsplit

from tests.servers.faults import Fault, Status, answer
from tests.servers.symbol_server import Asked, SymbolServer
from tests.servers.wire import Wire

PATH = "api/VersionString/"


@dataclass
class VersionServer(SymbolServer):
    """A server for `with`.

    Attributes:
        versions: by product, channel and build id.
        failing: faults of the next requests, one after the other.
        body: what is answered to any build in their place.
    """

    versions: dict[tuple[str, str, str], str] = field(default_factory=dict)
    failing: list[Fault] = field(default_factory=list)
    body: bytes | None = None

    @property
    def address(self) -> str:
        return f"{self.url}/{PATH}"

    def _answer(self, wire: Wire, target: str, headers: dict[str, str]) -> None:
        parts = urlsplit(target)
        query = dict(parse_qsl(parts.query, keep_blank_values=True))
        self.asked.append(Asked(parts.path, query, headers))
        if self.failing:
            self.failing.pop(0)(wire, b"")
        elif parts.path != f"/{PATH}":
            Status(404)(wire, b"")
        else:
            content = self._found(query) if self.body is None else self.body
            answer(content)(wire, content)

    def _found(self, query: dict[str, str]) -> bytes:
        version = self.versions.get((query["product"], query["channel"], query["build_id"]))
        hits = [] if version is None else [{"version_string": version}]
        return json.dumps({"hits": hits, "total": len(hits)}).encode()
