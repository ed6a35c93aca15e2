"""Versions come from tables and servers alike; where these fail there are none."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import pytest

from moonwalk.adapters import aws
from moonwalk.adapters.versions.making import made
from moonwalk.ports import Versions
from tests.fakes import FakeClock, FakeMetrics
from tests.fakes.versions import FakeVersions
from tests.servers.faults import Status
from tests.servers.version_server import VersionServer

BUCKET, KEY = "versions", "tables/betas.json"
BUILD = ("Firefox", "beta", "20260801000000")
ODD = ("Fire fox", "be&ta=1", "2026/08?é#%41+")


class World(Protocol):
    """A place that can be filled, and broken before it is asked for the first time."""

    def put(self, build: tuple[str, str, str], version: str) -> None: ...
    def break_(self) -> None: ...
    @property
    def versions(self) -> Versions: ...


@dataclass
class FakeWorld:
    """The fake."""

    versions: FakeVersions = field(default_factory=FakeVersions)

    def put(self, build: tuple[str, str, str], version: str) -> None:
        self.versions.known[build] = version

    def break_(self) -> None:
        self.versions.broken = True


@dataclass
class FileWorld:
    """A table in a file."""

    file: Path
    table: dict[str, str] = field(default_factory=dict)

    @property
    def versions(self) -> Versions:
        return made(str(self.file), FakeClock(), FakeMetrics())

    def put(self, build: tuple[str, str, str], version: str) -> None:
        self.table[":".join(build)] = version
        self.write(json.dumps(self.table))

    def break_(self) -> None:
        self.write("[")

    def write(self, text: str) -> None:
        self.file.write_text(text, encoding="utf-8")


class BucketWorld(FileWorld):
    """The same in S3."""

    @property
    def versions(self) -> Versions:
        return made(f"s3://{BUCKET}/{KEY}", FakeClock(), FakeMetrics(), aws.s3)

    def write(self, text: str) -> None:
        client = aws.s3()
        client.create_bucket(Bucket=BUCKET)
        client.put_object(Bucket=BUCKET, Key=KEY, Body=text.encode())


@dataclass
class ServerWorld:
    """A server."""

    server: VersionServer

    @property
    def versions(self) -> Versions:
        setting = {"address": self.server.address, "networks": ["127.0.0.0/8"]}
        return made(json.dumps(setting), FakeClock(), FakeMetrics())

    def put(self, build: tuple[str, str, str], version: str) -> None:
        self.server.versions[build] = version

    def break_(self) -> None:
        self.server.failing += [Status(400)]


@pytest.fixture(params=["fake", "file", "bucket", "server"])
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    """Each of them."""
    if request.param == "bucket":
        request.getfixturevalue("aws_url")
    simple: dict[str, Callable[[], World]] = {
        "fake": FakeWorld,
        "file": lambda: FileWorld(tmp_path / "table.json"),
        "bucket": lambda: BucketWorld(tmp_path / "unused"),
    }
    if request.param in simple:
        yield simple[request.param]()
        return
    with VersionServer(tmp_path) as server:
        yield ServerWorld(server)


@pytest.mark.parametrize("build", [BUILD, ODD])
def test_a_known_build_has_its_version(world: World, build: tuple[str, str, str]) -> None:
    world.put(build, "140.0b3")
    assert world.versions.of(*build) == "140.0b3"


@pytest.mark.parametrize(
    "other",
    [
        ("Firefox", "beta", "20260802000000"),
        ("Firefox", "aurora", "20260801000000"),
        ("Thunderbird", "beta", "20260801000000"),
        ("firefox", "beta", "20260801000000"),
        ("Firefox", "beta", ""),
        ("Firefox", "beta", "2" * 10**6),
        ("Firefox", "beta", "\0\ud800\n"),
    ],
)
def test_other_builds_have_none(world: World, other: tuple[str, str, str]) -> None:
    world.put(BUILD, "140.0b3")
    assert world.versions.of(*other) is None


def test_an_empty_version_is_none(world: World) -> None:
    world.put(BUILD, "")
    assert world.versions.of(*BUILD) is None


def test_a_broken_place_knows_none(world: World) -> None:
    world.put(BUILD, "140.0b3")
    world.break_()
    assert world.versions.of(*BUILD) is None
