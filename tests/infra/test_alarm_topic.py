"""Where alarms go, and that nobody deploys alarms for nobody without a word."""

import pytest

from tests.infra.conftest import Synthesise

TOPIC = "arn:aws:sns:eu-west-1:210987654321:alarms"


@pytest.mark.parametrize(
    ("settings", "warned"),
    [({}, True), ({"alarm_email": "a@b"}, False), ({"alarm_topic_arn": TOPIC}, False)],
    ids=["nobody", "an address", "a topic"],
)
def test_synthesis_warns_when_pages_reach_nobody(
    synthesise: Synthesise, settings: dict[str, str], *, warned: bool
) -> None:
    folder = synthesise(**settings).folder
    told = "\n".join(each.read_text("utf-8") for each in folder.glob("*.json"))
    assert ("moonwalk:nobody-is-told" in told) is warned
