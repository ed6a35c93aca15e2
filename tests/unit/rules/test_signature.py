"""The rule that makes signatures, and the rule for shutdowns that hung."""

from collections.abc import Mapping
from typing import Any

import pytest

from moonwalk.domain.signature import Signature
from moonwalk.rules.general.signature import SignatureGeneratorRule
from moonwalk.rules.mozilla.shutdown_hang import ShutDownHangCrashingThreadRule
from moonwalk.rules.rule import NOTHING, Found
from tests.unit.rules.builders import act, crash, parts


class Signed:
    """A maker that remembers of what it made the signature that it was given."""

    def __init__(self, signature: Signature) -> None:
        self.signature = signature
        self.asked: list[Mapping[str, Any]] = []

    def sign(self, processed: Mapping[str, Any]) -> Signature:
        self.asked.append(processed)
        return self.signature


def found(signature: Signature) -> Found:
    rule = SignatureGeneratorRule.made(parts(signatures=Signed(signature)))
    return act(rule, crash(processed={"hang": "ui"}))


def test_the_whole_processed_crash_is_what_a_signature_is_made_of() -> None:
    maker = Signed(Signature("main"))
    act(SignatureGeneratorRule(maker), crash({"raw": 1}, {"hang": "ui"}))
    assert maker.asked == [{"hang": "ui"}]


def test_a_signature_its_frames_its_notes_and_how_it_was_made_are_kept() -> None:
    made = found(Signature("a", "a | b", ("Rule: note",), ("Rule: one", "Rule: two")))
    assert made.fields == {
        "signature": "a",
        "proto_signature": "a | b",
        "signature_debug": "Rule: one\nRule: two",
    }
    assert made.notes == ("Rule: note",)


def test_a_signature_made_of_no_stack_has_no_proto_signature() -> None:
    assert "proto_signature" not in found(Signature("a")).fields
    assert found(Signature("a", "")).fields["proto_signature"] == ""


@pytest.mark.parametrize("signature", ["shutdownhang", "shutdownhang | main"])
def test_a_hanging_shutdown_is_the_first_threads(signature: str) -> None:
    hung = crash(processed={"signature": signature, "crashing_thread": 17})
    assert act(ShutDownHangCrashingThreadRule(), hung).fields == {"crashing_thread": 0}


@pytest.mark.parametrize("signature", ["main | shutdownhang", "Shutdownhang", "", None, 1, ["x"]])
def test_other_crashes_keep_their_thread(signature: Any) -> None:
    other = crash(processed={"signature": signature, "crashing_thread": 17})
    assert act(ShutDownHangCrashingThreadRule(), other) is NOTHING
    assert act(ShutDownHangCrashingThreadRule(), crash()) is NOTHING
