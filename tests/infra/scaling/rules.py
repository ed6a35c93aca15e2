"""Scaling rules as a template has them: what an alarm computes, from when on, and what follows.

Nothing is repeated here that the template says. Its expressions are evaluated as they are written.
"""

import ast
import math
import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from tests.infra.templates import Template, plain

Values = Callable[[str], float]
Formula = Callable[[Values], float]

_OPERATORS: Mapping[type, Callable[[float, float], float]] = {
    ast.Add: operator.add,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
}
_FUNCTIONS: Mapping[str, Callable[..., float]] = {
    "IF": lambda condition, yes, no: yes if condition else no,
    "CEIL": math.ceil,
    "FILL": lambda value, _instead: value,
}


@dataclass(frozen=True)
class Step:
    """A change of capacity in percent, for values from `low` to below `high`."""

    low: float
    high: float
    percent: float

    def holds(self, value: float, *, rising: bool) -> bool:
        """Tell whether a value is in it; the bound nearer to the threshold belongs to it."""
        return self.low <= value < self.high if rising else self.low < value <= self.high


@dataclass(frozen=True)
class Rule:
    """An alarm with the step scaling policy that it triggers."""

    value: Formula
    threshold: float
    rising: bool
    minutes: int
    cooldown: int
    at_least: int
    steps: tuple[Step, ...]

    def breached(self, value: float) -> bool:
        """Tell whether the alarm's comparison holds."""
        return value >= self.threshold if self.rising else value <= self.threshold

    def change(self, value: float, workers: int) -> int:
        """Give the change in workers, rounded as Application Auto Scaling does: towards none."""
        step = next(each for each in self.steps if each.holds(value, rising=self.rising))
        change = math.trunc(workers * step.percent / 100)
        if abs(change) < self.at_least:
            change = self.at_least if step.percent > 0 else -self.at_least
        return change


@dataclass(frozen=True)
class Rules:
    """All that decides how many workers there are."""

    least: int
    most: int
    out: Rule
    back: Rule


def read_rules(template: Template) -> Rules:
    """Read the rules of a heavy lane."""
    [target] = template.properties("AWS::ApplicationAutoScaling::ScalableTarget")
    policies = template.of_type("AWS::ApplicationAutoScaling::ScalingPolicy")
    found = []
    for alarm in template.properties("AWS::CloudWatch::Alarm"):
        [action] = alarm.get("AlarmActions", [])
        if action["Ref"] in policies:
            found.append(_rule(alarm, policies[action["Ref"]]["Properties"]))
    [out] = [rule for rule in found if rule.rising]
    [back] = [rule for rule in found if not rule.rising]
    return Rules(int(target["MinCapacity"]), int(target["MaxCapacity"]), out, back)


def _rule(alarm: Mapping[str, Any], policy: Mapping[str, Any]) -> Rule:
    steps = policy["StepScalingPolicyConfiguration"]
    assert steps["AdjustmentType"] == "PercentChangeInCapacity"
    threshold = float(alarm["Threshold"])
    return Rule(
        value=_formula(alarm["Metrics"]),
        threshold=threshold,
        rising=alarm["ComparisonOperator"] == "GreaterThanOrEqualToThreshold",
        minutes=int(alarm["EvaluationPeriods"]),
        cooldown=int(steps["Cooldown"]) // 60,
        at_least=int(steps["MinAdjustmentMagnitude"]),
        steps=tuple(
            Step(
                threshold + each.get("MetricIntervalLowerBound", -math.inf),
                threshold + each.get("MetricIntervalUpperBound", math.inf),
                each["ScalingAdjustment"],
            )
            for each in steps["StepAdjustments"]
        ),
    )


def _formula(metrics: list[dict[str, Any]]) -> Formula:
    """Put an alarm's metrics together; values come by `<queue or service> <metric>`."""
    by_id = {each["Id"]: each for each in metrics}
    [returned] = [each["Id"] for each in metrics if each["ReturnData"]]

    def value_of(name: str, values: Values) -> float:
        metric = by_id[name]
        if "Expression" in metric:
            body = ast.parse(metric["Expression"], mode="eval").body
            return _evaluate(body, lambda inner: value_of(inner, values))
        named = metric["MetricStat"]["Metric"]
        *_, where = (plain(each["Value"]) for each in named["Dimensions"])
        return values(f"{where} {named['MetricName']}")

    return lambda values: value_of(returned, values)


def _evaluate(node: ast.expr, value_of: Callable[[str], float]) -> float:
    """Evaluate what CloudWatch's metric math has in common with Python."""
    match node:
        case ast.Constant(value=int() | float() as number):
            return float(number)
        case ast.Name(id=name):
            return value_of(name)
        case ast.BinOp(left=left, op=operation, right=right):
            pair = _evaluate(left, value_of), _evaluate(right, value_of)
            return _OPERATORS[type(operation)](*pair)
        case ast.Compare(left=left, ops=[operation], comparators=[right]):
            pair = _evaluate(left, value_of), _evaluate(right, value_of)
            return _OPERATORS[type(operation)](*pair)
        case ast.Call(func=ast.Name(id=name), args=arguments):
            return _FUNCTIONS[name](*(_evaluate(each, value_of) for each in arguments))
    raise ValueError(f"no metric math that is known: {ast.dump(node)}")
