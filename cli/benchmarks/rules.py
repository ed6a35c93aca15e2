"""What rules take for one crash: a real one of Firefox, of the corpus, rule by rule.

The ruleset runs over the same crash again and again, in one process, as in a function that is
warm. All of them together are measured in CPU time, single rules by the clock, and the median of
all runs is told. Run by `make bench-rules`.
"""

import argparse
import statistics
import time
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from cli.benchmarks.report import Goal, publish
from cli.exits import CommandError, SetUpIncomplete
from cli.inputs import annotations
from cli.processing.processor import Processor
from cli.processing.recorded import CrashFiles, Recorded
from cli.terminal import Steps
from moonwalk.domain.crash_id import CrashId
from moonwalk.domain.dumps import MAIN_MINIDUMP, DumpName
from moonwalk.domain.processed_crash import Pass
from moonwalk.rules.rule import Crash, Document
from moonwalk.rules.running import Ran

SHARED = Path(__file__).parents[3] / "shared"
DUMPS = SHARED / "corpus" / "dumps"
WALKS = SHARED / "socorro-cases" / "stackwalk"
DUMP = "firefox-linux-x86_64"
GOAL_MS = 15.0
RUNS = 200
CRASH_ID = "0b7ac8f7-2f2c-4c8b-9d2a-1234f0261123"


@dataclass
class Times:
    """Milliseconds that were measured: of CPU all in all, of the clock rule by rule."""

    whole: list[float] = field(default_factory=list)
    rules: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))

    def add(self, seconds: float, *runs: Ran) -> None:
        """Add what one run took."""
        self.whole.append(seconds * 1000)
        for run in runs:
            for name, took in run.seconds.items():
                self.rules[name].append(took * 1000)

    def rows(self) -> list[dict[str, float | str]]:
        """Give the rules, the slowest first."""
        rows: list[dict[str, float | str]] = [
            {
                "rule": name,
                "median_ms": round(statistics.median(times), 4),
                "longest_ms": round(max(times), 4),
            }
            for name, times in self.rules.items()
        ]
        return sorted(rows, key=lambda row: row["median_ms"], reverse=True)


@dataclass(frozen=True)
class Bench:
    """A crash that is processed over and over."""

    processor: Processor
    files: CrashFiles
    raw: Document
    crash: Crash

    @classmethod
    def of(cls, profile: str, dump: str) -> "Bench":
        """Read the crash.

        Raises:
            SetUpIncomplete: when it is not there.
        """
        main = DumpName(MAIN_MINIDUMP)
        walked = WALKS / f"{dump}.dmp.json"
        if not walked.exists():
            raise SetUpIncomplete(f"{walked} is missing", "it comes with ../shared/socorro-cases")
        processor = Processor.of(
            profile, None, host="bench", version="bench", now=datetime.now(UTC)
        )
        files = CrashFiles(
            crash_id=CrashId(CRASH_ID),
            raw=DUMPS / f"{dump}.extra.json",
            dumps={main: DUMPS / f"{dump}.dmp"},
            walks={main: Recorded.beside(walked)},
        )
        raw = {"uuid": CRASH_ID, "submitted_timestamp": processor.now.isoformat()}
        crash = Crash(files.crash_id, raw, dumps=(main,), walks=files.results("bench"))
        return cls(processor, files, raw | annotations(files.raw), crash)

    def once(self, times: Times) -> None:
        """Process it once."""
        this_pass = Pass(self.files.crash_id, self.files.ruleset, self.processor.now, "bench")
        rules, begun = self.processor.rules, time.process_time()
        prepared = rules.prepare(this_pass, self.raw)
        applied = rules.apply(this_pass, prepared, self.crash, {})
        applied.ended(self.processor.now)
        times.add(time.process_time() - begun, prepared, applied.ran)


def main() -> None:
    """Measure, print and publish."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--profile", default="socorro")
    parser.add_argument("--dump", default=DUMP, help="of ../shared/corpus/dumps, without .dmp")
    parser.add_argument("--runs", type=int, default=RUNS)
    options = parser.parse_args()
    try:
        bench = Bench.of(options.profile, options.dump)
    except CommandError as error:
        parser.exit(error.code, f"{error}\n")
    bench.once(Times())
    times = Times()
    with Steps().counted(f"processing {options.dump} {options.runs} times", options.runs) as done:
        for _ in range(options.runs):
            bench.once(times)
            done(1)
    rows = times.rows()
    print(f"{'milliseconds':>12} {'longest':>9}  rule")
    for row in rows:
        print(f"{row['median_ms']:12.3f} {row['longest_ms']:9.3f}  {row['rule']}")
    middle = statistics.median(times.whole)
    publish("rules", [Goal("all rules, CPU per crash", GOAL_MS, middle, "ms")], rows)


if __name__ == "__main__":
    main()
