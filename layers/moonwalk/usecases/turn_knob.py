"""Turning a knob, also while somebody else turns another one: neither turn is lost.

Parameter Store has no writing under a condition, but it numbers versions. Who finds that others
came in between puts their versions and the own one together and writes that, until nobody came.
"""

from collections.abc import Callable
from dataclasses import dataclass

from moonwalk.contracts.knobs import NOTHING, BadDocumentError, read_turns, write_turns
from moonwalk.domain.failures import RetryCode, RetryLater
from moonwalk.domain.knob_turns import Turns
from moonwalk.domain.knobs import Value
from moonwalk.knob_ports import KnobStore, Version

MOST_ROUNDS = 10
"""As many people turning knobs within a second, and there are more than Moonwalk has on call."""


@dataclass(frozen=True, slots=True)
class TurnKnob:
    """Turns knobs of one deployment.

    Attributes:
        now: the time in milliseconds since the epoch.
    """

    store: KnobStore
    now: Callable[[], int]

    def __call__(self, name: str, value: Value | None, *, by: str, why: str) -> Turns:
        """Turn a knob, whose value has been checked; None turns it back to the settings.

        Returns:
            The document as it is now.

        Raises:
            BadDocumentError: when what is there cannot be read, or has no room for more.
            RetryLater: when too many turn knobs at the same time.
        """
        base = self.store.latest()
        turns = read(base).with_turn(name, value, at=self.now(), by=by, why=why)
        for _ in range(MOST_ROUNDS):
            number = self.store.put(write_turns(turns), first=base.number == 0)
            if number == base.number + 1:
                return turns
            if number is None:
                base = self.store.latest()
                turns = turns.merged(read(base))
                continue
            for between in range(base.number + 1, number):
                turns = turns.merged(read(self.store.version(between)))
            base = Version(number, "")
        raise RetryLater(RetryCode.THROTTLED, "others turn knobs all the time")


def read(version: Version) -> Turns:
    """Read a version; before the first one nothing is turned.

    Raises:
        BadDocumentError: when it cannot be read.
    """
    if not version.number:
        return NOTHING
    try:
        return read_turns(version.text)
    except BadDocumentError as error:
        raise BadDocumentError(f"version {version.number}: {error}") from None
