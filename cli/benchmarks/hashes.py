"""Hashes of files, by which what was made or counted from them is known again."""

import hashlib
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from cli.benchmarks.machine import files_below


@cache
def _hash_as_of(file: Path, size: int, changed: int) -> str:  # noqa: ARG001 - keys of the cache
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def hash_of_file(file: Path) -> str:
    """Give a file's SHA-256; read once, unless size or time of change differ."""
    about = file.stat()
    return _hash_as_of(file, about.st_size, about.st_mtime_ns)


def hash_of(paths: Iterable[Path]) -> str:
    """Give one hash for files and folders: of all contents, and of names below the folders."""
    whole = hashlib.sha256()
    for path in paths:
        for file in files_below(path):
            name = file.relative_to(path) if file != path else ""
            whole.update(f"{name}\0{hash_of_file(file)}\n".encode())
    return whole.hexdigest()
