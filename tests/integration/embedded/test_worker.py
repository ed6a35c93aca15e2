"""Workers are processes on the image's own content, as ECS would run its containers."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from cli.embedded.clock import EmbeddedClock
from cli.embedded.worker import WorkerService
from cli.embedded.worker_tasks import WorkerImageError, WorkerTask, deployed_tasks

STUB = """
import json, os, signal, sys, time
from helper import FOUND
def stop(*_):
    print("stopping", flush=True)
    sys.exit(0)
signal.signal(signal.SIGTERM, signal.SIG_IGN if os.environ.get("STUBBORN") else stop)
print(json.dumps({
    "time": time.time(), "path": sys.path, "helper": FOUND, "environment": dict(os.environ),
}), flush=True)
while True:
    time.sleep(0.05)
"""


@pytest.fixture
def image(tmp_path: Path) -> Path:
    folder = tmp_path / "image"
    for name in ("app/worker", "python", "bin"):
        (folder / name).mkdir(parents=True)
    (folder / "app/worker/__init__.py").touch()
    (folder / "app/worker/__main__.py").write_text(STUB)
    (folder / "python/helper.py").write_text("FOUND = True")
    return folder


Make = Callable[..., WorkerService]


@pytest.fixture
def make(image: Path, tmp_path: Path, clock: EmbeddedClock) -> Iterator[Make]:
    made: list[WorkerService] = []

    def start(desired: Callable[[], int] = lambda: 1, **environment: str) -> WorkerService:
        surroundings = {"MOONWALK_CLOCK_FILE": str(clock.file), "AWS_ENDPOINT_URL": "http://local"}
        made.append(WorkerService(WorkerTask(image, environment, desired), tmp_path, surroundings))
        made[-1].start()
        return made[-1]

    yield start
    for service in made:
        service.stop(grace_seconds=0)


def lines(service: WorkerService, count: int) -> list[str]:
    """The log's lines, as soon as there are so many; the test's own timeout bounds the wait."""
    while len(found := service.log.read_text().splitlines()) < count:
        time.sleep(0.02)
    return found


def until_running(service: WorkerService, count: int) -> None:
    """Waits for so many processes; the test's own timeout bounds it."""
    while len(service.pids) != count:
        time.sleep(0.02)


def gone(pid: int) -> bool:
    status = Path(f"/proc/{pid}/stat")
    return not status.exists() or status.read_text().rpartition(")")[2].split()[0] == "Z"


def test_a_worker_sees_its_image_and_environment_and_nothing_of_ours(
    make: Make, image: Path
) -> None:
    (line,) = lines(make(MOONWALK_WORKER_SLOTS="2"), 1)
    seen = json.loads(line)
    assert seen["helper"]
    assert seen["environment"]["MOONWALK_WORKER_SLOTS"] == "2"
    assert seen["environment"]["AWS_ENDPOINT_URL"] == "http://local"
    assert seen["environment"]["PATH"].startswith(f"{image}/bin:")
    assert "HOME" not in seen["environment"]
    assert seen["path"][:2] == [f"{image}/python", f"{image}/app"]
    assert not [p for p in seen["path"] if "site-packages" in p or "embedded" in Path(p).name]


def test_a_worker_follows_the_embedded_clock(make: Make, clock: EmbeddedClock) -> None:
    clock.advance(86400)
    (line,) = lines(make(), 1)
    assert json.loads(line)["time"] > time.time() + 86000


def test_stopping_lets_a_worker_finish(make: Make) -> None:
    service = make()
    lines(service, 1)
    pid = service.pid
    service.stop(grace_seconds=30)
    assert lines(service, 2)[-1] == "stopping"
    assert pid is not None
    assert gone(pid)
    assert service.pids == []


def test_a_worker_that_does_not_finish_in_time_is_killed(make: Make) -> None:
    service = make(STUBBORN="1")
    lines(service, 1)
    service.stop(grace_seconds=0.1)
    assert service.pids == []
    assert len(lines(service, 1)) == 1


def test_a_killed_worker_is_started_again(make: Make) -> None:
    service = make()
    lines(service, 1)
    before = service.pid
    service.kill()
    lines(service, 2)
    assert service.pid not in {None, before}


def test_as_many_workers_run_as_the_service_wants(make: Make) -> None:
    assert len(make(desired=lambda: 2).pids) == 2
    assert make(desired=lambda: 0).pid is None


def test_each_worker_has_a_scratch_folder_of_its_own_that_goes_when_it_ends(make: Make) -> None:
    service = make(desired=lambda: 2)
    seen = [json.loads(line)["environment"]["TMPDIR"] for line in lines(service, 2)]
    folders = {str(folder) for folder in service.scratch.values()}
    assert len(folders) == 2
    assert set(seen) == folders
    service.stop(grace_seconds=30)
    assert not any(Path(folder).exists() for folder in folders)


def test_workers_come_and_go_as_the_service_wants_unless_capacity_is_short(make: Make) -> None:
    wanted = [0]
    service = make(desired=lambda: wanted[0])
    wanted[0] = 1
    until_running(service, 1)
    lines(service, 1)
    service.scale(0)
    assert lines(service, 2)[-1] == "stopping"
    until_running(service, 0)
    service.ensure_running()
    assert service.pids == []
    service.follow()
    until_running(service, 1)
    wanted[0] = 0
    until_running(service, 0)


def test_a_worker_ends_with_its_parent(image: Path, tmp_path: Path) -> None:
    code = (
        "import sys, time; from pathlib import Path;"
        "from cli.embedded.worker import WorkerService;"
        "from cli.embedded.worker_tasks import WorkerTask;"
        "task = WorkerTask(Path(sys.argv[1]), {}, lambda: 1);"
        "s = WorkerService(task, Path(sys.argv[2]), {});"
        "s.start(); print(s.pid, flush=True); time.sleep(600)"
    )
    command = [sys.executable, "-c", code, str(image), str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as parent:
        assert parent.stdout
        pid = int(parent.stdout.readline())
        while not (log := tmp_path / "logs/worker.log").exists() or not log.read_text():
            time.sleep(0.02)
        os.kill(parent.pid, signal.SIGKILL)
        parent.wait()
    while not gone(pid):
        time.sleep(0.02)


def test_the_deployed_service_says_what_runs(
    client: Callable[[str], Any], image: Path, tmp_path: Path
) -> None:
    images = {"abc": {"source": {"directory": "image"}}}
    (tmp_path / "HeavyLane.assets.json").write_text(json.dumps({"dockerImages": images}))
    ecs = client("ecs")
    ecs.create_cluster(clusterName="workers")
    container = {"image": "repository:abc", "environment": [{"name": "SLOTS", "value": "2"}]}
    definition = ecs.register_task_definition(
        family="worker", containerDefinitions=[{"name": "Worker", "memory": 512, **container}]
    )["taskDefinition"]["taskDefinitionArn"]
    ecs.create_service(
        cluster="workers", serviceName="w", taskDefinition=definition, desiredCount=3
    )
    [task] = deployed_tasks(client, tmp_path)
    assert (task.image, task.environment, task.desired()) == (image, {"SLOTS": "2"}, 3)
    ecs.update_service(cluster="workers", service="w", desiredCount=0)
    assert task.desired() == 0
    [task] = deployed_tasks(client, tmp_path)
    assert task.desired() == 1, "a service that says no number begins with one"
    with pytest.raises(WorkerImageError, match="repository:abc"):
        deployed_tasks(client, tmp_path / "elsewhere")
