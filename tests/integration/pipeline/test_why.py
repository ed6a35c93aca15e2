"""`moonwalk why` of crashes that went every way through a deployed pipeline."""

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from cli import main
from cli.exits import ExitCode, NotFound
from cli.reachable import Reachable
from moonwalk.domain.crash_id import CrashId
from moonwalk.domain.dumps import MAIN_MINIDUMP
from moonwalk.domain.outcome import Outcome
from tests.integration.hostile_dumps import chain_of_frames
from tests.integration.pipeline.losses import ENDLESS, LossyPipeline, gone, lossy
from tests.integration.pipeline.pipeline import EXAMPLE, LOOKS, crash_ids
from tests.integration.pipeline.symbols import SymbolPipeline
from tests.packing import needs_packer

pytestmark = needs_packer

VISIBILITY = 300
ROUND = 90
"""Seconds: by then the releaser looks again, and no run that goes on meanwhile is late."""


@pytest.fixture(scope="module")
def pipeline(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LossyPipeline]:
    with lossy(tmp_path_factory.mktemp("why"), heavy_visibility_seconds=VISIBILITY) as made:
        yield made


@pytest.fixture(autouse=True)
def attached(pipeline: LossyPipeline, monkeypatch: pytest.MonkeyPatch) -> None:
    aws = pipeline.aws
    at = Reachable.of(aws.outputs, aws.client, name="the test's", remedy="look at the logs")
    monkeypatch.setattr("cli.opening.reachable", lambda _stack: at)


def asked(crash_id: CrashId, *more: str) -> Any:
    return CliRunner().invoke(main.app, ["why", crash_id.text, *more])


def why(crash_id: CrashId) -> dict[str, Any]:
    """Ask as a machine, and see that a person is answered as well."""
    shown = asked(crash_id)
    assert crash_id.text in shown.output
    found = asked(crash_id, "--json")
    assert found.exit_code == shown.exit_code == ExitCode.FINE
    return dict(json.loads(found.output))


def steps(found: dict[str, Any]) -> list[tuple[str, str | None]]:
    return [(moment["step"], moment["detail"]) for moment in found["moments"]]


def process(pipeline: LossyPipeline, crash_id: CrashId) -> None:
    pipeline.send([crash_id])
    pipeline.wait_until_ended([crash_id])


def test_a_light_crash_was_sent_claimed_and_ended_and_its_run_is_told(
    pipeline: LossyPipeline,
) -> None:
    [crash_id] = crash_ids(71, 1)
    pipeline.collect(crash_id)
    process(pipeline, crash_id)
    found = why(crash_id)
    assert steps(found) == [
        ("sent", "standard text"),
        ("claimed", None),
        ("ended", "processed"),
    ]
    assert [one["kind"] for one in found["stretches"]] == ["wait", "work"]
    run = found["run"]
    assert run["walks"] == 1
    assert 0 < run["wall"] <= run["walk_step"]
    assert run["user"] + run["system"] > 0
    assert run["dollars"] > 0
    assert 0 <= found["wait_ratio"] <= 1


def test_a_crash_that_the_light_lane_gave_up_tells_why_and_what_its_workflow_came_to(
    pipeline: LossyPipeline,
) -> None:
    [crash_id] = crash_ids(72, 1)
    pipeline.collect(crash_id, **{MAIN_MINIDUMP: chain_of_frames(60_000)})
    process(pipeline, crash_id)
    found = why(crash_id)
    assert steps(found)[2:] == [
        ("handed_over", Outcome.MEMORY_LIMIT.value),
        ("started", None),
        ("ended", "processed"),
    ]
    assert [one["kind"] for one in found["stretches"]] == ["wait", "lost", "wait", "work"]
    assert found["counts"] == {"handed to the heavy lane": 1}

    def answered() -> bool:
        return bool(why(crash_id)["workflow"]["status"] == "SUCCEEDED")

    pipeline.wait_for(answered, "the workflow was not answered")


def test_a_crash_whose_worker_died_tells_of_both_starts(pipeline: LossyPipeline) -> None:
    assert pipeline.aws.worker
    worker = pipeline.aws.worker
    [crash_id] = crash_ids(73, 1)
    pipeline.collect_slow(crash_id, ENDLESS, heavy=True)
    pipeline.send([crash_id])

    def walking() -> int | None:
        return next((walk for pid in worker.pids if (walk := pipeline.walk_of(pid))), None)

    walk = pipeline.wait_for(walking, "no worker walks")
    worker.kill()
    pipeline.wait_for(lambda: gone(walk), "the stackwalker has outlived its worker")
    pipeline.make_walks_short()
    pipeline.aws.clock.advance(VISIBILITY + 1)
    pipeline.wait_until_ended([crash_id])
    found = why(crash_id)
    assert [step for step, _ in steps(found)][2:] == ["handed_over", "started", "started", "ended"]
    lost = [one["what"] for one in found["stretches"] if one["kind"] == "lost"]
    assert lost == ["run on a worker, never answered"]


def test_a_crash_whose_symbols_came_late_tells_of_both_runs(
    pipeline: LossyPipeline, tmp_path: Path
) -> None:
    [crash_id] = crash_ids(74, 1)
    pipeline.collect(crash_id)
    process(pipeline, crash_id)
    SymbolPipeline(pipeline.aws, tmp_path).push(EXAMPLE / "symbols")

    def walked_again() -> bool:
        entry = pipeline.entry(crash_id)
        if entry and entry.fence.attempt == 1:
            pipeline.aws.clock.advance(ROUND)
            pipeline.aws.schedules.tick()
            time.sleep(LOOKS)
        return entry is not None and entry.fence.attempt > 1 and not entry.in_flight

    pipeline.wait_for(walked_again, "the crash was not walked again")
    found = why(crash_id)
    assert steps(found)[2:] == [
        ("ended", "processed"),
        ("sent", "reprocessing symbols_came"),
        ("claimed", None),
        ("ended", "processed"),
    ]
    assert [one["kind"] for one in found["stretches"]] == ["wait", "work", "rest", "wait", "work"]
    assert found["attempt"] == 2


def test_a_crash_that_failed_is_told_with_exit_code_1(pipeline: LossyPipeline) -> None:
    [crash_id] = crash_ids(75, 1)
    process(pipeline, crash_id)
    found = asked(crash_id, "--json")
    assert found.exit_code == ExitCode.NEGATIVE
    assert json.loads(found.output)["reason"] == "raw_crash_missing"


def test_a_crash_that_nobody_knows_is_not_found(pipeline: LossyPipeline) -> None:
    assert pipeline.outputs
    [crash_id] = crash_ids(76, 1)
    found = asked(crash_id)
    assert isinstance(found.exception, NotFound)
