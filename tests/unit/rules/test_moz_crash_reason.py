"""The reason that a program gives for its own end."""

from typing import Any

import pytest

from moonwalk.rules.mozilla.moz_crash_reason import MozCrashReasonRule
from moonwalk.rules.profile import named
from moonwalk.rules.rule import NOTHING, Found
from tests.unit.rules.builders import act, crash, parts

WITHHELD = "sanitized--see moz_crash_reason_raw"


def told(reason: Any) -> Found:
    words = {
        "withheld": [
            "Failed to load module",
            "byte index",
            "do not use eval with system privileges",
        ]
    }
    return act(MozCrashReasonRule.made(parts(words)), crash(raw={"MozCrashReason": reason}))


@pytest.mark.parametrize(
    ("reason", "shown"),
    [
        ("MOZ_CRASH()", "MOZ_CRASH()"),
        (" byte index 5", " byte index 5"),
        ("Byte index 5", "Byte index 5"),
        ("byte index 5 of secret", WITHHELD),
        ("Failed to load module secret", WITHHELD),
        ("do not use eval with system privileges: secret", WITHHELD),
    ],
)
def test_a_reason_is_shown_unless_it_may_quote_a_user(reason: str, shown: str) -> None:
    fields = {"moz_crash_reason_raw": reason, "moz_crash_reason": shown}
    assert told(reason) == Found(fields=fields)


@pytest.mark.parametrize("reason", ["", None, 0, []])
def test_without_a_reason_there_is_none(reason: Any) -> None:
    assert told(reason) is NOTHING


@pytest.mark.parametrize("reason", [5, True, ["byte index"], {"a": 1}])
def test_a_reason_that_is_no_text_is_noted_and_not_written(reason: Any) -> None:
    assert told(reason) == Found(notes=("MozCrashReason has an unusable value",))


def test_the_profile_of_mozilla_says_which_reasons_are_withheld() -> None:
    words = named("socorro").told["MozCrashReasonRule"]
    rule = MozCrashReasonRule.made(parts(words))
    found = act(rule, crash(raw={"MozCrashReason": "byte index 5 of secret"}))
    assert found.fields["moz_crash_reason"] == WITHHELD


def test_a_profile_that_withholds_none_shows_all() -> None:
    found = act(MozCrashReasonRule.made(parts()), crash(raw={"MozCrashReason": "byte index"}))
    assert found.fields["moz_crash_reason"] == "byte index"
