"""Runs the heavy lane's workers as processes of this machine, as ECS runs their containers.

What the task definition names as its image is, before it is built, a folder in the assembly: its
packages, its binaries and the worker. A process on those folders needs no container engine.
"""

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cli.embedded import worker_bootstrap
from moonwalk.contracts import environment as names

LOOK_AGAIN = 0.5  # seconds between looks at whether a process has died
RESTART_PAUSE = 2.0  # seconds at least between two starts, so that a broken worker does not spin
STOP_SECONDS = 120.0  # from SIGTERM to SIGKILL, as the task definition says


class WorkerImageError(Exception):
    """The deployed task names an image that is not in the assembly."""


@dataclass(frozen=True)
class WorkerTask:
    """What a deployed service runs.

    Attributes:
        image: Folder that the image is built from: `app`, `python` and `bin` in it.
        environment: The container's environment variables.
        desired: How many the service wants to run.
    """

    image: Path
    environment: Mapping[str, str]
    desired: int


def deployed_tasks(client: Callable[[str], Any], assembly: Path) -> list[WorkerTask]:
    """The tasks of all deployed services, one container each.

    Raises:
        WorkerImageError: An image's folder is not there.
    """
    ecs = client("ecs")
    tasks = []
    for cluster in ecs.list_clusters()["clusterArns"]:
        names = ecs.list_services(cluster=cluster)["serviceArns"]
        services = ecs.describe_services(cluster=cluster, services=names) if names else {}
        for service in services.get("services", []):
            described = ecs.describe_task_definition(taskDefinition=service["taskDefinition"])
            (container,) = described["taskDefinition"]["containerDefinitions"]
            environment = {e["name"]: e["value"] for e in container["environment"]}
            image = _image_folder(assembly, container["image"])
            # The template leaves the number to scaling: ECS begins with one then, moto with none.
            desired = int(service["desiredCount"]) or 1
            tasks.append(WorkerTask(image, environment, desired))
    return tasks


class WorkerService:
    """The processes of one task, started again when they die.

    Args:
        task: What to run.
        workspace: Folder for the log (`logs/worker.log`) and for scratch files.
        surroundings: Environment that every embedded process gets: endpoint, region, credentials.
    """

    def __init__(self, task: WorkerTask, workspace: Path, surroundings: Mapping[str, str]) -> None:
        self.log = workspace / "logs" / "worker.log"
        self._task = task
        self._desired = task.desired
        self._scratch = workspace / "worker"
        self._surroundings = surroundings
        self._processes: list[subprocess.Popen[bytes]] = []
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
    def pid(self) -> int | None:
        """The first process that is running, if any is."""
        return next(iter(self.pids), None)

    def start(self) -> None:
        """Starts as many processes as the service wants, and keeps so many running."""
        for folder in (self.log.parent, self._scratch):
            folder.mkdir(parents=True, exist_ok=True)
        for _ in range(self._desired):
            self._start_one()
        self._keeper.start()

    def ensure_running(self) -> None:
        """Starts what has died, at most one process every `RESTART_PAUSE` seconds."""
        with self._lock:
            self._processes = [p for p in self._processes if p.poll() is None]
            missing = len(self._processes) < self._desired
            rested = time.monotonic() - self._last_start >= RESTART_PAUSE
            if missing and rested and not self._stopping.is_set():
                self._start_one()

    def scale(self, desired: int) -> None:
        """Wants so many processes from now on; those that are too many are asked to finish."""
        with self._lock:
            self._desired = desired
            for process in self._processes[desired:]:
                self._signal(process, signal.SIGTERM)

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
        self._starter.shutdown()

    def _keep_running(self) -> None:
        while not self._stopping.wait(LOOK_AGAIN):
            self.ensure_running()

    def _start_one(self) -> None:
        with self._lock:
            self._last_start = time.monotonic()
            self._processes.append(self._starter.submit(self._process).result())

    def _process(self) -> "subprocess.Popen[bytes]":
        image = self._task.image
        paths = [str(image / "python"), str(image / "app")]
        bootstrap = [worker_bootstrap.__file__, str(os.getpid()), "worker"]
        cache = f"pycache_prefix={self._scratch / 'pycache'}"  # assets stay as they were built
        with self.log.open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "-I", "-S", "-u", "-X", cache, *bootstrap, *paths],
                cwd=image / "app",
                env=self._environment(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def _environment(self) -> dict[str, str]:
        return {
            **self._surroundings,
            **self._task.environment,
            "PATH": os.pathsep.join([str(self._task.image / "bin"), os.defpath]),
            "TMPDIR": str(self._scratch),
            # This machine's disk is nobody's news, and measuring it would take time and room.
            names.PROBE_SECONDS: "0",
        }

    @staticmethod
    def _signal(process: "subprocess.Popen[bytes]", number: signal.Signals) -> None:
        if process.poll() is None:
            # To the worker alone, as ECS does; its children end with it.
            process.send_signal(number)


def _image_folder(assembly: Path, image: str) -> Path:
    tag = image.rpartition(":")[2]
    for manifest in assembly.glob("*.assets.json"):
        images = json.loads(manifest.read_text(encoding="utf-8")).get("dockerImages", {})
        if tag in images:
            return (assembly / str(images[tag]["source"]["directory"])).resolve()
    raise WorkerImageError(f"image {image} is not in {assembly}: synthesise it anew")
