"""Makes the look-up of versions that a setting asks for."""

import json
from collections.abc import Callable
from ipaddress import ip_network
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from moonwalk.adapters.versions.lookup import VersionPlace
from moonwalk.adapters.versions.remembered import RememberedVersions
from moonwalk.adapters.versions.server import VersionServer
from moonwalk.adapters.versions.table import VersionTable, in_bucket, in_file
from moonwalk.domain.symbol_sources import BadSourceError
from moonwalk.ports import Clock, Metrics, Versions

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


class BadVersionsError(ValueError):
    """A setting names no place of versions; the text says what to write."""


class NoVersions:
    """`Versions` of nothing, where no place is set."""

    def of(self, product: str, channel: str, build_id: str) -> str | None:  # noqa: ARG002 - the port's
        """Know none."""
        return None


def made(
    setting: str, clock: Clock, metrics: Metrics, s3: "Callable[[], S3Client] | None" = None
) -> Versions:
    """Make the look-up that a setting asks for.

    Args:
        setting: empty for none; `https://…` for a server, `s3://bucket/key` or the path of a file
            for a table; or a JSON object with that as `address`, and the `networks` that are not
            public and in which a server is.
        clock: says how old what is remembered is.
        metrics: is told of memory and look-ups.
        s3: makes the client, when it is needed.

    Raises:
        BadVersionsError: when the setting cannot be used.
    """
    if not setting.strip():
        return NoVersions()
    address, networks = _read(setting.strip())
    return RememberedVersions(_place(address, networks, clock, s3), clock, metrics)


def _read(setting: str) -> tuple[str, list[str]]:
    if not setting.startswith("{"):
        return setting, []
    try:
        said: Any = json.loads(setting)
    except (ValueError, RecursionError):
        raise BadVersionsError("the place of versions is no JSON") from None
    address, networks = said.get("address"), said.get("networks", [])
    if not isinstance(address, str) or not address:
        raise BadVersionsError("the place of versions has no `address`")
    if not isinstance(networks, list) or set(said) - {"address", "networks"}:
        raise BadVersionsError("the place of versions has `address` and a list `networks` only")
    return address, networks


def _place(
    address: str, networks: list[str], clock: Clock, s3: "Callable[[], S3Client] | None"
) -> VersionPlace:
    try:
        parts = urlsplit(address)
    except ValueError as error:
        raise BadVersionsError(f"versions cannot be asked for there: {error}") from error
    if parts.scheme in ("http", "https"):
        try:
            return VersionServer(address, tuple(ip_network(network) for network in networks))
        except (BadSourceError, ValueError) as error:
            raise BadVersionsError(f"versions cannot be asked for there: {error}") from error
    if parts.scheme == "s3":
        key = parts.path.lstrip("/")
        if not parts.netloc or not key or s3 is None:
            raise BadVersionsError("a table of versions in S3 is named s3://bucket/key")
        return VersionTable(in_bucket(s3(), parts.netloc, key), clock)
    return VersionTable(in_file(Path(address)), clock)
