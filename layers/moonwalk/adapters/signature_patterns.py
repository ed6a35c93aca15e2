r"""Refuses regular expressions that a name could keep busy without end.

Python's `re` has no time limit, and names are written by whoever crashed: `(a|a)*b` takes years of
thirty letters. So an expression of a team's list is taken only if what it tries at the worst, for
a name of the greatest length, is bounded. That is told from its parts: what is repeated must have
one length and no choices, and choices that follow each other multiply.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from re import _compiler as compiler  # type: ignore[attr-defined]
from re import _constants as kinds  # type: ignore[attr-defined] # no other way to see the parts
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any, Self

MOST_MATCHED = 4_096
"""Characters of a normalised frame that lists look at; real ones are shorter."""
MOST_STEPS = 2 * MOST_MATCHED**2
"""Two repetitions without end, or one and some thousands of choices; siggen's own have two."""
_REPEATS = frozenset({kinds.MAX_REPEAT, kinds.MIN_REPEAT, kinds.POSSESSIVE_REPEAT})
_GROUPS_OF_ONE = frozenset({kinds.ASSERT, kinds.ASSERT_NOT})
_SINGLE = frozenset(
    {kinds.LITERAL, kinds.NOT_LITERAL, kinds.ANY, kinds.IN, kinds.AT, kinds.CATEGORY}
)


@dataclass(frozen=True, slots=True)
class Expressions:
    """Expressions of a list as one: siggen asks it as it asks a compiled pattern."""

    pattern: re.Pattern[str]

    @classmethod
    def of(cls, expressions: Iterable[str]) -> Self:
        """Put expressions together; none at all match nothing."""
        return cls(re.compile("|".join(expressions) or r"(?!)"))

    def match(self, frame: str) -> re.Match[str] | None:
        """Match at the beginning of a frame."""
        return self.pattern.match(frame, 0, MOST_MATCHED)


class UnusablePatternError(ValueError):
    """An expression cannot be used; the text says why."""


def check(expression: str) -> None:
    """Refuse an expression that is none, or that could take too long.

    Raises:
        UnusablePatternError: saying why.
    """
    try:
        # As it will stand among the others, where flags for all of them are no longer allowed.
        re.compile(f"x|(?:{expression})")
        parts = parser.parse(expression)
    except (re.error, OverflowError, RecursionError) as error:
        raise UnusablePatternError(f"no regular expression: {error}") from error
    if _steps(parts) > MOST_STEPS:
        raise UnusablePatternError("it could take too long: use fewer repetitions and choices")


def _steps(parts: Iterable[Any]) -> int:
    """Count the ways in which parts that follow each other could be tried, at the worst."""
    listed = list(parts)
    steps = 1
    for (kind, value), following in zip(listed, [*listed[1:], None], strict=False):
        if not (kind in _REPEATS and _ends_at(value[2], following)):
            steps = min(steps * _ways(kind, value), MOST_STEPS + 1)
    return steps


def _ends_at(repeated: Any, following: Any) -> bool:
    """Tell whether a repetition of single characters can end in one place only, as in `[0-9]+-`."""
    if following is None or following[0] is not kinds.LITERAL:
        return False
    if repeated.getwidth() != (1, 1) or _steps(repeated) > 1:
        return False
    return not compiler.compile(repeated).match(chr(following[1]))


def _ways(kind: Any, value: Any) -> int:
    if kind in _SINGLE:
        return 1
    if kind in _REPEATS:
        return _repeated(*value)
    if kind is kinds.BRANCH:
        return sum(_steps(branch) for branch in value[1])
    if kind is kinds.SUBPATTERN:
        return _steps(value[3])
    if kind is kinds.ATOMIC_GROUP:
        return _steps(value)
    if kind in _GROUPS_OF_ONE:
        return _steps(value[1])
    raise UnusablePatternError("it refers to what a group has found, which lists cannot have")


def _repeated(least: int, most: int, parts: Any) -> int:
    shortest, longest = parts.getwidth()
    if most <= 1:
        return 1 + _steps(parts)
    if shortest != longest or _steps(parts) > 1:
        raise UnusablePatternError(
            "it could take too long: what is repeated must have one length and no choices"
        )
    return min(most, MOST_MATCHED) - min(least, MOST_MATCHED) + 1
