"""The incident's arithmetic: the disk's credit, who crashes how often, and speeds."""

from collections import Counter
from uuid import UUID

import pytest

from cli.benchmarks.burst_disk import BurstDisk, Speed
from cli.benchmarks.incident import Options
from cli.benchmarks.incident_data import build_id, popular, with_id
from cli.benchmarks.incident_figures import before_and_after, goals, rates, verdict
from cli.benchmarks.incident_records import MOONWALK, SIDES, UPSTREAM, Run

BURST, BASELINE = Speed(300, 90), Speed(100, 30)


@pytest.fixture
def disk() -> BurstDisk:
    return BurstDisk.with_credit(BURST, BASELINE, seconds=2)


def test_a_disk_bursts_until_its_credit_of_bytes_is_used_up(disk: BurstDisk) -> None:
    disk.use(300, 0, 1.0, now=1.0)
    assert disk.speed == BURST
    disk.use(300, 0, 1.0, now=2.0)
    assert (disk.speed, disk.ended_at) == (BASELINE, 2.0)


def test_small_reads_use_up_a_credit_of_their_own(disk: BurstDisk) -> None:
    disk.use(0, 180, 1.0, now=1.0)
    assert disk.speed == BASELINE


def test_what_the_baseline_gives_costs_no_credit(disk: BurstDisk) -> None:
    for second in range(100):
        disk.use(100, 30, 1.0, now=second)
    assert disk.speed == BURST


def test_what_is_not_used_is_not_saved_up(disk: BurstDisk) -> None:
    disk.use(0, 0, 1000.0, now=1000.0)
    disk.use(500, 0, 1.0, now=1001.0)
    assert disk.speed == BASELINE


def test_a_credit_that_has_ended_stays_ended_and_keeps_its_time(disk: BurstDisk) -> None:
    disk.end(5.0)
    disk.end(6.0)
    disk.use(0, 0, 1000.0, now=1000.0)
    assert (disk.speed, disk.ended_at) == (BASELINE, 5.0)


def test_the_first_build_is_twice_as_common_as_the_second() -> None:
    drawn = Counter(popular(20_000, 4))
    assert drawn[0] / drawn[1] == pytest.approx(2, rel=0.1)
    assert drawn[0] / drawn[3] == pytest.approx(4, rel=0.1)
    assert popular(50, 4) == popular(50, 4)


def test_each_build_has_an_id_of_its_own_that_a_dump_can_be_given() -> None:
    old, new = build_id(0), build_id(1)
    dump = b"before RSDS" + UUID(old[:32]).bytes_le + b"\0\0\0\0libxul.so\0"
    given = with_id(dump, old, new)
    assert given == b"before RSDS" + UUID(new[:32]).bytes_le + b"\0\0\0\0libxul.so\0"
    with pytest.raises(ValueError, match=old):
        with_id(given, old, new)


def test_throughput_is_counted_by_spans_and_a_short_rest_is_left_out() -> None:
    assert rates([1.0, 2.0, 16.0], 32.0) == [(7.5, 8.0), (22.5, 4.0)]
    assert rates([1.0], 6.0) == [(3.0, 10.0)]


def test_speed_before_and_after_is_taken_next_to_the_moment() -> None:
    finished = [30.0, 31.0, 32.0, 33.0, 34.0, 36.0, 38.0, 40.0]
    assert before_and_after(finished, at=34.0, until=100.0, most=2) == (60.0, 30.0)
    assert before_and_after(finished, at=60.0, until=100.0) is None


def test_a_side_whose_throughput_halves_has_collapsed() -> None:
    walked = [{"at": float(at), "outcome": "ok"} for at in (10, 20, 30, 60, 120)]
    slow = Run(UPSTREAM, walked=walked, credit_ended=30.0, seconds=150.0)
    assert verdict([slow], 10).startswith("the old way collapsed: from 6.0 to 1.0")
    slow.walked = [{"at": float(at), "outcome": "ok"} for at in (10, 20, 30, 40)]
    slow.seconds = 45.0
    assert "did not collapse" in verdict([slow], 10)


def test_of_a_side_that_was_not_run_nothing_is_told() -> None:
    assert "was not seen" in verdict([Run(MOONWALK)], 10)
    assert list(goals([Run(UPSTREAM)], 10)) == []


def test_only_the_incident_s_own_terms_are_the_incident() -> None:
    assert Options().whole
    assert Options().sides == SIDES
    for other in (Options(builds=24), Options(memory=4.0), Options(only=UPSTREAM)):
        assert not other.whole
    assert Options(only=UPSTREAM).sides == [UPSTREAM]


def test_crashes_without_their_symbols_do_not_count_as_done() -> None:
    walked = [{"at": 1.0, "outcome": "ok"}, {"at": 2.0, "outcome": "without symbols"}]
    done, moved = goals([Run(MOONWALK, walked=walked, seconds=3.0)], 2)
    assert (done.value, done.met) == (1, False)
    assert (moved.value, moved.met) == (None, False)
