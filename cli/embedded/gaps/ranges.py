"""Gap of S3: a part of an object costs as much as all of it.

moto reads an object whole, and copies it, for every range that is asked for. A walk asks for some
hundred ranges of a few KiB, and a pack may have hundreds of MiB.
"""

import threading
from collections.abc import Callable
from functools import wraps
from typing import Any

from moto.s3.models import FakeKey
from moto.s3.responses import S3Response

from cli.embedded.patches import Patches

_asked = threading.local()


class _Content:
    """An object's content, of which only that is read which is asked for."""

    def __init__(self, key: FakeKey) -> None:
        self._key = key

    def __len__(self) -> int:
        return self._key.size

    def __getitem__(self, part: slice) -> bytes:
        begin, end, _ = part.indices(len(self))
        with self._key.lock:
            self._key._value_buffer.seek(begin)  # noqa: SLF001 - there is no other way to a part
            return self._key._value_buffer.read(max(0, end - begin))  # noqa: SLF001


def close(patches: Patches) -> None:
    """Let requests for ranges read no more than these."""
    whole: Any = vars(FakeKey)["value"]

    def value(key: FakeKey) -> Any:
        return _Content(key) if getattr(_asked, "range", False) else whole.fget(key)

    patches.replace(FakeKey, "value", property(value, whole.fset))
    patches.replace(S3Response, "get_object", _noting_ranges(S3Response.get_object))
    handle = "_handle_range_header"
    patches.replace(S3Response, handle, _as_bytes(getattr(S3Response, handle)))


def _noting_ranges(act: Callable[[S3Response], Any]) -> Callable[[S3Response], Any]:
    @wraps(act)
    def noting(response: S3Response) -> Any:
        # A checksum, where one is asked for, was made when the object was written.
        numbered = "partNumber" in response.querystring
        _asked.range = bool(response.headers.get("range")) and not numbered
        try:
            return act(response)
        finally:
            _asked.range = False

    return noting


def _as_bytes(act: Callable[..., Any]) -> Callable[..., Any]:
    """Give all of an object after all where its range is none that S3 would know."""

    @wraps(act)
    def handled(*given: Any) -> Any:
        status, headers, content = act(*given)
        return status, headers, content[:] if isinstance(content, _Content) else content

    return handled
