"""Settings of alarms: where they go, and from when on something is somebody's business.

They are settings of a deployment like all others, see `infra.settings`. Those on workers depend on
what these are.
"""

from dataclasses import dataclass
from typing import NamedTuple

from infra.settings_rules import text, whole
from infra.worker_settings import MANAGED_INSTANCES, WorkerSettings
from moonwalk.domain.request import QueueClass

_ARN = r"|arn:aws[a-z-]*:sns:[a-z0-9-]+:\d{12}:[A-Za-z0-9_-]+"


class Alarms(NamedTuple):
    """From when on a backlog is somebody's business."""

    visible: int
    age_seconds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmSettings(WorkerSettings):
    """What is an anomaly, and who is told."""

    alarm_topic_arn: str = text("", _ARN, "the ARN of an SNS topic, or empty")
    """Where alarms go; empty: to a topic of the deployment's own."""
    alarm_email: str = text("", r"|[^@\s]+@[^@\s]+", "an e-mail address, or empty")
    """Who subscribes to the deployment's own topic."""
    runbook: str = text(
        "docs/runbook.md", r"[^\s#]{1,400}", "a path or an address, without #, of 400 characters"
    )
    """Where alarms find their remedies; an address that a browser opens, once there is one.
    Each alarm's description ends with it, and has 1,024 characters."""

    priority_alarm_visible: int = whole(100, 1, 10**9)
    """Five times what is in flight."""
    priority_alarm_age_seconds: int = whole(300, 60, 1209600)
    """Nobody waits five minutes for an answer without wondering."""
    standard_alarm_visible: int = whole(5000, 1, 10**9)
    """Twenty times what is in flight: a minute's work at a few seconds a crash."""
    standard_alarm_age_seconds: int = whole(900, 60, 1209600)
    """Crash statistics are read by the quarter of an hour."""
    reprocessing_alarm_visible: int = whole(200000, 1, 10**9)
    """Bulk work is expected to queue; this is more than a night's."""
    reprocessing_alarm_age_seconds: int = whole(172800, 60, 1209600)
    """Two days: nobody will remember why it was asked for."""
    heavy_alarm_visible: int = whole(500, 1, 10**9)
    """Per heavy queue of fresh crashes: most of an hour of one worker; others come long before."""
    heavy_alarm_age_seconds: int = whole(14400, 60, 1209600)
    """Well before the Standard workflow gives up waiting."""
    symbol_alarm_visible: int = whole(5000, 1, 10**9)
    """Several builds' symbols at once."""
    symbol_alarm_age_seconds: int = whole(3600, 60, 1209600)
    """Crashes of a new build come within the hour, and miss its symbols."""

    lag_seconds: int = whole(60, 1, 86400)
    """A fresh crash is late after it: its message's sending to its processed crash. Walks take
    seconds; the rest is for what comes in a wave."""
    lag_percent: int = whole(99, 94, 99)
    """So many of a month's fresh crashes are to be in time. Of less, not even all that are late
    would burn what may be late 14.4 times too fast."""
    lag_fewest: int = whole(20, 1, 10**6)
    """Late crashes within an alarm's hours from which on they are somebody's business: where
    hardly any come, one cold start would be a large part of them."""

    fugue_growth: int = whole(5, 1, 10**6)
    """Messages by which a lane's backlog grows in five minutes: less is how samples fall."""
    fugue_slot_seconds: int = whole(20, 1, 86400)
    """For which a crash has a slot: twice what it takes when all is well. What always takes longer,
    such as very large dumps only, raises it."""
    fugue_wait_percent: int = whole(30, 1, 99)
    """Of walks' time waited for disk or network: 15 when all is well, 50 in the incident."""
    fugue_light_wait_percent: int = whole(75, 1, 99)
    """The same in the light lane, where every part of a pack comes over the network at first."""
    credit_alarm_percent: int = whole(20, 1, 99)
    """Of disk credit: what is left lasts for minutes at the rate that used up the rest."""

    overdue_alarm_seconds: int = whole(600, 60, 86400)
    """Past its due time a crash is taken up within a minute; ten are ten rounds that failed."""
    error_alarm_count: int = whole(20, 1, 10**6)
    """In five minutes, twice in a row. A walk that outgrows its function is an error of it, too,
    and is walked again in the heavy lane."""
    throttle_alarm_count: int = whole(50, 1, 10**6)
    """In five minutes, twice in a row: single ones are tried again."""
    refusal_alarm_count: int = whole(20, 1, 10**6)
    """Uploads in an hour: a person's mistake is a few, a build's is hundreds."""
    news_alarm_count: int = whole(100, 1, 200)
    """Modules whose news waits after every round of an hour, of the 200 at most that a round looks
    at: what is left of a build's is fewer by then."""

    def alarms(self, queue: QueueClass) -> Alarms:
        """Give the thresholds of an intake queue."""
        visible, age = f"{queue}_alarm_visible", f"{queue}_alarm_age_seconds"
        return Alarms(getattr(self, visible), getattr(self, age))

    @property
    def heavy_alarms(self) -> Alarms:
        """Thresholds of a heavy queue of fresh work."""
        return Alarms(self.heavy_alarm_visible, self.heavy_alarm_age_seconds)

    def heavy_alarms_of(self, queue: QueueClass) -> Alarms:
        """Give the thresholds of a heavy queue: what is bulk may wait there as it may before."""
        bulk = queue is QueueClass.REPROCESSING
        return self.alarms(queue) if bulk else self.heavy_alarms

    @property
    def symbol_alarms(self) -> Alarms:
        """Thresholds of the symbol queue."""
        return Alarms(self.symbol_alarm_visible, self.symbol_alarm_age_seconds)

    @property
    def has_disk_credit(self) -> bool:
        """Whether workers' machines have network disks whose credit CloudWatch tells of.

        Fargate's have a credit, too, but nobody hears of it; `disk.*` and `worker.*` measure it.
        """
        return self.worker_capacity == MANAGED_INSTANCES
