"""Memory by control groups of both versions, as containers see their files."""

import pytest

from moonwalk.adapters.vitals.kernel import Kernel
from moonwalk.adapters.vitals.memory import Memory, own_group, read_memory
from tests.unit.adapters.vitals.recorded import RecordedKernel

MIB = 1 << 20
MACHINE = "MemTotal:       16384 kB\nMemFree:         1024 kB\nMemAvailable:    4096 kB\n"
NO_LIMIT_V1 = "9223372036854771712\n"


def version_2(recorded: RecordedKernel, folder: str, most: str) -> None:
    recorded.sys(f"{folder}/cgroup.procs", "")
    recorded.sys(f"{folder}/memory.current", f"{5 * MIB}\n")
    recorded.sys(f"{folder}/memory.max", most)
    recorded.sys(f"{folder}/memory.stat", f"anon 1\ninactive_file {2 * MIB}\nactive_file 3\n")


def version_1(recorded: RecordedKernel, folder: str, most: str) -> None:
    recorded.sys(f"{folder}/cgroup.procs", "")
    recorded.sys(f"{folder}/memory.usage_in_bytes", f"{5 * MIB}\n")
    recorded.sys(f"{folder}/memory.limit_in_bytes", most)
    recorded.sys(f"{folder}/memory.stat", f"inactive_file 1\ntotal_inactive_file {MIB}\n")


def test_a_group_of_version_2_has_its_own_use_without_the_cache_that_can_go(
    recorded: RecordedKernel,
) -> None:
    recorded.proc("meminfo", MACHINE)
    recorded.proc("self/cgroup", "0::/\n")
    version_2(recorded, "fs/cgroup", f"{8 * MIB}\n")
    assert read_memory(recorded.kernel) == Memory(3 * MIB, 8 * MIB)


def test_a_group_without_a_limit_has_the_machines(recorded: RecordedKernel) -> None:
    recorded.proc("meminfo", MACHINE)
    recorded.proc("self/cgroup", "0::/\n")
    version_2(recorded, "fs/cgroup", "max\n")
    assert read_memory(recorded.kernel) == Memory(3 * MIB, 16 * MIB)


def test_a_group_of_version_1_is_found_at_the_root_that_a_container_sees(
    recorded: RecordedKernel,
) -> None:
    recorded.proc("meminfo", MACHINE)
    recorded.proc("self/cgroup", "5:cpu,cpuacct:/ecs/task\n4:memory:/ecs/task/container\n0::/\n")
    version_1(recorded, "fs/cgroup/memory", f"{6 * MIB}\n")
    assert read_memory(recorded.kernel) == Memory(4 * MIB, 6 * MIB)


def test_version_1s_number_for_no_limit_is_none(recorded: RecordedKernel) -> None:
    recorded.proc("meminfo", MACHINE)
    recorded.proc("self/cgroup", "4:memory:/task\n")
    version_1(recorded, "fs/cgroup/memory/task", NO_LIMIT_V1)
    assert read_memory(recorded.kernel) == Memory(4 * MIB, 16 * MIB)


@pytest.mark.parametrize("groups", [None, "0::/nowhere\n"])
def test_without_a_group_that_tells_it_is_the_machines(
    recorded: RecordedKernel, groups: str | None
) -> None:
    recorded.proc("meminfo", MACHINE)
    if groups:
        recorded.proc("self/cgroup", groups)
    assert read_memory(recorded.kernel) == Memory(12 * MIB, 16 * MIB)


def test_a_kernel_that_tells_nothing_has_no_memory_to_tell_of(recorded: RecordedKernel) -> None:
    assert read_memory(recorded.kernel) is None


def test_the_group_of_version_2_is_found_beside_those_of_version_1(
    recorded: RecordedKernel,
) -> None:
    recorded.proc("self/cgroup", "4:memory:/task\n0::/task\n")
    recorded.sys("fs/cgroup/unified/task/cgroup.procs", "")
    found = own_group(recorded.kernel, "")
    assert found == recorded.kernel.sys / "fs/cgroup/unified/task"


def test_this_machine_has_memory() -> None:
    found = read_memory(Kernel())
    assert found
    assert 0 < found.used < found.limit
