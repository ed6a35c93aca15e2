"""Normalises names of functions as Socorro does since siggen's last release.

What stands between brackets is taken out of a name, or shortened, but where it is the name: each
kind of bracket has its exceptions, told with Socorro's examples in the tests. All of it takes time
in proportion to the name; siggen's own functions for the same take its square.
"""

import re
from collections.abc import Callable, Iterator
from functools import partial

from siggen.rules import CSignatureTool

from moonwalk.adapters.signature_lists import SignatureLists

TYPE = "<T>"
QUALIFIERS = ("const", "const&", "const &", "&&", "&")
"""Of member functions, taken off the end one after the other."""
MOST_NESTED = 8
"""Names within each other that are kept; hostile ones have thousands."""
_PAIRS = {"(": ")", "{": "}", "[": "]", "<": ">", "`": "'"}
_MARKS = re.compile(r"[(){}\[\]<>`' ]")
_EITHER = {pair: re.compile(f"[{re.escape(pair)}]") for pair in ("<>", "()", "[]")}
_BELONGING = ("(", "[clone")
"""Begin words that belong to the name before them."""
_LAMBDA = re.compile(r"::\$_\d+::")
_BEFORE_MARK = re.compile(r" (?=[\*&,])")
_COMMA = re.compile(r",(?! )")
_RUST_HASH = re.compile(r"::h[0-9a-fA-F]+$")


def collapse(text: str, brackets: str, shown: Callable[[str, str], str]) -> str:
    """Replace what stands between brackets, outermost ones only.

    Args:
        text: a function's name.
        brackets: the opening and the closing one. What is not closed reaches to the end; a closing
            one by itself is text as any other.
        shown: gives what to show for a slice, of the text before it since the last slice, and of
            the slice with its brackets.
    """
    return "".join(
        before + (shown(before, part) if part else "") for before, part in _parts(text, brackets)
    )


def _parts(text: str, brackets: str) -> Iterator[tuple[str, str]]:
    opening = brackets[0]
    begun, opened, level = 0, 0, 0
    for found in _EITHER[brackets].finditer(text):
        if found.group() == opening:
            opened = found.start() if level == 0 else opened
            level += 1
        elif level:
            level -= 1
            if level == 0:
                yield text[begun:opened], text[opened : found.end()]
                begun = found.end()
    end = opened if level else len(text)
    yield text[begun:end], text[end:]


def without_return_type(function: str) -> str:
    """Give what follows the last space outside of brackets: the name and its arguments.

    What comes before are types, `static` and the like. Arguments and `[clone …]` may have a space
    before them; they stay with the name.
    """
    words = list(_words(function))
    if len(words) > 1 and not words[-1]:
        words.pop()
    first = len(words) - 1
    while first > 0 and words[first].startswith(_BELONGING):
        first -= 1
    return " ".join(words[first:])


def _words(function: str) -> Iterator[str]:
    """Split at the spaces outside of brackets; a closing one that closes nothing is text."""
    awaited: list[str] = []
    begun = 0
    for found in _MARKS.finditer(function):
        mark = found.group()
        if mark in _PAIRS:
            awaited.append(_PAIRS[mark])
        elif mark != " ":
            if awaited and awaited[-1] == mark:
                awaited.pop()
        elif not awaited:
            yield function[begun : found.start()]
            begun = found.end()
    yield function[begun:]


def _cpp_types(before: str, part: str, deeper: int = MOST_NESTED) -> str:
    kept = part == "<name omitted>" or " as " in part or " in " in part
    if kept or before.endswith("operator"):
        return part
    if deeper and before.endswith("IPC::ParamTraits"):
        inside = part[1:].removesuffix(">")
        shown = collapse(inside, "<>", partial(_cpp_types, deeper=deeper - 1))
        return f"<{shown}>"
    return TYPE


def _cpp_arguments(before: str, part: str) -> str:
    kept = part == "(anonymous namespace)" or before.endswith("operator")
    return part if kept else ""


def _without_return_type(function: str) -> str:
    # siggen's does not take an empty name, which is what is left of a mere `&`.
    return str(without_return_type(function)) if function else ""


def _rust_types(_before: str, part: str) -> str:
    return part if " as " in part else TYPE


def _nothing(_before: str, _part: str) -> str:
    return ""


class Frames(CSignatureTool):  # type: ignore[misc] # siggen has no types
    """siggen's tool for stacks of C, C++ and Rust, with other lists and newer normalisation."""

    def __init__(self, lists: SignatureLists) -> None:
        """Take the lists in force.

        In the place of siggen's own beginning, which reads its lists again. It says of them that
        they are the included ones, as Socorro's newer ones are there.
        """
        self.datadir = None
        self.irrelevant_signature_re = lists.irrelevant
        self.prefix_signature_re = lists.prefix
        self.signatures_with_line_numbers_re = lists.with_lines
        self.signature_sentinels = lists.sentinels

    def normalize_cpp_function(self, function: str, line: int | None) -> str:
        """Give a C or C++ function's name without return type, arguments and template types."""
        for qualifier in QUALIFIERS:
            if function.endswith(qualifier):
                function = function.removesuffix(qualifier).strip()
        if "::operator" not in function:
            function = _without_return_type(function)
        function = function.replace("`anonymous namespace'", "(anonymous namespace)")
        function = _LAMBDA.sub("::$::", function)
        function = collapse(function, "<>", _cpp_types)
        function = collapse(function, "()", _cpp_arguments)
        if "clone .cold" in function:
            function = collapse(function, "[]", _nothing)
        return self._with_line(function, line)

    def normalize_rust_function(self, function: str, line: int | None) -> str:
        """Give a Rust function's name without return type, arguments, types and hash."""
        function = _without_return_type(function)
        function = collapse(function, "<>", _rust_types)
        function = collapse(function, "()", _nothing)
        return _RUST_HASH.sub("", self._with_line(function, line))

    def _with_line(self, function: str, line: int | None) -> str:
        if self.signatures_with_line_numbers_re.match(function):
            function = f"{function}:{line}"
        return _COMMA.sub(", ", _BEFORE_MARK.sub("", function))
