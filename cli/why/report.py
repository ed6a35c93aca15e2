"""What `moonwalk why` tells a person: a timeline with bars of wait and of work."""

from collections.abc import Iterator
from datetime import UTC, datetime

from rich.console import Console
from rich.table import Table

from cli.terminal import cell
from cli.why.timeline import Kind, Stretch, counted, seconds_of, stretches
from cli.why.told import Told
from moonwalk.domain.run_figures import RunFigures
from moonwalk.domain.walk_cost import Spent

WIDTH = 32
"""Of the longest bar; a rest, which may last for days, has none."""
_BARS = {Kind.WAIT: "░", Kind.WORK: "█", Kind.LOST: "▒", Kind.REST: ""}
_LEGEND = "█ work   ░ wait   ▒ work that came to nothing"
_MIB = 1024 * 1024


def show(console: Console, told: Told, now: float) -> None:
    """Print the way of a crash, and what its last run took."""
    entry, way = told.entry, stretches(told.entry, now)
    console.print(cell(_headline(told), "bold"))
    if not way:
        console.print("its entry was written by an earlier version and remembers no moments")
    else:
        console.print(_way(way))
        console.print(cell(f"{_LEGEND}   {_sums(way)}"))
    result = entry.result
    if result and result.figures:
        console.print()
        console.print(cell("the last run, step by step", "bold"))
        console.print(_run(result.figures))
        console.print(_facts(result.figures))
    for line in _notes(told):
        console.print(cell(line), soft_wrap=True)


def _headline(told: Told) -> str:
    entry = told.entry
    reason = f" ({entry.result.reason})" if entry.result and entry.result.reason else ""
    lane = f", {entry.lane} lane" if entry.lane else ""
    return f"{entry.crash_id}  {entry.state}{reason}{lane}, attempt {entry.fence.attempt}"


def _way(way: list[Stretch]) -> Table:
    longest = max((one.seconds for one in way if one.kind is not Kind.REST), default=0.0)
    table = _table()
    for one in way:
        bar = _BARS[one.kind] * _length(one.seconds, longest)
        began = datetime.fromtimestamp(one.began, UTC).strftime("%Y-%m-%d %H:%M:%S")
        length = _seconds(one.seconds) + (" so far" if one.open else "")
        table.add_row(cell(began), cell(length), cell(f"#{one.attempt} {one.what}"), cell(bar))
    return table


def _run(figures: RunFigures) -> Table:
    longest = max(figures.seconds.values(), default=0.0)
    table = _table()
    for step, seconds in figures.seconds.items():
        kind = Kind.WAIT if step == "symbols" else Kind.WORK
        bar = _BARS[kind] * _length(seconds, longest)
        table.add_row(cell(""), cell(_seconds(seconds)), cell(step), cell(bar))
    return table


def _table() -> Table:
    table = Table.grid(padding=(0, 2))
    table.add_column(no_wrap=True)
    table.add_column(justify="right", no_wrap=True)
    table.add_column(overflow="fold")
    table.add_column(no_wrap=True)
    return table


def _facts(figures: RunFigures) -> Table:
    grid = Table.grid(padding=(0, 2))
    for name, value in (*_walks(figures.spent), ("cost", f"about ${figures.dollars:.6f}")):
        grid.add_row(cell(name, "bold"), cell(value))
    return grid


def _walks(spent: Spent) -> Iterator[tuple[str, str]]:
    """Tell what the walks of the run took, all of them together."""
    yield "walks", f"{spent.walks}, {_seconds(spent.wall_seconds)}"
    if not spent.walks:
        return
    yield (
        "of that",
        f"computing {_seconds(spent.user_seconds + spent.system_seconds)} "
        f"(user {_seconds(spent.user_seconds)}, system {_seconds(spent.system_seconds)}), "
        f"without a processor {_seconds(spent.ready_seconds)}, "
        f"waiting {_seconds(spent.wait_seconds)} ({spent.wait_ratio:.0%})",
    )
    yield (
        "blocked",
        f"on disk {_seconds(spent.disk_seconds)}, on network {_seconds(spent.network_seconds)}, "
        f"{spent.major_faults} major faults",
    )
    yield (
        "bytes",
        f"disk {_mib(spent.disk_bytes)}, cache {_mib(spent.cache_bytes)}, "
        f"network {_mib(spent.network_bytes)} in {spent.requests} requests",
    )


def _notes(told: Told) -> Iterator[str]:
    for name, count in counted(told.entry):
        yield f"{name}: {count}"
    for module in told.lacking:
        file = module.get("debug_file") or module.get("code_file")
        detail = f" ({module['detail']})" if module.get("detail") else ""
        yield f"lacks symbols of {file}: {module.get('reason')}{detail}"
    status = f", {told.workflow.status}" if told.workflow.status else ""
    yield f"workflow: {told.workflow.name}{status}"


def _sums(way: list[Stretch]) -> str:
    sums = seconds_of(way)
    return "  ".join(f"{kind} {_seconds(sums[kind])}" for kind in Kind if sums[kind])


def _length(seconds: float, longest: float) -> int:
    return max(1, round(WIDTH * seconds / longest)) if longest and seconds > 0 else 0


def _seconds(seconds: float) -> str:
    return f"{seconds:.3f} s" if seconds < 10 else f"{seconds:,.1f} s"  # noqa: PLR2004


def _mib(count: int) -> str:
    return f"{count / _MIB:.1f} MiB"
