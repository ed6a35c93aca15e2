"""The pipeline, deployed on an embedded AWS of its own for each module of tests."""

import fcntl
import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

from cli.embedded.aws import EmbeddedAws
from cli.places import PACKER
from infra.assets import Assets, AssetsMissingError
from infra.node import choose_node
from moonwalk.contracts import outputs
from tests.integration.pipeline.pipeline import EXAMPLE, Pipeline
from tests.packing import packed

SETTINGS = {
    "assets": "local",
    "keep_walker_output": True,
    "priority_batch": 1,
    "priority_concurrency": 2,
    "standard_batch": 1,
    "standard_concurrency": 5,
    "reprocessing_batch": 2,
    "reprocessing_concurrency": 2,
    "light_limit_mib": 1,
    "light_walk_memory_mib": 128,
    "heavy_walk_memory_mib": 512,
    "worker_slot_memory_mib": 256,
    "worker_slot_scratch_mib": 256,
}
"""Small enough for two processors, and with a light lane that is easily too small."""


_MADE: dict[str, Path] = {}
"""Assemblies by their settings. One takes many seconds to make, and nothing is written into it."""


def synthesise(folder: Path, **settings: object) -> Path:
    """Give the deployment with these settings of the tests' own, and more; made once a session."""
    chosen = {**SETTINGS, **settings}
    key = json.dumps(chosen, sort_keys=True)
    if key not in _MADE:
        session = _of_all_processes(folder)
        _MADE[key] = _by_one(session, key, chosen) if session else _synthesised(folder, chosen)
    return _MADE[key]


def _of_all_processes(folder: Path) -> Path | None:
    """Give the folder that the processes of a session share, where tests run side by side."""
    own = f"popen-{os.environ.get('PYTEST_XDIST_WORKER')}"
    return next((above.parent for above in folder.parents if above.name == own), None)


def _by_one(session: Path, key: str, settings: Mapping[str, object]) -> Path:
    """Let the first process make the assembly; the others wait for it, and use the same."""
    made = session / f"assembly-{hashlib.sha256(key.encode()).hexdigest()[:16]}"
    complete = made.with_suffix(".complete")
    with made.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not complete.exists():
            _synthesised(made, settings)
            complete.touch()
    return made


def _synthesised(folder: Path, settings: Mapping[str, object]) -> Path:
    try:
        Assets.of("local", "x86_64").check()
    except AssetsMissingError as error:
        pytest.skip(str(error))
    choose_node()
    from infra.app import build_app  # noqa: PLC0415 - starts Node.js

    build_app({"moonwalk": settings}, outdir=str(folder)).synth()
    return folder


@contextmanager
def deployed(folder: Path, **settings: object) -> Iterator[Pipeline]:
    """Deploy the pipeline below a folder, with packs, and a real worker for the heavy lane."""
    if not PACKER.is_file():
        pytest.skip("moonwalk-pack is not built: run `make build`")
    packs = packed(EXAMPLE / "symbols", folder / "packs")
    assembly = synthesise(folder / "assembly", **settings)
    parameters = {outputs.PACK_FOLDERS: str(packs.resolve())}
    with EmbeddedAws.start(assembly, folder / "embedded", parameters=parameters) as aws:
        yield Pipeline(aws)


@pytest.fixture(scope="module")
def pipeline(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pipeline]:
    """Give a deployed pipeline; tests of one module share it, and differ in their crashes."""
    with deployed(tmp_path_factory.mktemp("pipeline")) as made:
        yield made
