"""The generated giants: symbol files of about 1.1 GB under the keys of Firefox's main library.

A browser's own symbol file of that size is public in no repository. `moonwalk-giant` makes text
with the statistics of large C++ libraries (docs/giants.md), for x86_64 Linux. Under the Windows
library's key it stands for the amount of text; it has no STACK WIN records, and none of its
addresses is the library's own.
"""

import json
import tempfile
from dataclasses import dataclass
from pathlib import Path

from cli.benchmarks.failures import Unmeasurable
from cli.benchmarks.made import GIANT, KEPT, REFERENCE, made
from cli.benchmarks.process import must
from cli.terminal import Steps

SIZE = 1_100_000_000
NO_ID = "00000000000000000000000000000001"
"""The debug id of a giant for which there is no dump that would tell one."""


@dataclass(frozen=True, slots=True)
class Giant:
    """A giant that stands for a module of a dump.

    Attributes:
        name: folder below the kept data.
        dump: file name of the corpus dump that has the module.
        module: debug file.
        file: name of the symbol file.
    """

    name: str
    dump: str
    module: str
    file: str

    def made(self, dumps: Path, size: int, steps: Steps) -> Path:
        """Give the giant's symbol file, in a folder of its own that is in Breakpad's layout."""
        debug_id = _debug_id(dumps / self.dump, self.module)
        symbols = KEPT / "giants" / f"{self.name}-{size}"
        target = symbols / self.module / debug_id / self.file
        what = ["--module", self.module, "--id", debug_id, "--size", str(size), "--seed", "1"]
        return made(target, [GIANT, "symbols", *what, "-o", target], [], steps)


LINUX = Giant("linux", "firefox-linux-x86_64.dmp", "libxul.so", "libxul.so.sym")
WINDOWS = Giant("windows", "firefox-windows-x86_64.dmp", "xul.pdb", "xul.sym")


def symbols_folder(giant: Path) -> Path:
    """Give the folder to name to a stackwalker, from the symbol file in it."""
    return giant.parents[2]


def _debug_id(dump: Path, module: str) -> str:
    if not dump.exists():
        return f"{NO_ID}0"
    with tempfile.TemporaryDirectory() as folder:
        output = Path(folder) / "walk.json"
        must([REFERENCE, "--json", f"--output-file={output}", dump])
        return id_in(json.loads(output.read_bytes()), module)


def id_in(walk: dict[str, list[dict[str, str]]], module: str) -> str:
    """Give the debug id that a stackwalk's list of modules has for a debug file.

    Raises:
        Unmeasurable: when it has none.
    """
    for listed in walk["modules"]:
        if listed["debug_file"] == module and listed["debug_id"]:
            return listed["debug_id"]
    raise Unmeasurable(f"the dump has no module with the debug file {module}")
