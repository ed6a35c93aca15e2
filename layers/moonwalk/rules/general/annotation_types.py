"""Reads annotations, which clients send as text, as values of the types that fields have."""

import json
import math
from collections.abc import Callable, Mapping
from typing import Any

from moonwalk.rules.reading import quoted

MOST_NESTED = 200
UNUSABLE = "has an unusable value"
BOOLEANS = {"1": True, "true": True, "0": False, "false": False}


class MisreadError(ValueError):
    """An annotation cannot be read; the text says it in the words of a note, after the name."""


def _boolean(value: object) -> bool:
    try:
        return BOOLEANS[str(value).lower()]
    except KeyError:
        said = quoted(value).lower()
        raise MisreadError(f"has non-boolean value {said}") from None
    except (ValueError, RecursionError):
        raise MisreadError(UNUSABLE) from None


def _integer(value: Any) -> int:
    try:
        return int(value)
    except ValueError:
        raise MisreadError("has a non-int value") from None
    except (TypeError, OverflowError):
        raise MisreadError(UNUSABLE) from None


def _number(value: Any) -> float:
    try:
        number = float(value)
    except ValueError:
        raise MisreadError("has a non-float value") from None
    except (TypeError, OverflowError):
        raise MisreadError(UNUSABLE) from None
    if not math.isfinite(number):
        raise MisreadError("has a non-float value")
    return number


def _string(value: object) -> str:
    if not isinstance(value, str):
        raise MisreadError(UNUSABLE)
    return value.rstrip()


def _object(value: object) -> Any:
    if isinstance(value, Mapping):
        return value
    if not isinstance(value, str):
        raise MisreadError(UNUSABLE)
    try:
        parsed = json.loads(value)
    except (ValueError, RecursionError):
        raise MisreadError("value is malformed json") from None
    if value.count("[") + value.count("{") > MOST_NESTED and _is_deep(parsed):
        raise MisreadError("value is malformed json")
    return parsed


def _is_deep(value: Any) -> bool:
    """Say whether a value is nested so deep that writing it might fail where reading has not."""
    level = [value]
    for _ in range(MOST_NESTED):
        inner = [part for part in level if isinstance(part, dict | list)]
        level = [
            part for each in inner for part in (each.values() if isinstance(each, dict) else each)
        ]
    return bool(level)


READERS: Mapping[str, Callable[[Any], Any]] = {
    "boolean": _boolean,
    "integer": _integer,
    "number": _number,
    "string": _string,
    "object": _object,
}
"""By the type of a field."""
