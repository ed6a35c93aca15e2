"""Runs rules one after another: each sees what the ones before it have found."""

import time
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from moonwalk.domain.request import Ruleset
from moonwalk.metrics import Metric
from moonwalk.ports import Metrics
from moonwalk.rules.rule import NOTHING, Crash, Found, Rule


@dataclass(frozen=True, slots=True)
class Ran:
    """What a run of rules came to.

    Attributes:
        notes: of all rules, in their order, with one for each that failed.
        failed: the names of rules that failed.
        seconds: what each rule took, by name.
    """

    crash: Crash
    notes: tuple[str, ...] = ()
    failed: tuple[str, ...] = ()
    seconds: dict[str, float] = field(default_factory=dict)


def run(rules: Iterable[Rule], crash: Crash, ruleset: Ruleset, metrics: Metrics) -> Ran:
    """Run rules over a crash. A rule that fails sets nothing, leaves a note, and the rest run."""
    notes: list[str] = []
    failed: list[str] = []
    seconds: dict[str, float] = {}
    for rule in rules:
        begun = time.perf_counter()
        try:
            found = rule.act(crash) if rule.applies(crash) else NOTHING
        except Exception as error:  # noqa: BLE001 - nothing in a crash may cost it its result
            found = Found(notes=(_failure(rule, ruleset, error),))
            failed.append(rule.name)
        crash = _with(crash, found)
        notes += found.notes
        seconds[rule.name] = time.perf_counter() - begun
        _tell(metrics, rule, found, seconds[rule.name])
    return Ran(crash, tuple(notes), tuple(failed), seconds)


def _with(crash: Crash, found: Found) -> Crash:
    raw, processed = crash.raw, crash.processed
    if found.annotations or found.dropped:
        kept = {name: value for name, value in raw.items() if name not in found.dropped}
        raw = kept | dict(found.annotations)
    if found.fields:
        processed = {**processed, **found.fields}
    return replace(crash, raw=raw, processed=processed)


def _failure(rule: Rule, ruleset: Ruleset, error: Exception) -> str:
    """Say which rule failed, by the kind of its error only: notes are public."""
    kind = type(rule)
    return (
        f"ruleset '{ruleset.value}' rule '{kind.__module__}.{kind.__qualname__}' failed: "
        f"{type(error).__name__}"
    )


def _tell(metrics: Metrics, rule: Rule, found: Found, seconds: float) -> None:
    metrics.add(Metric.RULE_TIME, seconds, rule=rule.name)
    for count in found.counts:
        metrics.add(count.metric, count.value, **count.dimensions)
