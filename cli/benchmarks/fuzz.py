"""The fuzz targets of the pack format, side by side for a while: `make fuzz SECONDS=1800`.

`pack_reader` takes packs with anything inside changed, its checksums right again; the targets'
own corpora grow in `build/fuzz/corpora` from run to run. A finding stays in `build/fuzz/findings`,
and makes the exit code 1.
"""

import os
import random
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from cli.benchmarks.failures import Unmeasurable, ending
from cli.benchmarks.made import PACK, need
from cli.benchmarks.report import Goal, publish
from cli.places import BUILD, ROOT, shown

SOURCE = ROOT / "layers" / "stackwalker" / "fuzz"
FOLDER = BUILD / "fuzz"
CORPORA = FOLDER / "corpora"
FINDINGS = FOLDER / "findings"
EXAMPLE = ROOT / "examples" / "crash" / "symbols"
TRIPLE = re.compile(r"^host: (\S+)$", re.MULTILINE)
COVERED = re.compile(r"cov: (\d+) ft: (\d+) corp: (\d+)/")

LONGEST = {"pack_reader": 64 * 1024, "packer_against_parser": 1500}
"""Each target, and the bytes that an input of it has at most."""
MEMORY = 1024
"""MiB of a target in all; the reader's own bound on allocations is in its source."""
SLOWEST = 30
"""Seconds after which one input counts as one without end; machines that fuzz are busy."""
PIECE = 150
"""Lines of real symbols in one seed: little enough for many runs a second."""
RECORDS = (b"FUNC ", b"PUBLIC ", b"FILE ", b"STACK CFI INIT ", b"STACK WIN ")
ODD = 60
"""Seeds that stand for odd texts, made up from nothing."""


def main() -> int:
    """Fuzz for as many seconds as the first argument says, and tell what came of it."""
    return ending(lambda: fuzz(int(sys.argv[1])))


def fuzz(seconds: int) -> list[str]:
    """Run both targets side by side, and give what they found."""
    need(PACK)
    programs = built()
    seed()
    FINDINGS.mkdir(parents=True, exist_ok=True)
    known = set(FINDINGS.iterdir())
    begun = time.monotonic()
    running = {name: start(program, seconds) for name, program in programs.items()}
    rows = [told(name, process, begun) for name, process in running.items()]
    found = sorted(set(FINDINGS.iterdir()) - known)
    for row in rows:
        row["findings"] = sum(finding.name.startswith(row["target"]) for finding in found)
    goals = [Goal(f"{row['target']}: findings", 0, row["findings"], "") for row in rows]
    publish("fuzz", goals, rows)
    for row in rows:
        print(
            f"{row['target']}: {row['executions']:,} inputs in {row['seconds']} s, "
            f"{row['edges']} edges and {row['features']} features covered, "
            f"corpus of {row['corpus']}, peak {row['memory'] / 2**20:.0f} MiB, "
            f"{row['findings']} findings"
        )
    return [f"found: {shown(finding)}" for finding in found] + [
        f"{row['target']} ended early: see {shown(log_of(row['target']))}"
        for row in rows
        if row["code"] != 0
    ]


def built() -> dict[str, Path]:
    """Build the targets with the nightly toolchain, without a sanitizer, and give them by name."""
    cargo: list[str | Path] = ["cargo", "+nightly", "fuzz", "build", "-O", "--sanitizer", "none"]
    place = FOLDER / "target"
    done = subprocess.run(
        [*cargo, "--fuzz-dir", SOURCE, "--target-dir", place],
        cwd=SOURCE,
        env={**os.environ, "PATH": f"{FOLDER / 'bin'}:{os.environ['PATH']}"},
        check=False,
    )
    if done.returncode:
        raise Unmeasurable("the fuzz targets do not build; see above")
    version = subprocess.run(
        ["rustc", "+nightly", "-vV"], capture_output=True, text=True, check=True
    )
    host = TRIPLE.search(version.stdout)
    if host is None:
        raise Unmeasurable(f"rustc does not tell its host: {version.stdout}")
    return {name: place / host[1] / "release" / name for name in LONGEST}


