"""What is counted of a run that was published: steps, lag, cost, and clocks that differ."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from moonwalk.domain.request import CrashRequest
from moonwalk.domain.run_figures import RunFigures, RunStep
from moonwalk.domain.task import Task
from moonwalk.metrics import Metric
from moonwalk.ports import Metrics

MOST_SKEW = 86_400.0
"""Seconds, either way: a date in a raw crash is anybody's."""

_STEPS = {
    RunStep.FETCH: Metric.FETCH_TIME,
    RunStep.WALK: Metric.WALKING_TIME,
    RunStep.SYMBOLS: Metric.SYMBOLS_TIME,
    RunStep.RULES: Metric.RULES_TIME,
}
"""Metrics of their own rather than a dimension: so they share one line of the log."""


def count_run(
    metrics: Metrics, task: Task, raw_crash: Mapping[str, Any], figures: RunFigures, now: float
) -> None:
    """Count a run that has just ended."""
    request = task.request
    run = "first" if request.is_first_run else "again"
    metrics.add(
        Metric.LAG, max(0.0, now - request.message.first_seen), queue=request.queue, run=run
    )
    metrics.add(Metric.PROCESS_TIME, figures.total, ruleset=request.ruleset)
    metrics.add(Metric.SAVE_TIME, figures.seconds.get(RunStep.SAVE, 0.0))
    for step, metric in _STEPS.items():
        metrics.add(metric, figures.seconds.get(step, 0.0), lane=task.lane)
    metrics.add(Metric.COST, figures.dollars, lane=task.lane)
    if request.is_first_run:
        _count_submission(metrics, request, raw_crash, now)


def _count_submission(
    metrics: Metrics, request: CrashRequest, raw_crash: Mapping[str, Any], now: float
) -> None:
    submitted = _seconds(raw_crash.get("submitted_timestamp"))
    if submitted is None:
        return
    skew = request.message.first_seen - submitted
    metrics.add(Metric.CLOCK_SKEW, max(-MOST_SKEW, min(MOST_SKEW, skew)))
    metrics.add(Metric.INGESTION_TIME, max(0.0, min(MOST_SKEW, now - submitted)))


def _seconds(submitted: object) -> float | None:
    """Read the collector's date, which may be anything; one without a zone is UTC."""
    if not isinstance(submitted, str):
        return None
    try:
        found = datetime.fromisoformat(submitted)
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        return None
