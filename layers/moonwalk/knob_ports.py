"""What knobs need of the world; see `moonwalk.ports`."""

from typing import NamedTuple, Protocol

from moonwalk.domain.knobs import KnobQueue, Positions


class Knobs(Protocol):
    """The knobs of this deployment, as they stand."""

    def now(self) -> Positions:
        """Tell how they stand, at most half a minute late; never raises."""


class Reading(NamedTuple):
    """How functions read a queue.

    Attributes:
        on: whether they do.
        concurrency: how many at the same time.
    """

    on: bool
    concurrency: int


class Readers(Protocol):
    """The functions that read queues."""

    def look(self, queue: KnobQueue) -> Reading:
        """Tell how a queue is read."""

    def change(self, queue: KnobQueue, reading: Reading) -> None:
        """Have a queue read in another way; that takes the cloud some seconds."""


class HeavyBacklog(Protocol):
    """What waits in the heavy lane's queues."""

    def waits(self, queue: KnobQueue) -> bool:
        """Tell whether a worker would find something in a queue.

        Raises:
            RetryLater: when the world fails.
        """


class Version(NamedTuple):
    """A version of the document of turned knobs; number 0 and no text before the first."""

    number: int
    text: str


class KnobStore(Protocol):
    """Where the document is kept, with its versions."""

    def latest(self) -> Version:
        """Read the latest version."""

    def version(self, number: int) -> Version:
        """Read an earlier one."""

    def put(self, text: str, *, first: bool) -> int | None:
        """Write the next version and give its number; None when there was to be none before.

        There is no writing under a condition: the number tells whether somebody came in between.
        """
