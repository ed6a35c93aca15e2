"""`moonwalk knob` on a real Parameter Store, as moto has it: what is typed, shown and refused."""

import json
from collections.abc import Callable
from typing import Any

import boto3
import pytest
from typer.testing import CliRunner, Result

from cli import opening
from cli.exits import Negative, Unreachable, UsageError
from cli.main import app
from cli.reachable import Reachable
from moonwalk.contracts import outputs
from moonwalk.contracts.knobs import document_name, panel_name, write_panel
from moonwalk.domain.knobs import Panel
from moonwalk.domain.request import QueueClass
from tests.fakes.knobs import PANEL

DOCUMENT, PANEL_NAME = document_name("here"), panel_name("here")
STACKS = {
    "here-storage": {
        outputs.CRASH_BUCKET: "crashes",
        outputs.LEDGER_TABLE: "ledger",
        outputs.MISS_TABLE: "misses",
        outputs.SYMBOL_BUCKET: "symbols",
    },
    "here-pipeline": {
        outputs.SYMBOL_QUEUE: "https://symbols",
        outputs.HEAVY_WORKFLOW: "arn:heavy",
        **{outputs.queue_url(queue): f"https://{queue}" for queue in QueueClass},
        outputs.KNOBS: DOCUMENT,
        outputs.KNOB_PANEL: PANEL_NAME,
    },
}
Run = Callable[..., Result]


@pytest.fixture
def client(aws_url: str) -> Any:  # noqa: ARG001 - must be there first
    made = boto3.client("ssm")
    made.put_parameter(Name=PANEL_NAME, Value=write_panel(PANEL), Type="String")
    return made


@pytest.fixture
def knob(client: Any, monkeypatch: pytest.MonkeyPatch) -> Run:  # noqa: ARG001 - must be there first
    make: Any = boto3.client
    at = Reachable.of(STACKS, make, name="the deployment here", remedy="look at it")
    monkeypatch.setattr(opening, "reachable", lambda _: at)
    return lambda *arguments: CliRunner().invoke(app, ["knob", *arguments])


def shown(result: Result) -> list[dict[str, Any]]:
    assert result.exit_code == 0, result.output
    return list(json.loads(result.stdout)["knobs"])


def test_every_knob_is_listed_with_its_default_and_its_bounds(knob: Run) -> None:
    listed = {each["knob"]: each for each in shown(knob("ls", "--json"))}
    assert listed.keys() == {each.name for each in PANEL}
    threshold = listed["lane.light_limit_mib"]
    assert (threshold["value"], threshold["least"], threshold["most"]) == (1, 0, 448)
    assert (threshold["turned"], threshold["last_turn"]) == (False, None)
    assert "lane.light_limit_mib" in knob("ls").stdout


def test_a_turned_knob_tells_who_turned_it_from_what_to_what_and_why(knob: Run) -> None:
    [first] = shown(knob("set", "pause.standard", "on", "--reason", "a storm", "--json"))
    assert (first["value"], first["default"], first["turned"]) == (True, False, True)
    knob("set", "lane.light_limit_mib", "7", "--reason", "x")
    [again] = shown(knob("set", "lane.light_limit_mib", "9", "--reason", "more", "--json"))
    last = again["last_turn"]
    assert (last["from"], last["to"], last["why"]) == (7, 9, "more")
    assert last["by"]
    assert {each["knob"] for each in shown(knob("ls", "--turned", "--json"))} == {
        "pause.standard",
        "lane.light_limit_mib",
    }
    [back] = shown(knob("reset", "pause.standard", "--reason", "over", "--json"))
    assert (back["value"], back["turned"], back["last_turn"]["why"]) == (False, False, "over")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("lane.light_limit_mib", "449"),
        ("lane.light_limit_mib", "on"),
        ("lane.light_limit_mib", "1e2"),
        ("pause.standard", "1"),
        ("pause.lunch", "on"),
        ("worker.slots", "0"),
    ],
)
def test_what_a_knob_cannot_be_turned_to_is_refused_and_nothing_is_written(
    knob: Run, client: Any, name: str, value: str
) -> None:
    result = knob("set", name, value, "--reason", "a slip")
    assert isinstance(result.exception, UsageError)
    with pytest.raises(client.exceptions.ParameterNotFound):
        client.get_parameter(Name=DOCUMENT)


def test_a_knob_is_not_turned_without_a_reason(knob: Run) -> None:
    assert knob("set", "pause.standard", "on").exit_code == 2
    assert knob("reset", "pause.standard").exit_code == 2


def test_a_value_that_does_not_count_is_shown_as_refused(knob: Run, client: Any) -> None:
    knob("set", "lane.light_limit_mib", "400", "--reason", "x")
    narrow = write_panel(PANEL).replace("[1,0,448]", "[1,0,100]")
    client.put_parameter(Name=PANEL_NAME, Value=narrow, Overwrite=True)
    [found] = shown(knob("get", "lane.light_limit_mib", "--json"))
    assert (found["value"], found["turned"]) == (None, False)
    assert "refused" in knob("ls").stdout
    assert "from 0 to 100" in found["refused"]


def test_a_turned_knob_that_the_deployment_no_longer_has_is_shown_and_can_be_reset(
    knob: Run, client: Any
) -> None:
    knob("set", "source.vendor", "off", "--reason", "it is slow")
    without = Panel(PANEL.ranges, [])
    client.put_parameter(Name=PANEL_NAME, Value=write_panel(without), Type="String", Overwrite=True)
    listed = {each["knob"]: each for each in shown(knob("ls", "--json"))}
    assert "no knob 'source.vendor'" in listed["source.vendor"]["refused"]
    [reset] = shown(knob("reset", "source.vendor", "--reason", "it is gone", "--json"))
    assert (reset["refused"], reset["last_turn"]["to"]) == (None, None)
    assert not any(each["refused"] for each in shown(knob("ls", "--json")))


def test_a_damaged_document_is_told_with_its_name_and_not_overwritten(
    knob: Run, client: Any
) -> None:
    client.put_parameter(Name=DOCUMENT, Value="{", Type="String")
    result = knob("set", "pause.standard", "on", "--reason", "x")
    assert isinstance(result.exception, Negative)
    assert DOCUMENT in str(result.exception)
    assert client.get_parameter(Name=DOCUMENT)["Parameter"]["Value"] == "{"


def test_a_deployment_without_knobs_is_told_of(knob: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    stacks = {"here": {k: v for each in STACKS.values() for k, v in each.items()}}
    del stacks["here"][outputs.KNOBS]
    make: Any = boto3.client
    at = Reachable.of(stacks, make, name="the deployment here", remedy="")
    monkeypatch.setattr(opening, "reachable", lambda _: at)
    assert isinstance(knob("ls").exception, Unreachable)
