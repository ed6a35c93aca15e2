"""The fugue: a lane that falls behind because its slots wait, whatever its processors do.

In the incident processors were idle, scaling looked at them, and nobody saw why crashes took five
times as long. So no processor is looked at here: work grows although slots are busy, and each slot
finishes less, or the walks in it wait. A burst alone grows the backlog, but its walks are as fast
as ever; slow walks alone are no harm when the backlog has not grown for an hour.
"""

from collections.abc import Sequence

from constructs import Construct

from infra.constructs.fugue_signs import FugueSigns
from infra.constructs.watching import any_of, watch_over
from infra.observability.watches import Watch
from infra.settings import Settings
from moonwalk.domain.lane import Lane

TIMES = 2
"""Periods in a row: ten minutes, in which neither a batch of messages nor one giant counts."""
GROWTH_OUT_OF = 12
"""Of so many periods two count for growth: an hour. Workers that are added stop it for a while, and
a fugue that ended with that would page again as soon as they are slow, too."""


class FugueAlarm(Construct):
    """The signs of one lane.

    Attributes:
        rule: of a composite alarm: the backlog grows, and one of the other signs is there.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        settings: Settings,
        signs: FugueSigns,
        more: Sequence[str] = (),
    ) -> None:
        """Take the figures of a lane, and names of alarms that are signs as well."""
        super().__init__(scope, construct_id)
        subject = signs.lane.value
        grows = watch_over(
            self,
            settings,
            Watch.BACKLOG_GROWS,
            signs.growth,
            subject=subject,
            limit=settings.fugue_growth,
            times=TIMES,
            out_of=GROWTH_OUT_OF,
        )
        slow = watch_over(
            self,
            settings,
            Watch.SLOTS_SLOW,
            signs.slot_seconds,
            subject=subject,
            limit=settings.fugue_slot_seconds,
            times=TIMES,
        )
        waits = watch_over(
            self,
            settings,
            Watch.WAITS_RISE,
            signs.wait_percent,
            subject=subject,
            limit=_wait_limit(settings, signs.lane),
            times=TIMES,
        )
        self.rule = f"({any_of([grows])} AND {any_of([slow, waits, *more])})"


def _wait_limit(settings: Settings, lane: Lane) -> int:
    light = lane is Lane.LIGHT
    return settings.fugue_light_wait_percent if light else settings.fugue_wait_percent
