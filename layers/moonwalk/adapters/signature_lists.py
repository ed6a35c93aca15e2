"""Signature lists: which frames say nothing, which say not enough, and where a stack begins.

They are data. siggen brings Mozilla's; folders change these, one over the other: those of a
profile, and a team's own. A folder has files named as siggen's lists are. A line of them adds a
regular expression, `- expression` takes one out, `- *` takes out all; `#` begins a comment.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Self

from moonwalk.adapters.signature_patterns import Expressions, UnusablePatternError, check

IRRELEVANT = "irrelevant_signature_re"
PREFIX = "prefix_signature_re"
WITH_LINES = "signatures_with_line_numbers_re"
SENTINELS = "signature_sentinels"
NAMES = (IRRELEVANT, PREFIX, WITH_LINES, SENTINELS)
OUT, ALL = "- ", "*"
MOST_BYTES = 1_000_000
"""Of a list; siggen's longest has a hundredth of it."""


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

    irrelevant: Expressions
    prefix: Expressions
    with_lines: Expressions
    sentinels: tuple[str, ...]

    @classmethod
    def read(cls, *folders: Path) -> Self:
        """Read siggen's lists, changed by those in the folders, in their order.

        Raises:
            UnusableListsError: when a folder, or a line in it, cannot be used.
        """
        for folder in folders:
            _check(folder)
        return cls(
            irrelevant=Expressions.of(_list(IRRELEVANT, folders)),
            prefix=Expressions.of(_list(PREFIX, folders)),
            with_lines=Expressions.of(_list(WITH_LINES, folders)),
            sentinels=_list(SENTINELS, folders),
        )


def _check(folder: Path) -> None:
    """Refuse what is no folder of lists; a list under another name would never be looked at."""
    if not folder.is_dir():
        raise UnusableListsError(f"{folder} is no folder of signature lists")
    odd = sorted(file.name for file in folder.glob("*.txt") if file.stem not in NAMES)
    if odd:
        raise UnusableListsError(
            f"{folder} has a list {odd[0]}; there are: {', '.join(NAMES)}, each with .txt"
        )


def _list(name: str, folders: Iterable[Path]) -> tuple[str, ...]:
    included = resources.files("siggen") / "siglists" / f"{name}.txt"
    entries = dict.fromkeys(line for _, line in _lines(included.read_text(encoding="utf-8")))
    for folder in folders:
        file = folder / f"{name}.txt"
        if file.exists():
            for number, line in _lines(_text(file)):
                _change(entries, line, f"{file}, line {number}", expressions=name != SENTINELS)
    return tuple(entries)


def _text(file: Path) -> str:
    try:
        with file.open("rb") as opened:
            content = opened.read(MOST_BYTES + 1)
        if len(content) > MOST_BYTES:
            raise UnusableListsError(f"{file} is larger than {MOST_BYTES} bytes")
        return content.decode("utf-8")
    except (OSError, ValueError) as error:
        raise UnusableListsError(f"{file} cannot be read: {error}") from error


def _lines(text: str) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(text.splitlines(), start=1):
        told = line.strip()
        if told and not told.startswith("#"):
            yield number, told


def _change(entries: dict[str, None], line: str, where: str, *, expressions: bool) -> None:
    if not line.startswith(OUT):
        try:
            if expressions:
                check(line)
        except UnusablePatternError as error:
            raise UnusableListsError(f"{where}: {error}") from error
        entries[line] = None
        return
    taken = line.removeprefix(OUT).strip()
    if taken == ALL:
        entries.clear()
    elif taken in entries:
        del entries[taken]
    else:
        raise UnusableListsError(f"{where}: takes out what is not in the list: {taken}")
