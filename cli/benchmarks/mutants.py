"""Whether the comparison with the real parser bites: `make mutants`.

Each mistake of `layers/stackwalker/mutants/mutants.toml` is made by itself in a copy of the pack
crate, with a target folder of its own, and the tests of odd texts have to fail. A mutant that
lives, one that does not compile and one that cannot be made are failures of this run.
"""

import os
import shutil
import subprocess
import sys
import time
import tomllib
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

from cli.benchmarks.failures import Unmeasurable, ending
from cli.benchmarks.report import Goal, publish
from cli.places import BUILD, ROOT

WORKSPACE = ROOT / "layers" / "stackwalker"
LIST = WORKSPACE / "mutants" / "mutants.toml"
FOLDER = BUILD / "mutants"
COPY = FOLDER / "stackwalker"
CRATE = Path("crates") / "pack"
TESTS = ["--package", "moonwalk-pack-format", "--test", "all", "odd_texts::"]


@dataclass(frozen=True, slots=True)
class Mutant:
    """A mistake.

    Attributes:
        rule: the rule that it breaks.
        mistake: what it does, in words.
        file: below the crate's `src`.
        old: what stands there, once.
        new: what stands there by mistake.
    """

    rule: str
    mistake: str
    file: str
    old: str
    new: str

    def made_in(self, source: str) -> str:
        """Give the source with the mistake.

        Raises:
            Unmeasurable: when it cannot be made, as the code has changed.
        """
        if source.count(self.old) != 1:
            what = f"{self.file} holds what it replaces {source.count(self.old)} times, not once"
            raise Unmeasurable(f"{self.rule}, {self.mistake}: {what}; correct {LIST.name}")
        return source.replace(self.old, self.new)


def main() -> int:
    """Try all mutants, or those of the rules given as arguments."""
    return ending(lambda: tried(set(sys.argv[1:])))


def tried(rules: set[str]) -> list[str]:
    """Try mutants, and give what is wrong with them: those that nothing found."""
    mutants = [Mutant(**entry) for entry in tomllib.loads(LIST.read_text("utf-8"))["mutant"]]
    if rules:
        mutants = [mutant for mutant in mutants if mutant.rule in rules]
    copy()
    changed = {
        mutant: mutant.made_in((COPY / CRATE / "src" / mutant.file).read_text("utf-8"))
        for mutant in mutants
    }
    if outcome := compiled_and_failed():
        raise Unmeasurable(f"without any mistake: {outcome}")
    rows = [row(mutant, source) for mutant, source in changed.items()]
    lived = [row for row in rows if row["outcome"] != "found"]
    publish("mutants", [Goal("mutants that nothing found", 0, len(lived), "")], rows)
    return [f"{row['rule']}, {row['mistake']}: {row['outcome']}" for row in lived]


def copy() -> None:
    """Copy the workspace, less its other crates: their lines in the lock file do no harm."""
    shutil.rmtree(COPY, ignore_errors=True)
    shutil.copytree(WORKSPACE / CRATE, COPY / CRATE)
    for name in ("Cargo.toml", "Cargo.lock"):
        shutil.copy2(WORKSPACE / name, COPY / name)


def row(mutant: Mutant, source: str) -> dict[str, str | float]:
    """Make a mistake, see whether it is found, and take it back."""
    file = COPY / CRATE / "src" / mutant.file
    sound = file.read_text("utf-8")
    begun = time.monotonic()
    file.write_text(source, "utf-8")
    try:
        outcome = compiled_and_failed() or "lives"
    finally:
        file.write_text(sound, "utf-8")
    seconds = round(time.monotonic() - begun, 1)
    print(f"{outcome:>15}  {mutant.rule:<4} {mutant.mistake} ({seconds} s)", flush=True)
    told = {key: value for key, value in asdict(mutant).items() if key not in {"old", "new"}}
    return {**told, "outcome": outcome, "seconds": seconds}


def compiled_and_failed() -> str:
    """Run the comparison: `found` if it fails, nothing if it passes."""
    if cargo([*TESTS, "--no-run"]):
        return "does not compile"
    return "found" if cargo(TESTS) else ""


def cargo(arguments: Iterable[str]) -> int:
    """Run cargo's tests in the copy, at low priority; a failure is not made smaller first."""
    done = subprocess.run(
        ["nice", "-n", "10", "cargo", "test", "--quiet", "--release", "--offline", *arguments],
        cwd=COPY,
        env={
            **os.environ,
            "CARGO_TARGET_DIR": str(FOLDER / "target"),
            "CARGO_PROFILE_RELEASE_LTO": "off",
            "PROPTEST_MAX_SHRINK_ITERS": "0",
        },
        capture_output=True,
        check=False,
    )
    return done.returncode


if __name__ == "__main__":
    sys.exit(main())
