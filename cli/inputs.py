"""Checks what a person named on the command line, before anything is started for it."""

import json
import os
from pathlib import Path
from typing import Any

from cli.exits import UsageError
from cli.places import shown
from cli.plain import plain
from moonwalk.domain.crash_id import CrashId
from moonwalk.domain.failures import DeadLetter

MAGICS = (b"MDMP", b"PMDM")
"""How a minidump begins, on little-endian and on big-endian machines."""
MAX_ANNOTATIONS = 16 * 1024 * 1024
"""Bytes. The pipeline takes no larger raw crash."""
ANNOTATIONS_SUFFIX = ".extra.json"
"""Crash reporters write a dump's annotations beside it, under its name with this ending."""
CLIENT_PREFIX = "bp-"
"""With which crash ids are shown to the people who crashed."""


def existing_file(path: Path, what: str) -> Path:
    """Make sure that a file is there and can be read.

    Raises:
        UsageError: when not.
    """
    name = plain(shown(path))
    if path.is_dir():
        raise UsageError(f"{name} is a folder, not {what}", "name a file in it")
    if not path.exists():
        raise UsageError(f"{name} does not exist", f"name the file of {what}")
    if not path.is_file():
        raise UsageError(f"{name} is no plain file", f"name the file of {what}")
    if not os.access(path, os.R_OK):
        raise UsageError(f"{name} cannot be read", "look at its permissions")
    return path


def minidump(path: Path) -> Path:
    """Make sure that a file begins like a minidump; what follows is the pipeline's to judge.

    Raises:
        UsageError: when it is missing, empty, or something else.
    """
    existing_file(path, "a minidump")
    with path.open("rb") as file:
        magic = file.read(len(MAGICS[0]))
    name = plain(shown(path))
    if not magic:
        raise UsageError(f"{name} is empty", "name a minidump; `moonwalk submit` checks nothing")
    if magic not in MAGICS:
        raise UsageError(
            f"{name} is no minidump: it does not begin with MDMP",
            "name a .dmp file; `moonwalk submit` checks nothing",
        )
    return path


def symbol_folder(path: Path) -> Path:
    """Make sure that a folder of symbols is there, and give it as an absolute path.

    Raises:
        UsageError: when not.
    """
    return _folder(path, "symbols", "sym")


def pack_folder(path: Path) -> Path:
    """Make sure that a folder of packs is there, and give it as an absolute path.

    Raises:
        UsageError: when not, or when its name cannot stand in a list of folders.
    """
    found = _folder(path, "packs", "pack")
    if ":" in str(found):
        name = plain(shown(path))
        raise UsageError(f"{name} has a colon in its path", "lists of folders cannot hold that")
    return found


def _folder(path: Path, what: str, ending: str) -> Path:
    if not path.is_dir():
        raise UsageError(
            f"{plain(shown(path))} is no folder of {what}",
            f"name one that holds <debug file>/<DEBUG ID>/<name>.{ending}",
        )
    return path.resolve()


def annotations(path: Path) -> dict[str, Any]:
    """Read a crash's annotations: a JSON object.

    Raises:
        UsageError: when the file holds none.
    """
    existing_file(path, "annotations")
    name = plain(shown(path))
    if path.stat().st_size > MAX_ANNOTATIONS:
        raise UsageError(f"{name} is larger than {MAX_ANNOTATIONS} bytes", "no crash has so much")
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, RecursionError) as error:
        raise UsageError(f"{name} is no JSON", "annotations are a JSON object") from error
    if not isinstance(found, dict):
        raise UsageError(f"{name} is JSON, but no object", "annotations are a JSON object")
    return found


def annotations_beside(dump: Path) -> Path | None:
    """Find the annotations that a crash reporter left beside a dump."""
    candidate = dump.with_name(dump.stem + ANNOTATIONS_SUFFIX)
    return candidate if candidate.is_file() else None


def crash_id(text: str) -> CrashId:
    """Read a crash id as people have it, with or without `bp-`.

    Raises:
        UsageError: when it is none.
    """
    try:
        return CrashId(text.strip().removeprefix(CLIENT_PREFIX).lower())
    except DeadLetter as error:
        raise UsageError(
            f"{plain(text, 60)!r} is no crash id", f"{error.detail}; copy it as `run` printed it"
        ) from error
