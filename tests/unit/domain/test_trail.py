"""What an entry remembers of what happened to its crash."""

from moonwalk.domain.lane import Lane
from moonwalk.domain.ledger import Result, State, claimed
from moonwalk.domain.request import Origin, QueueClass
from moonwalk.domain.trail import MOST, Moment, Step, longer
from tests.builders import NOW, entry, message, request


def steps(trail: tuple[Moment, ...]) -> list[tuple[Step, int, str]]:
    return [(moment.step, moment.attempt, moment.detail) for moment in trail]


def test_a_plain_crash_was_sent_claimed_and_ended() -> None:
    ended = entry().ended(State.PROCESSED, Lane.LIGHT, Result(NOW + 1))
    assert steps(ended.trail) == [
        (Step.SENT, 1, "standard text"),
        (Step.CLAIMED, 1, ""),
        (Step.ENDED, 1, "processed"),
    ]


def test_whatever_happens_to_a_crash_is_remembered_with_its_reason() -> None:
    handed = entry().handed_over(NOW + 1, "walk_timeout", due_at=NOW)
    back = handed.started(NOW + 2).start_given_back(NOW + 3, "drain").started(NOW + 4)
    late = back.put_back(NOW + 5, due_at=NOW).given_up(NOW + 6, "throttled", due_at=NOW)
    assert [(moment.step, moment.detail) for moment in late.trail[2:]] == [
        (Step.HANDED_OVER, "walk_timeout"),
        (Step.STARTED, ""),
        (Step.GIVEN_BACK, "drain"),
        (Step.STARTED, ""),
        (Step.PUT_BACK, ""),
        (Step.RELEASED, "throttled"),
    ]
    assert [moment.at for moment in late.trail[2:]] == [NOW + second for second in range(1, 7)]


def test_a_message_that_is_seen_again_was_sent_once() -> None:
    again = claimed(request(), entry(released=True), now=NOW + 9, due_at=NOW + 99)
    assert [moment.step for moment in again.trail] == [Step.SENT, Step.CLAIMED, Step.CLAIMED]
    assert again.trail[-1].attempt == 2


def test_another_message_goes_on_with_the_trail_there_is() -> None:
    before = entry().ended(State.PROVISIONAL, Lane.LIGHT, Result(NOW + 1, "symbols_pending"))
    came = request(
        origin=Origin.SYMBOLS_CAME,
        queue=QueueClass.REPROCESSING,
        message=message("symbols-1", first_seen=NOW + 5),
    )
    after = claimed(came, before, now=NOW + 6, due_at=NOW + 99)
    assert steps(after.trail)[2:] == [
        (Step.ENDED, 1, "provisional symbols_pending"),
        (Step.SENT, 2, "reprocessing symbols_came"),
        (Step.CLAIMED, 2, ""),
    ]


def test_of_a_crash_that_is_processed_for_ever_the_newest_is_remembered() -> None:
    trail: tuple[Moment, ...] = ()
    for number in range(100):
        trail = longer(trail, Moment(NOW + number, Step.CLAIMED, number))
    assert len(trail) == MOST
    assert trail[-1].attempt == 99
