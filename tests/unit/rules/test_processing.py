"""What frames every pass: its beginning, its history, its end, and whether it was a success."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from moonwalk.domain.dumps import DumpName
from moonwalk.domain.outcome import Outcome, WalkResult
from moonwalk.domain.processed_crash import Pass
from moonwalk.domain.request import Ruleset
from moonwalk.rules import profile
from moonwalk.rules.processing import MOST_HISTORY, Rules
from moonwalk.rules.rule import Crash, Found, Rule
from tests.builders import CRASH_ID, MAIN
from tests.fakes import FakeMetrics, walked
from tests.unit.rules.builders import parts

STARTED = datetime(2026, 8, 21, 12, 34, 56, 789012, UTC)
ENDED = STARTED + timedelta(seconds=2)
FIRST = ">>> Start processing: 2026-08-21 12:34:56.789012+00:00 (worker-1)"


class Breaks(Rule):
    """Fails."""

    def act(self, crash: Crash) -> Found:  # noqa: ARG002 - for no crash
        """Fail."""
        raise ValueError


def rules(name: str = "socorro") -> Rules:
    return Rules.of(profile.named(name), parts(), FakeMetrics())


def processed(
    raw: dict[str, Any] | None = None,
    walks: dict[DumpName, WalkResult] | None = None,
    earlier: dict[str, Any] | None = None,
    ruleset: Ruleset = Ruleset.DEFAULT,
    by: Rules | None = None,
) -> dict[str, Any]:
    made, this_pass = by or rules(), Pass(CRASH_ID, ruleset, STARTED, "worker-1")
    prepared = made.prepare(this_pass, raw or {})
    crash = Crash(CRASH_ID, {}, walks=walks or {}, dumps=tuple(walks or ()))
    return made.apply(this_pass, prepared, crash, earlier or {}).ended(ENDED)


def test_a_pass_tells_its_times_and_begins_its_notes_with_where_it_ran() -> None:
    made = processed()
    assert made["started_datetime"] == "2026-08-21T12:34:56+00:00"
    assert made["completed_datetime"] == "2026-08-21T12:34:58+00:00"
    assert made["processor_notes"].split("\n")[0] == FIRST


def test_a_first_pass_has_no_history() -> None:
    assert processed()["processor_history"] == []


def test_notes_of_earlier_passes_are_the_history_newest_first() -> None:
    earlier = {"processor_notes": "second", "processor_history": ["first"]}
    assert processed(earlier=earlier)["processor_history"] == ["second", "first"]


@pytest.mark.parametrize("notes", [None, "", 5, ["note"], {}])
def test_what_is_no_note_is_no_history(notes: Any) -> None:
    earlier = {"processor_notes": notes, "processor_history": ["first"]}
    assert processed(earlier=earlier)["processor_history"] == ["first"]


@pytest.mark.parametrize("history", [None, "first", 5, {"first": 1}])
def test_a_history_that_is_no_list_is_none(history: Any) -> None:
    earlier = {"processor_notes": "second", "processor_history": history}
    assert processed(earlier=earlier)["processor_history"] == ["second"]


def test_a_long_history_keeps_its_newest() -> None:
    earlier = {"processor_notes": "new", "processor_history": [str(n) for n in range(50)]}
    history = processed(earlier=earlier)["processor_history"]
    assert len(history) == MOST_HISTORY
    assert history[:2] == ["new", "0"]


def test_nothing_of_an_earlier_pass_but_its_history_is_left() -> None:
    earlier = {"reason": "old", "memory_report": {}, "upload_file_minidump_b": {}, "unknown": 1}
    assert set(processed(earlier=earlier)) == set(processed())


def test_a_signature_made_anew_keeps_the_document_but_what_the_old_one_left() -> None:
    old = {"proto_signature": "old", "signature_debug": "old", "signature": "old"}
    kept = {"reason": "old", "unknown": [1], "json_dump": {"status": "OK"}}
    made = processed(earlier=old | kept, ruleset=Ruleset.REGENERATE_SIGNATURE)
    assert {name: made[name] for name in kept} == kept
    assert made["signature"] == "signature"
    assert "old" not in (made.get("proto_signature"), made.get("signature_debug"))


def test_a_signature_made_anew_takes_the_crashing_thread_from_the_walk() -> None:
    dump = {"status": "OK", "crash_info": {"crashing_thread": 3}}
    earlier = {"json_dump": dump, "crashing_thread": 0}
    made = processed(earlier=earlier, ruleset=Ruleset.REGENERATE_SIGNATURE)
    assert made["crashing_thread"] == 3


def test_annotations_are_set_right_before_the_walk_and_the_notes_are_told() -> None:
    made = processed(raw={"ProductName": "Fire\0fox", "Version": None})
    assert made["product"] == "Firefox"
    assert made["crash_report_keys"] == ["ProductName"]


def test_a_crash_without_its_own_id_has_that_of_the_message() -> None:
    assert processed()["uuid"] == CRASH_ID.text


def test_a_crash_without_minidump_is_a_success_if_no_rule_failed() -> None:
    assert processed()["success"] is True


@pytest.mark.parametrize("outcome", Outcome)
def test_only_a_walk_that_went_well_is_a_success(outcome: Outcome) -> None:
    assert processed(walks={MAIN: walked(outcome)})["success"] is (outcome is Outcome.OK)


@pytest.mark.parametrize("status", ["odd", None, 5])
def test_a_walk_that_says_something_else_is_no_success(status: Any) -> None:
    walk = replace(walked(), json_dump={"status": status})
    assert processed(walks={MAIN: walk})["success"] is False


def test_an_error_in_the_log_of_a_walk_that_went_well_is_no_failure() -> None:
    made = processed(walks={MAIN: replace(walked(), log="ERROR Told - x")})
    assert made["mdsw_status_string"] == "Told"
    assert made["success"] is True


def test_a_further_minidump_that_cannot_be_walked_costs_no_success() -> None:
    other = DumpName("upload_file_minidump_b")
    made = processed(walks={MAIN: walked(), other: walked(Outcome.UNREADABLE)})
    assert made["success"] is True
    assert made[other.text]["success"] is False


@pytest.mark.parametrize("where", ["before the walk", "after it"])
def test_a_rule_that_fails_is_no_success_and_is_noted(where: str) -> None:
    made = rules()
    if where == "before the walk":
        broken = replace(made, before_walk=(Breaks(), *made.before_walk))
    else:
        after = (Breaks(), *made.rulesets[Ruleset.DEFAULT])
        broken = replace(made, rulesets={**made.rulesets, Ruleset.DEFAULT: after})
    crash = processed(by=broken)
    assert crash["success"] is False
    assert crash["processor_notes"].split("\n")[1].endswith(".Breaks' failed: ValueError")


@pytest.mark.parametrize("status", ["OK", "odd"])
def test_a_signature_made_anew_is_a_success_where_the_walk_was_one(status: str) -> None:
    earlier = {"json_dump": {"status": status}, "mdsw_status_string": status}
    made = processed(earlier=earlier, ruleset=Ruleset.REGENERATE_SIGNATURE)
    assert made["success"] is (status == "OK")


def test_rules_say_which_dumps_they_read_themselves() -> None:
    assert rules().files(Ruleset.DEFAULT) == {"memory_report"}
    assert rules().files(Ruleset.REGENERATE_SIGNATURE) == frozenset()
    assert rules("default").files(Ruleset.DEFAULT) == frozenset()
