"""The way that a user sent a crash report."""

from typing import Any

import pytest

from moonwalk.rules.mozilla.submitted_from import SubmittedFromRule
from tests.unit.rules.builders import act, crash

ODD: list[Any] = ["True", "0", "", False, [], {}]


@pytest.mark.parametrize(
    ("raw", "place"),
    [
        *[({"SubmittedFromInfobar": true}, "Infobar") for true in ("1", "true", True, 1)],
        *[({"SubmittedFromInfobar": odd}, "Unknown") for odd in ODD],
        ({"SubmittedFromInfobar": "0", "SubmittedFrom": "Infobar"}, "Unknown"),
        ({"SubmittedFrom": "Infobar"}, "Infobar"),
        ({"SubmittedFrom": "CrashesTab"}, "CrashesTab"),
        ({"SubmittedFrom": ""}, ""),
        ({}, "Unknown"),
    ],
)
def test_the_place_is_told_and_whether_it_is_the_infobar(raw: dict[str, Any], place: str) -> None:
    assert act(SubmittedFromRule(), crash(raw)).fields == {
        "submitted_from": place,
        "submitted_from_infobar": place == "Infobar",
    }


@pytest.mark.parametrize("place", [5, True, ["Infobar"], {"a": 1}])
def test_a_place_that_is_no_text_has_a_note_and_no_field(place: Any) -> None:
    found = act(SubmittedFromRule(), crash({"SubmittedFrom": place}))
    assert found.fields == {"submitted_from_infobar": False}
    assert found.notes == ("SubmittedFrom has an unusable value",)
