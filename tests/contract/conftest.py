"""AWS for the real adapters: a moto server on loopback, emptied before each test."""

import http.client
from collections.abc import Callable, Iterator
from http import HTTPStatus

import pytest
from moto.server import ThreadedMotoServer

from moonwalk.adapters import aws
from tests.contract import worlds
from tests.contract.canned_aws import CannedAws
from tests.fakes import FakeClock, FakeCrashStore, FakeLedger, FakeSymbolStore


@pytest.fixture(scope="session")
def moto_url() -> Iterator[str]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def aws_url(moto_url: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """Point clients that are made from now on at an AWS with nothing in it."""
    _point_at(moto_url, monkeypatch)
    connection = http.client.HTTPConnection(moto_url.removeprefix("http://"), timeout=60)
    connection.request("POST", "/moto-api/reset")
    assert connection.getresponse().status == HTTPStatus.OK
    connection.close()
    return moto_url


@pytest.fixture
def canned_aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[CannedAws]:
    """An AWS that gives the answers a test lays out, for what moto does not have."""
    with CannedAws() as server:
        _point_at(server.url, monkeypatch)
        yield server


def _point_at(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", url)
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    # boto3 calls the synchronous Step Functions `sync-<host>`, a name that only AWS itself has.
    monkeypatch.setenv("AWS_DISABLE_HOST_PREFIX_INJECTION", "true")
    for left in ("AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_ENDPOINT_URL_SFN"):
        monkeypatch.delenv(left, raising=False)


@pytest.fixture
def s3_world(aws_url: str) -> worlds.S3World:  # noqa: ARG001 - must be there first
    return worlds.S3World(aws.s3())


@pytest.fixture(params=["fake", "s3, gzip", "s3, identity"])
def store_world(request: pytest.FixtureRequest) -> worlds.StoreWorld:
    if request.param == "fake":
        return FakeCrashStore()
    world: worlds.S3World = request.getfixturevalue("s3_world")
    return world.storing(request.param.rpartition(" ")[2])


@pytest.fixture(params=["fake", "s3"])
def symbol_world(request: pytest.FixtureRequest) -> worlds.SymbolWorld:
    if request.param == "fake":
        return FakeSymbolStore(worlds.MAX_UPLOAD_BYTES)
    request.getfixturevalue("aws_url")
    return worlds.S3SymbolWorld(aws.s3())


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def dynamo_world(aws_url: str, clock: FakeClock) -> worlds.DynamoWorld:  # noqa: ARG001 - first
    return worlds.DynamoWorld(aws.dynamodb(), clock)


@pytest.fixture(params=["fake", "dynamodb"])
def ledger_world(request: pytest.FixtureRequest) -> worlds.LedgerWorld:
    if request.param == "fake":
        return FakeLedger()
    world: worlds.DynamoWorld = request.getfixturevalue("dynamo_world")
    return world.ledger


@pytest.fixture
def make_queues(aws_url: str) -> Callable[[str], worlds.SqsWorld]:  # noqa: ARG001 - first
    return lambda prefix: worlds.SqsWorld(aws.sqs(), prefix)
