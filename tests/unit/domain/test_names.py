"""Crash ids, dump names, lanes: what is let in and what is not."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moonwalk.domain.crash_id import CrashId
from moonwalk.domain.dumps import MAIN_MINIDUMP, DumpName
from moonwalk.domain.failures import DeadLetter, DeadLetterCode
from moonwalk.domain.lane import Lane, LanePolicy

GOOD = "0b1c2d3e-4f50-4a6b-8c7d-9e0f10261123"


def test_a_crash_id_tells_its_day() -> None:
    assert CrashId(GOOD).day == date(2026, 11, 23)


@pytest.mark.parametrize(
    "text",
    [
        "",
        GOOD.upper(),
        GOOD + "\n",
        GOOD + "0",
        GOOD[:-6] + "261323",
        GOOD[:-6] + "260230",
        GOOD[:-1] + "٣",
        GOOD.replace("-", "_"),
        f"bp-{GOOD}",
        "../" + GOOD[3:],
        f"{GOOD[:-7]}\0{GOOD[-6:]}",
    ],
)
def test_what_is_no_crash_id_is_refused(text: str) -> None:
    with pytest.raises(DeadLetter) as caught:
        CrashId(text)
    assert caught.value.code is DeadLetterCode.BAD_CRASH_ID


@given(st.text())
def test_no_text_at_all_does_more_than_be_refused(text: str) -> None:
    with pytest.raises(DeadLetter):
        CrashId(text)


@pytest.mark.parametrize("stored", ["dump", "", None, MAIN_MINIDUMP])
def test_the_main_minidump_has_several_stored_names(stored: str | None) -> None:
    assert DumpName.from_stored(stored) == DumpName(MAIN_MINIDUMP)


@pytest.mark.parametrize("text", ["upload_file_minidump", "upload_file_minidump_browser"])
def test_minidumps_are_known_by_their_prefix(text: str) -> None:
    assert DumpName(text).is_minidump
    assert not DumpName("memory_report").is_minidump


@pytest.mark.parametrize(
    "text",
    [
        "../x",
        "a/b",
        "a.b",
        "a" * 31,
        "dump_names",
        "raw_crash",
        "processed_crash",
        "é",
        "x\0",
        "x\n",
    ],
)
def test_a_dump_name_that_could_leave_its_place_is_refused(text: str) -> None:
    with pytest.raises(DeadLetter) as caught:
        DumpName.from_stored(text)
    assert caught.value.code is DeadLetterCode.BAD_DUMP_NAME


@pytest.mark.parametrize(
    ("sizes", "lane"), [([], Lane.LIGHT), ([60, 40], Lane.LIGHT), ([60, 41], Lane.HEAVY)]
)
def test_the_sum_of_the_minidumps_picks_the_lane(sizes: list[int], lane: Lane) -> None:
    assert LanePolicy(light_limit=100).choose(sizes) is lane
