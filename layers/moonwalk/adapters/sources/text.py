"""Puts symbol text into a file, once its first line shows that it is what was asked for."""

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from moonwalk.adapters.sources.limits import SourceError
from moonwalk.domain.failures import RetryCode, RetryLater
from moonwalk.domain.symbol_places import SymbolPlace
from moonwalk.domain.symbol_sources import Reason

_LONGEST_FIRST_LINE = 8 * 1024
_MODULE = re.compile(rb"MODULE +[^ \r\n]+ +[^ \r\n]+ +([0-9A-Fa-f]+)(?: [^\n]*)?\r*\n?")


def stored(pieces: Iterable[bytes], place: SymbolPlace, to: Path) -> int:
    """Write the text; the file is there afterwards only if all of it is. Gives its length.

    Raises:
        SourceError: `not_symbols` or `wrong_module`, or what the pieces raise.
        RetryLater: `scratch_full`, when the file cannot be written.
    """
    length = 0
    try:
        with _written(to), to.open("wb") as file:
            for piece in _beginning_checked(pieces, place):
                length += file.write(piece)
    except BaseException:
        to.unlink(missing_ok=True)
        raise
    return length


def _beginning_checked(pieces: Iterable[bytes], place: SymbolPlace) -> Iterator[bytes]:
    coming = iter(pieces)
    beginning = b""
    for piece in coming:
        beginning += piece
        if b"\n" in beginning or len(beginning) > _LONGEST_FIRST_LINE:
            break
    _check_first_line(beginning, place)
    yield beginning
    yield from coming


def _check_first_line(beginning: bytes, place: SymbolPlace) -> None:
    found = _MODULE.match(beginning[:_LONGEST_FIRST_LINE])
    if not found:
        what = "it does not begin with a MODULE line" if beginning else "it is empty"
        raise SourceError(Reason.NOT_SYMBOLS, what)
    if found[1].decode("ascii").upper() != place.debug_id.upper():
        raise SourceError(Reason.WRONG_MODULE, "its MODULE line has another debug id")


@contextmanager
def _written(to: Path) -> Iterator[None]:
    """Tell what the file system refuses; what the network does wrong comes as `SourceError`."""
    try:
        yield
    except OSError as error:
        raise RetryLater(
            RetryCode.SCRATCH_FULL, f"a symbol file cannot be written to {to.parent}: {error}"
        ) from error
