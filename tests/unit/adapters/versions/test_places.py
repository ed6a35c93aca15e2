"""Tables and servers of versions, and the settings that name them."""

import json
import logging
import time
from collections.abc import Iterator
from ipaddress import ip_network
from pathlib import Path

import pytest

from moonwalk.adapters.versions.lookup import Build, LookUpError
from moonwalk.adapters.versions.making import BadVersionsError, NoVersions, made
from moonwalk.adapters.versions.server import LIMITS, VersionServer
from moonwalk.adapters.versions.table import FRESH_SECONDS, MOST_BYTES, VersionTable, in_file
from tests.fakes import FakeClock, FakeMetrics
from tests.servers import version_server
from tests.servers.faults import Drip, Status, redirect

BUILD = Build("Firefox", "beta", "20260801")
LOOPBACK = (ip_network("127.0.0.0/8"),)


def write(path: Path, **versions: object) -> None:
    path.write_text(json.dumps({f"Firefox:beta:{key[1:]}": versions[key] for key in versions}))


def test_a_table_is_read_again_when_it_is_old_and_kept_when_that_fails(tmp_path: Path) -> None:
    path, clock = tmp_path / "table.json", FakeClock()
    write(path, _20260801="b1")
    table = VersionTable(in_file(path), clock)
    assert table.find(BUILD) == "b1"
    write(path, _20260801="b2")
    assert table.find(BUILD) == "b1"
    clock.advance(FRESH_SECONDS)
    assert table.find(BUILD) == "b2"
    path.unlink()
    clock.advance(FRESH_SECONDS)
    assert table.find(BUILD) == "b2"


@pytest.mark.parametrize("content", [b"", b"[]", b"null", b"{", b"\xff", b"[" * 10**5])
def test_what_is_no_table_is_told_without_quoting_it(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "table").write_bytes(content)
    with pytest.raises(LookUpError, match="the table of versions"):
        VersionTable(in_file(tmp_path / "table"), FakeClock()).find(BUILD)


def test_a_table_without_end_is_not_read_to_its_end(tmp_path: Path) -> None:
    with (tmp_path / "table").open("wb") as file:
        file.truncate(MOST_BYTES + 1)
    with pytest.raises(LookUpError, match="larger than"):
        VersionTable(in_file(tmp_path / "table"), FakeClock()).find(BUILD)


def test_a_missing_table_is_told(tmp_path: Path) -> None:
    with pytest.raises(LookUpError, match="No such file"):
        VersionTable(in_file(tmp_path / "none"), FakeClock()).find(BUILD)


@pytest.mark.parametrize("version", [5, ["b1"], None, "b" * 101, "b\n1", "\x1b[1m"])
def test_what_is_no_version_is_refused(tmp_path: Path, version: object) -> None:
    write(tmp_path / "table", _20260801=version)
    with pytest.raises(LookUpError, match="no version"):
        VersionTable(in_file(tmp_path / "table"), FakeClock()).find(BUILD)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[version_server.VersionServer]:
    with version_server.VersionServer(tmp_path) as started:
        started.versions[BUILD] = "140.0b3"
        yield started


def asking(server: version_server.VersionServer) -> VersionServer:
    return VersionServer(server.address, LOOPBACK, sleep=lambda _seconds: None)


def test_a_server_is_asked_by_product_channel_and_build_id(
    server: version_server.VersionServer,
) -> None:
    assert asking(server).find(BUILD) == "140.0b3"
    assert server.asked[0].query == BUILD._asdict()


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_server_in_a_bad_moment_is_asked_again(
    server: version_server.VersionServer, status: int
) -> None:
    server.failing = [Status(status)] * (LIMITS.tries - 1)
    assert asking(server).find(BUILD) == "140.0b3"
    assert len(server.asked) == LIMITS.tries


@pytest.mark.parametrize("status", [400, 401, 403, 204])
def test_another_answer_is_a_failure_at_once(
    server: version_server.VersionServer, status: int
) -> None:
    server.failing = [Status(status)] * 9
    with pytest.raises(LookUpError, match=str(status)):
        asking(server).find(BUILD)
    assert len(server.asked) == 1


def test_not_found_is_no_failure(server: version_server.VersionServer) -> None:
    server.failing = [Status(404)]
    assert asking(server).find(BUILD) is None


def test_a_server_sends_us_nowhere(server: version_server.VersionServer) -> None:
    server.failing = [redirect(server.address)]
    with pytest.raises(LookUpError, match="302"):
        asking(server).find(BUILD)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"{}",
        b'{"hits": 5}',
        b'{"hits": [5]}',
        b'{"hits": [{}]}',
        b'{"hits": {"0": 1}}',
        b'{"hits": [{"version_string": 5}]}',
        b"[" * 10**5,
        b" " * (1024**2 + 1),
    ],
)
def test_what_is_no_list_of_versions_is_a_failure(
    server: version_server.VersionServer, body: bytes
) -> None:
    server.body = body
    with pytest.raises(LookUpError):
        asking(server).find(BUILD)


@pytest.mark.parametrize("body", [b'{"hits": [], "total": 0}', b'{"hits": null}'])
def test_no_hits_are_no_version(server: version_server.VersionServer, body: bytes) -> None:
    server.body = body
    assert asking(server).find(BUILD) is None


def test_a_server_that_drips_is_given_up_in_time(server: version_server.VersionServer) -> None:
    server.failing = [Drip(0.1, at="headers")] * 9
    begun = time.monotonic()
    with pytest.raises(LookUpError):
        asking(server).find(BUILD)
    assert time.monotonic() - begun < 10


def test_a_server_that_is_not_public_must_be_configured_to_be_so(
    server: version_server.VersionServer,
) -> None:
    with pytest.raises(LookUpError, match="not public"):
        VersionServer(server.address).find(BUILD)
    assert server.asked == []


@pytest.mark.parametrize("setting", ["", "  "])
def test_no_setting_knows_no_versions(setting: str) -> None:
    versions = made(setting, FakeClock(), FakeMetrics())
    assert isinstance(versions, NoVersions)
    assert versions.of(*BUILD) is None


@pytest.mark.parametrize(
    ("setting", "said"),
    [
        ("{", "no JSON"),
        ("{}", "no `address`"),
        ('{"address": 5}', "no `address`"),
        ('{"address": "a", "networks": "b"}', "a list `networks`"),
        ('{"address": "a", "more": 1}', "only"),
        ('{"address": "https://a", "networks": ["x"]}', "cannot be asked"),
        ('{"address": "https://a", "networks": [{}]}', "cannot be asked"),
        ("https://", "cannot be asked"),
        ("https://user@a/", "cannot be asked"),
        ("https://a/?x=1", "cannot be asked"),
        ("http://[", "cannot be"),
        ("s3://bucket", "s3://bucket/key"),
        ("s3://bucket/key", "s3://bucket/key"),
    ],
)
def test_a_setting_that_names_no_place_is_told(setting: str, said: str) -> None:
    with pytest.raises(BadVersionsError, match=said):
        made(setting, FakeClock(), FakeMetrics())


def test_a_failing_look_up_is_logged_without_the_build(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    versions = made(str(tmp_path / "none"), FakeClock(), FakeMetrics())
    with caplog.at_level(logging.WARNING):
        assert versions.of(*BUILD) is None
    assert "cannot be read" in caplog.text
    assert BUILD.build_id not in caplog.text
