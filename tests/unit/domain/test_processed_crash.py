"""A pass of processing, and its times as processed crashes hold them."""

from datetime import UTC, datetime, timedelta, timezone

from moonwalk.domain.processed_crash import Pass, timestamp
from moonwalk.domain.request import Ruleset
from tests.builders import CRASH_ID

STARTED = datetime(2026, 11, 23, 12, 34, 56, 789012, UTC)
ELSEWHERE = timezone(timedelta(hours=5))


def test_times_are_utc_in_whole_seconds() -> None:
    assert timestamp(STARTED) == "2026-11-23T12:34:56+00:00"
    assert timestamp(STARTED.astimezone(ELSEWHERE)) == "2026-11-23T12:34:56+00:00"


def test_a_pass_begins_with_when_and_where() -> None:
    said = ">>> Start processing: 2026-11-23 12:34:56.789012+00:00 (worker-1)"
    assert Pass(CRASH_ID, Ruleset.DEFAULT, STARTED, "worker-1").first_note == said
    elsewhere = STARTED.astimezone(ELSEWHERE)
    assert Pass(CRASH_ID, Ruleset.DEFAULT, elsewhere, "worker-1").first_note == said


def test_a_pass_of_a_whole_second_tells_no_fraction() -> None:
    whole = STARTED.replace(microsecond=0)
    said = ">>> Start processing: 2026-11-23 12:34:56+00:00 (worker-1)"
    assert Pass(CRASH_ID, Ruleset.DEFAULT, whole, "worker-1").first_note == said
