"""Metrics as lines of CloudWatch's embedded metric format."""

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from moonwalk.adapters.gathered_metrics import EVERY_SECONDS, GatheredMetrics
from moonwalk.adapters.metrics import EmfMetrics
from moonwalk.metrics import Metric
from tests.fakes import FakeMetrics

Capture = pytest.CaptureFixture[str]


def lines(captured: Capture) -> list[dict[str, Any]]:
    return [json.loads(line) for line in captured.readouterr().out.splitlines()]


def test_each_set_of_dimensions_is_a_line_of_its_own(capsys: Capture) -> None:
    metrics = EmfMetrics()
    metrics.add(Metric.REQUESTS, queue="standard")
    metrics.add(Metric.REQUESTS, queue="standard")
    metrics.add(Metric.REQUESTS, queue="priority")
    metrics.add(Metric.PACKING_TIME, 0.25)
    metrics.add(Metric.SYMBOL_TEXT, 7)
    assert lines(capsys) == []
    metrics.flush()
    standard, priority, plain = lines(capsys)
    assert (standard["queue"], standard["intake.requests"]) == ("standard", [1, 1])
    assert (priority["queue"], priority["intake.requests"]) == ("priority", [1])
    assert (plain["symbols.packing_time"], plain["symbols.text_size"]) == ([0.25], [7])


def test_a_line_declares_namespace_dimensions_and_units(
    capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", "dispatcher")
    metrics = EmfMetrics()
    metrics.add(Metric.SETTLED, queue="standard", why="duplicate")
    metrics.add(Metric.SYMBOL_TEXT, 7)
    metrics.flush()
    settled, walk = (line["_aws"]["CloudWatchMetrics"] for line in lines(capsys))
    assert settled == [
        {
            "Namespace": "Moonwalk",
            "Dimensions": [["queue", "why"]],
            "Metrics": [{"Name": "intake.settled", "Unit": "Count"}],
        }
    ]
    assert (walk[0]["Dimensions"], walk[0]["Metrics"][0]["Unit"]) == ([[]], "Bytes")


def test_what_was_printed_is_not_printed_again(capsys: Capture) -> None:
    metrics = EmfMetrics()
    metrics.add(Metric.PACKING_TIME, 1)
    metrics.flush()
    metrics.flush()
    assert len(lines(capsys)) == 1


def test_no_value_is_lost_beyond_the_hundred_that_a_line_holds(capsys: Capture) -> None:
    metrics = EmfMetrics()
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: metrics.add(Metric.PACKING_TIME, 1), range(300)))
    metrics.flush()
    assert sorted(len(line["symbols.packing_time"]) for line in lines(capsys)) == [100, 100, 100]


@pytest.mark.parametrize("dimensions", [{}, {"queue": "a", "why": "b"}, {"lane": "light"}])
@pytest.mark.parametrize("metrics", [EmfMetrics(), FakeMetrics()], ids=["emf", "fake"])
def test_dimensions_that_are_not_declared_are_refused(
    metrics: EmfMetrics | FakeMetrics, dimensions: dict[str, str]
) -> None:
    with pytest.raises(ValueError, match=r"intake\.requests has the dimensions queue; given"):
        metrics.add(Metric.REQUESTS, 1, **dimensions)


def test_a_line_is_written_in_one_piece_so_that_no_other_thread_gets_between(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    written: list[str] = []
    monkeypatch.setattr("sys.stdout.write", written.append)
    metrics = EmfMetrics()
    metrics.add(Metric.PACKING_TIME, 1)
    metrics.add(Metric.REQUESTS, queue="standard")
    metrics.flush()
    monkeypatch.undo()
    assert len(written) == 2
    assert all(json.loads(line) and line.endswith("\n") for line in written)


def test_what_is_gathered_is_told_at_once_and_then_once_a_minute() -> None:
    now = [100.0]
    gathered = GatheredMetrics("Moonwalk", lambda: now[0])
    rule = (("rule", "dates"),)
    gathered.add(Metric.RULE_TIME, 0.00123456, rule)
    assert [line["rule"] for line in gathered.due()] == ["dates"]
    gathered.add(Metric.RULE_TIME, 0.00123456, rule)
    gathered.add(Metric.RULE_TIME, 0.0012, rule)
    gathered.add(Metric.RULE_TIME, 0.5, rule)
    assert list(gathered.due()) == []
    now[0] += EVERY_SECONDS
    (line,) = gathered.due()
    assert line[Metric.RULE_TIME.value.name] == {
        "Values": [0.0012, 0.5],
        "Counts": [2, 1],
        "Min": 0.0012,
        "Max": 0.5,
        "Count": 3,
        "Sum": pytest.approx(0.5024),
    }
    assert list(gathered.due()) == []


def test_more_different_values_than_a_line_holds_go_to_several() -> None:
    gathered = GatheredMetrics("Moonwalk", lambda: 0.0)
    for value in range(10, 100):
        gathered.add(Metric.RULE_TIME, value, (("rule", "dates"),))
        gathered.add(Metric.RULE_TIME, value * 10, (("rule", "dates"),))
    told = [line[Metric.RULE_TIME.value.name] for line in gathered.due()]
    assert [len(each["Values"]) for each in told] == [100, 80]
    assert sum(sum(each["Counts"]) for each in told) == 180


def test_the_rules_of_many_crashes_are_lines_for_one(capsys: Capture) -> None:
    metrics = EmfMetrics()
    for _crash in range(30):
        for rule in ("PHCRule", "PluginRule"):
            metrics.add(Metric.RULE_TIME, 0.001, rule=rule)
        metrics.flush()
    assert [line["rule"] for line in lines(capsys)] == ["PHCRule", "PluginRule"]
