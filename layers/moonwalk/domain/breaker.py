"""A circuit breaker for a symbol source: one that keeps failing is left alone for a while.

    well ── too many failures within the window ──▶ resting ── time is up ──▶ one try
     ▲                                                 ▲                        │
     └────────────── it succeeds ──────────────────────┼────────────────────────┤
                                                       └────── it fails ────────┘

Pure: the state is a value that is stored as a small item and shared by all who ask the source.
Successes of a well source write nothing, so the item is not hot.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import isfinite
from typing import Any, Self


@dataclass(frozen=True, slots=True)
class BreakerRules:
    """When a source is left alone. Times are in seconds.

    Attributes:
        failures: so many within the window are too many.
        window: in which they are counted.
        rest: for which the source is left alone.
        longest_rest: the most that a source's own `Retry-After` can make of it.
        trial: within which the one who tries it again has to say how it went.
    """

    failures: int = 60
    window: float = 60.0
    rest: float = 300.0
    longest_rest: float = 3600.0
    trial: float = 120.0


@dataclass(frozen=True, slots=True)
class Breaker:
    """The state of one source.

    Attributes:
        since: when the window began, seconds since the epoch.
        failures: counted in it.
        rests_until: None while the source is well; in the past, when somebody may try it.
        trial_until: until when somebody's try is under way, if one is.
    """

    since: float = 0.0
    failures: int = 0
    rests_until: float | None = None
    trial_until: float | None = None

    @property
    def is_well(self) -> bool:
        """Whether anybody may ask the source."""
        return self.rests_until is None

    def may_try(self, now: float) -> bool:
        """Tell whether it is time for one try; whoever makes it stores `on_trial` first."""
        busy = self.trial_until is not None and now < self.trial_until
        return self.rests_until is not None and self.rests_until <= now and not busy

    def rests_for(self, now: float) -> float:
        """Give the seconds until it makes sense to look again; 0 for a source that is well."""
        if self.rests_until is None:
            return 0.0
        return max(0.0, self.rests_until - now, (self.trial_until or now) - now)

    def on_trial(self, now: float, rules: BreakerRules) -> Self:
        """Give the state in which one asker tries the source, for all others to see."""
        return replace(self, trial_until=now + rules.trial)

    def failed(self, now: float, rules: BreakerRules, retry_after: float | None = None) -> Self:
        """Count a failure that tells something of the source itself.

        Args:
            now: seconds since the epoch.
            rules: of this source.
            retry_after: what the source asked for; it can make a rest longer, never shorter.
        """
        if self.rests_until is not None:
            # Late news from before the rest began say nothing new; a failed try begins it anew.
            return self if now < self.rests_until else self._resting(now, rules, retry_after)
        if now - self.since >= rules.window or now < self.since:
            counted = replace(self, since=now, failures=1)
        else:
            counted = replace(self, failures=self.failures + 1)
        if counted.failures < rules.failures:
            return counted
        return self._resting(now, rules, retry_after)

    def succeeded(self, now: float) -> Self:
        """Note a success: it ends a rest whose time is up, and is no news of a well source."""
        if self.rests_until is None or now < self.rests_until:
            return self
        return type(self)()

    def as_item(self) -> dict[str, float]:
        """Give the state as a small JSON object; what is None is left out."""
        fields = {
            "since": self.since,
            "failures": self.failures,
            "rests_until": self.rests_until,
            "trial_until": self.trial_until,
        }
        return {name: value for name, value in fields.items() if value is not None}

    @classmethod
    def from_item(cls, item: Mapping[str, Any]) -> Self:
        """Read a stored state; what is no number in it counts as not there."""
        failures = _number(item.get("failures")) or 0
        return cls(
            since=_number(item.get("since")) or 0.0,
            failures=max(0, int(failures)),
            rests_until=_number(item.get("rests_until")),
            trial_until=_number(item.get("trial_until")),
        )

    def _resting(self, now: float, rules: BreakerRules, retry_after: float | None) -> Self:
        rest = max(rules.rest, min(retry_after or 0.0, rules.longest_rest))
        return type(self)(since=now, rests_until=now + rest)


def _number(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not isfinite(value):
        return None
    return value
