"""What is free: by the machine, by control groups of either version, at every level."""

from pathlib import Path

import pytest

from moonwalk.adapters.free_room import free_disk, free_memory

GIB = 1024**3
NO_LIMIT = 9223372036854771712
"""What version 1 says of a group without a limit."""


class Kernel:
    """Files as the kernel shows them."""

    def __init__(self, folder: Path) -> None:
        self.proc, self.cgroups = folder / "proc", folder / "cgroup"
        (self.proc / "self").mkdir(parents=True)
        self.cgroups.mkdir()
        self.told_of_machine(8 * GIB)
        self.in_groups("0::/")

    def told_of_machine(self, available: int) -> None:
        """Say what the machine has."""
        text = f"MemTotal: 99 kB\nMemAvailable:   {available // 1024} kB\n"
        (self.proc / "meminfo").write_text(text)

    def in_groups(self, *lines: str) -> None:
        """Say which groups this process is in."""
        (self.proc / "self" / "cgroup").write_text("\n".join(lines) + "\n")

    def v2(self, place: str, limit: int | str, usage: int, cache: tuple[int, int] = (0, 0)) -> None:
        """Limit a group of version 2."""
        active, inactive = cache
        self._write(
            self.cgroups / place,
            {"memory.max": limit, "memory.current": usage},
            f"anon 7\nactive_file {active}\ninactive_file {inactive}\n",
        )

    def v1(self, place: str, limit: int, usage: int, cache: tuple[int, int] = (0, 0)) -> None:
        """Limit a group of version 1."""
        active, inactive = cache
        self._write(
            self.cgroups / "memory" / place,
            {"memory.limit_in_bytes": limit, "memory.usage_in_bytes": usage},
            f"active_file 1\ntotal_active_file {active}\ntotal_inactive_file {inactive}\n",
        )

    def _write(self, group: Path, values: dict[str, int | str], stat: str) -> None:
        group.mkdir(parents=True, exist_ok=True)
        for name, value in values.items():
            (group / name).write_text(f"{value}\n")
        (group / "memory.stat").write_text(stat)

    @property
    def free(self) -> int:
        """What is free by all of it."""
        return free_memory(self.proc, self.cgroups)


@pytest.fixture
def kernel(tmp_path: Path) -> Kernel:
    return Kernel(tmp_path)


def test_without_limits_it_is_what_the_machine_has_available(kernel: Kernel) -> None:
    assert kernel.free == 8 * GIB
    kernel.v2("", "max", GIB)
    assert kernel.free == 8 * GIB
    kernel.in_groups("4:memory:/", "0::/")
    kernel.v1("", NO_LIMIT, GIB)
    assert kernel.free == 8 * GIB


def test_a_limit_leaves_what_is_not_used_and_the_cache_of_files(kernel: Kernel) -> None:
    kernel.v2("", 4 * GIB, 3 * GIB, (GIB // 2, GIB // 4))
    assert kernel.free == GIB + 3 * GIB // 4
    kernel.in_groups("12:pids:/x", "4:cpu,memory:/", "0::/x")
    kernel.v1("", 2 * GIB, GIB, (1, 2))
    assert kernel.free == GIB + 3


def test_a_limit_of_a_group_around_it_counts_as_well(kernel: Kernel) -> None:
    kernel.in_groups("0::/task/container")
    kernel.v2("task/container", 4 * GIB, GIB)
    kernel.v2("task", 4 * GIB, 2 * GIB)
    assert kernel.free == 2 * GIB


def test_a_container_that_is_told_its_path_outside_sees_its_own_group(kernel: Kernel) -> None:
    kernel.in_groups("3:memory:/ecs/1234/5678")
    kernel.v1("", 3 * GIB, GIB)
    assert kernel.free == 2 * GIB


def test_a_machine_that_has_less_than_the_limit_decides(kernel: Kernel) -> None:
    kernel.v2("", 16 * GIB, 0)
    kernel.told_of_machine(GIB)
    assert kernel.free == GIB


def test_this_machine_tells() -> None:
    assert free_memory() > 0


def test_a_disk_has_no_more_than_it_can_hold(tmp_path: Path) -> None:
    assert 0 < free_disk(tmp_path) < 2**60
