"""Signature lists: which frames say nothing, which say not enough, and where a stack begins.

They are data. siggen brings Mozilla's; folders change these, one over the other: those of a
profile, and a team's own. A folder has files named as siggen's lists are. A line of them adds a
regular expression, `- expression` takes one out, `- *` takes out all; `#` begins a comment.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from siggen.siglists_utils import get_signature_list_content

IRRELEVANT = "irrelevant_signature_re"
PREFIX = "prefix_signature_re"
WITH_LINES = "signatures_with_line_numbers_re"
SENTINELS = "signature_sentinels"
OUT, ALL = "- ", "*"


class UnusableListsError(Exception):
    """A list cannot be used; the text says file, line and what is wrong."""


@dataclass(frozen=True, slots=True)
class SignatureLists:
    """The lists in force. Expressions match at the beginning of a normalised frame.

    Attributes:
        irrelevant: frames that are passed over.
        prefix: frames that the signature goes on after.
        with_lines: frames that are told with their line.
        sentinels: frames, word for word, that a stack is begun at.
    """

    irrelevant: re.Pattern[str]
    prefix: re.Pattern[str]
    with_lines: re.Pattern[str]
    sentinels: tuple[str, ...]

    @classmethod
    def read(cls, *folders: Path) -> Self:
        """Read siggen's lists, changed by those in the folders, in their order.

        Raises:
            UnusableListsError: when a folder, or a line in it, cannot be used.
        """
        for folder in folders:
            if not folder.is_dir():
                raise UnusableListsError(f"{folder} is no folder of signature lists")
        return cls(
            irrelevant=_pattern(_list(IRRELEVANT, folders)),
            prefix=_pattern(_list(PREFIX, folders)),
            with_lines=_pattern(_list(WITH_LINES, folders)),
            sentinels=_list(SENTINELS, folders),
        )


def _list(name: str, folders: Iterable[Path]) -> tuple[str, ...]:
    entries = dict.fromkeys(get_signature_list_content(name))
    for folder in folders:
        file = folder / f"{name}.txt"
        if file.exists():
            for number, line in _lines(file):
                _change(entries, line, f"{file}, line {number}")
    return tuple(entries)


def _lines(file: Path) -> Iterator[tuple[int, str]]:
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        raise UnusableListsError(f"{file} cannot be read: {error}") from error
    for number, line in enumerate(text.splitlines(), start=1):
        if line.strip() and not line.startswith("#"):
            yield number, line.strip()


def _change(entries: dict[str, None], line: str, where: str) -> None:
    if not line.startswith(OUT):
        try:
            re.compile(line)
        except re.error as error:
            raise UnusableListsError(f"{where}: no regular expression: {error}") from error
        entries[line] = None
        return
    taken = line.removeprefix(OUT).strip()
    if taken == ALL:
        entries.clear()
    elif taken in entries:
        del entries[taken]
    else:
        raise UnusableListsError(f"{where}: takes out what is not in the list: {taken}")


def _pattern(expressions: Iterable[str]) -> re.Pattern[str]:
    # No expression at all must match nothing, where an empty one would match everything.
    return re.compile("|".join(expressions) or r"(?!)")
