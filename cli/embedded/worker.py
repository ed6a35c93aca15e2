"""Runs the heavy lane's workers as processes of this machine, as ECS runs their containers."""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from botocore.exceptions import BotoCoreError, ClientError

from cli.embedded import worker_bootstrap
from cli.embedded.worker_tasks import WorkerTask
from moonwalk.contracts import environment as names

LOOK_AGAIN = 0.5  # seconds between looks at whether a process has died
RESTART_PAUSE = 2.0  # seconds at least between two starts, so that a broken worker does not spin
STOP_SECONDS = 120.0  # from SIGTERM to SIGKILL, as the task definition says


class WorkerService:
    """The processes of one task, started again when they die.

    Args:
        task: What to run.
        workspace: Folder for the log (`logs/worker.log`) and for the scratch of each process.
        surroundings: Environment that every embedded process gets: endpoint, region, credentials.
    """

    def __init__(self, task: WorkerTask, workspace: Path, surroundings: Mapping[str, str]) -> None:
        self.log = workspace / "logs" / "worker.log"
        self._task = task
        self._wanted = task.desired
        self._desired = 0
        self._scratch = workspace / "worker"
        self._surroundings = surroundings
        self._processes: list[subprocess.Popen[bytes]] = []
        self._folders: dict[subprocess.Popen[bytes], Path] = {}
        self._lock = threading.RLock()
        self._stopping = threading.Event()
        self._last_start = -RESTART_PAUSE
        # A child is killed when the thread that started it ends (PR_SET_PDEATHSIG), so one thread
        # that lives as long as the service starts them all.
        self._starter = ThreadPoolExecutor(1, "worker-starter")
        self._keeper = threading.Thread(target=self._keep_running, name="worker-keeper")

    @property
    def pids(self) -> list[int]:
        """The processes that are running."""
        with self._lock:
            return [p.pid for p in self._processes if p.poll() is None]

    @property
    def scratch(self) -> dict[int, Path]:
        """The scratch folder of each process that is running, which no other one uses."""
        with self._lock:
            return {p.pid: folder for p, folder in self._folders.items() if p.poll() is None}

    @property
    def pid(self) -> int | None:
        """The first process that is running, if any is."""
        return next(iter(self.pids), None)

    def start(self) -> None:
        """Starts as many processes as the service wants, and keeps so many running."""
        for folder in (self.log.parent, self._scratch):
            folder.mkdir(parents=True, exist_ok=True)
        self._desired = self._wanted()
        for _ in range(self._desired):
            self._start_one()
        self._keeper.start()

    def ensure_running(self) -> None:
        """Starts what has died, at most one process every `RESTART_PAUSE` seconds."""
        with self._lock:
            self._processes = [p for p in self._processes if p.poll() is None]
            self._clear_up()
            missing = len(self._processes) < self._desired
            rested = time.monotonic() - self._last_start >= RESTART_PAUSE
            if missing and rested and not self._stopping.is_set():
                self._start_one()

    def scale(self, desired: int) -> None:
        """Runs so many processes from now on, whatever is wanted, as where capacity is short."""
        with self._lock:
            self._wanted = lambda: desired
            self._adjust(desired)

    def follow(self) -> None:
        """Runs as many as the service wants again, as it does unless it was told to `scale`."""
        self._wanted = self._task.desired

    def kill(self) -> None:
        """Ends all processes at once, as a lost machine would; they are started again."""
        with self._lock:
            for process in self._processes:
                self._signal(process, signal.SIGKILL)
                process.wait()

    def stop(self, grace_seconds: float = STOP_SECONDS) -> None:
        """Asks all processes to finish, kills those that take longer, starts no more."""
        self._stopping.set()
        if self._keeper.is_alive():
            self._keeper.join()
        with self._lock:
            for process in self._processes:
                self._signal(process, signal.SIGTERM)
            until = time.monotonic() + grace_seconds
            for process in self._processes:
                with contextlib.suppress(subprocess.TimeoutExpired):
                    process.wait(max(0.0, until - time.monotonic()))
        self.kill()
        self._clear_up()
        self._starter.shutdown()

    def _keep_running(self) -> None:
        while not self._stopping.wait(LOOK_AGAIN):
            # What cannot be asked now is asked at the next look; until then it stays as it was.
            with contextlib.suppress(BotoCoreError, ClientError), self._lock:
                self._adjust(self._wanted())
            self.ensure_running()

    def _adjust(self, desired: int) -> None:
        """Asks those to finish that are too many."""
        told, self._desired = self._desired, desired
        for process in self._processes[desired:] if desired < told else ():
            self._signal(process, signal.SIGTERM)

    def _clear_up(self) -> None:
        """Removes the scratch of what has ended, as a container's goes with it."""
        for process, folder in list(self._folders.items()):
            if process.poll() is not None:
                # Its children may be about to end, and write until then: the next look finds that.
                shutil.rmtree(folder, ignore_errors=True)
                if not folder.exists():
                    del self._folders[process]

    def _start_one(self) -> None:
        with self._lock:
            self._last_start = time.monotonic()
            self._processes.append(self._starter.submit(self._process).result())

    def _process(self) -> "subprocess.Popen[bytes]":
        image = self._task.image
        paths = [str(image / "python"), str(image / "app")]
        bootstrap = [worker_bootstrap.__file__, str(os.getpid()), "worker"]
        cache = f"pycache_prefix={self._scratch / 'pycache'}"  # assets stay as they were built
        scratch = Path(tempfile.mkdtemp(dir=self._scratch))
        with self.log.open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-I", "-S", "-u", "-X", cache, *bootstrap, *paths],
                cwd=image / "app",
                env=self._environment(scratch),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self._folders[process] = scratch
        return process

    def _environment(self, scratch: Path) -> dict[str, str]:
        return {
            **self._surroundings,
            **self._task.environment,
            "PATH": os.pathsep.join([str(self._task.image / "bin"), os.defpath]),
            "TMPDIR": str(scratch),
            # This machine's disk is nobody's news, and measuring it would take time and room.
            names.PROBE_SECONDS: "0",
        }

    @staticmethod
    def _signal(process: "subprocess.Popen[bytes]", number: signal.Signals) -> None:
        if process.poll() is None:
            # To the worker alone, as ECS does; its children end with it.
            process.send_signal(number)
