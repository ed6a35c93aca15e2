"""Shows crashes to a person: what is in the ledger, the crashing thread's stack, what is stored."""

from collections.abc import Iterable, Mapping
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from cli.export import Exported
from cli.ledger_view import times_of
from cli.places import shown
from cli.plain import plain
from cli.stack import INLINED, Stack, crashing_stack, mapping
from cli.terminal import cell
from moonwalk.domain.ledger import LedgerEntry

MOST_ROWS = 60
"""Of a stack; runaway recursion has thousands, and `--json` gives them all."""


def show_facts(console: Console, facts: Iterable[tuple[str, object]]) -> None:
    """Print names and values, leaving out what is not known."""
    grid = Table.grid(padding=(0, 2))
    for name, value in facts:
        if value not in (None, ""):
            grid.add_row(cell(name, "bold"), cell(value))
    console.print(grid)


def crash_facts(processed: Mapping[str, Any]) -> list[tuple[str, object]]:
    """Give what a processed crash says at a glance."""
    address = processed.get("address")
    reason = processed.get("reason")
    return [
        ("crash", processed.get("crash_id") or processed.get("uuid")),
        ("signature", processed.get("signature")),
        ("reason", f"{plain(reason)} at {plain(address)}" if reason and address else reason),
        ("walk", processed.get("mdsw_status_string")),
        ("processed", processed.get("completed_datetime")),
        *_notes(processed),
    ]


def _notes(processed: Mapping[str, Any]) -> list[tuple[str, object]]:
    """Give the notes but for the line that every pass begins with."""
    lines = str(processed.get("processor_notes") or "").splitlines()
    said = [line for line in lines if line and not line.startswith(">>>")]
    return [("note" if at == 0 else " ", line) for at, line in enumerate(said)]


def ledger_facts(entry: LedgerEntry) -> list[tuple[str, object]]:
    """Give what the ledger says of the run in force."""
    result = entry.result
    return [
        ("crash", entry.crash_id),
        ("state", entry.state),
        ("reason", result.reason if result else None),
        ("signature", result.signature if result else None),
        ("lane", entry.lane),
        ("attempt", entry.fence.attempt),
        ("queue", entry.queue),
        ("ruleset", entry.ruleset),
        ("put back", entry.put_backs or None),
        ("asked again", entry.again.ruleset if entry.again else None),
        *((name, value) for name, value in times_of(entry).items()),
    ]


def show_stack(console: Console, processed: Mapping[str, Any]) -> None:
    """Print the crashing thread's stack, or say that there is none."""
    stack = crashing_stack(processed)
    if stack is None:
        walked = mapping(processed.get("json_dump"))
        console.print("no crashing thread in this dump" if walked else "no stack: nothing walked")
        return
    console.print(_stack_table(stack))
    more = len(stack.rows) - MOST_ROWS
    if more > 0:
        console.print(f"… and {more} more; --json gives all of them")


def _stack_table(stack: Stack) -> Table:
    table = Table(
        title=cell(f"crashing {stack.title}"), title_justify="left", box=SIMPLE_HEAD, pad_edge=False
    )
    table.add_column("frame", justify="right", no_wrap=True)
    table.add_column("trust", no_wrap=True)
    table.add_column("module")
    table.add_column("function", ratio=1)
    table.add_column("source", overflow="fold")
    for row in stack.rows[:MOST_ROWS]:
        style = "dim" if row.trust == INLINED else ""
        values = (row.number, row.trust, row.module, row.function, row.source)
        table.add_row(*(cell(value, style) for value in values))
    return table


def show_seconds(console: Console, seconds: Mapping[str, float]) -> None:
    """Print how long each step took."""
    table = Table(title="time per step", title_justify="left", box=SIMPLE_HEAD, pad_edge=False)
    table.add_column("step")
    table.add_column("seconds", justify="right")
    for step, value in seconds.items():
        table.add_row(cell(step.replace("_", " ")), f"{value:.3f}")
    console.print(table)


def show_objects(console: Console, objects: Iterable[Exported]) -> None:
    """Print where every stored object is."""
    table = Table(title="stored objects", title_justify="left", box=SIMPLE_HEAD, pad_edge=False)
    table.add_column("key in the crash bucket", overflow="fold")
    table.add_column("exported to", overflow="fold")
    for exported in objects:
        table.add_row(cell(exported.key), cell(shown(exported.path)))
    console.print(table)
