"""What every benchmark ends with: a file for machines, and its goals for people."""

import json
import os
import platform
import subprocess
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

SCHEMA = 1
FOLDER = Path("build/bench")


@dataclass(frozen=True, slots=True)
class Goal:
    """A figure that was hoped for, and the one that was measured.

    Attributes:
        goal: the figure hoped for; `value` is to be at most that.
    """

    name: str
    goal: float
    value: float
    unit: str

    @property
    def met(self) -> bool:
        """Whether the value is no more than the goal."""
        return self.value <= self.goal


def publish(name: str, goals: Sequence[Goal], rows: Iterable[Mapping[str, Any]]) -> Path:
    """Write `build/bench/NAME.json` and print the goals, which are for people to judge."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    file = FOLDER / f"{name}.json"
    document = {
        "schema": SCHEMA,
        "commit": _commit(),
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": {
            "architecture": platform.machine(),
            "processors": os.cpu_count(),
            "system": platform.system(),
            "python": platform.python_version(),
        },
        "goals": [{**asdict(goal), "met": goal.met} for goal in goals],
        "rows": list(rows),
    }
    file.write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")
    print(f"\n{file}")
    for goal in goals:
        mark = "met" if goal.met else "MISSED"
        print(f"{mark:>7}  {goal.name}: {goal.value:.3g} {goal.unit} (goal: {goal.goal:g})")
    return file


def _commit() -> str | None:
    asked = subprocess.run(
        ["git", "rev-parse", "HEAD"], capture_output=True, text=True, check=False
    )
    return asked.stdout.strip() or None
