"""Shows how a signature came to be, to a person or to a machine."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from cli.finding import Crash
from cli.terminal import cell
from moonwalk.adapters.signature_account import Account, FrameStep

LONGEST = 300
"""Characters of a frame that are shown; `--json` has them all."""


@dataclass(frozen=True)
class Walked:
    """A crash, or what a stackwalker printed: that stands in a processed crash as `json_dump`."""

    crash: Crash

    def processed(self) -> Mapping[str, Any]:
        """Give it as a processed crash."""
        document = self.crash.processed()
        is_walk = "json_dump" not in document and {"crash_info", "threads"} & set(document)
        return {"json_dump": document} if is_walk else document

    def raw(self) -> Mapping[str, Any]:
        """Give the raw crash."""
        return self.crash.raw()


def as_json(account: Account, stored: object) -> dict[str, Any]:
    """Give an account as a JSON object."""
    made = account.signature
    return {
        "signature": made.text,
        "stored_signature": stored,
        "proto_signature": made.proto_signature,
        "stacks": [
            {
                "thread": number,
                "frames": [
                    {"frame": step.told, "normalized": step.normalised, "verdict": step.verdict}
                    for step in frames
                ],
            }
            for number, frames in account.threads
        ],
        "changes": [
            {"rule": change.rule, "before": change.before, "after": change.after}
            for change in account.changes
        ],
        "notes": list(made.notes),
    }


def show(console: Console, account: Account, stored: object) -> None:
    """Print an account."""
    grid = Table.grid(padding=(0, 2))
    grid.add_row(cell("signature", "bold"), cell(account.signature.text))
    if stored is not None and stored != account.signature.text:
        grid.add_row(cell("stored", "bold"), cell(stored))
    console.print(grid)
    for number, frames in account.threads:
        console.print()
        console.print(cell(f"thread {number}, the frames that count", "bold"))
        console.print(_stack(frames))
    console.print(cell("rules", "bold"))
    for change in account.changes:
        console.print(cell(f"  {change.rule}: {_shown(change.before)} → {_shown(change.after)}"))
    if account.signature.notes:
        console.print(cell("notes", "bold"))
    for note in account.signature.notes:
        console.print(cell(f"  {note}"))


def _stack(frames: tuple[FrameStep, ...]) -> Table:
    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    for title in ("#", "frame", "normalised", "verdict"):
        table.add_column(title, overflow="fold")
    for number, step in enumerate(frames):
        told = "as told" if step.normalised == step.told else step.normalised
        table.add_row(
            str(number), cell(step.told[:LONGEST]), cell(told[:LONGEST]), cell(step.verdict)
        )
    return table


def _shown(signature: str) -> str:
    return f'"{signature[:LONGEST]}"' if signature else "nothing"
