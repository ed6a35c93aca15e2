"""`moonwalk-stackwalker` gives what `minidump-stackwalk` 0.27.0 gives: bytes, log and exit code.

Two measures: upstream's binary on the same input, here and now, and results that it gave elsewhere
(`../shared/socorro-cases/stackwalk`).
"""

import random
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.integration import hostile_dumps
from tests.integration.stackwalker_support import (
    CORPUS,
    DUMPS,
    REFERENCE,
    ROOT,
    SOCORRO_STACKWALKS,
    STACKWALKER,
    SYMBOLS,
    annotations_of,
    each_dump,
    needs_corpus,
    needs_reference,
    needs_stackwalker,
    walk,
    walk_to_files,
)

pytestmark = needs_stackwalker

WORKSPACE = ROOT / "layers/stackwalker"
SOCORRO_FLAGS = ("--json", "--verbose=error", "--no-color")
MUTATIONS = 40
CUT_SHARE = 0.2


def assert_same(*arguments: str | Path) -> None:
    assert walk(STACKWALKER, *arguments) == walk(REFERENCE, *arguments)


@needs_reference
@needs_corpus
@each_dump
@pytest.mark.parametrize("layout", [(), ("--pretty",)], ids=["plain", "pretty"])
def test_a_walk_with_symbols_and_annotations_is_that_of_upstream(
    dump: Path, layout: tuple[str, ...]
) -> None:
    symbols = f"--symbols-path={SYMBOLS}"
    assert_same(*SOCORRO_FLAGS, *layout, symbols, *annotations_of(dump), dump)


@needs_reference
@needs_corpus
@each_dump
def test_a_walk_without_symbols_is_that_of_upstream(dump: Path) -> None:
    assert_same("--json", dump)


@needs_reference
@needs_corpus
@pytest.mark.parametrize(
    "flags",
    [
        ("--features=stable-all",),
        ("--features=unstable-all", "--recover-function-args"),
        ("--no-interactive", "--symbols-path=nowhere", f"--symbols-path={SYMBOLS}"),
        ("--evil-json=nowhere.json",),
        ("--verbose=off", "--evil-json=nowhere.json"),
        ("--verbose=warn", "--no-color", f"--symbols-path={SYMBOLS}"),
    ],
    ids=" ".join,
)
def test_flags_mean_what_they_mean_upstream(flags: tuple[str, ...]) -> None:
    assert_same("--json", *flags, CORPUS / "dumps/linux_inline.dmp")


@needs_reference
@needs_corpus
def test_symbol_folders_may_be_given_by_position() -> None:
    assert_same("--json", CORPUS / "dumps/linux_inline.dmp", "nowhere", SYMBOLS)


@needs_reference
@needs_corpus
@pytest.mark.parametrize(
    "annotations",
    [b"", b"not JSON", b"[]", b'{"ModuleSignatureInfo": 7}', b"\xff\xfe", b"[" * 100_000],
    ids=["empty", "text", "array", "wrong type", "not UTF-8", "deep"],
)
def test_annotations_that_are_no_use_do_to_a_walk_what_they_do_upstream(
    tmp_path: Path, annotations: bytes
) -> None:
    evil = tmp_path / "evil.json"
    evil.write_bytes(annotations)
    assert_same("--json", f"--evil-json={evil}", CORPUS / "dumps/linux-mini.dmp")


@needs_reference
@needs_corpus
@pytest.mark.parametrize("seed", range(MUTATIONS))
def test_a_damaged_dump_ends_as_it_does_upstream(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - damage, not a secret
    image = bytearray(chance.choice(DUMPS).read_bytes())
    for _ in range(chance.randrange(1, 8)):
        # Past the header, whose damage is refused at once, and mostly in the streams' directory.
        place = chance.randrange(32, min(len(image), chance.choice([500, 4096, 100_000])) - 8)
        image[place : place + 4] = chance.choice([b"\xff" * 4, b"\0" * 4, chance.randbytes(4)])
    if chance.random() < CUT_SHARE:
        del image[chance.randrange(len(image)) :]
    dump = tmp_path / "damaged.dmp"
    dump.write_bytes(image)
    assert_same("--json", dump)


@needs_reference
def test_a_long_chain_of_frames_is_walked_to_its_end_as_upstream_does(tmp_path: Path) -> None:
    dump = tmp_path / "chain.dmp"
    dump.write_bytes(hostile_dumps.chain_of_frames(2000))
    symbols = tmp_path / "symbols" / hostile_dumps.SYMBOL_PATH
    symbols.parent.mkdir(parents=True)
    symbols.write_bytes(hostile_dumps.symbols_with_publics(10))
    assert_same("--json", dump, tmp_path / "symbols")


@needs_corpus
@pytest.mark.skipif(
    not SOCORRO_STACKWALKS.exists(), reason="../shared/socorro-cases/stackwalk is not there"
)
@each_dump
def test_a_walk_into_files_leaves_what_upstream_was_recorded_to_leave(
    tmp_path: Path, dump: Path
) -> None:
    recorded = SOCORRO_STACKWALKS / dump.name
    if not recorded.with_name(f"{dump.name}.rc").exists():
        pytest.skip(f"no recorded result for {dump.name}")
    symbols = f"--symbols-path={SYMBOLS}"
    done = walk_to_files(STACKWALKER, tmp_path, *SOCORRO_FLAGS, symbols, dump)
    assert done.exit_code == int(recorded.with_name(f"{dump.name}.rc").read_text())
    assert done.log == recorded.with_name(f"{dump.name}.log").read_bytes()
    assert done.output == recorded.with_name(f"{dump.name}.json").read_bytes()


def test_the_version_names_the_locked_release_of_rust_minidump() -> None:
    lock = (WORKSPACE / "Cargo.lock").read_text()
    crates = "minidump(?:-common|-processor|-unwind)?|breakpad-symbols"
    locked = re.findall(rf'name = "(?:{crates})"\nversion = "(.+)"', lock)
    assert len(locked) == 5
    (release,) = set(locked)
    version = walk(STACKWALKER, "--version").output.decode()
    assert re.fullmatch(rf"moonwalk-stackwalker \S+ \(rust-minidump {release}\)\n", version)


@pytest.mark.skipif(shutil.which("cargo") is None, reason="cargo is not installed")
def test_serde_json_has_no_feature_that_changes_the_output() -> None:
    command = ["cargo", "tree", "--locked", "--offline", "--edges=normal", "--prefix=none"]
    tree = subprocess.run(
        [*command, "--format={p} [{f}]"], cwd=WORKSPACE, capture_output=True, check=True, text=True
    ).stdout
    features = re.search(r"^serde_json \S+ \[(.*)\]", tree, re.MULTILINE)
    assert features is not None
    changing = {"preserve_order", "float_roundtrip", "arbitrary_precision"}
    assert not changing & set(features[1].split(","))
