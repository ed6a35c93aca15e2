"""`moonwalk run` on an AWS of its own, and `moonwalk walk`, which needs none."""

from pathlib import Path

import pytest

from cli.exits import ExitCode
from cli.places import EXAMPLE_DUMP, EXAMPLE_SYMBOLS, LOCAL, RUN, STACKWALKER
from tests.e2e.commands import moonwalk, needs_build
from tests.e2e.one_order import in_one_order
from tests.integration.stackwalker_support import walk

pytestmark = needs_build


def test_run_sends_the_example_crash_through_the_pipeline_and_shows_the_outcome() -> None:
    before = set(LOCAL.glob("run-*"))
    ended = moonwalk("run")
    assert ended.returncode == ExitCode.FINE, ended.stderr
    words = ("darkroom::Tile<T>::sample", "SIGSEGV / SEGV_MAPERR", "light", "tiled_image.hpp:34")
    steps = ("upload", "queue", "walk", "total", "v1/processed_crash/")
    assert [word for word in (*words, *steps) if word not in ended.stdout] == []
    crash_id = ended.stdout.split()[1]
    assert (RUN / crash_id / "upload_file_minidump.stackwalk.json").is_file()
    assert set(LOCAL.glob("run-*")) == before


@pytest.mark.parametrize(
    ("content", "said"), [(b"# README", "no minidump"), (b"", "empty"), (None, "does not exist")]
)
def test_run_starts_nothing_for_a_file_that_is_no_minidump(
    tmp_path: Path, content: bytes | None, said: str
) -> None:
    file = tmp_path / "README.md"
    if content is not None:
        file.write_bytes(content)
    ended = moonwalk("run", file)
    assert ended.returncode == ExitCode.USAGE
    assert (ended.stdout, ended.stderr.count("\n")) == ("", 1)
    assert said in ended.stderr


def test_walk_gives_the_stackwalkers_own_bytes(tmp_path: Path) -> None:
    flag = f"--symbols-path={EXAMPLE_SYMBOLS}"
    alone = walk(STACKWALKER, "--json", flag, EXAMPLE_DUMP)
    piped = moonwalk("walk", EXAMPLE_DUMP, "--symbols", EXAMPLE_SYMBOLS, "--json")
    assert in_one_order(piped.stdout.encode()) == in_one_order(alone.output)
    file = tmp_path / "walk.json"
    to_file = moonwalk("walk", EXAMPLE_DUMP, "--symbols", EXAMPLE_SYMBOLS, "-o", file)
    assert (to_file.returncode, to_file.stdout) == (0, "")
    assert in_one_order(file.read_bytes()) == in_one_order(alone.output)


def test_walk_passes_the_stackwalkers_verdict_on(tmp_path: Path) -> None:
    broken = tmp_path / "broken.dmp"
    broken.write_bytes(b"MDMP")
    ended = moonwalk("walk", broken)
    assert ended.returncode == walk(STACKWALKER, broken).exit_code == 1
    assert "ERROR" in ended.stderr
