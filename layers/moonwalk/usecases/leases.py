"""The leases by which one process at a time fetches and packs the symbols of a need.

A lease is over soon after its holder died. A function takes one for as long as its timeout lets it
live. A worker packs for hours: it takes a short one, and renews it as it works.
"""

import threading

from moonwalk.domain.failures import RetryCode, RetryLater
from moonwalk.domain.symbol_needs import ASK_HOLDS, Failing, NeedState
from moonwalk.domain.symbols import SymbolKey
from moonwalk.ports import Clock
from moonwalk.symbol_ports import SymbolNeeds

_MAX_RACES = 8


class Leases:
    """Takes leases, and knows those that this process has. Safe to use from several threads."""

    def __init__(self, needs: SymbolNeeds, clock: Clock, seconds: float) -> None:
        """Take where leases are kept, and how long one holds unless it is renewed."""
        self._needs = needs
        self._clock = clock
        self._seconds = seconds
        self._held: dict[SymbolKey, NeedState] = {}
        self._lock = threading.Lock()

    def take(self, key: SymbolKey, holder: str) -> bool:
        """Take the lease of a need; False when another message has it.

        Raises:
            RetryLater: when this very message has it, from an earlier delivery, or many want it.
        """
        for _ in range(_MAX_RACES):
            now = self._clock.now()
            seen = self._needs.read(key)
            if seen and seen.is_held(now):
                if seen.holder == holder:
                    raise RetryLater(RetryCode.THROTTLED, "an earlier delivery may be at it still")
                return False
            state = (seen or NeedState(now + ASK_HOLDS)).held(holder, now + self._seconds)
            if self._needs.write(key, state, replacing=seen):
                with self._lock:
                    self._held[key] = state
                return True
        raise RetryLater(RetryCode.THROTTLED, "too many write about one need")

    def renew(self) -> None:
        """Hold all of them for their time from now on; one that somebody else has is forgotten.

        Raises:
            RetryLater: when the world fails.
        """
        with self._lock:
            for key, held in list(self._held.items()):
                state = held.held(held.holder, self._clock.now() + self._seconds)
                if self._needs.write(key, state, replacing=held):
                    self._held[key] = state
                else:
                    self._look_again(key, held)

    def give_back(
        self, key: SymbolKey, failing: Failing | None = None, *, asked_for: float = ASK_HOLDS
    ) -> None:
        """Let others have it, if it is ours still.

        Args:
            key: of what is needed.
            failing: how the try went, if it failed.
            asked_for: seconds for which a message about it counts as on its way.

        Raises:
            RetryLater: when the world fails.
        """
        with self._lock:
            if held := self._held.pop(key, None):
                asked_until = self._clock.now() + asked_for
                self._needs.write(key, held.released(failing, asked_until), replacing=held)

    def give_all_back(self) -> None:
        """Let others have them at once: this process ends.

        Raises:
            RetryLater: when the world fails.
        """
        for key in list(self._held):
            self.give_back(key)

    def drop(self, key: SymbolKey) -> None:
        """Renew it no longer: what it was for has ended, one way or the other."""
        with self._lock:
            self._held.pop(key, None)

    def _look_again(self, key: SymbolKey, held: NeedState) -> None:
        """A write that was repeated because its answer was lost stood in its own way."""
        now = self._needs.read(key)
        if now and now.holder == held.holder:
            self._held[key] = now
        else:
            del self._held[key]
