"""What real workers and functions tell of themselves, and what the health check says of them."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from moonwalk.domain.crash_id import CrashId
from moonwalk.domain.dumps import MAIN_MINIDUMP
from moonwalk.domain.lane import Lane
from moonwalk.metrics import Metric
from tests.integration.pipeline.conftest import deployed
from tests.integration.pipeline.losses import gone
from tests.integration.pipeline.pipeline import EXAMPLE_DUMP, Pipeline, crash_ids
from tests.packing import needs_packer

pytestmark = needs_packer

SIZES = {Lane.LIGHT: 0, Lane.HEAVY: 2 << 20}


class ToldPipeline(Pipeline):
    """A pipeline whose logs are looked into."""

    def run(self, crash_id: CrashId, lane: Lane) -> None:
        """Send the example crash through a lane, and wait for its end."""
        self.collect(crash_id, **{MAIN_MINIDUMP: EXAMPLE_DUMP.read_bytes().ljust(SIZES[lane])})
        self.send([crash_id])
        self.wait_until_ended([crash_id])
        entry = self.entry(crash_id)
        assert entry
        assert entry.lane is lane

    def recorded(self, metric: Metric, **dimensions: str) -> list[float]:
        """Give the values of a metric that stand in any log."""
        logs = (self.aws.workspace / "logs").glob("*.log")
        lines = [line for log in logs for line in log.read_text("utf-8").splitlines()]
        found: list[float] = []
        for line in map(_json, lines):
            if "_aws" in line and dimensions.items() <= line.items():
                found += line.get(metric.value.name, [])
        return found

    def health(self) -> subprocess.CompletedProcess[str]:
        """Ask for the worker's health as ECS does, with the packages of its image."""
        worker = self.aws.worker
        assert worker
        [scratch] = worker.scratch.values()
        image = worker._task.image
        return subprocess.run(
            [sys.executable, "-m", "worker.health"],
            cwd=image / "app",
            env={
                "PYTHONPATH": f"{image / 'python'}:{image / 'app'}",
                "PYTHONDONTWRITEBYTECODE": "1",
                "TMPDIR": str(scratch),
            },
            capture_output=True,
            text=True,
            check=False,
        )


def _json(line: str) -> dict[str, Any]:
    try:
        found = json.loads(line)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


@pytest.fixture(scope="module")
def pipeline(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ToldPipeline]:
    with deployed(tmp_path_factory.mktemp("vitals")) as made:
        yield ToldPipeline(made.aws)


def test_a_function_tells_what_its_broker_did(pipeline: ToldPipeline) -> None:
    [crash_id] = crash_ids(61, 1)
    pipeline.run(crash_id, Lane.LIGHT)
    opens = pipeline.wait_for(
        lambda: pipeline.recorded(Metric.BROKER_OPENS, lane="light"), "no function told"
    )
    assert sum(opens) >= 1
    assert pipeline.recorded(Metric.CACHE_USAGE, lane="light")


def test_a_worker_is_healthy_and_its_last_beat_tells_what_it_did(pipeline: ToldPipeline) -> None:
    worker = pipeline.aws.worker
    assert worker
    [crash_id] = crash_ids(62, 1)
    pipeline.run(crash_id, Lane.HEAVY)
    told = pipeline.health()
    assert (told.stdout, told.stderr, told.returncode) == ("healthy\n", "", 0)
    pid = worker.pid
    assert pid
    os.kill(pid, signal.SIGTERM)
    pipeline.wait_for(lambda: gone(pid), "the worker does not end")
    assert sum(pipeline.recorded(Metric.BROKER_OPENS, lane="heavy")) >= 1
    assert 1 in pipeline.recorded(Metric.PROCESSES_BY_TYPE, proctype="worker")
    assert pipeline.recorded(Metric.SLOTS) == [2]
    assert pipeline.recorded(Metric.SLOTS_BUSY) == [0]
    assert pipeline.recorded(Metric.MEMORY_USED)
