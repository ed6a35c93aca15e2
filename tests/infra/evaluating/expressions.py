"""Metric math, as far as our alarms use it, over a datapoint for each minute.

CloudWatch's expressions happen to be Python's, too, so Python parses them. As its user guide says,
a datapoint that one of two metrics has counts against a 0 of the other, where neither has one there
is none, and a division by zero gives none.
"""

import ast
import operator
from collections.abc import Callable, Mapping
from typing import NamedTuple

from tests.infra.evaluating.recorded import Points


class UnknownMathError(Exception):
    """Something in an expression that this file does not know."""


_ARITHMETIC: dict[type[ast.operator], Callable[[float, float], float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}
_COMPARISONS: dict[type[ast.cmpop], Callable[[float, float], bool]] = {
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
}


def calculate(expression: str, known: Mapping[str, Points], period: int) -> Points:
    """Evaluate an expression over datapoints of its metrics, whose windows are so many minutes.

    Raises:
        UnknownMathError: for anything that no alarm of ours uses.
    """
    length = len(next(iter(known.values())))
    return _points(ast.parse(expression, mode="eval").body, known, _Frame(length, period))


class _Frame(NamedTuple):
    length: int
    period: int


class _Constants(list[float | None]):
    """A number at every minute: unlike a metric it makes no datapoint where there is none."""


def _points(node: ast.expr, known: Mapping[str, Points], frame: _Frame) -> Points:
    match node:
        case ast.Constant(value=int() | float() as number):
            return _Constants([float(number)] * frame.length)
        case ast.Name(id=name) if name in known:
            return known[name]
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _ARITHMETIC:
            return _both(
                _ARITHMETIC[type(op)], _points(left, known, frame), _points(right, known, frame)
            )
        case ast.Compare(left=left, ops=[op], comparators=[right]) if type(op) in _COMPARISONS:
            return _both(
                _COMPARISONS[type(op)], _points(left, known, frame), _points(right, known, frame)
            )
        case ast.Call(func=ast.Name(id=name), args=args, keywords=[]):
            return _call(name, [_points(each, known, frame) for each in args], frame.period)
        case _:
            raise UnknownMathError(f"not known: {ast.unparse(node)}")


def _both(act: Callable[[float, float], float], left: Points, right: Points) -> Points:
    constant = isinstance(left, _Constants) or isinstance(right, _Constants)

    def one(first: float | None, second: float | None) -> float | None:
        missing = (first is None, second is None)
        if all(missing) or (constant and any(missing)):
            return None
        try:
            return float(act(first or 0.0, second or 0.0))
        except ZeroDivisionError:
            return None

    return [one(*pair) for pair in zip(left, right, strict=True)]


def _chosen(condition: float | None, yes: float | None, no: float | None) -> float | None:
    if condition is None:
        return None
    return (yes or 0.0) if condition else no


def _call(name: str, args: list[Points], period: int) -> Points:
    match name, args:
        case "FILL", [points, filling]:
            return [
                fill if point is None else point
                for point, fill in zip(points, filling, strict=True)
            ]
        case "IF", [condition, yes, no]:
            return [_chosen(*each) for each in zip(condition, yes, no, strict=True)]
        case "DIFF", [points]:
            before = [*[None] * period, *points]
            return [
                None if now is None or then is None else now - then
                for now, then in zip(points, before, strict=False)
            ]
        case _:
            raise UnknownMathError(f"not known: {name} of {len(args)}")
