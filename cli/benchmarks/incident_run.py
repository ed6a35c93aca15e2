"""Runs one side in its control group, keeps the disk's credit, and looks on."""

import json
import os
import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from cli.benchmarks.burst_disk import BurstDisk
from cli.benchmarks.cgroups import Group, Used, device_of, group
from cli.benchmarks.failures import Unmeasurable
from cli.benchmarks.incident_records import Run, Sample, Terms
from cli.benchmarks.incident_side import Job
from moonwalk.adapters.vitals.kernel import text
from moonwalk.adapters.vitals.processes import program_and_state

LOOKS_A_SECOND = 10
TICK = 1.0 / LOOKS_A_SECOND
_BLOCKED = "D"
"""State of a thread that waits for a disk, as /proc tells it."""


class Runner:
    """One run of one side."""

    def __init__(self, job: Job, disk: BurstDisk, terms: Terms) -> None:
        """Take what is to be done, on which disk and under which terms."""
        self._job, self._disk, self._terms = job, disk, terms
        self._run = Run(job.side)
        self._lines: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._began = 0.0
        self._looks: list[int] = []

    def run(self) -> Run:
        """Run it to its end, or until its time is up.

        Raises:
            Unmeasurable: when it ended otherwise.
        """
        with group("moonwalk-incident", device_of(self._job.texts)) as limited:
            limited.limit_memory(self._terms.memory_bytes)
            self._set_speed(limited)
            process = self._started(limited)
            try:
                code = self._look_on(process, limited)
            finally:
                with suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
                process.wait()
        if code:
            raise Unmeasurable(f"the side {self._job.side} ended with {code}: see above")
        return self._run

    def _started(self, limited: Group) -> subprocess.Popen[str]:
        file = self._job.folder / "job.json"
        self._job.written(file)
        command = [sys.executable, "-m", "cli.benchmarks.incident_side", str(file)]
        # It may be killed, and leaves then what it has in its folder for temporary files.
        process = subprocess.Popen(
            limited.joining(command),
            env={**os.environ, "TMPDIR": str(self._job.folder)},
            stdout=subprocess.PIPE,
            text=True,
            process_group=0,
        )
        threading.Thread(target=self._read, args=[process.stdout], daemon=True).start()
        return process

    def _read(self, stream: Any) -> None:
        for line in stream:
            self._lines.put(line)

    def _look_on(self, process: "subprocess.Popen[str]", limited: Group) -> int:
        """Look until the side has ended by itself, or its time is up; gives its exit code."""
        while not self._began:
            if process.poll() is not None:
                return process.returncode or 1
            self._take_lines()
            time.sleep(TICK)
        before, next_second = limited.used(), self._began + 1.0
        while process.poll() is None and self._now() < self._terms.seconds:
            time.sleep(TICK)
            self._looks.append(blocked(limited.threads()))
            self._take_lines()
            if time.monotonic() >= next_second:
                before = self._sample(limited, before)
                next_second = time.monotonic() + 1.0
            self._end_credit_in_time(limited)
        self._run.seconds = self._now()
        ended = process.poll()
        time.sleep(TICK)
        self._take_lines()
        return ended or 0

    def _now(self) -> float:
        return time.monotonic() - self._began

    def _take_lines(self) -> None:
        with suppress(queue.Empty):
            while True:
                self._take(json.loads(self._lines.get_nowait()))

    def _take(self, told: dict[str, Any]) -> None:
        event = told.pop("event")
        if event == "began":
            self._began = told["at"]
            return
        told["at"] -= self._began
        if event == "walked":
            self._run.walked.append(told)
        elif event == "packed":
            self._run.packed.append(told)

    def _sample(self, limited: Group, before: Used) -> Used:
        now, at = limited.used(), self._now()
        seconds = at - (self._run.samples[-1].at if self._run.samples else 0.0)
        read, reads = now.read_bytes - before.read_bytes, now.reads - before.reads
        self._run.samples.append(
            Sample(
                at=at,
                read_bytes=read,
                reads=reads,
                cpu_seconds=now.cpu_seconds - before.cpu_seconds,
                memory_bytes=now.memory_bytes,
                cache_bytes=now.cache_bytes,
                blocked=sum(self._looks) / len(self._looks) if self._looks else 0.0,
                load=os.getloadavg()[0],
            )
        )
        self._looks.clear()
        self._disk.use(read, reads, seconds, at)
        return now

    def _end_credit_in_time(self, limited: Group) -> None:
        terms, at = self._terms, self._now()
        if terms.half is not None and len(self._run.walked) >= terms.half:
            self._disk.end(at)
        if terms.credit_until is not None and at >= terms.credit_until:
            self._disk.end(at)
        if self._disk.ended_at is not None and self._run.credit_ended is None:
            self._run.credit_ended = self._disk.ended_at
            self._set_speed(limited)

    def _set_speed(self, limited: Group) -> None:
        limited.limit_reads(self._disk.speed.bytes, self._disk.speed.reads)


def blocked(threads: Sequence[int]) -> int:
    """Count the threads that wait for a disk now."""
    return sum(_state(thread) == _BLOCKED for thread in threads)


def forget(folder: Path) -> None:
    """Drop the pages of all files below a folder, so that no side finds another's in memory."""
    for file in folder.rglob("*"):
        if file.is_file() and not file.is_symlink():
            descriptor = os.open(file, os.O_RDONLY)
            try:
                os.fsync(descriptor)
                os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
            finally:
                os.close(descriptor)


def _state(thread: int) -> str:
    return program_and_state(text(Path(f"/proc/{thread}/stat")) or "")[1]
