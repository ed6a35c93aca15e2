"""docs/metrics.md follows from the catalogue, and what metrics cost is known before they do."""

import json
import re
from pathlib import Path

import pytest

import infra
from infra.observability import price
from infra.observability.aws_metrics import AwsMetric
from infra.observability.page import PAGE, page
from moonwalk.adapters.metrics import EmfMetrics
from moonwalk.metrics import Declaration, Metric
from moonwalk.metrics.declaration import counter, dimension
from tests.infra.evaluating import Alarms
from tests.infra.templates import Templates
from tests.unit.usecases.world import World

CONSTRUCTS = Path(infra.__file__).parent
CRASHES_A_DAY = 130_000
MOST_DOLLARS = 200
"""For metrics, a month: a fifth of what walking costs."""


def test_the_page_is_what_the_catalogue_says() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), (
        "docs/metrics.md does not follow from the catalogue: "
        "run `python -m infra.observability.page`"
    )


def test_the_price_of_all_metrics_and_their_lines(
    templates: Templates, capsys: pytest.CaptureFixture[str]
) -> None:
    declared = [metric.value for metric in Metric]
    metrics = price.of_metrics(declared)
    alarms = Alarms.read(templates)
    looked_at = sum(len(each.reads()) for each in alarms.on_metrics.values())
    watching = price.ALARM_METRIC * looked_at + price.COMPOSITE * len(alarms.composites)
    size = bytes_of_a_crash(capsys)
    lines = price.of_lines(size, CRASHES_A_DAY)
    with capsys.disabled():
        print(
            f"\n{sum(each.series for each in declared)} metrics: ${metrics:.2f} a month; "
            f"alarms: ${watching:.2f}; dashboard: ${price.DASHBOARD:.2f}; "
            f"{size} bytes of lines a crash: ${lines:.2f} at {CRASHES_A_DAY} crashes a day"
        )
    assert metrics + watching + price.DASHBOARD + lines <= MOST_DOLLARS


def test_every_metric_of_aws_on_the_page_is_watched_or_shown() -> None:
    texts = [path.read_text("utf-8") for path in CONSTRUCTS.rglob("*.py")]
    used = {name for text in texts for name in re.findall(r"\bAwsMetric\.([A-Z_]+)", text)}
    assert {metric.name for metric in AwsMetric} == used


def bytes_of_a_crash(capsys: pytest.CaptureFixture[str]) -> int:
    """Send what one crash records in both lanes' parts to EMF, and count."""
    world = World()
    world.workflows.answer = world.process
    world.deliver()
    metrics = EmfMetrics()
    for metric, value, dimensions in world.metrics.recorded:
        metrics.add(metric, value, **dimensions)
    metrics.flush()
    lines = capsys.readouterr().out
    assert all(json.loads(line)["_aws"] for line in lines.splitlines())
    return len(lines)


def test_a_metric_costs_as_much_as_its_dimensions_have_combinations() -> None:
    two, three = dimension("two", "a", "b"), dimension("three", "a", "b", "c")
    made = [counter("x.plain", "It."), counter("x.wide", "They.", two, three)]
    assert price.of_metrics(made) == pytest.approx(7 * price.METRIC)


def test_a_price_that_is_not_known_is_not_told() -> None:
    endless = dimension("id", map(str, range(price.CHEAP_FROM)))
    wide: Declaration = counter("x.endless", "It.", endless, dimension("two", "a", "b"))
    with pytest.raises(ValueError, match="20000 metrics"):
        price.of_metrics([wide])
