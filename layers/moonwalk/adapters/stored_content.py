"""Reading stored objects that may be gzip, and that nobody promised to be small or sound."""

import json
import zlib
from collections.abc import Iterator
from typing import Any, Protocol

CHUNK = 256 * 1024
"""Bytes held at a time, whatever an object unpacks to."""
GZIP = "gzip"
IDENTITY = "identity"
_PLAIN = frozenset({"", IDENTITY, "aws-chunked"})
"""Codings that change nothing; the last is one of transfer, which some stores keep all the same."""
_GZIP_FORMAT = 16 + zlib.MAX_WBITS


class UnusableContentError(Exception):
    """The stored bytes are not what they should be; the text says why, without quoting them."""


class Readable(Protocol):
    """A stream of bytes, as S3 gives it."""

    def read(self, amt: int, /) -> bytes:
        """Give up to so many bytes, none at the end."""


def decoded(body: Readable, encoding: str | None, limit: int) -> Iterator[bytes]:
    """Give the content of an object piece by piece.

    Args:
        body: the stored bytes.
        encoding: the object's `Content-Encoding`.
        limit: bytes that the content may have; a gzip bomb is left off there.

    Raises:
        UnusableContentError: when the content is larger, or cannot be decoded.
    """
    left = limit
    for piece in _pieces(body, encoding or ""):
        left -= len(piece)
        if left < 0:
            raise UnusableContentError(f"it is larger than {limit} bytes")
        yield piece


def _pieces(body: Readable, encoding: str) -> Iterator[bytes]:
    codings = {coding.strip().lower() for coding in encoding.split(",")} - _PLAIN
    if not codings:
        return iter(lambda: body.read(CHUNK), b"")
    if codings == {GZIP}:
        return _unzipped(body)
    raise UnusableContentError("its content encoding is neither gzip nor identity")


def _unzipped(body: Readable) -> Iterator[bytes]:
    inflate = zlib.decompressobj(_GZIP_FORMAT)
    while stored := body.read(CHUNK):
        while stored:
            if inflate.eof:
                inflate = zlib.decompressobj(_GZIP_FORMAT)
            try:
                yield inflate.decompress(stored, CHUNK)
            except zlib.error:
                raise UnusableContentError("its gzip is damaged") from None
            stored = inflate.unconsumed_tail or inflate.unused_data
    if not inflate.eof:
        raise UnusableContentError("its gzip ends too early")


def parse_json(content: bytes) -> Any:
    """Read JSON as Python does: NaN is accepted, and the last of equal keys counts.

    Raises:
        UnusableContentError: when it is none, is not UTF-8, or is nested too deep to be read.
    """
    try:
        return json.loads(content.decode("utf-8"))
    except UnicodeDecodeError:
        raise UnusableContentError("it is not UTF-8") from None
    except RecursionError:
        raise UnusableContentError("it is nested too deep") from None
    except ValueError:
        raise UnusableContentError("it is no JSON") from None
