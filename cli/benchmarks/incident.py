"""The incident, live: both ways over a disk that loses its burst (`make bench-incident`).

docs/benchmarks.md tells the terms, and what is like the incident and what is not.
"""

import argparse
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from cli.benchmarks.burst_disk import (
    M5_XLARGE_BASELINE,
    M5_XLARGE_BURST,
    M5_XLARGE_PROCESSORS,
    BurstDisk,
)
from cli.benchmarks.cgroups import (
    CONTROLLERS,
    device_of,
    group,
    held_to,
    own,
    read_ahead_of,
)
from cli.benchmarks.failures import Unmeasurable, ending
from cli.benchmarks.giants import SIZE
from cli.benchmarks.incident_data import FOLDER, Workload, workload
from cli.benchmarks.incident_figures import goals, rows, table, verdict
from cli.benchmarks.incident_picture import draw
from cli.benchmarks.incident_records import MOONWALK, SIDES, UPSTREAM, Run, Terms, run_of
from cli.benchmarks.incident_run import Runner, forget
from cli.benchmarks.incident_side import Job
from cli.benchmarks.made import GIANT, PACK, REFERENCE, RELEASE, WALKER, need
from cli.benchmarks.report import FOLDER as REPORTS
from cli.benchmarks.report import publish
from cli.benchmarks.walk_sides import same
from cli.terminal import Steps, results

KILL_SECONDS = 120.0
GB = 1 << 30
TOLERANCE = 1.2
"""How much faster than allowed the disk may seem, as the limit is kept in slices."""


@dataclass(frozen=True, slots=True)
class Options:
    """The terms; the defaults are the incident's, for the processors that are there.

    Attributes:
        builds: of the giant, each with symbols of its own.
        size: bytes of the text of each.
        memory: GiB, page cache included.
        credit: seconds of full burst.
        only: the one side that is run; else both are.
    """

    crashes: int = 2200
    minutes: float = 15.0
    builds: int = 12
    size: int = SIZE
    slots: int = 2
    memory: float = 8.0
    credit: float = 120.0
    processors: float = 2.0
    only: str | None = None

    @property
    def sides(self) -> Sequence[str]:
        """The sides in the order in which they run."""
        return [self.only] if self.only else SIDES

    @property
    def whole(self) -> bool:
        """Whether this is the incident, and not what somebody wanted to see beside it."""
        return self == Options()

    def disk(self) -> BurstDisk:
        """Give a disk with its whole credit, scaled to the processors."""
        part = self.processors / M5_XLARGE_PROCESSORS
        burst, baseline = M5_XLARGE_BURST.scaled(part), M5_XLARGE_BASELINE.scaled(part)
        return BurstDisk.with_credit(burst, baseline, self.credit)

    def terms(self, half: int | None, until: float | None) -> Terms:
        """Give the terms of one side."""
        return Terms(round(self.memory * GB), self.minutes * 60, half, until)


class Incident:
    """The sides, one after the other."""

    def __init__(self, options: Options, work: Workload, scratch: Path, steps: Steps) -> None:
        """Take the terms, what is to be walked, and a folder on the disk that is slowed."""
        self._options, self._work, self._scratch, self._steps = options, work, scratch, steps

    def runs(self) -> list[Run]:
        """Run Moonwalk, then upstream, whose credit ends no later than Moonwalk's did."""
        runs, until = list[Run](), None
        for side in self._options.sides:
            half = self._options.crashes // 2 if side == MOONWALK else None
            runs.append(self._run(side, self._options.terms(half, until)))
            until = runs[-1].credit_ended
        return runs

    def different(self, runs: Sequence[Run]) -> Iterator[str]:
        """Name the crashes of which the two sides' outputs differ."""
        upstream = run_of(UPSTREAM, runs)
        walked = upstream.walked if upstream else []
        done = {str(each["crash"]) for each in walked if each["outcome"] == "ok"}
        for ours in sorted((self._scratch / MOONWALK / "outputs").glob("*.json")):
            theirs = self._scratch / UPSTREAM / "outputs" / ours.name
            # One that was cut off at the end of the time is none.
            whole = theirs.exists() and theirs.stem in done
            if whole and not same(theirs.read_bytes(), ours.read_bytes()):
                yield f"the outputs of crash {ours.stem} differ"

    def _run(self, side: str, terms: Terms) -> Run:
        folder = self._scratch / side
        folder.mkdir()
        (folder / "raw_crash.json").write_text("{}", encoding="utf-8")
        options = self._options
        job = Job(side, self._work.texts, folder, options.slots, KILL_SECONDS, self._work.crashes)
        with self._steps.step(f"{side}, at most {options.minutes:g} minutes"):
            forget(FOLDER)
            run = Runner(job, options.disk(), terms).run()
        shutil.rmtree(folder / "packs", ignore_errors=True)
        return run


