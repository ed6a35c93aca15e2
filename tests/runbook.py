"""Reads docs/runbook.md: its sections, their parts, and the commands in them."""

import re
import shlex
from dataclasses import dataclass
from functools import cache
from pathlib import Path

RUNBOOK = Path(__file__).resolve().parents[1] / "docs" / "runbook.md"
PARTS = ("Meaning", "First look", "Remedy", "Escalate")
_FENCED = re.compile(r"^```\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Section:
    """A heading, and what is below it."""

    heading: str
    text: str

    @property
    def anchor(self) -> str:
        """What a link to it ends with, as code hosts and wikis make it."""
        return re.sub(r"[^a-z0-9 -]", "", self.heading.lower()).replace(" ", "-")

    @property
    def commands(self) -> list[list[str]]:
        """The commands in its fenced code, as words."""
        return _commands(self.text)


@cache
def sections() -> tuple[Section, ...]:
    """Give the sections in their order."""
    _, *found = re.split(r"^## (.+)\n", RUNBOOK.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return tuple(Section(*pair) for pair in zip(found[::2], found[1::2], strict=True))


def commands() -> list[list[str]]:
    """Give all commands of the page, each once."""
    found = {tuple(each) for each in _commands(RUNBOOK.read_text(encoding="utf-8"))}
    return [list(each) for each in sorted(found)]


def _commands(text: str) -> list[list[str]]:
    return [
        shlex.split(line) for block in _FENCED.findall(text) for line in block.splitlines() if line
    ]
