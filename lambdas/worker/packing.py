"""What a worker does with symbols that were too much for the packer function."""

from aws_lambda_powertools import Logger

from moonwalk.adapters.heavy_queues import PackingMessage
from moonwalk.composition.working import Working
from moonwalk.domain.failures import RetryLater

from .hold import Hold


class PackingWork:
    """Packs by the use cases of the function, with the worker's limits."""

    def __init__(self, working: Working, logger: Logger) -> None:
        """Take the parts."""
        self._working = working
        self._logger = logger

    def do(self, received: PackingMessage) -> None:
        """Pack what a message asks for, and let it go; or let it come back later."""
        seconds = self._working.visibility_seconds
        queues, name = self._working.queues, received.message.id

        def hide(seconds: float) -> bool:
            is_ours = queues.delay_packing(received, seconds)
            self._working.packing.leases.renew()
            return is_ours

        try:
            with Hold(name, hide, seconds, self._logger) as hold:
                self._pack(received, hold)
        finally:
            self._working.packing.metrics.flush()

    def give_back(self, received: PackingMessage) -> None:
        """Let another worker have it.

        Raises:
            RetryLater: when the world fails.
        """
        self._working.packing.leases.give_all_back()
        self.show_again(received)

    def show_again(self, received: PackingMessage) -> None:
        """Let another worker see the message at once.

        Raises:
            RetryLater: when the world fails.
        """
        self._working.queues.delay_packing(received, 0)

    def _pack(self, received: PackingMessage, hold: Hold) -> None:
        name = received.message.id
        later = self._working.packing.pack_symbols(received.body, received.message)
        if later:
            self._logger.info("kept for later", task=name, seconds=later.seconds, why=later.why)
            hold.release(show_again_after=later.seconds)
            return
        hold.release()
        try:
            self._working.queues.delete_packing(received)
        except RetryLater as failure:
            # It comes back, and is found to be done.
            self._logger.warning("not deleted", task=name, code=failure.code)
            return
        self._logger.info("packed", task=name)
