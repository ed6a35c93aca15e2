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

    def acts(self, past: Sequence[set[str]]) -> bool:
        """Say whether it tells somebody after these minutes, each with what was raised in it.

        One that another explains waits for it, and keeps quiet for a while after it.
        """
        if self.name not in past[-1] or not self.properties.get("AlarmActions"):
            return False
        if self.suppressor is None:
            return True
        wait, after = (
            int(self.properties[f"ActionsSuppressor{each}Period"]) // 60
            for each in ("Wait", "Extension")
        )
        waited = len(past) > wait and all(self.name in each for each in past[-wait - 1 :])
        return waited and not any(self.suppressor in each for each in past[-after - 1 :])


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
