"""What the page shows of a crash, in the page's own words and bounds."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cli.facts import Facts, incomplete, notes, processing, what_happened, where
from cli.modules import Module, SymbolState, counted, modules
from cli.sources import SourceBrowsers, place
from cli.stack import INLINED, Cut, Row, Stack, all_stacks, crashing_stack, cut

MOST_FRAMES = 10_000
"""On the whole page; a browser lays out so many without a pause."""
MOST_IN_THREAD = 500
MOST_THREADS = 1_000
MOST_MODULES = 2_000
MOST_ANNOTATIONS = 500
MOST_NOTES = 200
UNFOLDED = 40
"""Rows of a stack that are seen without unfolding the rest."""
WEAK = frozenset({"scan", "cfi_scan", "none"})
"""How a frame was found where that may well be wrong."""


@dataclass(frozen=True)
class Frame:
    """One row of a stack, with its link."""

    row: Row
    link: str | None

    @property
    def place(self) -> str:
        """Where its source is, as a person reads it."""
        return place(self.row.file, self.row.line)

    @property
    def kind(self) -> str:
        """How it is set off from the others."""
        if self.row.trust == INLINED:
            return "inlined"
        return "weak" if self.row.trust in WEAK else "real"

    @property
    def trust(self) -> str:
        """How it was found, in words."""
        return self.row.trust.replace("_", " ")


@dataclass(frozen=True)
class Thread:
    """A thread with its frames in the pieces that the page has them in.

    Attributes:
        seen: frames that are seen at once.
        folded: those that are unfolded.
        left_out: how many rows come next that are not on the page.
        outer: the outermost ones of a stack that was cut.
    """

    stack: Stack
    seen: Sequence[Frame]
    folded: Sequence[Frame]
    left_out: int
    outer: Sequence[Frame]

    @property
    def top(self) -> str:
        """What it was doing."""
        return self.stack.rows[0].function if self.stack.rows else ""


@dataclass(frozen=True)
class View:
    """Everything that the page shows.

    Attributes:
        crashing: None when the walk tells of no crashing thread.
        more: how many of something are not on the page, by what they are called.
    """

    crash_id: object
    signature: object
    headline: Facts
    facts: Facts
    incomplete: str | None
    crashing: Thread | None
    threads: Sequence[Thread]
    modules: Sequence[Module]
    symbols: Sequence[tuple[SymbolState, int]]
    annotations: Sequence[tuple[str, Any]]
    notes: Sequence[str]
    more: Mapping[str, int]


def view(
    processed: Mapping[str, Any], annotations: Mapping[str, Any], browsers: SourceBrowsers
) -> View:
    """Give what the page shows of a crash's public parts."""
    crashing = crashing_stack(processed)
    stacks = [each for each in all_stacks(processed) if not _same(each, crashing)]
    made = list(_threads([crashing] if crashing else [], stacks, browsers))
    listed, said = modules(processed), notes(processed)
    values = sorted(annotations.items())
    return View(
        crash_id=processed.get("crash_id") or processed.get("uuid"),
        signature=processed.get("signature") or "no signature",
        headline=_known(what_happened(processed)),
        facts=_known(where(processed) + processing(processed)),
        incomplete=incomplete(processed),
        crashing=made.pop(0) if crashing else None,
        threads=made,
        modules=listed[:MOST_MODULES],
        symbols=counted(listed),
        annotations=values[:MOST_ANNOTATIONS],
        notes=said[:MOST_NOTES],
        more={
            "threads": max(0, len(stacks) - MOST_THREADS),
            "modules": max(0, len(listed) - MOST_MODULES),
            "annotations": max(0, len(values) - MOST_ANNOTATIONS),
            "notes": max(0, len(said) - MOST_NOTES),
        },
    )


def _same(stack: Stack, crashing: Stack | None) -> bool:
    return crashing is not None and stack.number == crashing.number


def _known(facts: Facts) -> Facts:
    """Leave out what is not known, and what stands at the head of the page."""
    return [(name, value) for name, value in facts if value and name != "symbols"]


def _threads(first: list[Stack], others: list[Stack], browsers: SourceBrowsers) -> Iterator[Thread]:
    """Share the page's frames out: to the crashing thread first, then in the dump's order."""
    left = MOST_FRAMES
    for stack in first + others[:MOST_THREADS]:
        shown = cut(stack.rows, min(MOST_IN_THREAD, left))
        left -= len(shown.inner) + len(shown.outer)
        yield _thread(stack, shown, browsers)


def _thread(stack: Stack, shown: Cut, browsers: SourceBrowsers) -> Thread:
    inner = _frames(shown.inner, browsers)
    return Thread(
        stack=stack,
        seen=inner[:UNFOLDED],
        folded=inner[UNFOLDED:],
        left_out=shown.left_out,
        outer=_frames(shown.outer, browsers),
    )


def _frames(rows: Iterable[Row], browsers: SourceBrowsers) -> list[Frame]:
    return [Frame(row, browsers.link(row.file, row.line) if row.file else None) for row in rows]
