"""A walk that reads packs gives what upstream gives with the text, and tells when it cannot.

The measure is upstream's binary with the symbol files from which the packs were made.
"""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.integration import hostile_dumps
from tests.integration.conftest import FRAMES
from tests.integration.stackwalker_support import (
    CORPUS,
    REFERENCE,
    STACKWALKER,
    SYMBOLS,
    annotations_of,
    each_dump,
    in_order,
    needs_corpus,
    needs_reference,
    needs_stackwalker,
    walk,
)
from tests.packing import needs_packer, packed

pytestmark = [needs_stackwalker, needs_packer]

LINUX = CORPUS / "dumps/firefox-linux-x86_64.dmp"
UNREADABLE = 86


@pytest.fixture
def one_pack(tmp_path: Path, symbols: Path) -> Path:
    """The pack of that module."""
    packs = packed(symbols, tmp_path / "packs")
    return (packs / hostile_dumps.SYMBOL_PATH).with_suffix(".pack")


def folder_of(one_pack: Path) -> Path:
    return one_pack.parents[2]


def stats_of(tmp_path: Path, *arguments: str | Path) -> dict[str, Any]:
    file = tmp_path / "stats.json"
    done = walk(STACKWALKER, f"--stats-file={file}", *arguments)
    assert done.exit_code in {0, UNREADABLE}, done.log
    stats: dict[str, Any] = json.loads(file.read_text())
    return stats


@needs_reference
@needs_corpus
@each_dump
def test_a_walk_from_packs_is_that_of_upstream_with_the_text(dump: Path, packs: Path) -> None:
    flags = ("--json", "--verbose=error", "--no-color", *annotations_of(dump))
    ours = walk(STACKWALKER, *flags, f"--packs={packs}", dump)
    assert in_order(ours) == in_order(walk(REFERENCE, *flags, f"--symbols-path={SYMBOLS}", dump))


@needs_reference
@needs_corpus
@each_dump
def test_packs_of_some_modules_and_text_of_the_others_give_the_same(
    dump: Path, packs: Path, tmp_path: Path
) -> None:
    for module in sorted(packs.iterdir())[::2]:
        shutil.copytree(module, tmp_path / module.name)
    flags = (f"--symbols-path={SYMBOLS}", "--json", dump)
    ours = walk(STACKWALKER, f"--packs={tmp_path}", *flags)
    assert in_order(ours) == in_order(walk(REFERENCE, *flags))


@needs_corpus
def test_the_statistics_tell_what_was_read_of_which_module(packs: Path, tmp_path: Path) -> None:
    stats = stats_of(tmp_path, f"--packs={packs}", LINUX)
    total, modules = stats["total"], stats["modules"]
    opened = [module for module in modules if module["source"] == "pack"]
    assert total["packs_opened"] == len(opened) > 1
    for count in ("reads", "bytes", "blocks", "lookups", "memo_hits"):
        assert total[count] == sum(module[count] for module in modules) > 0
    assert {module["source"] for module in modules} == {"pack", "missing"}
    assert all(module["reads"] == 0 for module in modules if module["source"] == "missing")
    steps = {"dump", "symbols", "walking", "printing"}
    assert set(stats["seconds"]) == steps | {"files", "broker"}
    # Read by itself, and within the time that was spent in symbols.
    assert 0 < stats["seconds"]["files"] < stats["seconds"]["symbols"]
    assert stats["seconds"]["broker"] == 0


def test_parsing_a_symbol_file_is_not_counted_as_waiting_for_it(
    dump: Path, symbols: Path, tmp_path: Path
) -> None:
    seconds = stats_of(tmp_path, f"--symbols-path={symbols}", dump)["seconds"]
    assert seconds["files"] < seconds["symbols"]


def test_packs_are_looked_at_before_text_and_in_the_order_given(
    dump: Path, symbols: Path, one_pack: Path, tmp_path: Path
) -> None:
    def source(*arguments: str) -> str:
        (module,) = stats_of(tmp_path, *arguments, dump)["modules"]
        return str(module["source"])

    text = f"--symbols-path={symbols}"
    assert source(text, f"--packs={folder_of(one_pack)}") == "pack"
    assert source(text, f"--packs={tmp_path / 'nowhere'}") == "text"
    (symbols / hostile_dumps.SYMBOL_PATH).write_text("no symbol file\n")
    rejected = packed(symbols, tmp_path / "rejected")
    assert source(f"--packs={rejected}", f"--packs={folder_of(one_pack)}") == "corrupt"
    assert source(f"--packs={folder_of(one_pack)}", f"--packs={rejected}") == "pack"


