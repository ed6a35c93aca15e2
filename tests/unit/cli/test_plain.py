"""Nothing that a crash says can act on a terminal, as text, as JSON or as rich's markup."""

import io
import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from cli import report
from cli.facts import crash_facts
from cli.plain import plain, plain_json, printable_json
from tests.builders import entry

HOSTILE = {
    "C0": "\x00\x07\x08\r\n\t",
    "clears the screen": "\x1b[2J\x1b[H",
    "renames the window": "\x1b]0;gone\x07",
    "DEL": "a\x7f",
    "C1": "\x9b31m\x85\x90",
    "overrides the direction": "gpj.\u202eexe",
    "isolates": "\u2066a\u2069\u200e\u200f\u061c",
    "separates lines": "a\u2028b\u2029c",
    "lone surrogate": "\ud800",
    "tags and zero widths": "\U000e0041\u200b\ufeff",
}
HARMLESS = "darkroom::Tile<T>::sample(int, int) é 日本 🌙 [bold] :smile:"


def _acts(text: str) -> bool:
    return any(unicodedata.category(character) in {"Cc", "Cf", "Cs"} for character in text)


@pytest.mark.parametrize("value", HOSTILE.values(), ids=HOSTILE.keys())
def test_what_could_act_on_a_terminal_is_spelled_out(value: str) -> None:
    assert not _acts(plain(value))
    assert "\\" in plain(value)


@given(st.text())
def test_no_text_whatever_keeps_anything_that_acts(value: str) -> None:
    assert not _acts(plain(value))


@given(st.text())
def test_json_for_terminals_is_printable_ascii_and_says_the_same(value: str) -> None:
    printed = plain_json({"value": value})
    assert all(" " <= character <= "~" or character == "\n" for character in printed)
    assert json.loads(printed) == {"value": value}


def test_json_that_was_written_by_others_is_made_printable_and_says_the_same() -> None:
    theirs = '{"a":"\x7f\x9b31m\u202e\U0001f319"}'
    assert printable_json(theirs).isascii()
    assert "\x7f" not in printable_json(theirs)
    assert json.loads(printable_json(theirs)) == json.loads(theirs)


def test_harmless_text_of_any_language_stays_as_it_is() -> None:
    assert plain(HARMLESS) == HARMLESS


def test_a_value_longer_than_any_name_is_cut_and_says_so() -> None:
    assert plain("a" * 100, 10) == "a" * 10 + "…"


def test_nothing_is_shown_for_no_value() -> None:
    assert plain(None) == ""


def _printed_crash(value: str) -> str:
    frame = dict.fromkeys(("function", "module", "file", "trust", "frame", "offset"), value)
    processed = {
        **dict.fromkeys(("crash_id", "signature", "reason", "address"), value),
        "processor_notes": f">>> begin\n{value}",
        "json_dump": {
            "crashing_thread": {
                "thread_name": value,
                "threads_index": value,
                "frames": [frame | {"inlines": [frame | {"line": value}]}],
            }
        },
    }
    console = Console(
        file=io.StringIO(), markup=False, emoji=False, highlight=False, width=200, no_color=True
    )
    report.show_facts(console, crash_facts(processed))
    report.show_stack(console, processed)
    report.show_facts(console, report.ledger_facts(entry()))
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


@pytest.mark.parametrize("value", HOSTILE.values(), ids=HOSTILE.keys())
def test_no_field_of_a_crash_reaches_the_screen_with_what_acts(value: str) -> None:
    assert not _acts(_printed_crash(value).replace("\n", ""))


@pytest.mark.parametrize("value", ["[bold]a[/bold]", "[/nothing]", ":smile:", "[link=x]y"])
def test_markup_in_a_crash_is_shown_as_it_stands(value: str) -> None:
    assert _printed_crash(value).count(value) >= 8
