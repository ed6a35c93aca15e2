"""Who distributes a build."""

from typing import Any

import pytest

from moonwalk.rules.mozilla.distribution import DistributionIdRule
from moonwalk.rules.reading import unusable
from moonwalk.rules.rule import Found
from tests.unit.rules.builders import act, crash


def told(**raw: Any) -> Found:
    return act(DistributionIdRule(), crash(raw=raw))


@pytest.mark.parametrize(
    ("raw", "distributor"),
    [
        ({}, "unknown"),
        ({"DistributionID": "canonical"}, "canonical"),
        (
            {"DistributionID": "a", "TelemetryEnvironment": '{"partner":{"distributionId":"b"}}'},
            "a",
        ),
        ({"DistributionID": "", "TelemetryEnvironment": '{"partner":{"distributionId":"b"}}'}, "b"),
        ({"DistributionID": ""}, "unknown"),
        ({"TelemetryEnvironment": '{"partner":{"distributionId":null}}'}, "mozilla"),
        ({"TelemetryEnvironment": '{"partner":{"distributionId":""}}'}, "mozilla"),
        ({"TelemetryEnvironment": '{"partner":{"distributionId":0}}'}, "mozilla"),
        ({"TelemetryEnvironment": '{"partner":{}}'}, "unknown"),
        ({"TelemetryEnvironment": '{"partner":null}'}, "unknown"),
        ({"TelemetryEnvironment": '{"partner":["distributionId"]}'}, "unknown"),
        ({"TelemetryEnvironment": "null"}, "unknown"),
        ({"TelemetryEnvironment": ""}, "unknown"),
        ({"TelemetryEnvironment": "{"}, "unknown"),
        ({"TelemetryEnvironment": "[" * 100_000}, "unknown"),
        ({"TelemetryEnvironment": {"partner": {"distributionId": "b"}}}, "b"),
    ],
)
def test_the_distributor_is_told_by_an_annotation_or_else_by_telemetry(
    raw: dict[str, Any], distributor: str
) -> None:
    assert told(**raw) == Found(fields={"distribution_id": distributor})


def test_an_id_in_telemetry_that_is_no_text_is_unknown() -> None:
    found = told(TelemetryEnvironment='{"partner":{"distributionId":[5]}}')
    assert found == Found(fields={"distribution_id": "unknown"})


def test_annotations_that_are_no_text_are_noted_and_the_distributor_unknown() -> None:
    assert told(DistributionID=5) == Found(
        fields={"distribution_id": "unknown"}, notes=(unusable("DistributionID"),)
    )
    assert told(TelemetryEnvironment=["x"]) == Found(
        fields={"distribution_id": "unknown"}, notes=(unusable("TelemetryEnvironment"),)
    )
