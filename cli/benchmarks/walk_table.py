"""The table that `make bench-walk` prints: both sides, their ratio, and the spread of each."""

from collections.abc import Callable, Iterable

from rich.box import SIMPLE_HEAD
from rich.table import Table

from cli.benchmarks.spread import Spread
from cli.benchmarks.walk_figures import Measured

COLUMNS = ("reference", "moonwalk", "ratio")


def _milliseconds(seconds: float) -> str:
    thousandths = seconds * 1000
    return f"{thousandths:,.0f} ms" if thousandths >= 100 else f"{thousandths:.1f} ms"  # noqa: PLR2004


def _megabytes(size: float) -> str:
    millions = size / 1e6
    return f"{millions:,.0f} MB" if millions >= 100 else f"{millions:.1f} MB"  # noqa: PLR2004


UNITS: dict[str, Callable[[float], str]] = {
    "wall": _milliseconds,
    "user + system": _milliseconds,
    "peak memory": _megabytes,
    "instructions": lambda count: f"{count / 1e6:,.0f} M",
    "symbol bytes": lambda size: f"{size / 1e6:,.2f} MB",
    "reads": lambda count: f"{count:,.0f}",
    "wall, cache dropped": _milliseconds,
}


def table(cases: Iterable[Measured]) -> Table:
    """Give a line for each figure of each case, empty where it was not measured."""
    cases = list(cases)
    notes = "\n".join(f"{case.name}: {case.note}" for case in cases if case.note)
    made = Table(box=SIMPLE_HEAD, title="median (smallest to largest)", caption=notes)
    made.caption_justify = "left"
    made.add_column("case")
    made.add_column("figure")
    for column in COLUMNS:
        made.add_column(column, justify="right")
    for case in cases:
        for name, cells in _lines(case):
            made.add_row("" if name != "wall" else case.name, name, *cells)
        made.add_section()
    return made


def _lines(case: Measured) -> Iterable[tuple[str, list[str]]]:
    figures = case.figures()
    for name, unit in UNITS.items():
        figure = figures.get(name)
        if figure is None:
            yield name, [""] * len(COLUMNS)
            continue
        yield (
            name,
            [
                _cell(Spread.of(figure.reference), unit),
                _cell(Spread.of(figure.moonwalk), unit),
                _cell(Spread.of(figure.ratios), "{:,.1f}x".format),
            ],
        )


def _cell(spread: Spread, unit: Callable[[float], str]) -> str:
    if spread.low == spread.high:
        return unit(spread.middle)
    return f"{unit(spread.middle)} ({unit(spread.low)} to {unit(spread.high)})"
