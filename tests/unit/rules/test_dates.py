"""When things happened."""

from typing import Any

import pytest

from moonwalk.rules.general.dates import DatesAndTimesRule
from moonwalk.rules.rule import Found
from tests.unit.rules.builders import HUGE, act, crash

SENT = "2026-08-21T12:34:56.789012+00:00"
SECONDS = 1_787_315_696
UNKNOWN = "client_crash_date is unknown"
MISSING = "WARNING: raw_crash missing CrashTime"


def told(*, startup_time: Any = None, **raw: Any) -> Found:
    processed = {} if startup_time is None else {"startup_time": startup_time}
    return act(DatesAndTimesRule(), crash({"submitted_timestamp": SENT, **raw}, processed))


def test_a_crash_that_tells_nothing_happened_when_it_was_sent() -> None:
    assert told() == Found(
        fields={
            "submitted_timestamp": SENT,
            "date_processed": SENT,
            "crash_time": SECONDS,
            "client_crash_date": "2026-08-21T12:34:56+00:00",
            "install_age": 0,
            "uptime": 0,
            "last_crash": None,
        },
        notes=(MISSING, UNKNOWN),
    )


def test_times_are_told_from_the_clients_clock() -> None:
    found = told(
        startup_time=SECONDS - 100,
        CrashTime=str(SECONDS - 10),
        InstallTime=str(SECONDS - 1_000),
        SecondsSinceLastCrash="77",
    )
    assert found.notes == ()
    assert found.fields["crash_time"] == SECONDS - 10
    assert found.fields["client_crash_date"] == "2026-08-21T12:34:46+00:00"
    assert found.fields["install_age"] == 990
    assert found.fields["uptime"] == 90
    assert found.fields["last_crash"] == 77


@pytest.mark.parametrize(
    ("sent", "seconds"),
    [
        ("2026-08-21T12:34:56", SECONDS),
        ("20260821T123456Z", SECONDS),
        ("2026-08-21T14:34:56+02:00", SECONDS),
        ("2026-08-21", 1_787_270_400),
        ("0001-01-02T00:00:00", -62_135_510_400),
        ("0001-01-01T00:00:00+00:00", -62_135_596_800),
        ("9999-12-31T23:59:59", 253_402_300_799),
        ("0001-01-01T00:00:00", 0),
        ("0001-01-01T00:00:00+01:00", 0),
        ("9999-12-31T23:59:59-01:00", 0),
        ("0000-01-01", 0),
        ("yesterday", 0),
        ("", 0),
    ],
)
def test_the_time_of_submission_is_read_in_utc_and_what_is_none_counts_as_zero(
    sent: str, seconds: int
) -> None:
    fields = told(submitted_timestamp=sent).fields
    assert fields["submitted_timestamp"] == fields["date_processed"] == sent
    assert fields["crash_time"] == seconds


@pytest.mark.parametrize(
    ("raw", "note"),
    [
        ({"submitted_timestamp": None}, "WARNING: raw_crash missing submitted_timestamp"),
        ({"submitted_timestamp": 5}, "submitted_timestamp has an unusable value"),
        ({"submitted_timestamp": []}, "submitted_timestamp has an unusable value"),
    ],
)
def test_without_a_time_of_submission_the_other_times_are_still_told(
    raw: dict[str, Any], note: str
) -> None:
    found = told(**raw, CrashTime="100")
    assert found.notes == (note,)
    assert found.fields["crash_time"] == 100
    assert not {"submitted_timestamp", "date_processed"} & set(found.fields)


@pytest.mark.parametrize(
    ("value", "seconds", "notes"),
    [
        ("1787315000.5", 1_787_315_000, ()),
        ("17873150001", 1_787_315_000, ()),
        (" -5", -5, ()),
        ("", 0, ('non-integer value of "CrashTime"',)),
        ("now", 0, ('non-integer value of "CrashTime"',)),
    ],
)
def test_a_crash_time_is_its_first_ten_characters(
    value: str, seconds: int, notes: tuple[str, ...]
) -> None:
    found = told(CrashTime=value)
    assert (found.fields["crash_time"], found.notes) == (seconds, notes)


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (5, "5; 'int' object is not subscriptable"),
        (1.5, "1.5; 'float' object is not subscriptable"),
        (True, "True; 'bool' object is not subscriptable"),
        ({"a": 1}, "{'a': 1}; unhashable type: 'slice'"),
    ],
)
def test_a_crash_time_that_is_no_text_is_noted_in_socorros_words(value: Any, said: str) -> None:
    found = told(CrashTime=value)
    assert found.fields["crash_time"] == SECONDS
    note = f"WARNING: raw_crash[CrashTime] contains unexpected value: {said}"
    assert found.notes == (note, UNKNOWN)


def test_a_crash_time_that_is_a_list_cannot_be_used() -> None:
    found = told(CrashTime=["1787315000"])
    assert found.fields["crash_time"] == SECONDS
    assert found.notes == ("CrashTime has an unusable value", UNKNOWN)


@pytest.mark.parametrize(
    ("value", "age", "notes"),
    [
        ("10", 90, ()),
        (10.9, 90, ()),
        ("150", -50, ()),
        ("x", 100, ('non-integer value of "InstallTime"',)),
        (HUGE, 100, ('non-integer value of "InstallTime"',)),
        (None, 0, ()),
        ([], None, ("InstallTime has an unusable value",)),
        (float("inf"), None, ("InstallTime has an unusable value",)),
    ],
)
def test_the_age_of_the_install_may_be_negative(
    value: Any, age: int | None, notes: tuple[str, ...]
) -> None:
    found = told(CrashTime="100", InstallTime=value)
    assert (found.fields.get("install_age"), found.notes) == (age, notes)


def test_an_age_is_never_longer_than_json_can_hold() -> None:
    fields = told(CrashTime="100", InstallTime="-" + "9" * 4_300).fields
    assert len(str(fields["install_age"])) == 4_300


def test_a_crash_before_the_start_has_an_uptime_of_zero() -> None:
    assert told(CrashTime="100", startup_time=200).fields["uptime"] == 0


@pytest.mark.parametrize(
    ("value", "seconds", "notes"),
    [
        ("-5", -5, ()),
        (5.5, 5, ()),
        (str(2**63 - 1), 2**63 - 1, ()),
        (str(2**63), None, ('"SecondsSinceLastCrash" larger than MAXINT - set to NULL',)),
        ("x", None, ('non-integer value of "SecondsSinceLastCrash"',)),
        ([], None, ('non-integer value of "SecondsSinceLastCrash"',)),
        (float("inf"), None, ('non-integer value of "SecondsSinceLastCrash"',)),
    ],
)
def test_the_seconds_since_the_last_crash_fit_sixty_four_bits(
    value: Any, seconds: int | None, notes: tuple[str, ...]
) -> None:
    found = told(CrashTime="100", SecondsSinceLastCrash=value)
    assert (found.fields["last_crash"], found.notes) == (seconds, notes)
