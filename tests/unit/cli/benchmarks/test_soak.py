"""The soak's goals, and what is read of a process; ten thousand walks are not for tests."""

import os
import subprocess
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from cli.benchmarks.failures import Unmeasurable
from tests.performance.soak import Part, goals, main
from tests.performance.soak_turns import Turns
from tests.performance.soak_watch import Held, descendants, held

AT_REST = Held(
    walks=10,
    worker_bytes=100_000_000,
    broker_bytes=20_000_000,
    worker_files=7,
    broker_files=11,
    threads=3,
    processes=1,
    zombies=0,
    scratch_files=80,
    scratch_bytes=8_000_000,
    cpu_seconds=1.0,
)


SPEED = "throughput of the last part"


ALIKE = Turns(worn=4.0, fresh=4.1)


def part(seconds: float, after: Held = AT_REST) -> Part:
    return Part(10, seconds, 1.0, after)


def missed(parts: Sequence[Part], turns: Turns = ALIKE) -> list[str]:
    return [goal.name for goal in goals(parts, turns) if not goal.met]


def test_a_worker_that_holds_its_speed_and_size_meets_every_goal() -> None:
    last = replace(AT_REST, worker_bytes=104_000_000)
    assert missed([part(10.0), part(10.5, last)]) == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("worker_bytes", 106_000_000),
        ("broker_bytes", 22_000_000),
        ("worker_files", 8),
        ("broker_files", 12),
        ("threads", 4),
        ("processes", 2),
        ("scratch_files", 81),
    ],
)
def test_each_kind_of_growth_is_told(name: str, value: int) -> None:
    grown = replace(AT_REST, **{name: value})
    assert missed([part(10.0), part(10.0, grown)]) == [f"growth of {name}"]


def test_a_slower_end_is_told_and_a_zombie_in_the_middle_too() -> None:
    halfway = replace(AT_REST, zombies=1)
    parts = [part(10.0), part(10.0, halfway), part(10.7)]
    assert missed(parts) == [SPEED, "zombies"]


def test_a_machine_that_gives_less_is_told_from_a_worker_that_does_less() -> None:
    assert missed([part(10.0), part(20.0)]) == [SPEED]
    slow = Turns(worn=4.0, fresh=4.3)
    assert missed([part(10.0), part(10.0)], slow) == ["throughput after it, to a fresh worker's"]


def test_children_are_found_and_a_worker_without_a_broker_is_not_measured(tmp_path: Path) -> None:
    with subprocess.Popen(["sleep", "60"]) as child:
        try:
            assert child.pid in descendants(os.getpid())
            with pytest.raises(Unmeasurable, match="no broker"):
                held(os.getpid(), tmp_path, 0)
        finally:
            child.kill()


def test_too_few_walks_are_refused_before_anything_is_started(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit) as end:
        main(["--walks", "99"])
    assert end.value.code == 2
    assert "99 walks are too few to be measured: ask for at least 100" in capsys.readouterr().err
