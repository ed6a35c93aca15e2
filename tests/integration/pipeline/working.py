"""Looks at the heavy lane's workers from outside: their processes, files and answers."""

import json
from pathlib import Path

from cli.embedded.worker import WorkerService
from moonwalk.contracts import outputs
from moonwalk.domain.crash_id import CrashId
from tests.integration.pipeline.losses import LossyPipeline, children
from tests.integration.pipeline.pipeline import Pipeline


def worker_of(pipeline: Pipeline) -> WorkerService:
    """Give the service of workers."""
    assert pipeline.aws.worker
    return pipeline.aws.worker


def walking(pipeline: LossyPipeline, count: int = 1) -> tuple[int, list[int]]:
    """Wait until a worker has so many walks; gives it and its stackwalkers."""
    worker = worker_of(pipeline)

    def look() -> tuple[int, list[int]] | None:
        found = [(pid, pipeline.walks_of(pid)) for pid in worker.pids]
        return next(((pid, walks) for pid, walks in found if len(walks) == count), None)

    return pipeline.wait_for(look, f"no worker has {count} walks")


def away(pipeline: Pipeline) -> None:
    """Have no worker, however many are wanted, and wait until they are gone."""
    worker_of(pipeline).scale(0)
    _until_gone(pipeline)


def at_rest(pipeline: Pipeline) -> None:
    """Want no worker, as scaling does after a while without work, and wait until they are gone."""
    worker_of(pipeline).follow()
    cluster, service = _place(pipeline)
    pipeline.aws.client("ecs").update_service(cluster=cluster, service=service, desiredCount=0)
    _until_gone(pipeline)


def wanted(pipeline: Pipeline) -> int:
    """Give how many workers ECS is asked for."""
    cluster, service = _place(pipeline)
    found = pipeline.aws.client("ecs").describe_services(cluster=cluster, services=[service])
    return int(found["services"][0]["desiredCount"])


def _place(pipeline: Pipeline) -> tuple[str, str]:
    return pipeline.outputs[outputs.CLUSTER], pipeline.outputs[outputs.SERVICE]


def _until_gone(pipeline: Pipeline) -> None:
    worker = worker_of(pipeline)
    pipeline.wait_for(lambda: not worker.pids, "workers do not end")


def starts(pipeline: Pipeline, crash_id: CrashId) -> int:
    """Give how many starts the ledger has counted."""
    entry = pipeline.entry(crash_id)
    assert entry
    return entry.starts


def executions(pipeline: Pipeline, crash_id: CrashId) -> list[str]:
    """Give how each Standard workflow of a crash stands, or was answered."""
    states = pipeline.aws.client("stepfunctions")
    machine = pipeline.outputs[outputs.HEAVY_WORKFLOW]
    listed = states.list_executions(stateMachineArn=machine, maxResults=1000)["executions"]
    found = [
        states.describe_execution(executionArn=each["executionArn"])
        for each in listed
        if each["name"].startswith(crash_id.text)
    ]
    return [
        json.loads(each["output"])["status"] if each["status"] == "SUCCEEDED" else each["status"]
        for each in found
    ]


def must_be_answered(pipeline: Pipeline, crash_id: CrashId, answer: str) -> None:
    """Wait until a crash's one workflow has had this answer."""
    pipeline.wait_for(lambda: executions(pipeline, crash_id) == [answer], "not answered")


def leavings(pipeline: Pipeline) -> list[str]:
    """Name what no worker needs that has nothing in hand: files, and children but its broker."""
    found: list[str] = []
    for pid, scratch in worker_of(pipeline).scratch.items():
        family = children(pid)
        found += [f"child {other}" for other in family[1:]]
        found += map(str, scratch.glob("moonwalk/crashes/*"))
        found += map(str, sorted(scratch.glob("moonwalk-broker-*"))[len(family[:1]) :])
    return found


def descriptors(pid: int) -> list[str]:
    """Name what a process has open, but sockets: connections to AWS come and go."""
    names = [_target(each) for each in Path(f"/proc/{pid}/fd").iterdir()]
    return sorted(name for name in names if name not in {"", "socket"})


def _target(descriptor: Path) -> str:
    try:
        return str(descriptor.readlink()).partition(":[")[0]
    except FileNotFoundError:
        return ""
