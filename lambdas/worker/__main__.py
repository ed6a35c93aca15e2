"""Entry point of the container: works until it is told to stop, then drains and ends with 0."""

import os
import signal
import sys
from types import FrameType

from aws_lambda_powertools import Logger

from moonwalk.composition.working import compose
from moonwalk.environment import BadEnvironmentError, read_worker
from moonwalk.symbol_environment import read_packer

from .shift import Shift


def main() -> int:
    """Run the worker; 0 after an orderly stop, 2 when its environment is wrong."""
    logger = Logger()
    try:
        shift = Shift(compose(read_worker(), read_packer()), logger)
    except BadEnvironmentError as error:
        logger.error("cannot start", detail=str(error))
        return 2

    def stop(number: int, frame: FrameType | None) -> None:  # noqa: ARG001
        shift.stop()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    if not shift.work():
        # Threads still walk what was given back: leave without them, and their children die too.
        os._exit(0)
    return 0


if __name__ == "__main__":
    sys.exit(main())
