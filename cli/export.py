"""Brings everything that is stored of a crash to this machine."""

from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

from cli.reachable import Reachable
from moonwalk.adapters.s3 import MAX_DUMP_BYTES
from moonwalk.adapters.stored_content import decoded
from moonwalk.contracts import storage
from moonwalk.domain.crash_id import CrashId
from moonwalk.domain.dumps import DumpName
from moonwalk.domain.failures import DeadLetter

STATS_ENDING = ".stats.json"
"""Of the files that tell what the walk of a minidump cost."""
_ABSENT = frozenset({"404", "NoSuchKey"})


@dataclass(frozen=True)
class Exported:
    """A stored object and where it lies now."""

    key: str
    path: Path


def export(crash_id: CrashId, source: Reachable, folder: Path) -> list[Exported]:
    """Write the stored objects of a crash into a folder, decoded; what is missing is left out.

    Raises:
        Unreachable: when the deployment does not answer.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with source.asked():
        names = _dump_names(crash_id, source)
        found = (_fetch(source, key, folder / file) for key, file in _places(crash_id, names))
        return [exported for exported in found if exported]


def stored_bytes(source: Reachable, key: str) -> bytes | None:
    """Read one object, decoded; None when there is none.

    Raises:
        Unreachable: when the deployment does not answer.
        Negative: when the object is damaged.
    """
    with source.asked():
        pieces = _pieces(source, key)
        return None if pieces is None else b"".join(pieces)


def _dump_names(crash_id: CrashId, source: Reachable) -> list[DumpName]:
    try:
        return [dump.name for dump in source.store.find_dumps(crash_id)]
    except DeadLetter:
        return []


def _places(crash_id: CrashId, names: list[DumpName]) -> Iterator[tuple[str, str]]:
    yield storage.raw_crash(crash_id), "raw_crash.json"
    yield storage.dump_names(crash_id), "dump_names.json"
    for name in names:
        ending = ".dmp" if name.is_minidump else ""
        yield storage.dump(crash_id, name), f"{name}{ending}"
        if name.is_minidump:
            yield storage.walker_output(crash_id, name), f"{name}.stackwalk.json"
            yield storage.walker_stats(crash_id, name), f"{name}{STATS_ENDING}"
    yield storage.processed_crash(crash_id), "processed_crash.json"


def _fetch(source: Reachable, key: str, to: Path) -> Exported | None:
    pieces = _pieces(source, key)
    if pieces is None:
        return None
    partial = to.with_name(to.name + ".part")
    with partial.open("wb") as file:
        for piece in pieces:
            file.write(piece)
    partial.replace(to)
    return Exported(key, to)


def _pieces(source: Reachable, key: str) -> Iterator[bytes] | None:
    try:
        found = source.client("s3").get_object(Bucket=source.bucket, Key=key)
    except ClientError as error:
        if error.response["Error"]["Code"] in _ABSENT:
            return None
        raise
    return _read(found)


def _read(found: Mapping[str, Any]) -> Iterator[bytes]:
    with closing(found["Body"]) as body:
        yield from decoded(body, found.get("ContentEncoding"), MAX_DUMP_BYTES)
