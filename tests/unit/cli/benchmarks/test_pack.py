"""Figures of packing: shares, the worst of the peaks, and goals that need no giant."""

from cli.benchmarks.pack_figures import Packed, goals, table
from cli.benchmarks.process import Usage


def _used(wall: float, megabytes: int) -> Usage:
    return Usage(0, wall, wall, megabytes * 1_000_000, "")


PACKED = Packed(
    "generated-giant",
    packing=[_used(2, 100), _used(9, 300), _used(4, 100)],
    parsing=[_used(4, 1700), _used(9, 1700), _used(8, 1700)],
    files=1,
    text_bytes=1000,
    pack_bytes=200,
)


def test_packing_is_held_against_parsing_pair_by_pair() -> None:
    assert PACKED.wall is not None
    assert (PACKED.wall.low, PACKED.wall.middle, PACKED.wall.high) == (0.5, 0.5, 1.0)


def test_the_goal_of_memory_is_about_the_run_that_needed_most() -> None:
    by_name = {goal.name: goal for goal in goals([PACKED])}
    assert by_name["generated-giant, peak memory of packing"].value == 300
    assert not by_name["generated-giant, peak memory of packing"].met
    assert by_name["generated-giant, packing to parsing once, wall"].met


def test_the_corpus_is_judged_by_size_alone() -> None:
    corpus = Packed("corpus", packing=[_used(1, 1)], files=2, text_bytes=1000, pack_bytes=260)
    (goal,) = goals([corpus])
    assert (goal.value, goal.met) == (0.26, False)


def test_a_giant_that_was_not_made_has_goals_without_values_and_says_why() -> None:
    absent = Packed("real-giant", note="not made")
    assert [goal.value for goal in goals([absent])] == [None, None]
    assert list(table([absent]).columns[1].cells)[-1] == "not made"
