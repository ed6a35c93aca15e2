"""Makes a real giant: ceph-osd's symbols and dumps of it at work, in `build/giant-real`.

Run by `make giant-real`. A step whose result is there is skipped.
"""

import subprocess
import sys

import dumps
import packages
import report
import symbols
import tools
from place import PLACE, GiantError


def main() -> None:
    """Runs the steps in their order."""
    PLACE.mkdir(parents=True, exist_ok=True)
    packages.provide()
    tools.build()
    giant = symbols.giant()
    symbols.libraries()
    dumps.make()
    report.tell(giant)


if __name__ == "__main__":
    try:
        main()
    except (GiantError, OSError, subprocess.SubprocessError) as error:
        sys.exit(f"giant-real: {error}")
