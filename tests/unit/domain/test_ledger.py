"""The changes that may happen to a ledger entry."""

from moonwalk.domain.lane import Lane
from moonwalk.domain.ledger import Again, Fence, Result, State
from moonwalk.domain.request import Ruleset
from tests.builders import NOW, entry

RESULT = Result(finished_at=NOW + 20, signature="main | crash")
AGAIN = Again(Ruleset.DEFAULT, "reprocess-1")


def test_every_change_is_a_new_revision() -> None:
    first = entry()
    changes = [
        first.with_again(AGAIN),
        first.handed_over(NOW, "size", due_at=NOW),
        first.put_back(NOW, due_at=NOW),
        first.started(NOW),
        first.start_given_back(NOW, "drain"),
        first.ended(State.PROCESSED, Lane.LIGHT, RESULT),
    ]
    assert [change.revision for change in changes] == [first.revision + 1] * len(changes)


def test_an_ended_run_is_nobodys_concern_any_more() -> None:
    ended = entry().ended(State.PROCESSED, Lane.LIGHT, RESULT)
    assert (ended.state, ended.lane, ended.due_at) == (State.PROCESSED, Lane.LIGHT, None)
    assert not ended.holds(ended.fence)


def test_an_ended_run_stays_due_until_the_run_that_follows_was_asked_for() -> None:
    ended = entry(again=AGAIN).ended(State.FAILED, None, RESULT)
    assert ended.is_due(RESULT.finished_at)
    assert ended.with_again(None).due_at is None


def test_a_hand_over_moves_the_due_time_and_the_lane() -> None:
    handed = entry().handed_over(NOW, "size", due_at=NOW + 9000)
    assert (handed.lane, handed.due_at) == (Lane.HEAVY, NOW + 9000)
    assert handed.holds(entry().fence)


def test_a_newer_run_is_greater_even_when_the_attempts_began_anew() -> None:
    assert Fence(since=2, attempt=1) > Fence(since=1, attempt=9) > Fence(since=1, attempt=8)


def test_starts_are_never_given_back_below_none() -> None:
    assert entry().start_given_back(NOW, "drain").starts == 0
    assert entry(starts=2).start_given_back(NOW, "drain").starts == 1
