"""Rules that lift what a walk found out about a crash to the top level, for searches."""

import json
from typing import Any, ClassVar

from moonwalk.rules.general.walked import JSON_DUMP
from moonwalk.rules.reading import elements, find, mapping
from moonwalk.rules.rule import NOTHING, Crash, Found, Rule

MOST_CHARACTERS = 4_096


class PossibleBitFlipsRule(Rule):
    """Says in percent how likely the likeliest of possible bit flips is (Socorro's 16).

    Cut, not rounded: 0.29 gives 28. F18: a confidence that is no number counts as none.
    """

    reads: ClassVar[tuple[str, ...]] = (JSON_DUMP,)
    writes: ClassVar[tuple[str, ...]] = ("possible_bit_flips_max_confidence",)

    def act(self, crash: Crash) -> Found:
        """Give the percentage, where there are bit flips."""
        flips = elements(find(crash.processed, "json_dump.crash_info.possible_bit_flips"))
        if not flips:
            return NOTHING
        percent = max(_percent(mapping(flip).get("confidence")) for flip in flips)
        return Found(fields={"possible_bit_flips_max_confidence": percent})


def _percent(confidence: object) -> int:
    if not isinstance(confidence, int | float):
        return 0
    try:
        return int(float(confidence) * 100)
    except (OverflowError, ValueError):
        return 0


class CrashInconsistenciesRule(Rule):
    """Lists what in a crash contradicts itself, or null (Socorro's 17)."""

    reads: ClassVar[tuple[str, ...]] = (JSON_DUMP,)
    writes: ClassVar[tuple[str, ...]] = ("crash_inconsistencies",)

    def applies(self, crash: Crash) -> bool:
        """Say whether the main minidump was walked."""
        return crash.processed.get(JSON_DUMP) is not None

    def act(self, crash: Crash) -> Found:
        """Give the list; F18: of a crash info that is null there is none."""
        found = find(crash.processed, "json_dump.crash_info.crash_inconsistencies")
        return Found(fields={"crash_inconsistencies": found})


class HasGuardPageAccessRule(Rule):
    """Says if memory was accessed that is likely a guard page; never that none was (18)."""

    reads: ClassVar[tuple[str, ...]] = (JSON_DUMP,)
    writes: ClassVar[tuple[str, ...]] = ("has_guard_page_access",)

    def applies(self, crash: Crash) -> bool:
        """Say whether there was such an access."""
        accesses = elements(find(crash.processed, "json_dump.crash_info.memory_accesses"))
        return any(mapping(access).get("is_likely_guard_page") for access in accesses)

    def act(self, crash: Crash) -> Found:  # noqa: ARG002 - `applies` has said it
        """Say so."""
        return Found(fields={"has_guard_page_access": True})


class SoftErrorsRule(Rule):
    """Keeps what writers of the minidump could not do, as text and cut (Socorro's 47).

    Cut text is no valid JSON any more, and of none at all it says `null`; Socorro's readers know
    it so.
    """

    reads: ClassVar[tuple[str, ...]] = (JSON_DUMP,)
    writes: ClassVar[tuple[str, ...]] = ("soft_errors",)

    def applies(self, crash: Crash) -> bool:
        """Say whether the walk says anything of such errors."""
        return "soft_errors" in mapping(crash.processed.get(JSON_DUMP))

    def act(self, crash: Crash) -> Found:
        """Give the text."""
        return Found(fields={"soft_errors": _json(find(crash.processed, "json_dump.soft_errors"))})


def _json(value: Any) -> str:
    try:
        return json.dumps(value)[:MOST_CHARACTERS]
    except (RecursionError, ValueError):
        return "(nested too deep)"
