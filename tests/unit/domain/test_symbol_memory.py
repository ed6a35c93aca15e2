"""Absence is remembered for a while; what may pass is never taken for absence."""

import pytest

from moonwalk.domain.symbol_memory import MemoryRules, remember
from moonwalk.domain.symbol_sources import Absent, Failed, Found, Reason
from tests.builders import NOW

RULES = MemoryRules(absent=100, unusable=1000, refused=10)
OF_THE_FILE = {
    Reason.TOO_LARGE,
    Reason.ZIP_BOMB,
    Reason.UNKNOWN_ENCODING,
    Reason.WRONG_MODULE,
    Reason.UNPACKABLE,
}
PASSING = {
    Reason.THROTTLED,
    Reason.SERVER_ERROR,
    Reason.UNREACHABLE,
    Reason.TIMED_OUT,
    Reason.TOO_SLOW,
    Reason.CUT_SHORT,
    Reason.DAMAGED,
    Reason.RESTING,
    Reason.SWITCHED_OFF,
}


def test_absence_is_remembered_until_its_time_is_up() -> None:
    remembered = remember(Absent(), NOW, RULES)
    assert remembered is not None
    assert remembered.answer == Absent()
    assert remembered.holds(NOW + 99)
    assert not remembered.holds(NOW + 100)


@pytest.mark.parametrize("reason", list(Reason))
def test_a_failure_is_remembered_for_as_long_as_it_is_likely_to_stay(reason: Reason) -> None:
    remembered = remember(Failed(reason, "said"), NOW, RULES)
    assert (remembered is None) == (reason in PASSING)
    if remembered:
        assert remembered.until == NOW + (1000 if reason in OF_THE_FILE else 10)


def test_what_was_found_is_not_remembered_here() -> None:
    assert remember(Found(10), NOW, RULES) is None
