"""A local folder of symbol text in Breakpad layout."""

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from moonwalk.adapters.sources.inflate import unpacked
from moonwalk.adapters.sources.limits import CHUNK, LIMITS, Limits, SourceError
from moonwalk.adapters.sources.text import stored
from moonwalk.domain.symbol_places import LoadedModule, SymbolPlace
from moonwalk.domain.symbol_sources import Absent, Answer, Found, Reason, Source

_ABSENT = (FileNotFoundError, NotADirectoryError)


@dataclass(frozen=True, slots=True)
class FolderSource:
    """A `SymbolSource` on a folder."""

    source: Source
    limits: Limits = LIMITS

    def place_of(self, module: LoadedModule) -> Absent:  # noqa: ARG002 - as the port has it
        """A folder knows no code ids."""
        return Absent()

    def fetch(self, place: SymbolPlace, module: LoadedModule, to: Path) -> Answer:  # noqa: ARG002 - the port
        """Copy the text of a place into a file."""
        try:
            with _opened(Path(self.source.address) / place.path) as file:
                return Found(stored(unpacked(_pieces(file), "", self.limits), place, to))
        except _ABSENT:
            return Absent()
        except SourceError as error:
            return error.told()
        except OSError as error:
            reason = f"it cannot be read: {error.strerror}"
            return SourceError(Reason.UNREACHABLE, reason).told()


def _opened(path: Path) -> BinaryIO:
    """Open a plain file; a named pipe would be waited for, a device might never end."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise SourceError(Reason.NOT_SYMBOLS, "it is no plain file")
    return os.fdopen(descriptor, "rb")


def _pieces(file: BinaryIO) -> Iterator[bytes]:
    while True:
        try:
            piece = file.read(CHUNK)
        except OSError as error:
            raise SourceError(Reason.UNREACHABLE, f"it cannot be read: {error.strerror}") from error
        if not piece:
            return
        yield piece
