"""Entry point of the container: works until it is told to stop, then drains and ends with 0.

With 1 where it had to give up, and with 2 where its environment is wrong.
"""

import os
import signal
import sys
from types import FrameType

from aws_lambda_powertools import Logger

from moonwalk.composition import beating
from moonwalk.composition.processing import SCRATCH
from moonwalk.composition.working import Working, compose
from moonwalk.environment import BadEnvironmentError, read_worker
from moonwalk.metrics import Metric
from moonwalk.symbol_environment import read_packer

from .disk import tell_disk
from .heartbeat import Heartbeat
from .progress import Progress
from .shift import Shift
from .standing import StandingFile, place


def main() -> int:
    """Run the worker, and give its exit code."""
    logger = Logger()
    progress = Progress(StandingFile(place()), logger)
    try:
        working = compose(read_worker(), read_packer(), progress.got_on)
    except BadEnvironmentError as error:
        logger.error("cannot start", detail=str(error))
        return 2
    shift = Shift(working, logger, progress)

    def stop(number: int, frame: FrameType | None) -> None:  # noqa: ARG001
        shift.stop()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    with _heartbeat(working, progress, logger):
        progress.work(stall_seconds=working.stall_seconds, packing_seconds=working.packing_seconds)
        finished = shift.work()
    code = 1 if shift.failed else 0
    if not finished:
        # Threads still walk what was given back: leave without them, and their children die too.
        os._exit(code)
    return code


def _heartbeat(working: Working, progress: Progress, logger: Logger) -> Heartbeat:
    """Make the heartbeat; the disk is measured before there is work that would be in the way."""
    vitals = beating.of_worker(working.walking)
    if working.probe_seconds:
        tell_disk(SCRATCH, working.probe_seconds, vitals.metrics, logger)

    def tell_slots() -> None:
        vitals.metrics.add(Metric.SLOTS, working.slots().total)
        vitals.metrics.add(Metric.SLOTS_BUSY, progress.busy)

    return Heartbeat([tell_slots, *vitals.tell], vitals.metrics, logger)


if __name__ == "__main__":
    sys.exit(main())
