"""What the two sides of the incident come to: rates, goals, rows and the table."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.table import Table

from cli.benchmarks.incident_records import MOONWALK, UPSTREAM, Run, run_of
from cli.benchmarks.report import Goal

MB = 1e6
MINUTE = 60.0
BIN = 15.0
"""Seconds that a point of the curves of throughput stands for."""
WINDOW = 0.25
"""Part of all crashes, before and after the credit's end, of which Moonwalk's speed is taken."""
MOVES = 5.0
COLLAPSED = 0.5
"""What is left of the throughput where one speaks of a collapse."""


def rates(finished: Sequence[float], seconds: float) -> list[tuple[float, float]]:
    """Give throughput over time: the middle of each span, and crashes a minute in it."""
    found, start = list[tuple[float, float]](), 0.0
    while start < seconds:
        end = min(start + BIN, seconds)
        count = sum(start <= at < end for at in finished)
        # What is left over at the end is too short to tell a speed.
        if end - start >= BIN / 2 or not found:
            found.append(((start + end) / 2, count / (end - start) * MINUTE))
        start += BIN
    return found


def before_and_after(
    finished: Sequence[float], at: float, until: float, most: int | None = None
) -> tuple[float, float] | None:
    """Give crashes a minute before a moment, and after it until an end.

    Args:
        finished: when each was done, in order.
        at: the moment.
        until: the end of what was measured.
        most: take no more than so many on either side, those next to the moment.

    Returns:
        None when one side has none to tell by.
    """
    earlier = [each for each in finished if each <= at]
    later = [each for each in finished if each > at]
    if not earlier or not later:
        return None
    begin = 0.0
    if most and len(earlier) > most:
        begin, earlier = earlier[-most - 1], earlier[-most:]
    if most and len(later) > most:
        later = later[:most]
        until = later[-1]
    if at <= begin or until <= at:
        return None
    return len(earlier) / (at - begin) * MINUTE, len(later) / (until - at) * MINUTE


def speeds(run: Run, crashes: int) -> tuple[float, float] | None:
    """Give a side's throughput with credit and without; of Moonwalk, next to the credit's end.

    Upstream has too few crashes for a window: of it all are taken.
    """
    if run.credit_ended is None:
        return None
    most = round(crashes * WINDOW) if run.side == MOONWALK else None
    return before_and_after(run.finished(), run.credit_ended, run.seconds, most)


def goals(runs: Sequence[Run], crashes: int) -> Iterator[Goal]:
    """Hold Moonwalk, if it was run, against what was hoped for."""
    moonwalk = run_of(MOONWALK, runs)
    if moonwalk is None:
        return
    done = len(moonwalk.finished())
    yield Goal("moonwalk, crashes done", crashes, done, f"of {crashes}", at_least=True)
    found = speeds(moonwalk, crashes)
    moved = 100 * abs(found[1] / found[0] - 1) if found else None
    yield Goal("moonwalk, throughput moves at the credit's end by", MOVES, moved, "%")


def verdict(runs: Sequence[Run], crashes: int) -> str:
    """Say whether the old way collapsed."""
    upstream = run_of(UPSTREAM, runs)
    found = speeds(upstream, crashes) if upstream else None
    if not found:
        return "whether the old way collapses was not seen: too little was done on one side"
    told = f"from {found[0]:.1f} to {found[1]:.1f} crashes a minute when the credit ended"
    if found[1] <= COLLAPSED * found[0]:
        return f"the old way collapsed: {told}"
    return (
        f"the old way did not collapse under these terms: {told}; what it takes may be more builds "
        "or less memory (--only upstream, with --builds or --memory)"
    )


def rows(runs: Sequence[Run], terms: Mapping[str, Any], crashes: int) -> Iterator[dict[str, Any]]:
    """Give what the file for machines has."""
    yield {"case": "terms", **terms}
    for run in runs:
        found = speeds(run, crashes)
        yield {
            "case": run.side,
            "seconds": run.seconds,
            "credit_ended": run.credit_ended,
            "crashes_a_minute_with_credit": found[0] if found else None,
            "crashes_a_minute_without": found[1] if found else None,
            **summary(run),
            "crashes_a_minute": rates(run.finished(), run.seconds),
            "packed": run.packed,
            "walked": run.walked,
            "samples": [asdict(sample) for sample in run.samples],
        }


def summary(run: Run) -> dict[str, Any]:
    """Give the sums of a run."""
    outcomes: dict[str, int] = {}
    for each in run.walked:
        outcomes[each["outcome"]] = outcomes.get(each["outcome"], 0) + 1
    cpu = sum(sample.cpu_seconds for sample in run.samples)
    waited = sum(sample.blocked for sample in run.samples)
    loads = [sample.load for sample in run.samples]
    return {
        "outcomes": outcomes,
        "cpu_seconds": cpu,
        "blocked_seconds": waited,
        "wait_ratio": waited / (waited + cpu) if waited + cpu else None,
        "read_bytes": sum(sample.read_bytes for sample in run.samples),
        "reads": sum(sample.reads for sample in run.samples),
        "load": sum(loads) / len(loads) if loads else None,
    }


def table(runs: Sequence[Run], crashes: int) -> Table:
    """Give a column for each side."""
    made = Table(box=SIMPLE_HEAD)
    made.add_column("")
    for run in runs:
        made.add_column(run.side, justify="right")
    for name, cells in _lines(runs, crashes):
        made.add_row(name, *cells)
    return made


def _lines(runs: Sequence[Run], crashes: int) -> Iterator[tuple[str, list[str]]]:
    sums = [summary(run) for run in runs]
    both = [speeds(run, crashes) for run in runs]
    yield "crashes done", [f"{len(run.finished()):,} of {crashes:,}" for run in runs]
    yield "in", [f"{run.seconds:,.0f} s" for run in runs]
    yield "credit ended after", [f"{run.credit_ended or 0:,.0f} s" for run in runs]
    yield "a minute with credit", [f"{each[0]:,.1f}" if each else "" for each in both]
    yield "a minute without", [f"{each[1]:,.1f}" if each else "" for each in both]
    yield "processor", [f"{each['cpu_seconds']:,.0f} s" for each in sums]
    yield "blocked on the disk", [f"{each['blocked_seconds']:,.0f} s" for each in sums]
    yield "read", [f"{each['read_bytes'] / MB:,.0f} MB" for each in sums]
    yield "reads", [f"{each['reads']:,}" for each in sums]
    yield "load of the machine", [f"{each['load'] or 0:,.1f}" for each in sums]
    yield "packed", [f"{len(run.packed)} builds" if run.packed else "" for run in runs]
