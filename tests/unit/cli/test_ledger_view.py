"""What commands print of the ledger."""

from cli.ledger_view import document, seconds_of
from moonwalk.domain.ledger import Result, State
from tests.builders import NOW, entry


def test_a_crash_in_flight_tells_how_long_it_waited_and_when_it_is_due() -> None:
    claimed = entry(first_seen=NOW - 2.5)
    assert seconds_of(claimed) == {"queue": 2.5}
    assert set(document(claimed)["times"]) == {"sent", "claimed", "due"}
    assert document(claimed)["reason"] is None


def test_a_crash_that_ended_tells_where_its_time_went() -> None:
    result = Result(finished_at=NOW + 3.0, signature="a | b", walk_seconds=1.0)
    ended = entry(State.PROCESSED, first_seen=NOW - 1.0, result=result)
    assert seconds_of(ended) == {
        "queue": 1.0,
        "walk": 1.0,
        "dispatch_fetch_rules_save": 2.0,
        "total": 4.0,
    }
    assert document(ended)["signature"] == "a | b"


def test_clocks_that_disagree_never_give_a_negative_time() -> None:
    assert seconds_of(entry(first_seen=NOW + 1.0)) == {"queue": 0.0}
