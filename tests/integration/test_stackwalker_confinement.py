"""A confined walk gives what any walk gives, ends as any walk ends, and reaches nothing meanwhile.

What a confined process is refused is tried out in the crate `moonwalk-seclusion`.
"""

import json
import shlex
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.integration import hostile_dumps
from tests.integration.broker_double import BrokerDouble, walk_through
from tests.integration.stackwalker_support import (
    CORPUS,
    STACKWALKER,
    SYMBOLS,
    Walk,
    annotations_of,
    each_dump,
    in_order,
    needs_corpus,
    needs_stackwalker,
    walk,
    walk_to_files,
)
from tests.packing import needs_packer

STRACE = shutil.which("strace")
needs_strace = pytest.mark.skipif(STRACE is None, reason="strace is not installed")
pytestmark = [needs_stackwalker, needs_packer]

LINUX = CORPUS / "dumps/firefox-linux-x86_64.dmp"
MIB = 1024 * 1024
FILTER, OPENING = "seccomp(SECCOMP_SET_MODE_FILTER", "openat("
SOCKETS = "socket(", "socketpair(", "connect("


@pytest.fixture
def long_chain(tmp_path: Path) -> Path:
    """A dump that takes much memory, and with `slow_symbols` much time."""
    dump = tmp_path / "long.dmp"
    dump.write_bytes(hostile_dumps.chain_of_frames(40_000))
    return dump


@pytest.fixture
def slow_symbols(tmp_path: Path) -> Path:
    file = tmp_path / "symbols" / hostile_dumps.SYMBOL_PATH
    file.parent.mkdir(parents=True)
    file.write_bytes(hostile_dumps.symbols_with_publics(400_000))
    return tmp_path / "symbols"


@needs_corpus
@each_dump
@pytest.mark.parametrize("source", ["packs", "text", "nothing"])
def test_a_confined_walk_gives_what_one_gives_that_is_not(
    dump: Path, source: str, packs: Path
) -> None:
    symbols = {"packs": [f"--packs={packs}"], "text": [f"--symbols-path={SYMBOLS}"], "nothing": []}
    arguments: list[str | Path] = [*symbols[source], *annotations_of(dump), "--no-color", dump]
    confined = walk(STACKWALKER, "--confine", *arguments)
    assert in_order(confined) == in_order(walk(STACKWALKER, *arguments))


@needs_corpus
@pytest.mark.parametrize("whole", [True, False], ids=["packs that come whole", "packs by range"])
@each_dump
def test_so_does_a_walk_through_the_broker(dump: Path, *, whole: bool, packs: Path) -> None:
    flags: list[str | Path] = [*annotations_of(dump), "--no-color", dump]
    broker = BrokerDouble([packs], whole=lambda _: whole)
    confined = walk_through(STACKWALKER, broker, "--confine", *flags)
    assert in_order(confined) == in_order(walk(STACKWALKER, f"--packs={packs}", *flags))


def test_a_dump_that_cannot_be_read_leaves_an_output_that_is_there_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "bad.dmp").write_bytes(b"# no dump\n" * 99)
    (tmp_path / "output.json").write_text("as it was")
    done = walk_to_files(STACKWALKER, tmp_path, "--confine", tmp_path / "bad.dmp")
    assert (done.exit_code, done.output) == (1, b"as it was")


def test_a_longer_output_that_was_there_is_replaced_as_a_whole(tmp_path: Path, dump: Path) -> None:
    (tmp_path / "output.json").write_bytes(b"x" * MIB)
    done = walk_to_files(STACKWALKER, tmp_path, "--confine", dump)
    assert (done.exit_code, json.loads(done.output)["status"]) == (0, "OK")


def test_an_output_that_cannot_be_made_is_refused_before_the_dump_is_read(dump: Path) -> None:
    done = walk(STACKWALKER, "--confine", "--output-file=/nowhere/output.json", dump)
    assert done.exit_code == 1
    assert done.log.startswith(b"Error: cannot write /nowhere/output.json: ")


def test_annotations_of_no_use_are_said_once(tmp_path: Path, dump: Path) -> None:
    done = walk(STACKWALKER, "--confine", "--no-color", f"--evil-json={tmp_path / 'none'}", dump)
    assert done.exit_code == 0
    assert done.log.count(b"Could not load Extra JSON") == 1


def test_statistics_say_whether_the_kernel_has_landlock(tmp_path: Path, dump: Path) -> None:
    def landlock(*flags: str) -> object:
        file = tmp_path / "stats.json"
        assert walk(STACKWALKER, f"--stats-file={file}", *flags, dump).exit_code == 0
        return json.loads(file.read_text())["landlock"]

    assert landlock() is None
    assert landlock("--confine") in (True, False)


