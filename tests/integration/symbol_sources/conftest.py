"""A symbol server with one file on it, and a client of it with limits that are quickly reached."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from moonwalk.adapters.sources import symbol_server as client
from moonwalk.adapters.sources.addresses import Resolver, resolved
from moonwalk.adapters.sources.limits import Limits
from moonwalk.domain.backoff import Backoff
from moonwalk.domain.symbol_sources import Answer, Source, SourceKind
from tests.contract.symbol_worlds import LOOPBACK
from tests.servers.faults import Fault
from tests.servers.symbol_server import SymbolServer
from tests.symbol_texts import MODULE, PLACE, put

QUICK = Limits(
    stored_bytes=300_000,
    text_bytes=4_000_000,
    ratio_from=100_000,
    seconds=30,
    connect_seconds=5,
    answer_seconds=5,
    silence_seconds=5,
    backoff=Backoff(0.001, 0.001),
)


@dataclass
class Bench:
    """A server, the settings of its client, and what one fetch gives.

    Attributes:
        pauses: that the client made between its tries.
    """

    server: SymbolServer
    to: Path
    limits: Limits = QUICK
    changes: dict[str, Any] = field(default_factory=dict)
    resolve: Resolver = resolved
    pauses: list[float] = field(default_factory=list)

    @property
    def client(self) -> client.SymbolServer:
        plain = Source(SourceKind.HTTP, "server", self.server.url, networks=LOOPBACK)
        return client.SymbolServer(
            replace(plain, **self.changes), self.limits, self.resolve, self.pauses.append
        )

    def fetch(self, fault: Fault | None = None) -> Answer:
        if fault is not None:
            self.server.faults[PLACE.path] = fault
        return self.client.fetch(PLACE, MODULE, self.to)

    @property
    def tries(self) -> int:
        return self.server.counts[PLACE.path]


@pytest.fixture
def make_server(tmp_path: Path) -> Iterator[Callable[[], SymbolServer]]:
    made: list[SymbolServer] = []

    def make() -> SymbolServer:
        made.append(SymbolServer(tmp_path / f"symbols-{len(made)}").__enter__())
        return made[-1]

    yield make
    for server in made:
        server.stop()


@pytest.fixture
def bench(make_server: Callable[[], SymbolServer], tmp_path: Path) -> Bench:
    server = make_server()
    put(server.folder)
    return Bench(server, tmp_path / "fetched.sym")