def measure(options: Options) -> list[str]:
    """Measure, print, draw and publish; what must not be is given back."""
    need(REFERENCE, WALKER, PACK, GIANT, RELEASE / "moonwalk-broker")
    for controller in CONTROLLERS:
        own(controller)
    steps = Steps()
    work = workload(options.crashes, options.builds, options.size, steps)
    _check(options, next(work.texts.rglob("*.sym")))
    with tempfile.TemporaryDirectory(dir=FOLDER) as scratch:
        incident = Incident(options, work, Path(scratch), steps)
        runs = incident.runs()
        troubles = list(incident.different(runs))
    results().print(table(runs, options.crashes))
    told = verdict(runs, options.crashes)
    print(told)
    terms = told_terms(options, work) | {"verdict": told}
    name = "incident" if options.whole else "incident-some"
    title = (
        f"{options.crashes:,} crashes, {options.builds} builds of {options.size / 1e9:.1f} GB, "
        f"{options.slots} slots, {options.memory:g} GiB of memory"
    )
    draw(runs, title, REPORTS / f"{name}.png")
    publish(name, list(goals(runs, options.crashes)), rows(runs, terms, options.crashes))
    return troubles


def _check(options: Options, file: Path) -> None:
    """Make sure that the kernel holds to a limit, which some disks and kernels do not."""
    slow = options.disk().baseline
    with group("moonwalk-probe", device_of(file)) as probed:
        probed.limit_reads(slow.bytes, slow.reads)
        measured = held_to(probed, file)
    if measured > slow.bytes * TOLERANCE:
        raise Unmeasurable(
            f"the disk gives {measured / 1e6:.0f} MB/s where {slow.bytes / 1e6:.0f} are allowed: "
            "this kernel does not limit its reads"
        )


def told_terms(options: Options, work: Workload) -> dict[str, object]:
    """Give the terms for the file."""
    disk = options.disk()
    return {
        "crashes": options.crashes,
        "minutes": options.minutes,
        "builds": options.builds,
        "text_bytes": options.size,
        "share_of_the_most_common_build": work.share(),
        "slots": options.slots,
        "memory_bytes": round(options.memory * GB),
        "burst_bytes_a_second": disk.burst.bytes,
        "burst_reads_a_second": disk.burst.reads,
        "baseline_bytes_a_second": disk.baseline.bytes,
        "baseline_reads_a_second": disk.baseline.reads,
        "credit_bytes": disk.credit_bytes,
        "credit_reads": disk.credit_reads,
        "read_ahead_bytes": read_ahead_of(work.texts),
        "slowed_by": "cgroup v1, blkio.throttle",
    }


def main(arguments: Sequence[str] | None = None) -> int:
    """Read the command line and run."""
    parser = argparse.ArgumentParser(
        prog="bench-incident",
        description=__doc__,
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    parser.add_argument("--crashes", type=int, help="in the queue")
    parser.add_argument("--minutes", type=float, help="for either side at most")
    parser.add_argument("--builds", type=int, help="giants, each about 1.1 GB")
    parser.add_argument("--size", type=int, help="bytes of the text of each")
    parser.add_argument("--slots", type=int, help="walks at a time")
    parser.add_argument("--memory", type=float, help="GiB, page cache included")
    parser.add_argument("--credit", type=float, help="seconds of full burst")
    parser.add_argument("--processors", type=float, help="that the disk is scaled to")
    parser.add_argument("--only", choices=SIDES, help="run one side alone")
    parser.set_defaults(**asdict(Options()))
    return ending(lambda: measure(Options(**vars(parser.parse_args(arguments)))))


if __name__ == "__main__":
    sys.exit(main())
