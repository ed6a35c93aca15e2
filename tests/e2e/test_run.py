"""`moonwalk run` on an AWS of its own, and `moonwalk walk`, which needs none."""

import json
import re
import shutil
from pathlib import Path

import pytest

from cli.benchmarks.one_order import in_one_order
from cli.exits import ExitCode
from cli.places import EXAMPLE_DUMP, EXAMPLE_SYMBOLS, LOCAL, RUN, STACKWALKER
from tests.e2e.commands import moonwalk, needs_build
from tests.integration.stackwalker_support import REFERENCE, needs_reference, walk
from tests.packing import flip_a_byte, packed

pytestmark = needs_build


def test_run_sends_the_example_crash_through_the_pipeline_and_shows_the_outcome() -> None:
    before = set(LOCAL.glob("run-*"))
    ended = moonwalk("run")
    assert ended.returncode == ExitCode.FINE, ended.stderr
    words = ("darkroom::Tile<T>::sample", "SIGSEGV / SEGV_MAPERR", "light", "tiled_image.hpp:34")
    steps = ("upload", "queue", "walk", "total", "v1/processed_crash/")
    read = ("what the walk read", "packs opened", "memo hits", "symbols s", "printing s")
    assert [word for word in (*words, *steps, *read) if word not in ended.stdout] == []
    assert re.search(r"1 pack, [\d,]+ bytes of text in [\d,]+ \(\d+\.\d%\)", ended.stderr)
    crash_id = ended.stdout.split()[1]
    assert (RUN / crash_id / "upload_file_minidump.stackwalk.json").is_file()
    account = json.loads((RUN / crash_id / "upload_file_minidump.stats.json").read_bytes())
    assert {module["source"] for module in account["modules"]} == {"pack", "missing"}
    assert set(LOCAL.glob("run-*")) == before


@needs_reference
@pytest.mark.parametrize("symbols", ["corrupt", "none"])
def test_symbols_of_no_use_give_the_walk_of_minidump_stackwalk_from_packs_too(
    tmp_path: Path, symbols: str
) -> None:
    folder = tmp_path / "symbols"
    folder.mkdir()
    if symbols == "corrupt":
        shutil.copytree(EXAMPLE_SYMBOLS, folder, dirs_exist_ok=True)
        (text,) = folder.rglob("*.sym")
        with text.open("ab") as file:
            file.write(b"FUNC this is no record\n")
    ended = moonwalk("run", EXAMPLE_DUMP, "--symbols", folder, "--json")
    assert ended.returncode == ExitCode.FINE, ended.stderr
    (crash,) = json.loads(ended.stdout)["crashes"]
    exported = {Path(path).name: Path(path) for path in crash["objects"].values()}
    raw_crash = f"--evil-json={exported['raw_crash.json']}"
    upstream = walk(REFERENCE, "--json", raw_crash, f"--symbols-path={folder}", EXAMPLE_DUMP)
    assert upstream.exit_code == 0
    assert (b'"corrupt_symbols":true' in upstream.output) is (symbols == "corrupt")
    ours = exported["upload_file_minidump.stackwalk.json"].read_bytes()
    assert in_one_order(ours) == in_one_order(upstream.output)
    # A pack says that its text is corrupt, so it is opened to learn that.
    opened = crash["walks"]["upload_file_minidump"]["packs_opened"]
    assert opened == (1 if symbols == "corrupt" else 0)


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


def test_walk_reads_packs_and_gives_the_same_bytes(tmp_path: Path) -> None:
    packs = packed(EXAMPLE_SYMBOLS, tmp_path / "packs")
    from_text = moonwalk("walk", EXAMPLE_DUMP, "--symbols", EXAMPLE_SYMBOLS, "--json")
    from_packs = moonwalk("walk", EXAMPLE_DUMP, "--packs", packs, "--json")
    assert from_packs.returncode == ExitCode.FINE
    assert in_one_order(from_packs.stdout.encode()) == in_one_order(from_text.stdout.encode())


def test_walk_shows_what_it_found_without_a_damaged_pack_and_says_so(tmp_path: Path) -> None:
    packs = packed(EXAMPLE_SYMBOLS, tmp_path / "packs")
    flip_a_byte(packs, -1)
    ended = moonwalk("walk", EXAMPLE_DUMP, "--packs", packs)
    assert ended.returncode == 86
    assert "ERROR UnreadablePacks" in ended.stderr
    assert "crashing thread" in ended.stdout
    assert "tiled_image.hpp" not in ended.stdout
