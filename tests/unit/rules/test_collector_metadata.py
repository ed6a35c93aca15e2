"""What the collector says of a crash."""

from typing import Any

import pytest

from moonwalk.rules.general.collector_metadata import CollectorMetadataRule
from tests.unit.rules.builders import act, crash


@pytest.mark.parametrize(
    ("raw", "copied"),
    [
        ({"metadata": {"user_agent": "curl"}}, {"user_agent": "curl"}),
        ({"metadata": [1]}, [1]),
        ({"metadata": ""}, ""),
        ({"metadata": None}, {}),
        ({}, {}),
    ],
)
def test_metadata_are_copied_whatever_they_are(raw: dict[str, Any], copied: Any) -> None:
    found = act(CollectorMetadataRule(), crash(raw))
    assert found.fields == {"collector_metadata": copied}
