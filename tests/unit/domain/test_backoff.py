"""The pause before another try."""

import pytest

from moonwalk.domain.backoff import Backoff

BACKOFF = Backoff(first=10, longest=900)


@pytest.mark.parametrize(
    ("tries", "most"), [(1, 10), (2, 20), (4, 80), (7, 640), (8, 900), (10**6, 900)]
)
def test_the_pause_doubles_up_to_its_longest_and_is_spread_by_half(tries: int, most: float) -> None:
    pauses = [BACKOFF.after(tries) for _ in range(200)]
    assert most / 2 <= min(pauses) < max(pauses) <= most
