"""JSON text as Socorro's readers know it, and never anything that JSON does not have."""

import json
import math
from collections.abc import Mapping
from typing import Any

MOST_NESTED = 200
"""Levels that are written in any case. Python reads some more than it writes in a deep call."""
MOST_BITS = 14_000
"""Of an integer: what Python writes in any case, some 4,200 digits."""


def to_json(document: Mapping[str, Any]) -> bytes:
    """Write a document as `json.dumps` does by default, its keys in their order.

    What Python would write as words that are no JSON (NaN, infinity) becomes null. So does, in a
    document that Python cannot write, what is nested deeper than `MOST_NESTED` levels, and any
    integer without end.
    """
    try:
        text = json.dumps(document, allow_nan=False)
    except (ValueError, RecursionError):
        text = json.dumps(_plain(document, MOST_NESTED), allow_nan=False)
    return text.encode("ascii")


def _plain(value: Any, levels: int) -> Any:
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, int):
        return value if value.bit_length() <= MOST_BITS else None
    if not isinstance(value, Mapping | list | tuple):
        return value
    if levels == 0:
        return None
    if isinstance(value, Mapping):
        return {key: _plain(item, levels - 1) for key, item in value.items()}
    return [_plain(item, levels - 1) for item in value]
