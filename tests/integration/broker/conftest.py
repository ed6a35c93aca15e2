"""A broker whose one source is a server of ranges."""

import os
import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from moonwalk.adapters.broker import Broker, BrokerConfig
from tests.integration.broker.client import Walk
from tests.integration.stackwalker_support import STACKWALKER
from tests.servers.range_server import RangeServer

BINARY = STACKWALKER.with_name("moonwalk-broker")
SMALL = "small.so/A1/small.so.pack"
LARGE = "large.so/B2/large.so.pack"
NUMBERS = random.Random(1)  # noqa: S311 - content, not secrets
CONTENTS = {f"/{SMALL}": NUMBERS.randbytes(10_001), f"/{LARGE}": NUMBERS.randbytes(3_000_000)}
"""The broker passes bytes on; whether they are a pack is the walker's affair."""
SHORT = {"connect_milliseconds": 500, "timeout_milliseconds": 2000, "patience_milliseconds": 1500}


@pytest.fixture(scope="session")
def binary() -> Path:
    if not BINARY.exists():
        pytest.skip("the broker is not built: run `make stackwalker`")
    return BINARY


@pytest.fixture
def server() -> Iterator[RangeServer]:
    with RangeServer(CONTENTS) as server:
        yield server


@dataclass
class Brokers:
    """Starts brokers, and opens walks with them."""

    config: BrokerConfig
    started: list[Broker]

    def start(self, **changed: object) -> Broker:
        broker = Broker(replace(self.config, **changed))  # type: ignore[arg-type]
        self.started.append(broker)
        return broker

    def walk(self, broker: Broker, name: str = "a walk", *, anew: bool = False) -> Walk:
        return Walk(broker.connect(name, anew=anew))


def kill(broker: Broker) -> None:
    """Kill the process of a broker that runs."""
    assert broker._running
    broker._running.process.kill()
    broker._running.process.wait()


@pytest.fixture
def brokers(
    binary: Path, server: RangeServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Brokers]:
    monkeypatch.setenv("PATH", f"{binary.parent}:{os.environ['PATH']}")
    config = BrokerConfig(
        scopes={"default": [{"kind": "http", "name": "server", "url": server.url}]},
        cache_folder=tmp_path / "cache",
        disk_bytes=100_000_000,
        memory_bytes=1_000_000,
        fresh_seconds=60,
        absent_seconds=60,
        requests=SHORT | {"at_once": 16, "retries": 3},
    )
    made = Brokers(config, [])
    yield made
    for broker in made.started:
        broker.close()


@pytest.fixture
def broker(brokers: Brokers) -> Broker:
    return brokers.start()


@pytest.fixture
def walk(brokers: Brokers, broker: Broker) -> Iterator[Walk]:
    with brokers.walk(broker) as walk:
        yield walk