@needs_reference
def test_a_pack_of_a_text_that_the_parser_rejects_shows_as_upstream_shows_the_text(
    dump: Path, symbols: Path, tmp_path: Path
) -> None:
    (symbols / hostile_dumps.SYMBOL_PATH).write_text("no symbol file\n")
    packs = packed(symbols, tmp_path / "packs")
    ours = walk(STACKWALKER, f"--packs={packs}", dump)
    assert ours == walk(REFERENCE, "--json", dump, symbols)
    assert json.loads(ours.output)["modules"][0]["corrupt_symbols"]


def flip(pack: Path) -> None:
    image = bytearray(pack.read_bytes())
    image[len(image) // 2] ^= 0x40
    pack.write_bytes(image)


def cut(pack: Path) -> None:
    pack.write_bytes(pack.read_bytes()[:-1])


def empty(pack: Path) -> None:
    pack.write_bytes(b"")


def other_version(pack: Path) -> None:
    image = bytearray(pack.read_bytes())
    image[-20] += 1
    pack.write_bytes(image)


def a_folder(pack: Path) -> None:
    pack.unlink()
    pack.mkdir()


@pytest.mark.parametrize(
    ("damage", "name"),
    [
        (flip, "Damaged"),
        (cut, "NotAPack"),
        (empty, "NotAPack"),
        (other_version, "ContainerVersion"),
        (a_folder, "IoError"),
    ],
    ids=lambda given: given if isinstance(given, str) else given.__name__,
)
def test_a_pack_that_cannot_be_read_is_named_and_never_passed_over_in_silence(
    dump: Path, one_pack: Path, tmp_path: Path, damage: Callable[[Path], None], name: str
) -> None:
    damage(one_pack)
    done = walk(STACKWALKER, "--no-color", f"--packs={folder_of(one_pack)}", dump)
    assert done.exit_code == UNREADABLE
    pack_line, last_line = done.log.decode().splitlines()
    assert pack_line.startswith(f"ERROR {name} - Error reading pack of {hostile_dumps.DEBUG_FILE}:")
    assert last_line.startswith("ERROR UnreadablePacks - ")
    missing = walk(STACKWALKER, f"--packs={tmp_path / 'nowhere'}", dump)
    assert done.output == missing.output
    (module,) = stats_of(tmp_path, f"--packs={folder_of(one_pack)}", dump)["modules"]
    assert (module["source"], module["error"]) == ("unreadable", name)


def test_a_pack_that_is_not_at_its_place_is_the_wrong_module(
    dump: Path, symbols: Path, tmp_path: Path
) -> None:
    module = Path(hostile_dumps.DEBUG_FILE)
    (symbols / module / hostile_dumps.DEBUG_ID).rename(symbols / module / "OTHER")
    packs = packed(symbols, tmp_path / "packs")
    (packs / module / "OTHER").rename(packs / module / hostile_dumps.DEBUG_ID)
    done = walk(STACKWALKER, "--no-color", f"--packs={packs}", dump)
    assert done.exit_code == UNREADABLE
    assert done.log.startswith(b"ERROR WrongModule - ")


@pytest.mark.parametrize(
    "debug_file",
    [b"..", b".", b"/", b"a/..", b"..\\..", b"x" * 4096, b"\xff\xfe", b"\x1b[2J"],
    ids=repr,
)
def test_a_module_whose_name_has_no_place_in_a_folder_has_no_pack(
    tmp_path: Path, one_pack: Path, debug_file: bytes
) -> None:
    dump = tmp_path / "odd.dmp"
    dump.write_bytes(hostile_dumps.chain_of_frames(FRAMES, debug_file))
    # One folder up there is something to find for a name that leads out of it.
    below = folder_of(one_pack) / "below"
    below.mkdir()
    shutil.copytree(one_pack.parent, folder_of(one_pack) / one_pack.parent.name)
    done = walk(STACKWALKER, f"--packs={below}", dump)
    assert (done.exit_code, done.log) == (0, b"")
    (module,) = stats_of(tmp_path, f"--packs={below}", dump)["modules"]
    assert module["source"] == "missing"


def test_a_statistics_file_that_cannot_be_written_is_said_and_costs_nothing_else(
    dump: Path, tmp_path: Path
) -> None:
    plain = walk(STACKWALKER, dump)
    flag = f"--stats-file={tmp_path / 'nowhere/stats.json'}"
    done = walk(STACKWALKER, "--no-color", flag, dump)
    assert (done.exit_code, done.output) == (plain.exit_code, plain.output)
    assert done.log.startswith(b"ERROR StatsFile - ")


def test_long_names_make_no_long_statistics(tmp_path: Path, one_pack: Path) -> None:
    dump = tmp_path / "long.dmp"
    name = "n" * 30_000
    dump.write_bytes(hostile_dumps.chain_of_frames(FRAMES, code_file=name))
    (module,) = stats_of(tmp_path, f"--packs={folder_of(one_pack)}", dump)["modules"]
    assert module["code_file"] == name[:256]
