"""What every benchmark ends with: a file for machines, and its goals for people."""

import json
import os
import platform
import subprocess
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

SCHEMA = 1
FOLDER = Path("build/bench")


@dataclass(frozen=True, slots=True)
class Goal:
    """A figure that was hoped for, and the one that was measured.

    Attributes:
        goal: the figure hoped for; `value` is to be at most that, or at least.
        value: None when nothing could be measured.
        at_least: whether more is better.
    """

    name: str
    goal: float
    value: float | None
    unit: str
    at_least: bool = False

    @property
    def met(self) -> bool:
        """Whether the value was measured and is as good as the goal or better."""
        if self.value is None:
            return False
        return self.value >= self.goal if self.at_least else self.value <= self.goal

    def row(self) -> dict[str, Any]:
        """Give what the file for machines says of it."""
        return {
            "name": self.name,
            "goal": self.goal,
            "value": self.value,
            "unit": self.unit,
            "met": self.met,
        }

    def told(self) -> str:
        """Say it in a line, for people."""
        bound = f"goal: {'at least' if self.at_least else 'at most'} {self.goal:g}"
        if self.value is None:
            return f"    ???  {self.name}: not measured ({bound})"
        mark = "met" if self.met else "MISSED"
        value = f"{self.value:.3g}" if self.value < 1000 else f"{self.value:,.0f}"  # noqa: PLR2004
        return f"{mark:>7}  {self.name}: {value} {self.unit} ({bound})"


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
        "goals": [goal.row() for goal in goals],
        "rows": list(rows),
    }
    file.write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")
    print(f"\n{file}")
    for goal in goals:
        print(goal.told())
    return file


def _commit() -> str | None:
    asked = subprocess.run(
        ["git", "rev-parse", "HEAD"], capture_output=True, text=True, check=False
    )
    return asked.stdout.strip() or None
