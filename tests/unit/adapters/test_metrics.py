"""Metrics as lines of CloudWatch's embedded metric format."""

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

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
    metrics.add(Metric.LAG, 1.5, queue="standard")
    metrics.add(Metric.REQUESTS, queue="priority")
    metrics.add(Metric.WALK_TIME, 0.25)
    assert lines(capsys) == []
    metrics.flush()
    standard, priority, plain = lines(capsys)
    assert (standard["queue"], standard["intake.requests"], standard["crash.lag"]) == (
        "standard",
        [1, 1],
        [1.5],
    )
    assert (priority["queue"], priority["intake.requests"]) == ("priority", [1])
    assert plain["walk.time"] == [0.25]


def test_a_line_declares_namespace_dimensions_and_units(
    capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", "dispatcher")
    metrics = EmfMetrics()
    metrics.add(Metric.SETTLED, queue="standard", why="duplicate")
    metrics.add(Metric.WALK_INPUT, 7)
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
    metrics.add(Metric.WALK_TIME, 1)
    metrics.flush()
    metrics.flush()
    assert len(lines(capsys)) == 1


def test_no_value_is_lost_beyond_the_hundred_that_a_line_holds(capsys: Capture) -> None:
    metrics = EmfMetrics()
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: metrics.add(Metric.WALK_TIME, 1), range(300)))
    metrics.flush()
    assert sorted(len(line["walk.time"]) for line in lines(capsys)) == [100, 100, 100]


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
    metrics.add(Metric.WALK_TIME, 1)
    metrics.add(Metric.REQUESTS, queue="standard")
    metrics.flush()
    monkeypatch.undo()
    assert len(written) == 2
    assert all(json.loads(line) and line.endswith("\n") for line in written)
