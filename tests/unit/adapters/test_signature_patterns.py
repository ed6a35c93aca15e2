"""Expressions of signature lists are those that no name can keep busy."""

import time
from pathlib import Path

import pytest
from siggen.siglists_utils import get_signature_list_content

from moonwalk.adapters.signature_input import MOST_CHARACTERS
from moonwalk.adapters.signature_lists import IRRELEVANT, PREFIX, WITH_LINES, SignatureLists
from moonwalk.adapters.signature_patterns import (
    MOST_MATCHED,
    Expressions,
    UnusablePatternError,
    check,
)


@pytest.mark.parametrize("name", [IRRELEVANT, PREFIX, WITH_LINES])
def test_every_expression_of_siggen_is_taken(name: str) -> None:
    for expression in get_signature_list_content(name):
        check(expression)


@pytest.mark.parametrize(
    "expression",
    [
        "a+",
        "[a-z]*x",
        "(a|b|cd)?e",
        "(?:abc)*",
        "(?!a)b",
        "(?<=a)b",
        r"\bx{2,30}",
        r"[0-9]+\.[0-9]+\.[0-9]+x",
        "a??",
        "(?i:x)",
    ],
)
def test_ordinary_expressions_are_taken(expression: str) -> None:
    check(expression)


@pytest.mark.parametrize(
    "expression",
    [
        "(a+)+b",
        "(a|aa)*b",
        "(a|a)*b",
        "(a?b?)*c",
        "(?:a*)*",
        ".*.*.*x",
        "(a|b).*.*x|.*.*y",
        "(.*,)+x",
        "a?" * 40 + "a" * 40,
        "(a|a)" * 40,
        "a{0,500}" * 5,
        "(?=.*.*x).*a",
    ],
)
def test_expressions_that_a_name_could_keep_busy_are_refused(expression: str) -> None:
    with pytest.raises(UnusablePatternError, match="could take too long"):
        check(expression)


@pytest.mark.parametrize("expression", ["(", "a)(b", "*", "[", "(?i)x", "a{2,1}", "(" * 5_000])
def test_what_is_no_expression_among_others_is_refused(expression: str) -> None:
    with pytest.raises(UnusablePatternError, match="no regular expression"):
        check(expression)


@pytest.mark.parametrize("expression", [r"(a)\1", "(a)?(?(1)b|c)"])
def test_references_to_groups_are_refused(expression: str) -> None:
    with pytest.raises(UnusablePatternError, match="refers to"):
        check(expression)


def test_lists_look_at_the_beginning_of_a_name_only() -> None:
    expressions = Expressions.of([".*x"])
    assert expressions.match("a" * (MOST_MATCHED - 1) + "x")
    assert not expressions.match("a" * MOST_MATCHED + "x")


@pytest.mark.parametrize("expression", [".*x", "a*a*b", "a{0,400}a*b", ".*aaaa.*x"])
def test_the_worst_that_is_taken_ends_in_seconds(tmp_path: Path, expression: str) -> None:
    (tmp_path / f"{PREFIX}.txt").write_text(f"- *\n{expression}\n")
    prefix = SignatureLists.read(tmp_path).prefix
    begun = time.process_time()
    assert not prefix.match("a" * MOST_CHARACTERS)
    assert time.process_time() - begun < 5
