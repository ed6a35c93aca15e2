"""Caps of classes: what is kept for those above, and the order in which they are looked at."""

import pytest

from moonwalk.domain.request import QueueClass
from moonwalk.domain.slots import Slots

P, S, R = QueueClass
SLOTS = Slots({P: 4, S: 3, R: 2})


@pytest.mark.parametrize(
    ("in_hand", "open_to"),
    [
        ([], [P, S, R]),
        ([R], [P, S, R]),
        ([R, R], [P, S]),
        ([S, R], [P, S, R]),
        ([S, S, R], [P]),
        ([S, S, S], [P]),
        ([P, P, P], [P, S, R]),
        ([P, P, R, R], []),
        ([P, P, P, P], []),
    ],
)
def test_a_class_is_open_until_it_and_those_below_have_what_they_may(
    in_hand: list[QueueClass], open_to: list[QueueClass]
) -> None:
    assert list(SLOTS.open_to(in_hand)) == open_to


def test_a_cap_above_those_of_higher_classes_opens_nothing_that_these_do_not() -> None:
    assert list(Slots({P: 2, S: 1, R: 2}).open_to([R])) == [P]


def test_there_are_as_many_slots_as_crashes_with_priority_may_have() -> None:
    assert SLOTS.total == 4


@pytest.mark.parametrize(
    ("total", "caps"),
    [(4, [4, 3, 2]), (8, [8, 7, 6]), (3, [3, 2, 1]), (2, [2, 1, 1]), (1, [1] * 3)],
)
def test_another_number_of_slots_keeps_as_many_for_higher_classes_and_one_for_all(
    total: int, caps: list[int]
) -> None:
    assert SLOTS.of_total(total) == Slots(dict(zip(QueueClass, caps, strict=True)))
