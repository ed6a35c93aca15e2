"""Days of the heavy lane, minute by minute, that rules of scaling and of alarms are held against.

They are made, not recorded, of figures that are: the incident's (a mean walk from 6 s to 30 s,
iowait from 15 % to 50 %, once the disks' credit was gone) and the pace of the script that asks
for bulk reprocessing (groups of 50, one every 10 s for more than 10,000). Each is a plain shape,
so that a rule's answer to it can be followed by hand. Nothing in them is random.
"""

from collections.abc import Callable, Mapping
from typing import NamedTuple

HOUR = 60
DAY = 24 * HOUR

SECONDS = 10.0
"""A crash that is well: 6 s of walking, and 4 s to fetch, to apply rules and to save."""
NEVER = 1e9
WAIT_RATIO = 0.15
MEMORY = 0.30


class Minute(NamedTuple):
    """What a minute brings.

    Attributes:
        fresh: crashes that come to the priority and standard queues together.
        bulk: crashes that come to the reprocessing queue.
        seconds: for one crash in one slot.
        wait_ratio: share of a walk's wall-clock time that it is blocked.
        memory: share of a worker's memory that is in use.
    """

    fresh: int
    bulk: int = 0
    seconds: float = SECONDS
    wait_ratio: float = WAIT_RATIO
    memory: float = MEMORY


Series = tuple[Minute, ...]


def burst() -> Series:
    """A broken release: from 6 a minute to 90 for a quarter of an hour, then calm for hours."""
    return (Minute(6),) * HOUR + (Minute(90),) * 15 + (Minute(6),) * (5 * HOUR)


def quiet_weekend() -> Series:
    """Two days on which a crash comes every 20 minutes, and by night none at all."""

    def at(minute: int) -> Minute:
        night = minute % DAY < 7 * HOUR
        return Minute(int(not night and minute % 20 == 0), wait_ratio=0.05)

    return tuple(at(minute) for minute in range(2 * DAY))


def bulk_reprocessing() -> Series:
    """20,000 crashes asked for again, 300 a minute, beside 6 fresh ones a minute."""
    minutes = -(-20_000 // 300)
    asked = [Minute(6, bulk=min(300, 20_000 - 300 * each)) for each in range(minutes)]
    return (Minute(6),) * HOUR + tuple(asked) + (Minute(6),) * (8 * HOUR)


def slow_leak() -> Series:
    """24 a minute for a day; memory fills, the page cache gives way, crashes take ever longer."""

    def at(minute: int) -> Minute:
        share = minute / DAY
        return Minute(
            24,
            seconds=SECONDS * (1 + 0.6 * share),
            wait_ratio=WAIT_RATIO + 0.08 * share,
            memory=MEMORY + 0.66 * share,
        )

    return tuple(at(minute) for minute in range(DAY))


def fugue() -> Series:
    """24 a minute; after an hour the disks' credit ends, within half an hour a walk takes 30 s."""

    def at(minute: int) -> Minute:
        share = min(1.0, max(0.0, (minute - HOUR) / 30))
        return Minute(24, seconds=SECONDS + 24 * share, wait_ratio=WAIT_RATIO + 0.35 * share)

    return tuple(at(minute) for minute in range(8 * HOUR))


def stall() -> Series:
    """24 a minute; after an hour no walk ends any more, and none tells what it waits for."""
    return (Minute(24),) * HOUR + (Minute(24, seconds=NEVER),) * (4 * HOUR)


ALL: Mapping[str, Callable[[], Series]] = {
    "burst": burst,
    "quiet weekend": quiet_weekend,
    "bulk reprocessing": bulk_reprocessing,
    "slow leak": slow_leak,
    "fugue": fugue,
    "stall": stall,
}
