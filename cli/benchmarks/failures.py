"""How a benchmark ends when it could not measure; a goal that was missed is no failure."""

import sys
from collections.abc import Callable

from cli.exits import ExitCode


class Unmeasurable(Exception):  # noqa: N818 - what could not be done, not an error in the code
    """Something that is measured cannot be run, or ended in a way that leaves nothing to measure.

    The message says what, and why.
    """


def ending(benchmark: Callable[[], list[str]]) -> int:
    """Run a benchmark and give its exit code: 0 when it ran, whether its goals were met or not.

    Args:
        benchmark: gives what must not be, such as outputs that differ; each is told, and makes 1.
    """
    try:
        troubles = benchmark()
    except Unmeasurable as failure:
        troubles = [str(failure)]
    except KeyboardInterrupt:
        print("interrupted: nothing was published", file=sys.stderr)
        return ExitCode.INTERRUPTED
    for trouble in troubles:
        print(f"FAILED  {trouble}", file=sys.stderr)
    return 1 if troubles else 0
