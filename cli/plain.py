r"""Makes text from a crash fit for a terminal: nothing in it can act on the terminal any more.

A crash is written by whoever crashed. Escape sequences in it could rename the window, rewrite what
was printed before, or fill the clipboard; bidirectional controls could show a name that it is not.
"""

import json
import unicodedata
from typing import Any

LONGEST = 2000
"""Characters of one value; templates make long names, only malice makes longer ones."""

_ACTING = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
"""Unicode categories: controls (C0, DEL, C1), format characters (bidirectional controls, zero
widths), lone surrogates, private and unassigned characters, line and paragraph separators."""


def plain(value: object, longest: int = LONGEST) -> str:
    r"""Give a value as one line of text, with everything that could act spelled out as `\x1b`.

    Args:
        value: anything; what is no text is shown as Python writes it, None as nothing.
        longest: from how many characters on it is cut, with a sign that it was.
    """
    text = "" if value is None else str(value)
    if len(text) <= longest and text.isascii() and text.isprintable():
        return text
    shown = "".join(_spelled(character) for character in text[:longest])
    return shown if len(text) <= longest else f"{shown}…"


def _spelled(character: str) -> str:
    if character.isascii() and character.isprintable():
        return character
    if unicodedata.category(character) not in _ACTING:
        return character
    code = ord(character)
    if code <= 0xFF:  # noqa: PLR2004 - what two hexadecimal digits hold
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"  # noqa: PLR2004 - four digits


def plain_json(document: Any, *, indent: int | None = 2) -> str:
    """Give a document as JSON in printable ASCII: the same values, none of them able to act."""
    return printable_json(json.dumps(document, indent=indent))


def printable_json(text: str) -> str:
    r"""Escape what JSON text may hold beyond printable ASCII; it stands inside strings only."""
    return "".join(
        character if " " <= character <= "~" or character == "\n" else _json_escape(character)
        for character in text
    )


def _json_escape(character: str) -> str:
    return "\\u007f" if character == "\x7f" else json.dumps(character)[1:-1]
