"""Whole rulesets on real walks: the corpus with the annotations that came with it, the example."""

import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from cli.places import EXAMPLE_DUMP, EXAMPLE_RAW_CRASH, EXAMPLE_SYMBOLS
from moonwalk.adapters.json_text import to_json
from moonwalk.adapters.symbol_access import SymbolFolders
from moonwalk.adapters.walker import StackwalkerProcess, WalkLimits
from moonwalk.domain.dumps import MAIN_MINIDUMP, DumpName
from moonwalk.domain.processed_crash import Pass
from moonwalk.domain.request import Ruleset
from moonwalk.rules import profile
from moonwalk.rules.processing import Applied, Rules
from moonwalk.rules.rule import Crash, Parts
from tests.builders import CRASH_ID
from tests.fakes import FakeMetrics
from tests.integration.stackwalker_support import (
    DUMPS,
    STACKWALKER,
    SYMBOLS,
    annotations_of,
    needs_corpus,
    needs_stackwalker,
)
from tests.unit.rules import builders

MAIN = DumpName(MAIN_MINIDUMP)
NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
LIMITS = WalkLimits(wall_seconds=120, memory_bytes=4 << 30, output_bytes=256 << 20)
ANNOTATED = [pytest.param(dump, id=dump.stem) for dump in DUMPS if annotations_of(dump)]
PROFILES = sorted(path.parent.name for path in profile.FOLDER.glob("*/profile.toml"))

pytestmark = [needs_stackwalker, pytest.mark.parametrize("name", PROFILES)]


@pytest.fixture(autouse=True)
def _stackwalker_on_path(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", f"{STACKWALKER.parent}{os.pathsep}{os.environ['PATH']}")


def rules(name: str) -> Rules:
    """Make the rules of a profile."""
    chosen = profile.named(name)

    def parts(told: Any) -> Parts:
        return builders.parts(told, schema=chosen.schema)

    return Rules(
        before_walk=chosen.before_walk(parts),
        rulesets={ruleset: chosen.rules(ruleset, parts) for ruleset in Ruleset},
        metrics=FakeMetrics(),
    )


def applied(name: str, dump: Path, annotations: Path, symbols: Path, folder: Path) -> Applied:
    """Process a dump as a crash of its own."""
    raw = {
        "uuid": CRASH_ID.text,
        "submitted_timestamp": "2026-11-23T12:00:00.5+00:00",
        **json.loads(annotations.read_text(encoding="utf-8")),
    }
    chosen, this_pass = rules(name), Pass(CRASH_ID, Ruleset.DEFAULT, NOW, "worker-1")
    prepared = chosen.prepare(this_pass, raw)
    raw_crash, minidump = folder / "raw.json", folder / "dump"
    raw_crash.write_bytes(to_json(prepared.crash.raw))
    minidump.write_bytes(dump.read_bytes())
    walk = StackwalkerProcess(LIMITS, SymbolFolders(texts=(symbols,))).walk(minidump, raw_crash)
    crash = Crash(CRASH_ID, prepared.crash.raw, dumps=(MAIN,), walks={MAIN: walk})
    return chosen.apply(this_pass, prepared, crash, {})


def check(name: str, done: Applied) -> dict[str, Any]:
    """Check what holds for every good crash, and give it."""
    schema = profile.named(name).schema
    processed = done.ended(NOW)
    assert (done.prepared.failed, done.ran.failed) == ((), ())
    assert processed["success"] is True
    assert [field for field, value in processed.items() if not schema.fits(field, value)] == []
    assert json.loads(to_json(processed)) == processed
    return processed


@needs_corpus
@pytest.mark.parametrize("dump", ANNOTATED)
def test_a_crash_of_the_corpus_becomes_a_processed_crash_that_fits_the_schema(
    name: str, dump: Path, tmp_path: Path
) -> None:
    annotations = dump.with_name(f"{dump.stem}.extra.json")
    processed = check(name, applied(name, dump, annotations, SYMBOLS, tmp_path))
    said = json.loads(annotations.read_text(encoding="utf-8"))
    assert processed["product"] == said["ProductName"]
    assert processed["crash_time"] == int(said["CrashTime"])
    assert processed["os_pretty_version"]
    assert processed["reason"]


def test_the_example_becomes_a_processed_crash_that_fits_the_schema(
    name: str, tmp_path: Path
) -> None:
    done = applied(name, EXAMPLE_DUMP, EXAMPLE_RAW_CRASH, EXAMPLE_SYMBOLS, tmp_path)
    processed = check(name, done)
    assert processed["product"] == "Darkroom"
    assert processed["release_channel"] == "release"
    assert processed["reason"] == "SIGSEGV / SEGV_MAPERR"
    assert processed["modules_in_stack"].startswith("darkroom/")
    assert processed["json_dump"]["modules"]