@pytest.mark.parametrize(
    ("limits", "code", "name"),
    [
        ([f"--limit-memory={64 * MIB}"], 81, "MemoryLimit"),
        (["--limit-cpu=1"], 82, "CpuLimit"),
        (["--limit-output=100000"], 83, "OutputLimit"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_confined_walk_that_goes_too_far_ends_by_the_code_of_that_limit(
    limits: list[str], code: int, name: str, long_chain: Path, slow_symbols: Path
) -> None:
    symbols = [f"--symbols-path={slow_symbols}"] if code == 82 else []
    done = walk(STACKWALKER, "--confine", "--no-color", *limits, *symbols, long_chain)
    assert done.exit_code == code
    assert done.log.startswith(f"ERROR {name} - ".encode())


@needs_strace
@pytest.mark.parametrize(
    ("failing", "line"),
    [
        ("seccomp:error=EINVAL", "cannot set the filter of system calls: Invalid argument"),
        ("seccomp:error=EINVAL:when=2", "cannot set the second filter of system calls"),
        ("landlock_restrict_self:error=EINVAL", "cannot set Landlock: "),
    ],
    ids=["the first filter", "the second filter", "Landlock that is there"],
)
@needs_corpus
def test_a_kernel_that_refuses_ends_the_walk_as_confinement_failed(
    tmp_path: Path, failing: str, line: str
) -> None:
    traced = _traced(tmp_path, "-e", f"inject={failing}")
    done = walk(traced, "--confine", *_flags(), LINUX)
    assert (done.exit_code, done.output) == (85, b"")
    assert done.log.startswith(f"ERROR ConfinementFailed - {line}".encode())


@needs_strace
def test_a_kernel_without_landlock_is_gone_on_with_and_said_in_the_statistics(
    tmp_path: Path, dump: Path
) -> None:
    traced = _traced(tmp_path, "-e", "inject=landlock_create_ruleset:error=ENOSYS")
    file = tmp_path / "stats.json"
    done = walk(traced, "--confine", f"--stats-file={file}", dump)
    assert (done.exit_code, done.output) == (0, walk(STACKWALKER, dump).output)
    assert json.loads(file.read_text())["landlock"] is False


class TestUnderStrace:
    """What the kernel was asked for, from the first filter on."""

    @needs_strace
    @needs_corpus
    def test_without_folders_nothing_is_opened_after_the_second_filter(
        self, tmp_path: Path
    ) -> None:
        calls = _calls(tmp_path, lambda trace: walk(trace, "--confine", *_flags(), LINUX))
        first, second = (n for n, call in enumerate(calls) if FILTER in call)
        assert [call for call in calls[first:second] if OPENING in call] == [
            call for call in calls[first:second] if ".extra.json" in call
        ]
        assert not [call for call in calls[second:] if OPENING in call]

    @needs_strace
    @needs_corpus
    def test_neither_is_anything_in_a_walk_through_the_broker(
        self, tmp_path: Path, packs: Path
    ) -> None:
        broker = BrokerDouble([packs], whole=lambda _: False)
        flags = ["--confine", *_flags()]
        calls = _calls(tmp_path, lambda trace: walk_through(trace, broker, *flags, LINUX))
        first, second = (n for n, call in enumerate(calls) if FILTER in call)
        opened = [call for call in calls[first:second] if OPENING in call]
        assert len(opened) == 1
        assert ".extra.json" in opened[0]
        assert not [call for call in calls[second:] if OPENING in call]

    @needs_strace
    @needs_corpus
    def test_with_folders_what_is_opened_is_in_them(self, tmp_path: Path, packs: Path) -> None:
        flags = ["--confine", f"--packs={packs}", *_flags()]
        calls = _calls(tmp_path, lambda trace: walk(trace, *flags, LINUX))
        (first,) = (n for n, call in enumerate(calls) if FILTER in call)
        opened = [call for call in calls[first:] if OPENING in call]
        assert len(opened) > 1
        assert all(f'"{packs}/' in call or ".extra.json" in call for call in opened)

    @needs_strace
    @needs_corpus
    @pytest.mark.parametrize("source", ["packs", "text", "nothing"])
    def test_nothing_is_asked_for_that_is_refused_and_no_socket_is_made(
        self, tmp_path: Path, packs: Path, source: str
    ) -> None:
        symbols = {"packs": [f"--packs={packs}"], "text": [f"--symbols-path={SYMBOLS}"]}
        flags = ["--confine", *symbols.get(source, []), *_flags()]
        calls = _calls(tmp_path, lambda trace: walk(trace, *flags, LINUX))
        assert not [call for call in calls if any(name in call for name in SOCKETS)]
        assert not [call for call in calls if "EPERM" in call or "EACCES" in call]
        assert len([call for call in calls if FILTER in call]) == 1 + (source == "nothing")


def _flags() -> list[str]:
    return ["--no-color", *annotations_of(LINUX)]


def _traced(folder: Path, *options: str) -> Path:
    """A program that runs the stackwalker under strace, which writes to `trace` in the folder."""
    program = folder / "traced"
    words = [str(STRACE), "-f", "-o", str(folder / "trace"), *options, str(STACKWALKER)]
    program.write_text(f'#!/bin/sh\nexec {shlex.join(words)} "$@"\n')
    program.chmod(0o755)
    return program


def _calls(folder: Path, run: Callable[[Path], Walk]) -> list[str]:
    """The system calls of a walk, in order, that `run` starts with the program it is given."""
    done = run(_traced(folder))
    assert done.exit_code == 0, done.log
    return (folder / "trace").read_text().splitlines()
