"""How functions read queues: Lambda's event source mappings, switched and widened."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from moonwalk.adapters.aws_errors import told_as_retry_later
from moonwalk.domain.knobs import KnobQueue
from moonwalk.knob_ports import Reading

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient

_ON = frozenset({"Enabled", "Enabling", "Creating", "Updating"})
"""States of a mapping that reads, or is about to."""


class EventSources:
    """`Readers` that are event source mappings. One that is switched off loses no message."""

    def __init__(self, client: "LambdaClient", mappings: Mapping[KnobQueue, str]) -> None:
        """Take a client of Lambda, and the UUIDs of the mappings."""
        self._client = client
        self._mappings = mappings

    def look(self, queue: KnobQueue) -> Reading:
        """Tell how a queue is read.

        Raises:
            RetryLater: when the world fails.
        """
        with told_as_retry_later(f"looking how the {queue} queue is read"):
            found = self._client.get_event_source_mapping(UUID=self._mappings[queue])
        scaling = found.get("ScalingConfig", {})
        return Reading(found["State"] in _ON, int(scaling.get("MaximumConcurrency", 0)))

    def change(self, queue: KnobQueue, reading: Reading) -> None:
        """Have a queue read in another way.

        Raises:
            RetryLater: when the world fails; also while an earlier change is under way.
        """
        with told_as_retry_later(f"changing how the {queue} queue is read"):
            self._client.update_event_source_mapping(
                UUID=self._mappings[queue],
                Enabled=reading.on,
                ScalingConfig={"MaximumConcurrency": reading.concurrency},
            )
