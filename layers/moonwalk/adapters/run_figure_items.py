"""What a run took, as the small map that stands in a ledger item and in what commands print.

Names are short and figures rounded, since an item is paid by its size; what is nothing is left out.
"""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from moonwalk.domain.run_figures import RunFigures, RunStep
from moonwalk.domain.walk_cost import Spent

_DOLLARS = "dollars"
_SPENT = {
    "walks": "walks",
    "wall_seconds": "wall",
    "user_seconds": "user",
    "system_seconds": "system",
    "ready_seconds": "ready",
    "disk_seconds": "disk_wait",
    "network_seconds": "network_wait",
    "major_faults": "major_faults",
    "disk_bytes": "disk_bytes",
    "cache_bytes": "cache_bytes",
    "network_bytes": "network_bytes",
    "requests": "requests",
}
"""Where each figure of walks stands; steps of the run stand under `<step>_step`."""


def encode(figures: RunFigures) -> dict[str, float]:
    """Give the map."""
    return {name: value for name, value in told(figures).items() if value}


def told(figures: RunFigures) -> dict[str, float]:
    """Give all figures by their names, those that are nothing as well."""
    walks = {name: round(getattr(figures.spent, kept), 4) for kept, name in _SPENT.items()}
    steps = {f"{step}_step": round(seconds, 4) for step, seconds in figures.seconds.items()}
    return walks | steps | {_DOLLARS: round(figures.dollars, 9)}


def decode(found: Mapping[str, float]) -> RunFigures:
    """Read the map; names that this version does not know are passed over."""
    spent: dict[str, Any] = {
        field.name: found.get(_SPENT[field.name], field.default) for field in fields(Spent)
    }
    seconds = {step: float(found.get(f"{step}_step", 0.0)) for step in RunStep}
    return RunFigures(seconds, Spent(**spent), float(found.get(_DOLLARS, 0.0)))
