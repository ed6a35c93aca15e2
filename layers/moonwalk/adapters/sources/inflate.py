"""Unpacks a stream of gzip within limits: on size, and on how much comes of how little."""

import zlib
from collections.abc import Iterator

from moonwalk.adapters.sources.limits import CHUNK, Limits, SourceError
from moonwalk.domain.symbol_sources import Reason

_GZIP_FORMAT = 16 + zlib.MAX_WBITS
_PLAIN = frozenset({"", "identity", "aws-chunked"})
"""Codings that change nothing; the last is one of transfer, which some stores keep all the same."""
_GZIP = frozenset({"gzip", "x-gzip"})


def unpacked(pieces: Iterator[bytes], encoding: str, limits: Limits) -> Iterator[bytes]:
    """Give the text piece by piece, each of bounded size.

    Args:
        pieces: as they come.
        encoding: the `Content-Encoding` of what comes.
        limits: on the text.

    Raises:
        SourceError: `too_large`, `zip_bomb`, `damaged`, `cut_short` or `unknown_encoding`.
    """
    codings = {coding.strip().lower() for coding in encoding.split(",")} - _PLAIN
    if not codings:
        return _bounded(pieces, limits)
    if len(codings) == 1 and codings <= _GZIP:
        return _bounded(_unzipped(pieces, limits), limits)
    raise SourceError(Reason.UNKNOWN_ENCODING, "its Content-Encoding is neither gzip nor none")


def _bounded(pieces: Iterator[bytes], limits: Limits) -> Iterator[bytes]:
    left = limits.text_bytes
    for piece in pieces:
        left -= len(piece)
        if left < 0:
            raise SourceError(
                Reason.TOO_LARGE, f"its text is larger than {limits.text_bytes} bytes"
            )
        yield piece


def _unzipped(pieces: Iterator[bytes], limits: Limits) -> Iterator[bytes]:
    """Unpack one gzip member after the other."""
    inflate = zlib.decompressobj(_GZIP_FORMAT)
    packed = text = 0
    for piece in pieces:
        packed += len(piece)
        rest = piece
        while rest:
            if inflate.eof:
                inflate = zlib.decompressobj(_GZIP_FORMAT)
            try:
                out = inflate.decompress(rest, CHUNK)
            except zlib.error:
                raise SourceError(Reason.DAMAGED, "its gzip is damaged") from None
            rest = inflate.unconsumed_tail or inflate.unused_data
            text += len(out)
            _check_ratio(packed, text, limits)
            if out:
                yield out
    if not inflate.eof:
        raise SourceError(Reason.CUT_SHORT, "its gzip ends too early")


def _check_ratio(packed: int, text: int, limits: Limits) -> None:
    if text > limits.ratio_from and text > packed * limits.ratio:
        raise SourceError(Reason.ZIP_BOMB, f"it unpacks to more than {limits.ratio} times its size")
