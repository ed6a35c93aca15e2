"""A moto server on loopback with the embedded AWS's clock and queues."""

import io
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config
from moto.moto_api._internal.models import moto_api_backend
from moto.server import ThreadedMotoServer

from cli.embedded.clock import EmbeddedClock
from cli.embedded.moto_time import moto_follows
from cli.embedded.queues import EmbeddedQueues

REGION = "us-east-1"


@pytest.fixture
def clock(tmp_path: Path) -> EmbeddedClock:
    return EmbeddedClock(tmp_path / "clock")


@pytest.fixture
def queues(clock: EmbeddedClock) -> Iterator[EmbeddedQueues]:
    with moto_follows(clock), EmbeddedQueues(clock) as queues:
        yield queues


@pytest.fixture
def endpoint_url(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    # Moto's state is the process's: other tests in it leave theirs behind, as the contract's do.
    moto_api_backend.reset()
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    _, port = server.get_host_and_port()
    monkeypatch.setenv("MOTO_PORT", str(port))  # where workflows find the other services
    yield f"http://127.0.0.1:{port}"
    server.stop()
    moto_api_backend.reset()


@pytest.fixture
def client(endpoint_url: str) -> Iterator[Callable[[str], Any]]:
    made: list[Any] = []

    def make(service_name: Any) -> Any:
        made.append(
            boto3.session.Session().client(
                service_name,
                endpoint_url=endpoint_url,
                region_name=REGION,
                aws_access_key_id="embedded",
                aws_secret_access_key="embedded",
                config=Config(retries={"total_max_attempts": 1}),
            )
        )
        return made[-1]

    yield make
    for each in made:
        each.close()


def function_code() -> bytes:
    """A zip that moto takes as a function's code; nothing of it ever runs."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("handler.py", "def handle(event, context): ...")
    return buffer.getvalue()
