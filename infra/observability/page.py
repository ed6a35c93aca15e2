"""Writes docs/metrics.md from the catalogue: `python -m infra.observability.page` renews it."""

import sys
from collections.abc import Iterator
from pathlib import Path

from infra.observability.aws_metrics import AwsMetric
from infra.observability.price import METRIC, of_metrics
from infra.observability.watches import Row, Watch
from moonwalk.metrics import Declaration, Dimension, Metric
from moonwalk.metrics.declaration import NAMESPACE, OTHER

PAGE = Path(__file__).resolve().parents[2] / "docs" / "metrics.md"
FEW = 8
"""Values of a dimension that are written out; of more, the number."""

_HEAD = f"""# Metrics

Made from the catalogue (`layers/moonwalk/metrics/`) by `python -m infra.observability.page`; a
test compares. Code, alarms and dashboard take names from there, so nothing is sent, shown or
alarmed on that is not on this page. The scaling of workers reads two more of AWS's own: messages in
flight (`ApproximateNumberOfMessagesNotVisible`) and workers that are wanted (`DesiredTaskCount`).

Metrics are log lines in CloudWatch's embedded format, in the namespace `{NAMESPACE}`. Names that
Socorro's operators know (`processor.…`) mean the same here. No dimension is unbounded: a value that
is not declared is recorded as `{OTHER}`. A *counter* counts events (its sum counts), a *gauge* is a
level (its maximum), a *timing* and a *size* are of one thing each (percentiles, and their sum).
"""
_DASHBOARD = """
## Dashboard

One, named as the deployment. Its first row is the operator's: what pages, lag, backlog, throughput,
failures, dead letters, cost. The second asks whether it is a fugue: growth, slot time, waits, age.
Below are lanes, steps, walks, symbols, disk and processes. It is plain CDK, a table of titles and
metrics: a library of ready-made pages would have been shorter, and would show processors first; in
the incident they were idle, and looked well."""


def page() -> str:
    """Write the page."""
    return "\n".join([*_own(), *_aws(), *_alarms()]) + "\n"


def _own() -> Iterator[str]:
    yield _HEAD
    declared = [metric.value for metric in Metric]
    series = sum(each.series for each in declared)
    yield (
        f"There are {len(declared)} names and at most {series} metrics as CloudWatch counts them: "
        f"${of_metrics(declared):.0f} a month at ${METRIC:.2f} each if all of them come."
    )
    areas: dict[str, list[Declaration]] = {}
    for each in declared:
        areas.setdefault(each.name.split(".", 1)[0], []).append(each)
    for area, metrics in areas.items():
        yield f"\n## {area}\n"
        yield "| name | kind | unit | dimensions | meaning |"
        yield "|---|---|---|---|---|"
        yield from map(_line, metrics)


def _line(each: Declaration) -> str:
    dimensions = "; ".join(map(_dimension, each.dimensions))
    return f"| `{each.name}` | {each.kind} | {each.unit} | {dimensions} | {each.meaning} |"


def _dimension(each: Dimension) -> str:
    values = ", ".join(each.values) if len(each.values) <= FEW else f"{len(each.values)} values"
    return f"`{each.name}`: {values}"


def _aws() -> Iterator[str]:
    yield "\n## AWS's own\n"
    yield "Those that alarms or dashboard use; AWS sends them by itself, and they are free.\n"
    yield "| namespace | name | unit | dimensions | meaning |"
    yield "|---|---|---|---|---|"
    for metric in AwsMetric:
        each = metric.value
        dimensions = ", ".join(f"`{name}`" for name in each.dimensions)
        yield f"| {each.namespace} | `{each.name}` | {each.unit} | {dimensions} | {each.meaning} |"


def _alarms() -> Iterator[str]:
    yield "\n## Alarms\n"
    yield (
        "Only those that page wake anybody; the others are their signs. One that pages *unless "
        "explained* waits a quarter of an hour for a page that knows the cause, and keeps quiet "
        "beside it and, as long as it lasts, for an hour after it: one anomaly, one page. What "
        "begins in that hour waits a quarter of an hour again. A fugue is never kept quiet. "
        "Limits are [settings](../infra/alarm_settings.py), remedies in the "
        "[runbook](runbook.md). What is raised on recorded days, and within how many minutes, is "
        "printed by `pytest -s tests/infra/test_alarms_on_series.py`.\n"
    )
    yield "| alarm | pages | meaning |"
    yield "|---|---|---|"
    for watch in Watch:
        row = watch.value
        yield f"| [{row.title}](runbook.md#{row.slug}) | {_pages(row)} | {row.meaning} |"
    yield _DASHBOARD


def _pages(row: Row) -> str:
    if not row.pages:
        return ""
    return "unless explained" if row.unless_explained else "yes"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
    sys.exit(0)
