"""Where the embedded AWS that `moonwalk up` keeps running can be reached by other commands."""

import json
import os
import socket
import tempfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

SCHEMA = 1
START_IT = "start it with `moonwalk up`"
ANSWER_WITHIN = 2.0  # seconds; it is on this machine


class NoEndpointError(Exception):
    """No embedded AWS to attach to; the text says why and what to do."""


@dataclass(frozen=True)
class Endpoint:
    """A running embedded AWS.

    Attributes:
        endpoint_url: Where its services answer, on loopback.
        region: AWS region of everything in it.
        pid: Process that runs it.
        started: When it was started, epoch seconds of the machine's clock.
        outputs: Per stack, its outputs by name.
        workspace: Folder with its logs.
    """

    endpoint_url: str
    region: str
    pid: int
    started: float
    outputs: Mapping[str, Mapping[str, str]]
    workspace: str


def write_endpoint(file: Path, endpoint: Endpoint) -> None:
    """Publishes an endpoint: whole or not at all, for its owner's eyes only."""
    file.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=file.parent, prefix=file.name)  # mode 0600
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as unfinished:
            json.dump({"schema": SCHEMA, **asdict(endpoint)}, unfinished, indent=2)
        Path(name).replace(file)
    except BaseException:
        Path(name).unlink()
        raise


def read_endpoint(file: Path) -> Endpoint:
    """The endpoint that is published, made sure that it still answers.

    Raises:
        NoEndpointError: None is published, or what is published is of no use any more.
    """
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise NoEndpointError(f"no embedded AWS is running: {START_IT}") from None
    except ValueError:
        raise NoEndpointError(f"{file} is damaged: delete it, then {START_IT}") from None
    endpoint = _checked(found, file)
    if not _alive(endpoint.pid):
        raise NoEndpointError(
            f"the embedded AWS of process {endpoint.pid} has ended without a trace: {START_IT}"
        )
    if not _answers(endpoint.endpoint_url):
        raise NoEndpointError(
            f"process {endpoint.pid} does not answer at {endpoint.endpoint_url}: "
            f"end it if it is an embedded AWS that hangs, then {START_IT}"
        )
    return endpoint


def remove_endpoint(file: Path, pid: int) -> None:
    """Takes back what process `pid` published; another process's endpoint is left alone."""
    try:
        published = json.loads(file.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return
    if isinstance(published, dict) and published.get("pid") == pid:
        file.unlink(missing_ok=True)


def _checked(found: Any, file: Path) -> Endpoint:
    if not isinstance(found, dict) or found.pop("schema", None) != SCHEMA:
        raise NoEndpointError(f"{file} is from another version: delete it, then {START_IT}")
    try:
        endpoint = Endpoint(**found)
        urlsplit(endpoint.endpoint_url).port  # noqa: B018 - raises when it is no address
        os.fspath(endpoint.workspace)
        endpoint.pid.bit_length()
    except (TypeError, ValueError, AttributeError):
        raise NoEndpointError(f"{file} is damaged: delete it, then {START_IT}") from None
    return endpoint


def _alive(pid: int) -> bool:
    if pid <= 0:
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _answers(url: str) -> bool:
    address = urlsplit(url)
    try:
        socket.create_connection(
            (address.hostname or "", address.port or 0), timeout=ANSWER_WITHIN
        ).close()
    except OSError:
        return False
    return True
