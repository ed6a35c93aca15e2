"""The dashboard: the operator's question first, and no graph of a metric that nobody sends."""

import json
from typing import Any

import pytest

from infra.constructs.dashboard import COLUMNS
from infra.observability.aws_metrics import AwsMetric
from infra.observability.rows import ROWS
from infra.observability.watches import Watch
from infra.settings import Settings
from moonwalk.metrics import Metric
from moonwalk.metrics.declaration import NAMESPACE
from tests.infra.templates import Templates, plain

REPEATED = ".", "..", "...", "...."
"""What CDK could write for "as above", and does not."""


@pytest.fixture(scope="module")
def widgets(templates: Templates) -> list[dict[str, Any]]:
    [board] = templates.observability.properties("AWS::CloudWatch::Dashboard")
    found: list[dict[str, Any]] = json.loads(plain(board["DashboardBody"]))["widgets"]
    return found


def shown(widget: dict[str, Any]) -> list[tuple[str, str, dict[str, str]]]:
    """Give namespace, name and dimensions of what a widget shows."""
    metrics = []
    for line in widget["properties"].get("metrics", ()):
        words = [word for word in line if isinstance(word, str)]
        if words:
            assert not set(words) & set(REPEATED)
            metrics.append((words[0], words[1], dict(zip(words[2::2], words[3::2], strict=True))))
    return metrics


def titles_of_row(widgets: list[dict[str, Any]], row: int) -> list[str]:
    starts = [at for at, each in enumerate(widgets) if each["type"] == "text"]
    return [each["properties"]["title"] for each in widgets[starts[row] + 1 : starts[row + 1]]]


def test_the_first_row_says_whether_it_is_healthy(widgets: list[dict[str, Any]]) -> None:
    titles = titles_of_row(widgets, 0)
    wanted = ("pages", "Lag", "late", "Backlog", "Throughput", "Failures", "Dead", "Cost")
    assert all(any(each in title for title in titles) for each in wanted)
    [status] = [each for each in widgets if each["type"] == "alarm"]
    assert len(status["properties"]["alarms"]) == len([row for row in Watch if row.value.pages])


def test_the_second_row_says_whether_it_is_a_fugue_with_the_limits_of_its_alarms(
    widgets: list[dict[str, Any]],
) -> None:
    titles = titles_of_row(widgets, 1)
    limits = {
        each["properties"]["title"]: [
            line["value"]
            for line in each["properties"].get("annotations", {}).get("horizontal", ())
        ]
        for each in widgets
        if each["properties"].get("title") in titles
    }
    assert limits == {
        "Growth of the backlog": [],
        "Seconds of a slot for a crash": [Settings().fugue_slot_seconds],
        "Share of walks' time waited, %": [
            Settings().fugue_wait_percent,
            Settings().fugue_light_wait_percent,
        ],
        "Age of the oldest message, seconds": [],
    }


def test_clock_skew_which_may_be_negative_is_shown_without_percentiles(
    widgets: list[dict[str, Any]],
) -> None:
    name = Metric.CLOCK_SKEW.value.name
    lines = [line for each in widgets for line in each["properties"].get("metrics", ())]
    shown = [line[-1] for line in lines if name in line]
    # CDK leaves the options out where they would say the average.
    statistics = {each["stat"] if isinstance(each, dict) else "Average" for each in shown}
    assert statistics == {"Minimum", "Average", "Maximum"}


def test_rows_stand_below_each_other_and_graphs_within_the_board(
    widgets: list[dict[str, Any]],
) -> None:
    places = [(each["y"], each["x"], each["width"]) for each in widgets]
    assert places == sorted(places)
    assert all(x + width <= COLUMNS for _, x, width in places)


def test_every_graph_shows_metrics_that_are_declared(widgets: list[dict[str, Any]]) -> None:
    own = {metric.value.name: metric.value for metric in Metric}
    others = {(each.value.namespace, each.value.name): each.value for each in AwsMetric}
    for widget in widgets:
        for namespace, name, dimensions in shown(widget):
            if namespace == NAMESPACE:
                allowed = {each.name: each.values for each in own[name].dimensions}
                assert dimensions.keys() == allowed.keys()
                assert all(value in allowed[key] for key, value in dimensions.items())
            else:
                assert dimensions.keys() == set(others[namespace, name].dimensions)


def test_every_row_has_its_graphs(widgets: list[dict[str, Any]]) -> None:
    titles = {each["properties"].get("title") for each in widgets if each["type"] == "metric"}
    assert titles >= {title for graphs in ROWS.values() for title in graphs}


def test_nothing_about_processors_is_shown_before_waits(widgets: list[dict[str, Any]]) -> None:
    names = [name for widget in widgets for _, name, _ in shown(widget)]
    assert names.index("walk.wait_ratio") < names.index("worker.cpu_busy")


def test_the_body_is_no_longer_than_a_dashboard_may_be(widgets: list[dict[str, Any]]) -> None:
    assert sum(each["type"] != "text" for each in widgets) <= 500
    assert max(len(shown(each)) for each in widgets) <= 500
