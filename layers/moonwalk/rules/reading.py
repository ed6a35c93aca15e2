"""Reads values that may be of any kind: a null and a value of a wrong kind count as absent."""

from collections.abc import Mapping, Sequence
from typing import Any

_NOTHING: Mapping[str, Any] = {}
MOST_QUOTED = 1_000
"""Characters of a value that a note may quote; annotations have millions."""


def mapping(value: object) -> Mapping[str, Any]:
    """Give an object, or an empty one for anything else."""
    return value if isinstance(value, Mapping) else _NOTHING


def elements(value: object) -> Sequence[Any]:
    """Give a list, or an empty one for anything else."""
    return value if isinstance(value, list) else ()


def text(value: object) -> str | None:
    """Give a string, or None for anything else."""
    return value if isinstance(value, str) else None


def find(document: Mapping[str, Any], path: str) -> Any:
    """Follow a dotted path through objects; None where it cannot be followed or ends at null."""
    value: Any = document
    for step in path.split("."):
        value = mapping(value).get(step)
    return value


def thread(json_dump: object, number: object) -> Mapping[str, Any]:
    """Give a thread of a walk by its index, or an empty object where there is none such."""
    threads = elements(mapping(json_dump).get("threads"))
    known = isinstance(number, int) and not isinstance(number, bool)
    if not known or not -len(threads) <= number < len(threads):  # type: ignore[operator]
        return _NOTHING
    return mapping(threads[number])  # type: ignore[call-overload]


def quoted(value: object) -> str:
    """Give a value's text for a note that Socorro quotes values in, cut where it is long."""
    try:
        return str(value)[:MOST_QUOTED]
    except (ValueError, RecursionError):
        return "(unreadable)"


def unusable(annotation: str) -> str:
    """Say in a note that an annotation's value is of a type that no rule can use."""
    return f"{annotation} has an unusable value"
