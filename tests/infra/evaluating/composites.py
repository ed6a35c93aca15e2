"""Alarms on other alarms: their rules, and when they keep quiet."""

import ast
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tests.infra.templates import plain


class UnknownAlarmError(Exception):
    """An alarm that says something these files do not know."""


@dataclass(frozen=True)
class Composite:
    """An alarm on other alarms."""

    name: str
    rule: str
    properties: Mapping[str, Any]
    suppressor: str | None

    def children(self) -> set[str]:
        """Give the names of the alarms that its rule asks for."""
        return set(re.findall(r'ALARM\("([^"]+)"\)', self.rule))

    def holds(self) -> Callable[[set[str]], bool]:
        """Give its rule as a function of the names that are raised."""
        text = self.rule.replace(" AND ", " and ").replace(" OR ", " or ")
        tree = ast.parse(text, mode="eval").body
        return lambda raised: _truth(tree, raised)

    def tells(self, past: Sequence[set[str]]) -> list[int]:
        """Give the minutes in which it tells somebody, of many, each with what was raised in it.

        It tells once of each time that it is raised. What another explains waits for it, and then
        for a while after it; but whatever begins or ends in that while has it wait anew.
        """
        if not self.properties.get("AlarmActions"):
            return []
        told, raised, explained, owed, quiet_until = [], False, False, False, 0
        for minute, names in enumerate(past):
            was_raised, raised = raised, self.name in names
            was_explained, explained = explained, self.suppressor in names
            if was_explained and not explained:
                quiet_until = minute + self._minutes("Extension")
            if raised != was_raised:
                owed, quiet_until = raised, minute + self._minutes("Wait")
            if owed and not explained and minute >= quiet_until:
                told.append(minute)
                owed = False
        return told

    def _minutes(self, period: str) -> int:
        return int(self.properties.get(f"ActionsSuppressor{period}Period", 0)) // 60


def composite_of(properties: Mapping[str, Any], names: Mapping[str, str]) -> Composite:
    """Read one; its suppressor is another of the same template."""
    suppressor = properties.get("ActionsSuppressor")
    return Composite(
        properties["AlarmName"],
        plain(properties["AlarmRule"]),
        properties,
        None if suppressor is None else names[suppressor["Fn::GetAtt"][0]],
    )


def _truth(node: ast.expr, raised: set[str]) -> bool:
    match node:
        case ast.Call(func=ast.Name(id="ALARM"), args=[ast.Constant(value=name)]):
            return name in raised
        case ast.BoolOp(op=ast.And(), values=values):
            return all(_truth(each, raised) for each in values)
        case ast.BoolOp(op=ast.Or(), values=values):
            return any(_truth(each, raised) for each in values)
        case _:
            raise UnknownAlarmError(f"not known in a rule: {ast.unparse(node)}")
