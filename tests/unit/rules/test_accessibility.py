"""Whether the accessibility service was active."""

from typing import Any

import pytest

from moonwalk.rules.mozilla.accessibility import AccessibilityRule
from tests.unit.rules.builders import act, crash


@pytest.mark.parametrize(
    ("raw", "active"),
    [
        ({"Accessibility": "Active"}, True),
        ({"Accessibility": "active"}, False),
        ({"Accessibility": " Active"}, False),
        ({"Accessibility": ""}, False),
        ({"Accessibility": True}, False),
        ({"Accessibility": ["Active"]}, False),
        ({}, False),
    ],
)
def test_only_the_very_word_says_that_it_was(raw: dict[str, Any], active: Any) -> None:
    assert act(AccessibilityRule(), crash(raw=raw)).fields == {"accessibility": active}
