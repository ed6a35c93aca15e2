"""How tests find and run stackwalker binaries, ours and upstream's, and where the corpus is."""

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from cli.benchmarks.one_order import in_one_order

ROOT = Path(__file__).parents[2]
STACKWALKER = ROOT / "layers/stackwalker/target/release/moonwalk-stackwalker"
REFERENCE = ROOT / "build/reference/bin/minidump-stackwalk"
CORPUS = ROOT.parent / "shared/corpus"
SOCORRO_STACKWALKS = ROOT.parent / "shared/socorro-cases/stackwalk"

DUMPS = sorted((CORPUS / "dumps").glob("*.dmp"))
SYMBOLS = CORPUS / "symbols"

needs_stackwalker = pytest.mark.skipif(
    not STACKWALKER.exists(), reason="the stackwalker is not built: run `make build`"
)
needs_reference = pytest.mark.skipif(
    not REFERENCE.exists(), reason="minidump-stackwalk is not built: run `make reference`"
)
needs_corpus = pytest.mark.skipif(not DUMPS, reason="../shared/corpus is not there")

each_dump = pytest.mark.parametrize("dump", [pytest.param(d, id=d.stem) for d in DUMPS])


@dataclass(frozen=True)
class Walk:
    """What a caller sees of one run: exit code (negative for a signal), JSON and log."""

    exit_code: int
    output: bytes
    log: bytes


def in_order(done: Walk) -> Walk:
    """Give a run with what upstream prints in any order in one order."""
    return Walk(done.exit_code, in_one_order(done.output), done.log)


def walk(binary: Path, *arguments: str | Path) -> Walk:
    """Run `binary` on `arguments` with an empty environment."""
    done = subprocess.run([binary, *arguments], capture_output=True, check=False, env={})
    return Walk(done.returncode, done.stdout, done.stderr)


def walk_to_files(binary: Path, folder: Path, *arguments: str | Path) -> Walk:
    """Run `binary` as Socorro does, with JSON and log in files of `folder`."""
    output, log = folder / "output.json", folder / "log"
    done = walk(binary, f"--output-file={output}", f"--log-file={log}", *arguments)
    assert (done.output, done.log) == (b"", b"")
    return Walk(done.exit_code, output.read_bytes() if output.exists() else b"", log.read_bytes())


def annotations_of(dump: Path) -> list[str]:
    """The `--evil-json` flag for the annotations that came with `dump`, if any did."""
    extra = dump.with_name(f"{dump.stem}.extra.json")
    return [f"--evil-json={extra}"] if extra.exists() else []


def parent_flag() -> str:
    """The flag that ties a child to this test process."""
    return f"--parent-pid={os.getpid()}"
