"""What runs in a worker's process before the worker: stands in for its container image.

Started by `cli.embedded.worker` with the standard library as its only import path. Puts the
image's own folders there, follows the embedded clock, dies with its parent, and then is
`python -m worker`, as the image's entry point.
"""

import os
import runpy
import sys
from pathlib import Path


def main(parent: str, module: str, *paths: str) -> None:
    """Become the module, with `paths` as the import path beside the standard library."""
    here = str(Path(__file__).parent)
    sys.path.insert(0, here)
    from function_bootstrap import (  # type: ignore[import-not-found]  # noqa: PLC0415
        die_with_parent,
        follow_clock,
    )

    sys.path.remove(here)
    die_with_parent(int(parent))
    if clock := os.environ.get("MOONWALK_CLOCK_FILE"):
        follow_clock(clock)
    sys.path[:0] = paths
    sys.argv = [module]
    runpy.run_module(module, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
