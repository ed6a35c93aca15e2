"""Instructions are read from callgrind's profile, and counted once."""

from pathlib import Path

import pytest

from cli.benchmarks.failures import Unmeasurable
from cli.benchmarks.instructions import KeptCounts, counted

PROFILE = """# callgrind format
version: 1
cmd:  minidump-stackwalk totals: 5
events: Ir
summary: 90

fn=(1)
12 34

totals: 1680427341
"""


def test_the_total_of_a_profile_is_its_instructions() -> None:
    assert counted(PROFILE) == 1_680_427_341


def test_a_profile_without_a_total_is_refused() -> None:
    with pytest.raises(Unmeasurable, match="no total"):
        counted("events: Ir\nsummary: 90\n")


def test_a_count_is_kept_for_its_own_key_and_by_the_file(tmp_path: Path) -> None:
    file = tmp_path / "kept.json"
    KeptCounts(file).put("one", 1)
    KeptCounts(file).put("two", 2)
    kept = KeptCounts(file)
    assert [kept.get(key) for key in ("one", "two", "three")] == [1, 2, None]
