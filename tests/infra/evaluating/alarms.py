"""The alarms of a deployment's templates, and when each is raised."""

import ast
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tests.infra.evaluating.composites import Composite, UnknownAlarmError, composite_of
from tests.infra.evaluating.expressions import calculate
from tests.infra.evaluating.recorded import Key, Points, Recorded, key
from tests.infra.templates import Template, plain

_KNOWN = {
    *("ActionsEnabled", "AlarmActions", "AlarmDescription", "AlarmName", "ComparisonOperator"),
    *("DatapointsToAlarm", "Dimensions", "EvaluationPeriods", "ExtendedStatistic", "MetricName"),
    *("Metrics", "Namespace", "Period", "Statistic", "Threshold", "TreatMissingData"),
}


@dataclass(frozen=True)
class MetricAlarm:
    """One alarm on metrics, by its properties."""

    properties: Mapping[str, Any]

    def __post_init__(self) -> None:
        """Refuse what would be overlooked."""
        unknown = self.properties.keys() - _KNOWN
        treatment = self.properties["TreatMissingData"]
        if unknown or treatment not in ("breaching", "notBreaching"):
            raise UnknownAlarmError(f"{self.name}: {sorted(unknown)}, {treatment}")

    @property
    def name(self) -> str:
        """The name by which composites know it."""
        return str(self.properties["AlarmName"])

    def raised(self, recorded: Recorded) -> list[bool]:
        """Say of each minute whether it is in alarm at its end."""
        periods = self.properties["EvaluationPeriods"]
        needed = self.properties.get("DatapointsToAlarm", periods)
        breaches = [self._breaches(point) for point in self._points(recorded)]
        silence = self._breaches(None)

        def judged(minute: int) -> int:
            ends = (minute - back * self._minutes for back in range(periods))
            return sum(breaches[end] if end >= 0 else silence for end in ends)

        return [judged(minute) >= needed for minute in range(recorded.length)]

    def reads(self) -> set[Key]:
        """Give the metrics that it looks at."""
        stats = [each["MetricStat"]["Metric"] for each in self._queries if "MetricStat" in each]
        return {_key(each) for each in stats or [self.properties]}

    @property
    def _queries(self) -> list[dict[str, Any]]:
        return list(self.properties.get("Metrics", []))

    def _breaches(self, point: float | None) -> bool:
        if point is None:
            return bool(self.properties["TreatMissingData"] == "breaching")
        limit = self.properties["Threshold"]
        match self.properties["ComparisonOperator"]:
            case "GreaterThanOrEqualToThreshold":
                return bool(point >= limit)
            case "LessThanOrEqualToThreshold":
                return bool(point <= limit)
            case other:
                raise UnknownAlarmError(f"{self.name}: {other}")

    @property
    def _minutes(self) -> int:
        """The length of a window; an alarm has one."""
        stats = [each["MetricStat"] for each in self._queries if "MetricStat" in each]
        [seconds] = {each["Period"] for each in stats or [self.properties]}
        return int(seconds // 60)

    def _points(self, recorded: Recorded) -> Points:
        if not self._queries:
            simple = self.properties
            statistic = simple.get("Statistic") or simple["ExtendedStatistic"]
            return recorded.points(_key(simple), statistic, simple["Period"])
        known: dict[str, Points] = {}
        waiting = list(self._queries)
        while waiting:
            query = waiting.pop(0)
            if stat := query.get("MetricStat"):
                metric = _key(stat["Metric"])
                known[query["Id"]] = recorded.points(metric, stat["Stat"], stat["Period"])
            elif _names(query["Expression"]) <= known.keys():
                known[query["Id"]] = calculate(query["Expression"], known, self._minutes)
            else:
                waiting.append(query)
        [result] = [each["Id"] for each in self._queries if each.get("ReturnData", True)]
        return known[result]


def _names(expression: str) -> set[str]:
    """Give the ids that an expression needs; functions have names in capitals."""
    nodes = ast.walk(ast.parse(expression, mode="eval"))
    return {node.id for node in nodes if isinstance(node, ast.Name) and not node.id.isupper()}


@dataclass(frozen=True)
class Alarms:
    """All alarms of a deployment."""

    on_metrics: Mapping[str, MetricAlarm]
    composites: Mapping[str, Composite]

    @classmethod
    def read(cls, templates: Iterable[Template]) -> "Alarms":
        """Find them in templates."""
        simple: dict[str, MetricAlarm] = {}
        composites: dict[str, Composite] = {}
        for template in templates:
            for found in template.properties("AWS::CloudWatch::Alarm"):
                # Those of scaling have no name of ours, and wake nobody.
                if "AlarmName" in found:
                    simple[found["AlarmName"]] = MetricAlarm(found)
            made = template.of_type("AWS::CloudWatch::CompositeAlarm")
            names = {key: each["Properties"]["AlarmName"] for key, each in made.items()}
            for each in made.values():
                composite = composite_of(each["Properties"], names)
                composites[composite.name] = composite
        return cls(simple, composites)

    def raised(self, recorded: Recorded) -> list[set[str]]:
        """Give the names of the alarms that are raised at the end of each minute."""
        days = {name: alarm.raised(recorded) for name, alarm in self.on_metrics.items()}
        rules = {name: each.holds() for name, each in self.composites.items()}
        past = []
        for minute in range(recorded.length):
            found = {name for name, day in days.items() if day[minute]}
            past.append(found | {name for name, holds in rules.items() if holds(found)})
        return past

    def pages(self, past: Sequence[set[str]]) -> dict[str, list[int]]:
        """Give those that wake somebody in these minutes, and in which."""
        told = {name: each.tells(past) for name, each in self.composites.items()}
        return {name: minutes for name, minutes in told.items() if minutes}


def _key(metric: Mapping[str, Any]) -> Key:
    dimensions = {each["Name"]: plain(each["Value"]) for each in metric.get("Dimensions", ())}
    return key(metric["Namespace"], metric["MetricName"], dimensions)
