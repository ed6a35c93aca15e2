"""What was made, as a table: sizes, records, what the steps took, and how the dumps walk."""

import json
import subprocess
from collections import Counter
from pathlib import Path

from place import DUMPS, PLACE, PROJECT, SYMBOLS, megabytes, remembered, say

REFERENCE = PROJECT / "build/reference/bin/minidump-stackwalk"
KEYWORDS = {"MODULE", "INFO", "FILE", "INLINE_ORIGIN", "FUNC", "INLINE", "PUBLIC", "STACK"}


def tell(symbols: Path) -> None:
    """Prints the table and leaves it in `README`."""
    lines = ["Symbols", f"  {symbols.relative_to(PLACE)}: {megabytes(symbols)}"]
    lines += [f"  {count:>12,} {kind}" for kind, count in records(symbols).most_common()]
    lines += ["Steps", *(f"  {step}: {cost}" for step, cost in remembered().items())]
    lines += ["Dumps", *(f"  {walked(dump)}" for dump in sorted(DUMPS.glob("*.dmp")))]
    text = "\n".join(lines)
    (PLACE / "README").write_text(text + "\n")
    say(text)


def records(symbols: Path) -> Counter[str]:
    """How many records of each kind the symbol file has; lines of code have no keyword."""
    kinds: Counter[str] = Counter()
    with symbols.open("rb") as file:
        for line in file:
            word = line[: line.find(b" ")].decode(errors="replace")
            kinds[word if word in KEYWORDS else "lines"] += 1
    return kinds


def walked(dump: Path) -> str:
    """How upstream's stackwalker finds the frames of a dump."""
    size = f"{dump.name}: {megabytes(dump)}"
    if not REFERENCE.exists():
        return f"{size} (not walked: 'make reference' builds the stackwalker)"
    command = [str(REFERENCE), "--json", str(dump), str(SYMBOLS)]
    output = subprocess.run(command, capture_output=True, check=True).stdout
    threads = json.loads(output)["threads"]
    frames = [frame for thread in threads for frame in thread["frames"]]
    trust = Counter(frame["trust"] for frame in frames)
    inlined = sum(len(frame["inlines"] or []) for frame in frames)
    return f"{size}, {len(threads)} threads, {len(frames)} frames {dict(trust)}, {inlined} inlined"
