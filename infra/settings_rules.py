"""What the value of one setting may be, and how it is read from `cdk.json` or the command line.

The CDK command line hands every `-c key=value` over as text, so each rule reads text as well.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from infra.symbol_uploaders import SymbolUploaders
from moonwalk.contracts.symbol_scopes import read_scopes
from moonwalk.contracts.symbol_sources import SymbolSources
from moonwalk.domain.symbol_scopes import SymbolScopes

RULE = "rule"
"""Where a dataclass field keeps its rule."""


@dataclass(frozen=True, slots=True)
class Rule:
    """What a value may be.

    Attributes:
        allowed: the rule in words, as it ends an error message.
        read: gives the value that is meant; raises `ValueError` or `TypeError` for others.
    """

    allowed: str
    read: Callable[[Any], Any]


def whole(default: int, low: int, high: int) -> Any:
    """Declare a whole number between two bounds, both allowed."""

    def read(value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, (int, str)):
            raise TypeError
        if not low <= int(value) <= high:
            raise ValueError
        return int(value)

    return _declare(default, Rule(f"a whole number from {low} to {high}", read))


def one_of(default: str | int, *others: str | int) -> Any:
    """Declare a choice between fixed values."""
    choices = {str(choice): choice for choice in (default, *others)}

    def read(value: Any) -> str | int:
        if str(value) not in choices:
            raise ValueError
        return choices[str(value)]

    return _declare(default, Rule("one of " + ", ".join(choices), read))


def some_of(*choices: str) -> Any:
    """Declare a list of at least one of fixed words; all of them by default."""

    def read(value: Any) -> tuple[str, ...]:
        chosen = _words(value)
        if not chosen or not set(chosen) <= set(choices):
            raise ValueError
        return tuple(choice for choice in choices if choice in chosen)

    return _declare(choices, Rule("a list of one or more of " + ", ".join(choices), read))


def switch(*, default: bool) -> Any:
    """Declare a yes or no."""

    def read(value: Any) -> bool:
        if str(value).lower() not in {"true", "false"}:
            raise ValueError
        return str(value).lower() == "true"

    return _declare(default, Rule("true or false", read))


def text(default: str, pattern: str, meaning: str) -> Any:
    """Declare a text that matches a pattern as a whole; `meaning` says it in words."""

    def read(value: Any) -> str:
        if not isinstance(value, str) or not re.fullmatch(pattern, value):
            raise ValueError
        return value

    return _declare(default, Rule(meaning, read))


def texts(pattern: str, meaning: str) -> Any:
    """Declare a list of texts, empty by default, each of which matches a pattern."""

    def read(value: Any) -> tuple[str, ...]:
        found = _words(value)
        if not all(re.fullmatch(pattern, each) for each in found):
            raise ValueError
        return found

    return _declare((), Rule(meaning, read))


def sources() -> Any:
    """Declare the symbol sources of a deployment; none by default."""
    allowed = "a list of sources, or an object with such a list for each scope"
    return _declare(SymbolSources(), Rule(allowed, SymbolSources.read))


def scopes() -> Any:
    """Declare which products have symbols of their own; none by default."""
    allowed = "an object with a list of products for each scope, none of them twice"
    return _declare(SymbolScopes(), Rule(allowed, read_scopes))


def uploaders() -> Any:
    """Declare who may upload symbols; nobody by default."""
    allowed = "an object with a list of ARNs of roles, users or accounts for each scope"
    return _declare(SymbolUploaders(), Rule(allowed, SymbolUploaders.read))


def _declare(default: Any, rule: Rule) -> Any:
    return field(default=default, metadata={RULE: rule})


def _words(value: Any) -> tuple[str, ...]:
    if isinstance(value, str):
        value = [part.strip() for part in value.split(",") if part.strip()]
    if not isinstance(value, (list, tuple)) or not all(isinstance(part, str) for part in value):
        raise TypeError
    return tuple(value)
