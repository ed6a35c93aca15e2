"""The series are what they say: rules that are held against them would not notice otherwise."""

import pytest

from tests.infra import series


def test_bulk_reprocessing_asks_for_20_000_crashes_and_no_more() -> None:
    minutes = series.bulk_reprocessing()
    assert sum(each.bulk for each in minutes) == 20_000
    assert max(each.bulk for each in minutes) == 300


def test_the_fugue_changes_what_a_crash_takes_and_not_how_many_come() -> None:
    first, last = series.fugue()[0], series.fugue()[-1]
    assert (first.seconds, first.wait_ratio) == (10, 0.15)
    assert (last.seconds, last.wait_ratio) == (34, 0.5)
    assert {each.fresh for each in series.fugue()} == {first.fresh}


def test_nothing_comes_in_the_nights_of_a_quiet_weekend() -> None:
    nights = [each for at, each in enumerate(series.quiet_weekend()) if at % series.DAY < 420]
    assert sum(each.fresh for each in nights) == 0


@pytest.mark.parametrize("name", series.ALL)
def test_shares_are_shares_and_every_series_has_calm_before_its_event(name: str) -> None:
    minutes = series.ALL[name]()
    assert all(0 <= each.wait_ratio < 1 and 0 < each.memory < 1 for each in minutes)
    calm = minutes[: series.HOUR]
    assert all(each.fresh <= 24 and each.bulk == 0 for each in calm)
