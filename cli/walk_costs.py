"""What the walks of a crash cost: read from where they were exported, and shown as a table."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from cli.export import STATS_ENDING, Exported
from cli.terminal import cell
from moonwalk.adapters.walk_stats import MAX_STATS_BYTES, cost_in, read_stats
from moonwalk.domain.walk_cost import WalkCost

Costs = Mapping[str, WalkCost]
"""By the name of the minidump."""


def costs_of(objects: Iterable[Exported]) -> Costs:
    """Give what is known of the walks; a deployment may not keep it."""
    accounts = [exported.path for exported in objects if exported.path.name.endswith(STATS_ENDING)]
    found = {}
    for path in accounts:
        with path.open("rb") as file:
            cost = cost_in(read_stats(file.read(MAX_STATS_BYTES + 1)))
        if cost:
            found[path.name.removesuffix(STATS_ENDING)] = cost
    return found


def document(costs: Costs) -> dict[str, object]:
    """Give the figures as `run` prints them for machines."""
    return {name: asdict(cost) for name, cost in costs.items()}


def show_costs(console: Console, costs: Costs) -> None:
    """Print what each walk read, and where its time went."""
    table = Table(title="what the walk read", title_justify="left", box=SIMPLE_HEAD, pad_edge=False)
    table.add_column("minidump", overflow="fold")
    for name in ("packs opened", "reads", "bytes", "blocks", "memo hits"):
        table.add_column(name, justify="right")
    for name in ("symbols s", "walking s", "printing s"):
        table.add_column(name, justify="right")
    for name, cost in costs.items():
        counts = (cost.packs_opened, cost.reads, cost.bytes, cost.blocks, cost.memo_hits)
        times = (cost.symbol_seconds, cost.walking_seconds, cost.printing_seconds)
        figures = [*(f"{count:,}" for count in counts), *(f"{time:.4f}" for time in times)]
        table.add_row(cell(name), *figures)
    console.print(table)
