"""Running one confined child process to its end, which may be our doing.

The child is tied to us three ways: it is in a process group of its own that is killed as a whole,
its flags tell it to die with its parent, and it is waited for, always. The kernel sends that last
signal when the *thread* that started the child ends; so the thread that calls `run` is the one that
waits.
"""

import os
import resource
import select
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from moonwalk.domain.walk_cost import ProcessCost

_LOOK_SECONDS = 0.01
_BLOCK_BYTES = 512
"""In which the kernel counts what was read from disks, whatever blocks the disk has."""
_MEMORY_UNIT = 1024


@dataclass(frozen=True, slots=True)
class End:
    """How a child ended.

    Attributes:
        exit_code: the process's own, or a signal's number, negative.
        in_time: whether it ended by itself; else we killed it.
        wall_seconds: from start to end.
        cost: what the kernel counted of it; None of an end that was made up.
    """

    exit_code: int
    in_time: bool
    wall_seconds: float
    cost: ProcessCost | None = None


@dataclass(frozen=True, slots=True)
class Files:
    """Where the output of a child goes that does not write files by itself; None is nowhere."""

    output: Path | None = None
    errors: Path | None = None


NO_FILES = Files()
NO_LIMITS: Mapping[int, int] = {}


def run(  # noqa: PLR0913 - what a child gets, thing by thing
    command: Sequence[str | Path],
    *,
    folder: Path,
    environment: Mapping[str, str],
    seconds: float,
    files: Files = NO_FILES,
    limits: Mapping[int, int] = NO_LIMITS,
    descriptors: Sequence[int] = (),
) -> End:
    """Run a command without input or terminal; kill it with all its kin when its time is over.

    Args:
        command: the program and its arguments.
        folder: where it runs.
        environment: all that it gets to see.
        seconds: until it is killed.
        files: what its output goes into.
        limits: by `resource.RLIMIT_…`, for a child that does not limit itself. They hold from
            the moment after its start.
        descriptors: that it inherits beside the standard ones.

    Raises:
        OSError: when it cannot be started.
    """
    started = time.monotonic()
    with ExitStack() as opened:
        child = subprocess.Popen(
            command,
            cwd=folder,
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=_opened(files.output, opened),
            stderr=_opened(files.errors, opened),
            close_fds=True,
            pass_fds=descriptors,
            process_group=0,
        )
    in_time = False
    try:
        _limit(child.pid, limits)
        in_time = _ends_within(child, seconds)
    finally:
        # Not reaped yet, so the number cannot belong to anybody else; and after a good end there
        # may still be kin of a child that was taken over by its input.
        with suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
        exit_code, cost = _reaped(child)
    return End(exit_code, in_time, time.monotonic() - started, cost)


def _reaped(child: subprocess.Popen[bytes]) -> tuple[int, ProcessCost]:
    """Wait for the end of a child, and ask what it took while it can still be asked."""
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
    ready = _ready_seconds(child.pid)
    _, status, usage = os.wait4(child.pid, 0)
    # So that Popen knows it, too.
    child.returncode = os.waitstatus_to_exitcode(status)
    cost = ProcessCost(
        user_seconds=usage.ru_utime,
        system_seconds=usage.ru_stime,
        ready_seconds=ready,
        major_faults=usage.ru_majflt,
        disk_bytes=usage.ru_inblock * _BLOCK_BYTES,
        peak_bytes=usage.ru_maxrss * _MEMORY_UNIT,
    )
    return child.returncode, cost


def _ready_seconds(pid: int) -> float:
    """Ask how long it was ready without a processor; not every kernel, or sandbox, tells."""
    try:
        told = Path(f"/proc/{pid}/schedstat").read_text(encoding="ascii").split()
        return int(told[1]) / 1e9
    except (OSError, ValueError, IndexError):
        return 0.0


def _opened(path: Path | None, opened: ExitStack) -> int | IO[bytes]:
    return opened.enter_context(path.open("wb")) if path else subprocess.DEVNULL


def _limit(pid: int, limits: Mapping[int, int]) -> None:
    """Limit a child from outside: code between fork and exec is not safe beside threads."""
    with suppress(ProcessLookupError):
        for what, most in limits.items():
            resource.prlimit(pid, what, (most, most))


def _ends_within(child: subprocess.Popen[bytes], seconds: float) -> bool:
    """Wait without reaping and without looking every 50 ms, as `Popen.wait` would."""
    try:
        descriptor = os.pidfd_open(child.pid)
    except OSError:
        return _seen_to_end(child.pid, seconds)
    try:
        watch = select.poll()
        watch.register(descriptor, select.POLLIN)
        return bool(watch.poll(seconds * 1000))
    finally:
        os.close(descriptor)


def _seen_to_end(pid: int, seconds: float) -> bool:
    """Wait where a sandbox has no descriptors of processes."""
    until = time.monotonic() + seconds
    while os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None:
        if time.monotonic() >= until:
            return False
        time.sleep(_LOOK_SECONDS)
    return True
