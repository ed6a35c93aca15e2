"""Walks dumps from packs and, by turns, with upstream's stackwalker from text (`make bench-walk`).

docs/benchmarks.md tells how each figure is measured.
"""

import argparse
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from cli.benchmarks.failures import Unmeasurable, ending
from cli.benchmarks.giants import SIZE
from cli.benchmarks.instructions import KeptCounts
from cli.benchmarks.machine import Machine
from cli.benchmarks.made import CORPUS, GIANT, KEPT, PACK, REFERENCE, WALKER, need
from cli.benchmarks.report import publish
from cli.benchmarks.walk_cases import Absent, Case, Cases, Options
from cli.benchmarks.walk_counts import Count, instructions, reads
from cli.benchmarks.walk_figures import Measured
from cli.benchmarks.walk_goals import goals
from cli.benchmarks.walk_pairs import dropped_pairs, pairs, warm
from cli.benchmarks.walk_sides import SIDES
from cli.benchmarks.walk_table import table
from cli.terminal import Steps, results


class Bench:
    """One run of the benchmark."""

    def __init__(self, cases: Cases, machine: Machine, scratch: Path, steps: Steps) -> None:
        """Take what there is to measure and to measure with."""
        self._cases, self._machine, self._scratch, self._steps = cases, machine, scratch, steps
        self._ran: dict[str, Case] = {}

    def measured(self, names: Sequence[str], count: str) -> dict[str, Measured]:
        """Measure cases, one after the other; a case that fails does not keep the next from it."""
        found = {name: Measured(name) for name in names}
        for measured in found.values():
            try:
                self._measure(measured)
            except Unmeasurable as failure:
                measured.troubles.append(str(failure))
        if self._machine.counts_instructions:
            self._count(found, count)
        return found

    def _measure(self, measured: Measured) -> None:
        case = self._cases.by_name[measured.name]()
        if isinstance(case, Absent):
            measured.note = case.why
            self._steps.note(f"{measured.name}: {case.why}")
            return
        self._ran[measured.name] = case
        measured.note = case.note
        told = self._teller(measured.name)
        warm(case)
        measured.pairs = pairs(case, self._scratch, told)
        measured.traced = reads(case, self._scratch, may_trace=self._machine.traces_reads)
        if self._machine.drops_cache:
            number = self._cases.options.dropped
            measured.dropped = dropped_pairs(case, number, self._scratch, told)
        told_by = [pair.trouble for pair in (*measured.pairs, *measured.dropped)]
        measured.troubles += [trouble for trouble in (*told_by, measured.traced.trouble) if trouble]

    def _count(self, found: dict[str, Measured], count: str) -> None:
        able = [Count(name, case, side) for name, case in self._ran.items() for side in SIDES]
        kept = KeptCounts(KEPT / "instructions.json")

        def wanted(it: Count) -> bool:
            return count == "all" or (count == "most" and it.case.counted)

        with self._steps.step("counting instructions"):
            told = self._steps.note
            counted = instructions(able, kept, self._scratch, wanted=wanted, told=told)
        for one in counted:
            measured = found[one.count.name]
            if one.instructions:
                measured.instructions[one.count.side.name] = one.instructions
            if one.trouble:
                measured.troubles.append(one.trouble)

    def _teller(self, name: str) -> Callable[[str], None]:
        return lambda text: self._steps.note(f"{name}, {text}")


def run(options: Options, names: Sequence[str], count: str) -> list[str]:
    """Measure, print and publish; give what must not be, such as outputs that differ."""
    need(REFERENCE, WALKER, PACK, GIANT)
    steps, machine = Steps(), Machine.this()
    cases = Cases(options, steps)
    unknown = sorted(set(names) - set(cases.by_name))
    if unknown:
        raise Unmeasurable(f"no such case: {', '.join(unknown)}; {', '.join(cases.by_name)}")
    for lack in machine.lacks():
        steps.note(lack)
    with tempfile.TemporaryDirectory() as scratch:
        bench = Bench(cases, machine, Path(scratch), steps)
        found = bench.measured(names or list(cases.by_name), count)
    results().print(table(found.values()))
    # A run of some cases leaves the file of the last whole run alone.
    name = "walk-some" if names else "walk"
    rows = [{**measured.row(), "lacking": machine.lacks()} for measured in found.values()]
    publish(name, goals(found), rows)
    return [f"{one.name}: {trouble}" for one in found.values() for trouble in one.troubles]


def main(arguments: Sequence[str] | None = None) -> int:
    """Read the command line and run."""
    parser = argparse.ArgumentParser(prog="bench-walk", description=__doc__)
    parser.add_argument("cases", nargs="*", help="names of cases; default: all")
    parser.add_argument("--pairs", type=int, default=5, help="pairs for a case of one dump")
    parser.add_argument("--dumps", type=int, default=200, help="generated dumps")
    parser.add_argument("--dropped", type=int, default=3, help="pairs with a cold page cache")
    parser.add_argument("--size", type=int, default=SIZE, help="bytes of a giant")
    parser.add_argument("--corpus", type=Path, default=CORPUS, help="folder of dumps and symbols")
    counts = ("most", "all", "kept")
    parser.add_argument("--instructions", choices=counts, default="most", help="what is counted")
    asked = parser.parse_args(arguments)
    options = Options(asked.pairs, asked.dumps, asked.dropped, asked.size, asked.corpus)
    return ending(lambda: run(options, asked.cases, asked.instructions))


if __name__ == "__main__":
    sys.exit(main())
