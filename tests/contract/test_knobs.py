"""The knobs on a real Parameter Store, as moto has it, and mappings as it has them."""

import boto3
import pytest

from moonwalk.adapters import aws
from moonwalk.adapters.event_sources import EventSources
from moonwalk.adapters.knob_parameter import MAX_AGE_SECONDS, ParameterKnobs
from moonwalk.adapters.knob_versions import NONE_YET, SsmKnobStore
from moonwalk.contracts.knobs import write_turns
from moonwalk.domain.failures import RetryLater
from moonwalk.domain.knob_turns import Turns
from moonwalk.domain.knobs import KnobQueue
from moonwalk.metrics import Metric
from moonwalk.usecases.turn_knob import TurnKnob
from tests.contract.canned_aws import CannedAws
from tests.fakes import FakeClock, FakeMetrics
from tests.fakes.knobs import PANEL

NAME = "/moonwalk/here/knobs"
STANDARD = KnobQueue.STANDARD


class Reading:
    """What a function reads, and a person writes."""

    def __init__(self) -> None:
        self.clock, self.metrics = FakeClock(), FakeMetrics()
        self.knobs = self.reader()
        self.client = aws.parameters().client
        self.store = SsmKnobStore(self.client, NAME)
        self.turn = TurnKnob(self.store, lambda: round(self.clock.now() * 1000))

    def reader(self, max_age: float = MAX_AGE_SECONDS) -> ParameterKnobs:
        return ParameterKnobs(
            NAME, PANEL, self.clock, self.metrics, aws.parameters, max_age=max_age
        )

    def pause(self, queue: KnobQueue, *, on: bool) -> None:
        self.turn(f"pause.{queue}", on, by="test", why="to see")

    def write(self, text: str) -> None:
        self.client.put_parameter(Name=NAME, Value=text, Type="String", Overwrite=True)

    def later(self) -> None:
        self.clock.advance(MAX_AGE_SECONDS)

    def troubles(self, why: str) -> float:
        return self.metrics.total(Metric.KNOBS_TROUBLE, why=why)


@pytest.fixture
def reading(aws_url: str) -> Reading:  # noqa: ARG001 - must be there first
    # moto takes its time over its first answer, longer than we wait for a parameter.
    boto3.client("ssm").describe_parameters()
    return Reading()


def test_a_parameter_that_nobody_made_yet_is_no_trouble(reading: Reading) -> None:
    positions = reading.knobs.now()
    assert positions.known
    assert not positions.turned
    assert reading.metrics.recorded == []


def test_a_turned_knob_is_live_half_a_minute_later_and_not_looked_at_before(
    reading: Reading,
) -> None:
    assert not reading.knobs.now().is_paused(STANDARD)
    reading.pause(STANDARD, on=True)
    reading.clock.advance(MAX_AGE_SECONDS - 1)
    assert not reading.knobs.now().is_paused(STANDARD)
    reading.clock.advance(1)
    assert reading.knobs.now().is_paused(STANDARD)
    reading.pause(STANDARD, on=False)
    reading.later()
    assert not reading.knobs.now().is_paused(STANDARD)


@pytest.mark.parametrize("text", ["{", '{"schema":99,"knobs":{}}', "[[[["])
def test_a_damaged_document_leaves_the_knobs_as_they_stood_and_is_told_each_time(
    reading: Reading, text: str
) -> None:
    reading.pause(STANDARD, on=True)
    assert reading.knobs.now().is_paused(STANDARD)
    reading.write(text)
    for looks in (1, 2):
        reading.later()
        assert reading.knobs.now().is_paused(STANDARD)
        assert reading.troubles("unreadable") == looks


def test_a_value_out_of_bounds_is_left_out_and_told_and_the_others_count(reading: Reading) -> None:
    turns = Turns({}).with_turn("lane.light_limit_mib", 10**6, at=1, by="x", why="y")
    reading.write(write_turns(turns.with_turn("pause.standard", True, at=1, by="x", why="y")))  # noqa: FBT003
    positions = reading.knobs.now()
    assert positions.light_limit_bytes == 1024 * 1024
    assert positions.is_paused(STANDARD)
    assert reading.troubles("refused") == 1


def test_a_value_that_a_knob_cannot_have_leaves_it_as_it_stood(reading: Reading) -> None:
    reading.pause(STANDARD, on=True)
    reading.knobs.now()
    turns = Turns({}).with_turn("pause.standard", 7, at=1, by="x", why="y")
    reading.write(write_turns(turns.with_turn("pause.symbols", True, at=1, by="x", why="y")))  # noqa: FBT003
    reading.later()
    positions = reading.knobs.now()
    assert positions.is_paused(STANDARD)
    assert positions.is_paused(KnobQueue.SYMBOLS)
    assert positions.refused == {"pause.standard"}
    assert reading.troubles("refused") == 1


def test_a_clock_that_was_set_back_does_not_make_what_was_read_last(reading: Reading) -> None:
    reading.knobs.now()
    reading.pause(STANDARD, on=True)
    reading.clock.advance(-3600)
    assert reading.knobs.now().is_paused(STANDARD)


def test_who_wants_no_old_news_sees_a_turn_at_once(reading: Reading) -> None:
    keeper = reading.reader(max_age=0)
    assert not keeper.now().is_paused(STANDARD)
    reading.pause(STANDARD, on=True)
    assert keeper.now().is_paused(STANDARD)


def test_versions_are_numbered_and_the_first_is_made_only_where_there_is_none(
    reading: Reading,
) -> None:
    store = reading.store
    assert store.latest() == NONE_YET
    assert store.put("one", first=True) == 1
    assert store.put("other", first=True) is None
    assert store.put("two", first=False) == 2
    assert store.latest() == (2, "two")
    assert store.version(1) == (1, "one")
    assert store.version(7) == NONE_YET


def test_a_parameter_store_that_fails_leaves_the_knobs_as_they_stood(
    reading: Reading, monkeypatch: pytest.MonkeyPatch
) -> None:
    reading.pause(STANDARD, on=True)
    reading.knobs.now()
    with CannedAws() as dead:
        url = dead.url
    assert reading.knobs._provider
    monkeypatch.setenv("AWS_ENDPOINT_URL", url)
    reading.knobs._provider = aws.parameters()
    reading.later()
    assert reading.knobs.now().is_paused(STANDARD)
    assert reading.troubles("unreachable") == 1


@pytest.mark.usefixtures("aws_url")
def test_a_mapping_that_is_not_there_is_tried_later() -> None:
    sources = EventSources(aws.event_sources(), {STANDARD: "5e8c9b1a-0000-4000-8000-000000000000"})
    with pytest.raises(RetryLater, match="looking how the standard queue is read"):
        sources.look(STANDARD)
