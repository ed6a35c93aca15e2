"""What a walk costs by count rather than by clock: instructions, and reads of symbols."""

import json
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cli.benchmarks.failures import Unmeasurable
from cli.benchmarks.hashes import hash_of
from cli.benchmarks.instructions import KeptCounts, callgrind
from cli.benchmarks.process import must
from cli.benchmarks.reads import Reads, traced
from cli.benchmarks.walk_cases import Case
from cli.benchmarks.walk_sides import OURS, THEIRS, Side

AT_ONCE = 2
"""Runs under callgrind side by side: a count is the same however busy the machine is."""


@dataclass(frozen=True, slots=True)
class Traced:
    """What either side read for a case's first dump.

    Attributes:
        by_side: as the kernel saw it; empty where strace is missing.
        stats: the walk's own statistics of the same run, or of one without strace.
        trouble: set when the statistics say something else than the kernel.
    """

    by_side: dict[str, Reads]
    stats: dict[str, Any]
    trouble: str | None = None


def reads(case: Case, scratch: Path, *, may_trace: bool) -> Traced:
    """Count what is read, and hold the walk's own statistics against it."""
    dump, output, stats_file = case.dumps[0], scratch / "traced.json", scratch / "stats.json"
    ours = OURS.command(dump, case.folders(OURS), output, f"--stats-file={stats_file}")
    if not may_trace:
        must(ours)
        return Traced({}, json.loads(stats_file.read_bytes()))
    theirs = THEIRS.command(dump, case.folders(THEIRS), output)
    by_side = {THEIRS.name: traced(theirs), OURS.name: traced(ours)}
    stats = json.loads(stats_file.read_bytes())
    return Traced(by_side, stats, disagreement(by_side[OURS.name], stats["total"]))


def disagreement(seen: Reads, total: dict[str, int]) -> str | None:
    """Say how a walk's statistics differ from what the kernel saw, if they do."""
    if (seen.calls, seen.bytes) == (total["reads"], total["bytes"]):
        return None
    return (
        f"the kernel saw {seen.calls} reads of {seen.bytes} bytes, the statistics say "
        f"{total['reads']} of {total['bytes']}"
    )


@dataclass(frozen=True, slots=True)
class Count:
    """One count of instructions: of one side, for a case's first dump."""

    name: str
    case: Case
    side: Side

    def key(self) -> str:
        """Give the hash of the program and of all that it may read."""
        dump, folders = self.case.dumps[0], self.case.folders(self.side)
        return hash_of([self.side.binary, dump, *folders])


@dataclass(frozen=True, slots=True)
class Counted:
    """What became of a count.

    Attributes:
        instructions: None when there is no figure.
        trouble: why the run under callgrind failed, if it did.
    """

    count: Count
    instructions: int | None
    trouble: str | None = None


def instructions(
    counts: Iterable[Count],
    kept: KeptCounts,
    scratch: Path,
    *,
    wanted: Callable[[Count], bool],
    told: Callable[[str], None],
) -> list[Counted]:
    """Give those counts that are kept, and those wanted that are not.

    Args:
        counts: all that could be counted.
        kept: where figures are kept.
        scratch: a folder for outputs.
        wanted: whether it is to be counted, should no figure be kept.
        told: hears of each that was counted.
    """

    def one(count: Count) -> Counted:
        key = count.key()
        found = kept.get(key)
        if found is None and wanted(count):
            try:
                found = callgrind(_command(count, scratch))
            except Unmeasurable as failure:
                return Counted(count, None, str(failure))
            kept.put(key, found)
            told(f"{count.name}, {count.side.name}: {found / 1e6:,.0f} M instructions")
        return Counted(count, found)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(one, counts))


def _command(count: Count, scratch: Path) -> list[str]:
    output = scratch / f"counted-{count.name}-{count.side.name}.json"
    return count.side.command(count.case.dumps[0], count.case.folders(count.side), output)
