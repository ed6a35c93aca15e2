"""Other commands find the embedded AWS that is up, or are told why not."""

import os
import socket
import stat
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from cli.embedded.endpoint import (
    Endpoint,
    NoEndpointError,
    read_endpoint,
    remove_endpoint,
    write_endpoint,
)

OUTPUTS = {"storage": {"CrashBucketName": "crashes"}}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "local" / "endpoint.json"


def endpoint(port: int) -> Endpoint:
    url = f"http://localhost:{port}"
    return Endpoint(url, "eu-central-1", os.getpid(), 1.0, OUTPUTS, "workspace")


def test_what_is_published_is_found_by_its_owner_only(file: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        published = endpoint(server.getsockname()[1])
        write_endpoint(file, published)
        assert read_endpoint(file) == published
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert list(file.parent.iterdir()) == [file]


def test_without_an_endpoint_the_error_says_how_to_start_one(file: Path) -> None:
    with pytest.raises(NoEndpointError, match="moonwalk up"):
        read_endpoint(file)


def test_an_endpoint_of_a_dead_process_is_stale(file: Path) -> None:
    child = subprocess.Popen([sys.executable, "-c", ""])
    child.wait()
    write_endpoint(file, replace(endpoint(1), pid=child.pid))
    with pytest.raises(NoEndpointError, match=f"process {child.pid} has ended"):
        read_endpoint(file)


def test_an_endpoint_that_does_not_answer_is_stale(file: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    write_endpoint(file, endpoint(port))
    with pytest.raises(NoEndpointError, match="does not answer"):
        read_endpoint(file)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"schema": 2}', '{"schema": 1, "pid": "x"}'])
def test_a_damaged_file_is_an_error_that_says_what_to_do(file: Path, text: str) -> None:
    file.parent.mkdir()
    file.write_text(text)
    with pytest.raises(NoEndpointError, match="delete it"):
        read_endpoint(file)


def test_a_process_takes_back_only_its_own_endpoint(file: Path) -> None:
    write_endpoint(file, endpoint(1))
    remove_endpoint(file, os.getpid() + 1)
    assert file.exists()
    remove_endpoint(file, os.getpid())
    assert not file.exists()
    remove_endpoint(file, os.getpid())
