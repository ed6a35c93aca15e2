"""What the probabilistic heap checker tells."""

from typing import Any

import pytest

from moonwalk.rules.mozilla.phc import PHCRule
from moonwalk.rules.reading import unusable
from moonwalk.rules.rule import NOTHING, Found
from tests.unit.rules.builders import HUGE, act, crash


def told(**raw: Any) -> Found:
    return act(PHCRule(), crash(raw={"PHCKind": "FreedPage", **raw}))


def test_kind_stacks_address_and_size_are_kept() -> None:
    found = told(
        PHCAllocStack="1,2", PHCFreeStack="", PHCBaseAddress="8675309", PHCUsableSize="8192"
    )
    assert found == Found(
        fields={
            "phc_kind": "FreedPage",
            "phc_alloc_stack": "1,2",
            "phc_free_stack": "",
            "phc_base_address": "0x845fed",
            "phc_usable_size": 8192,
        }
    )


def test_without_a_kind_the_checker_had_nothing_to_tell() -> None:
    assert act(PHCRule(), crash(raw={"PHCBaseAddress": "1"})) is NOTHING
    assert told(PHCKind=None, PHCBaseAddress="1") is NOTHING


def test_an_empty_kind_is_a_kind() -> None:
    assert told(PHCKind="").fields == {"phc_kind": ""}


@pytest.mark.parametrize(
    ("given", "address"),
    [("-5", "-0x5"), (" 1_0 ", "0xa"), (17, "0x11"), (True, "0x1"), (2.9, "0x2")],
)
def test_an_address_is_written_in_hex(given: Any, address: str) -> None:
    assert told(PHCBaseAddress=given).fields["phc_base_address"] == address


@pytest.mark.parametrize("given", ["", "0x10", "1.5", "abc", HUGE, float("nan")])
def test_a_number_that_is_none_goes_without_a_note(given: Any) -> None:
    assert told(PHCBaseAddress=given, PHCUsableSize=given) == Found(
        fields={"phc_kind": "FreedPage"}
    )


@pytest.mark.parametrize("given", [[], {}, float("inf")])
def test_what_cannot_be_a_number_is_noted(given: Any) -> None:
    assert told(PHCBaseAddress=given, PHCUsableSize="1") == Found(
        fields={"phc_kind": "FreedPage", "phc_usable_size": 1},
        notes=(unusable("PHCBaseAddress"),),
    )


def test_a_kind_or_stack_that_is_no_text_is_noted() -> None:
    assert told(PHCKind=1, PHCAllocStack=["1"], PHCFreeStack="2") == Found(
        fields={"phc_free_stack": "2"}, notes=(unusable("PHCKind"), unusable("PHCAllocStack"))
    )