def seed() -> None:
    """Put into the corpora what fuzzing begins with: packs of real symbols, and odd texts."""
    reader, packer = (CORPORA / name for name in LONGEST)
    packer.mkdir(parents=True, exist_ok=True)
    for number in range(ODD):
        dice = random.Random(number)  # noqa: S311 - the same seeds every time
        (packer / f"odd-{number}").write_bytes(dice.randbytes(dice.randrange(40, 640)))
    reader.mkdir(parents=True, exist_ok=True)
    pieces, packs = FOLDER / "pieces", FOLDER / "packs"
    for folder in (pieces, packs):
        shutil.rmtree(folder, ignore_errors=True)
    for text in sorted([*EXAMPLE.rglob("*.sym"), *(SOURCE / "seeds").iterdir()]):
        cut(text, pieces)
    packing: list[str | Path] = [PACK, "build", "--quiet", "--strict", pieces, "-o", packs]
    done = subprocess.run(packing, capture_output=True, check=False)
    if done.returncode:
        raise Unmeasurable(f"the seeds cannot be packed: {done.stderr.decode()}")
    for pack in packs.rglob("*.pack"):
        if pack.stat().st_size <= LONGEST["pack_reader"]:
            pack.rename(reader / f"{pack.parent.parent.name}-{pack.name}")


def cut(text: Path, pieces: Path) -> None:
    """Cut a symbol file before records, in Breakpad's layout; the whole is one of the pieces."""
    lines = text.read_bytes().splitlines(keepends=True)
    cuts = [0]
    for number, line in enumerate(lines):
        if number - cuts[-1] >= PIECE and line.startswith(RECORDS):
            cuts.append(number)
    cuts.append(len(lines))
    for name, begin, end in [("whole", 0, len(lines)), *zip(cuts, cuts, cuts[1:], strict=False)]:
        target = pieces / text.stem / "SEED" / f"{name}.sym"
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(b"".join(lines[begin:end]))


def log_of(name: str) -> Path:
    """Give where a target's output goes."""
    return FOLDER / f"{name}.log"


def start(program: Path, seconds: int) -> subprocess.Popen[bytes]:
    """Start a target, at low priority."""
    with log_of(program.name).open("wb") as log:
        return subprocess.Popen(
            [
                *["nice", "-n", "10", str(program), str(CORPORA / program.name)],
                f"-max_total_time={seconds}",
                f"-max_len={LONGEST[program.name]}",
                f"-rss_limit_mb={MEMORY}",
                f"-timeout={SLOWEST}",
                # Being slow is no finding; only being without end is.
                f"-report_slow_units={SLOWEST}",
                f"-artifact_prefix={FINDINGS}/{program.name}-",
                "-print_final_stats=1",
            ],
            stdout=log,
            stderr=subprocess.STDOUT,
        )


def told(name: str, process: subprocess.Popen[bytes], begun: float) -> dict[str, Any]:
    """Wait for a target, and read what it says of itself at its end."""
    code = process.wait()
    log = log_of(name).read_text("utf-8", "replace")
    final = dict(re.findall(r"^stat::(\w+):\s+(\d+)$", log, re.MULTILINE))
    covered = COVERED.findall(log)
    edges, features, corpus = map(int, covered[-1]) if covered else (0, 0, 0)
    return {
        "target": name,
        "code": code,
        "seconds": round(time.monotonic() - begun),
        "executions": int(final.get("number_of_executed_units", 0)),
        "edges": edges,
        "features": features,
        "corpus": corpus,
        "memory": int(final.get("peak_rss_mb", 0)) << 20,
    }


if __name__ == "__main__":
    sys.exit(main())
