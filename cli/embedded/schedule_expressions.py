"""When a schedule of EventBridge is due next: its `rate(…)` and `cron(…)` expressions.

Source: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html
"""

import re
from datetime import UTC, datetime, timedelta

UNITS = {"minute": 60, "hour": 3600, "day": 86400}
RATE = re.compile(r"rate\(([1-9][0-9]*) (minute|hour|day)s?\)")
CRON = re.compile(r"cron\((\S+) (\S+) (\S+) (\S+) (\S+) (\S+)\)")
MONTHS = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"]
WEEKDAYS = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"]  # 1 is Sunday, as EventBridge counts
LONGEST_SEARCH = timedelta(days=366 * 5)


class ScheduleError(ValueError):
    """An expression that is none, that never comes, or that uses what is not embedded."""


def next_due(expression: str, after: float) -> float:
    """The first moment, in epoch seconds, at which the schedule is due after `after`.

    Raises:
        ScheduleError: The expression is not understood; `L`, `W` and `#` are among what is not.
    """
    if rate := RATE.fullmatch(expression):
        return after + int(rate[1]) * UNITS[rate[2]]
    if cron := CRON.fullmatch(expression):
        return _next_cron(cron.groups(), after, expression)
    raise ScheduleError(f"{expression!r} is not a schedule that the embedded AWS understands")


def _next_cron(fields: tuple[str, ...], after: float, expression: str) -> float:
    minutes, hours = _values(fields[0], 0, 59), _values(fields[1], 0, 23)
    days, months = _values(fields[2], 1, 31), _values(fields[3], 1, 12, MONTHS)
    weekdays, years = _values(fields[4], 1, 7, WEEKDAYS), _values(fields[5], 1970, 2199)
    start = datetime.fromtimestamp(after, UTC).replace(second=0, microsecond=0)
    moment = start + timedelta(minutes=1)
    while moment < start + LONGEST_SEARCH:
        weekday = moment.isoweekday() % 7 + 1
        if not (
            moment.year in years
            and moment.month in months
            and moment.day in days
            and weekday in weekdays
        ):
            moment = moment.replace(hour=0, minute=0) + timedelta(days=1)
        elif moment.hour not in hours:
            moment = moment.replace(minute=0) + timedelta(hours=1)
        elif moment.minute not in minutes:
            moment += timedelta(minutes=1)
        else:
            return moment.timestamp()
    raise ScheduleError(f"{expression!r} does not come within five years")


def _values(field: str, lowest: int, highest: int, names: list[str] | None = None) -> set[int]:
    """The numbers that a field stands for: `*`, `?`, lists, ranges, steps and names."""
    numbers = {name: str(number) for number, name in enumerate(names or [], lowest)}
    found: set[int] = set()
    for part in field.split(","):
        span, _, step = part.partition("/")
        first, _, last = span.partition("-")
        if span in {"*", "?"}:
            first, last = str(lowest), str(highest)
        first, last = numbers.get(first, first), numbers.get(last, last)
        last = last or (str(highest) if step else first)
        if not (first.isdecimal() and last.isdecimal() and (step or "1").isdecimal()):
            raise ScheduleError(f"{part!r} is not understood in a cron expression")
        if not lowest <= int(first) <= int(last) <= highest or step == "0":
            raise ScheduleError(f"{part!r} is out of range in a cron expression")
        found.update(range(int(first), int(last) + 1, int(step or "1")))
    return found
