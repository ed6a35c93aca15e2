"""What the walks of a crash cost is read from what was exported, and shown."""

import io
from pathlib import Path

from rich.console import Console

from cli.export import Exported
from cli.walk_costs import costs_of, document, show_costs
from tests.unit.adapters.test_walk_stats import STATS


def exported(folder: Path, **files: bytes) -> list[Exported]:
    paths = [(folder / f"{name}.stats.json", content) for name, content in files.items()]
    return [Exported(path.name, path) for path, content in paths if path.write_bytes(content)]


def test_the_account_of_each_minidump_is_read_and_nothing_else(tmp_path: Path) -> None:
    objects = exported(tmp_path, main=STATS, browser=STATS, broken=b"{")
    objects.append(Exported("raw", tmp_path / "raw_crash.json"))
    assert costs_of(objects).keys() == {"main", "browser"}


def test_machines_get_every_figure_by_minidump(tmp_path: Path) -> None:
    figures = document(costs_of(exported(tmp_path, main=STATS)))["main"]
    assert isinstance(figures, dict)
    assert (figures["packs_opened"], figures["memo_hits"]) == (1, 6)
    assert (figures["symbol_seconds"], figures["printing_seconds"]) == (0.5, 0.125)


def test_people_get_a_row_for_each_minidump(tmp_path: Path) -> None:
    big = STATS.replace(b'"bytes": 3', b'"bytes": 1234567')
    console = Console(file=io.StringIO(), width=160)
    show_costs(console, costs_of(exported(tmp_path, main=big)))
    assert isinstance(console.file, io.StringIO)
    shown = console.file.getvalue()
    assert "what the walk read" in shown
    assert shown.splitlines()[-2].split() == [
        "main", "1", "2", "1,234,567", "4", "6", "0.5000", "1.0000", "0.1250",
    ]  # fmt: skip
