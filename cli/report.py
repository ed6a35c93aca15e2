"""Shows crashes to a person: what is in the ledger, the crashing thread's stack, what is stored."""

from collections.abc import Iterable, Mapping
from typing import Any, Literal

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from cli.export import Exported
from cli.ledger_view import times_of
from cli.modules import counted, modules
from cli.places import shown
from cli.sources import place
from cli.stack import INLINED, Row, Stack, all_stacks, crashing_stack, cut, mapping
from cli.terminal import cell
from moonwalk.domain.ledger import LedgerEntry

MOST_MODULES = 2000
"""A process has some hundreds; a hostile dump names as many as it likes."""
MOST_ROWS = 60
"""Of a stack; runaway recursion has thousands, and `--json` gives them all."""


def show_facts(console: Console, facts: Iterable[tuple[str, object]]) -> None:
    """Print names and values, leaving out what is not known."""
    grid = Table.grid(padding=(0, 2))
    for name, value in facts:
        if value not in (None, ""):
            grid.add_row(cell(name, "bold"), cell(value))
    console.print(grid)


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
    show_thread(console, stack, f"crashing {stack.title}")


def show_thread(console: Console, stack: Stack, title: str) -> None:
    """Print a thread's stack under a title."""
    shown = cut(stack.rows, MOST_ROWS)
    table = _table(title, "frame", "trust", "module", "function", "source")
    for row in shown.inner:
        _add_row(table, row)
    if shown.left_out:
        table.add_row("…", "", "", f"{shown.left_out} more; --json gives all of them", "")
    for row in shown.outer:
        _add_row(table, row)
    console.print(table)


def _add_row(table: Table, row: Row) -> None:
    style = "dim" if row.trust == INLINED else ""
    values = (row.number, row.trust, row.module, row.function, place(row.file, row.line))
    table.add_row(*(cell(value, style) for value in values))


def show_modules(console: Console, processed: Mapping[str, Any]) -> None:
    """Print the modules and what became of their symbols."""
    listed = modules(processed)
    counts = ", ".join(f"{count} {state}" for state, count in counted(listed))
    table = _table(f"{len(listed)} modules: {counts}", "module", "symbols", "version", "debug id")
    for module in listed[:MOST_MODULES]:
        values = (module.name, module.symbols.value, module.version, module.debug_id)
        table.add_row(*(cell(value) for value in values))
    console.print(table)
    if len(listed) > MOST_MODULES:
        console.print(f"… and {len(listed) - MOST_MODULES} more; --json gives all of them")


def more(processed: Mapping[str, Any]) -> str:
    """Say what there is beside the crashing thread, and how to see it."""
    threads = sum(1 for _ in all_stacks(processed))
    symbols = ", ".join(f"{count} {state}" for state, count in counted(modules(processed)))
    return (
        f"more: --threads, --thread N ({threads} threads) · --modules (symbols: "
        f"{symbols or 'none'}) · --annotations · --html"
    )


def show_annotations(console: Console, annotations: Mapping[str, Any]) -> None:
    """Print annotations of the raw crash, each name with its value."""
    table = _table(f"{len(annotations)} public annotations", "annotation", "value")
    for name, value in sorted(annotations.items()):
        table.add_row(cell(name), cell(value))
    console.print(table)


def _table(title: str, *columns: str) -> Table:
    """Make a table in which long texts are folded, never cut."""
    table = Table(title=cell(title), title_justify="left", box=SIMPLE_HEAD, pad_edge=False)
    for name in columns:
        fixed = name in ("frame", "trust", "symbols")
        justify: Literal["left", "right"] = "right" if name == "frame" else "left"
        ratio = 1 if name in ("function", "value") else None
        table.add_column(name, justify=justify, no_wrap=fixed, overflow="fold", ratio=ratio)
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
