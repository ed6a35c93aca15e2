"""A crash's own name."""

from typing import Any

import pytest

from moonwalk.rules.general.identifier import IdentifierRule
from tests.builders import CRASH_ID
from tests.unit.rules.builders import act, crash


def test_the_raw_crash_says_which_crash_it_is() -> None:
    found = act(IdentifierRule(), crash({"uuid": "other"}))
    assert found.fields == {"crash_id": "other", "uuid": "other"}


@pytest.mark.parametrize("raw", [{}, {"uuid": None}, {"uuid": 5}, {"uuid": ["a"]}])
def test_where_it_does_not_the_id_asked_for_counts(raw: dict[str, Any]) -> None:
    found = act(IdentifierRule(), crash(raw))
    assert found.fields == {"crash_id": CRASH_ID.text, "uuid": CRASH_ID.text}
