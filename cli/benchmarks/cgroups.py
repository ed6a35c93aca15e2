"""Control groups, version 1: what limits the reading and the memory of one side of a benchmark.

Each group is made below the one that this process is in, so that limits around it hold on.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from cli.benchmarks.failures import Unmeasurable
from moonwalk.adapters.vitals.kernel import text

ROOT = Path("/sys/fs/cgroup")
CONTROLLERS = ("blkio", "memory", "cpuacct")
READ_BYTES, READ_CALLS = "blkio.throttle.read_bps_device", "blkio.throttle.read_iops_device"
_PROBED, _PIECE = 96 << 20, 1 << 20
_EMPTY_SECONDS = 10.0
_LOOK_SECONDS = 0.05


@dataclass(frozen=True, slots=True)
class Used:
    """What the processes of a group have used since it was made.

    Attributes:
        read_bytes, reads: from the disk.
        cpu_seconds: user and system together.
        memory_bytes: now, page cache included.
        cache_bytes: of that, page cache.
    """

    read_bytes: int
    reads: int
    cpu_seconds: float
    memory_bytes: int
    cache_bytes: int


@dataclass(frozen=True, slots=True)
class Group:
    """One group for each controller.

    Attributes:
        folders: by controller.
        device: `major:minor` of the disk whose reads are limited and counted.
    """

    folders: dict[str, Path]
    device: str

    def limit_memory(self, size: int) -> None:
        """Let processes and page cache together have no more than this."""
        self._write("memory", "memory.limit_in_bytes", str(size))

    def limit_reads(self, bytes_a_second: int, calls_a_second: int) -> None:
        """Let the disk be read no faster than this from now on."""
        self._write("blkio", READ_BYTES, f"{self.device} {bytes_a_second}")
        self._write("blkio", READ_CALLS, f"{self.device} {calls_a_second}")

    def used(self) -> Used:
        """Read the counters."""
        memory = dict(line.split() for line in self._read("memory", "memory.stat").splitlines())
        return Used(
            read_bytes=self._reads("blkio.throttle.io_service_bytes"),
            reads=self._reads("blkio.throttle.io_serviced"),
            cpu_seconds=int(self._read("cpuacct", "cpuacct.usage")) / 1e9,
            memory_bytes=int(self._read("memory", "memory.usage_in_bytes")),
            cache_bytes=int(memory["cache"]),
        )

    def threads(self) -> list[int]:
        """Give the threads that are in it now."""
        return [int(line) for line in self._read("blkio", "tasks").split()]

    def joining(self, command: Sequence[str]) -> list[str]:
        """Give a command that joins the group, and then becomes this one."""
        files = [str(folder / "cgroup.procs") for folder in self.folders.values()]
        joins = " && ".join(f'echo $$ > "${number}"' for number in range(1, len(files) + 1))
        script = f'{joins} && shift {len(files)} && exec "$@"'
        return ["/bin/sh", "-c", script, "sh", *files, *command]

    def end(self) -> None:
        """Kill what is left in it, all of it started by us, and remove it."""
        until = time.monotonic() + _EMPTY_SECONDS
        while (left := self._processes()) and time.monotonic() < until:
            for pid in left:
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            time.sleep(_LOOK_SECONDS)
        for folder in self.folders.values():
            _remove(folder)

    def _processes(self) -> set[int]:
        found: set[int] = set()
        for folder in self.folders.values():
            with suppress(FileNotFoundError):
                found.update(map(int, (folder / "cgroup.procs").read_text("ascii").split()))
        return found

    def _reads(self, file: str) -> int:
        for line in self._read("blkio", file).splitlines():
            if line.startswith(f"{self.device} Read "):
                return int(line.split()[2])
        return 0

    def _read(self, controller: str, file: str) -> str:
        return (self.folders[controller] / file).read_text("ascii")

    def _write(self, controller: str, file: str, text: str) -> None:
        (self.folders[controller] / file).write_text(text, encoding="ascii")


@contextmanager
def group(name: str, device: str) -> Iterator[Group]:
    """Make a group, and see it gone at the end, however that comes.

    Raises:
        Unmeasurable: where there are no such groups, or nobody but root may make them.
    """
    made = Group({each: own(each) / f"{name}-{os.getpid()}" for each in CONTROLLERS}, device)
    try:
        for folder in made.folders.values():
            folder.mkdir()
        yield made
    except PermissionError as error:
        raise Unmeasurable(f"{error.filename} is refused: limits of a disk need root") from error
    finally:
        made.end()


def own(controller: str) -> Path:
    """Find the group of this process.

    Raises:
        Unmeasurable: when the controller is not there in version 1.
    """
    for line in Path("/proc/self/cgroup").read_text("utf-8").splitlines():
        _, controllers, place = line.split(":", 2)
        if controller in controllers.split(","):
            folder = ROOT / controller / place.lstrip("/")
            if folder.is_dir():
                return folder
    raise Unmeasurable(
        f"there is no cgroup (version 1) for {controller}, by which a disk is made slow here"
    )


def held_to(limited: Group, file: Path) -> float:
    """Read a piece of a file past the page cache in a group; gives bytes a second."""
    pieces = min(_PROBED, file.stat().st_size) // _PIECE
    script = (
        "import mmap, os, sys\n"
        f"buffer = mmap.mmap(-1, {_PIECE})\n"
        "file = os.open(sys.argv[1], os.O_RDONLY | os.O_DIRECT)\n"
        f"for _ in range({pieces}): os.readv(file, [buffer])\n"
    )
    command = limited.joining([sys.executable, "-I", "-S", "-c", script, str(file)])
    started = time.monotonic()
    subprocess.run(command, check=True)
    return pieces * _PIECE / (time.monotonic() - started)


def device_of(path: Path) -> str:
    """Give `major:minor` of the disk below a path."""
    number = path.stat().st_dev
    return f"{os.major(number)}:{os.minor(number)}"


def read_ahead_of(path: Path) -> int | None:
    """Give how many bytes the kernel reads ahead on the disk below a path; None where unknown."""
    device = Path("/sys/dev/block") / device_of(path)
    # A partition has no queue of its own: its disk's is one folder up.
    for folder in (device, device.resolve().parent):
        if found := text(folder / "queue" / "read_ahead_kb"):
            return int(found) * 1024
    return None


def _remove(folder: Path) -> None:
    until = time.monotonic() + _EMPTY_SECONDS
    while folder.is_dir():
        try:
            folder.rmdir()
        except OSError:
            # The kernel lets go of a process that was killed a moment later.
            if time.monotonic() > until:
                raise
            time.sleep(_LOOK_SECONDS)
