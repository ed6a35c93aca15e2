"""From what was typed to symbol files with their keys: files, folders and zips, none trusted."""

import gzip
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, cast

from cli.exits import UsageError
from cli.packing import DEEPEST
from cli.places import shown
from cli.plain import plain
from cli.symbols.native import NoSymbolsError, is_native, symbols_of
from moonwalk.domain.failures import DeadLetter
from moonwalk.domain.symbols import SymbolKey, read_module, symbol_key

ENDINGS = (".sym", ".sym.gz")
KEY_PARTS = 3
LONGEST_LINE = 8192
"""Bytes of a MODULE line; `moonwalk-pack` looks no further either."""
_GZIP = b"\x1f\x8b"


@dataclass(frozen=True)
class SymbolFile:
    """A symbol file that can be uploaded.

    Attributes:
        source: where it is, for a person.
        size: of its bytes as they are, a measure of the work.
        open: opens these bytes; they may be gzip.
    """

    key: SymbolKey
    source: str
    size: int
    open: Callable[[], IO[bytes]]

    def text(self) -> IO[bytes]:
        """Open its text."""
        return opened_text(self.open)


@dataclass(frozen=True)
class Refused:
    """Something that is not uploaded, and why."""

    source: str
    why: str


Found = SymbolFile | Refused


def find(paths: list[Path], scope: str, scratch: Path) -> Iterator[Found]:
    """Find the symbol files in what was named.

    Args:
        paths: files, folders in Breakpad's layout, or zips of such.
        scope: where the symbols belong.
        scratch: a folder for the symbols of native files.

    Raises:
        UsageError: when something that was named is not there.
        SetUpIncomplete: when native files need a program that is missing.
    """
    for path in paths:
        if path.is_dir():
            yield from _in_folder(path, path, scope, DEEPEST)
        elif not path.is_file():
            raise UsageError(f"{plain(shown(path))} is no file or folder", "name symbol files")
        elif zipfile.is_zipfile(path):
            yield from _in_zip(path, scope)
        elif is_native(path):
            yield from _of_native(path, scope, scratch)
        else:
            yield _by_module(path, scope, plain(shown(path)))


def _of_native(path: Path, scope: str, scratch: Path) -> Iterator[Found]:
    source = plain(shown(path))
    try:
        for made in symbols_of(path, scratch):
            yield _by_module(made, scope, source)
    except NoSymbolsError as error:
        yield Refused(source, str(error))


def _in_folder(top: Path, folder: Path, scope: str, deeper: int) -> Iterator[Found]:
    for path in sorted(folder.iterdir()):
        if path.is_dir() and deeper:
            yield from _in_folder(top, path, scope, deeper - 1)
        elif path.is_file() and path.name.endswith(ENDINGS):
            parts = path.relative_to(top).parts
            source = plain(shown(path))
            if len(parts) < KEY_PARTS:
                yield _by_module(path, scope, source)
            else:
                size, opener = path.stat().st_size, _opener(path)
                yield _by_place(parts[-KEY_PARTS:], scope, source, size, opener)


def _in_zip(path: Path, scope: str) -> Iterator[Found]:
    """Look at the names in a zip; nothing is ever unpacked under them."""
    try:
        with zipfile.ZipFile(path) as archive:
            entries = [entry for entry in archive.infolist() if not entry.is_dir()]
    except (zipfile.BadZipFile, NotImplementedError, ValueError) as error:
        raise UsageError(f"{plain(shown(path))} is a damaged zip", "make it again") from error
    for entry in entries:
        if entry.filename.endswith(ENDINGS):
            yield _in_entry(path, entry, scope)


def _in_entry(path: Path, entry: zipfile.ZipInfo, scope: str) -> Found:
    source = f"{plain(shown(path))}: {plain(entry.filename, 300)}"
    parts = PurePosixPath(entry.filename).parts
    if entry.filename.startswith("/") or "\\" in entry.orig_filename or ".." in parts:
        return Refused(source, "its name leads out of the zip")
    if len(parts) != KEY_PARTS:
        return Refused(source, "it is not at <debug file>/<DEBUG ID>/<name>.sym in the zip")
    if entry.flag_bits & 1:
        return Refused(source, "it is encrypted")
    return _by_place(parts, scope, source, entry.file_size, _entry_opener(path, entry))


def _by_place(
    parts: tuple[str, ...], scope: str, source: str, size: int, opener: Callable[[], IO[bytes]]
) -> Found:
    debug_file, debug_id, name = parts
    try:
        key = SymbolKey(scope, debug_file, debug_id, name.removesuffix(".gz"))
    except DeadLetter as error:
        return Refused(source, error.detail)
    return SymbolFile(key, source, size, opener)


def _by_module(path: Path, scope: str, source: str) -> Found:
    """Take a file that is named by itself for what its MODULE line says."""
    opener = _opener(path)
    try:
        with opened_text(opener) as text:
            line = text.readline(LONGEST_LINE)
        module = read_module(line.decode("utf-8", "replace"))
        if module is None:
            return Refused(source, "it has no MODULE line: it is no symbol file")
        key = symbol_key(module.debug_file, module.debug_id, scope)
    except (EOFError, OSError) as error:
        return Refused(source, f"it cannot be read: {plain(error, 200)}")
    except DeadLetter as error:
        return Refused(source, error.detail)
    return SymbolFile(key, source, path.stat().st_size, opener)


def opened_text(opener: Callable[[], IO[bytes]]) -> IO[bytes]:
    """Open bytes that may be gzip, told by how they begin."""
    with opener() as looked_at:
        compressed = looked_at.read(len(_GZIP)) == _GZIP
    raw = opener()
    if not compressed:
        return raw
    return cast("IO[bytes]", _Gunzipped(raw))


class _Gunzipped(gzip.GzipFile):
    """A gzip whose file below is closed with it."""

    def __init__(self, raw: IO[bytes]) -> None:
        super().__init__(fileobj=raw, mode="rb")
        self._raw_below = raw

    def close(self) -> None:
        """Close both."""
        super().close()
        self._raw_below.close()


def _opener(path: Path) -> Callable[[], IO[bytes]]:
    return lambda: path.open("rb")


def _entry_opener(path: Path, entry: zipfile.ZipInfo) -> Callable[[], IO[bytes]]:
    def opened() -> IO[bytes]:
        # The zip's own file is closed with the last entry that is read from it.
        with zipfile.ZipFile(path) as archive:
            return archive.open(entry)

    return opened
