"""Bad and hostile input to the stackwalker ends in bounds, by a code and a line that say why."""

import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.integration import hostile_dumps
from tests.integration.stackwalker_support import (
    CORPUS,
    STACKWALKER,
    needs_corpus,
    needs_stackwalker,
    parent_flag,
    walk,
    walk_to_files,
)

pytestmark = needs_stackwalker

MIB = 1024 * 1024
GENEROUS = ("--no-color", f"--limit-memory={256 * MIB}", "--limit-cpu=20", "--limit-output=9999999")
# Takes about half a minute and 300 MB to walk when nothing stops it.
FRAMES, PUBLICS = 40_000, 400_000
# A process of its own, small: a child's peak begins with that of the process it was made from.
PEAK_OF = """
import resource, subprocess, sys
done = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL)
print(done.returncode, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""


@pytest.fixture
def chain(tmp_path: Path) -> Path:
    dump = tmp_path / "chain.dmp"
    dump.write_bytes(hostile_dumps.chain_of_frames(FRAMES))
    return dump


@pytest.fixture
def slow_symbols(tmp_path: Path) -> Path:
    symbols = tmp_path / "symbols"
    file = symbols / hostile_dumps.SYMBOL_PATH
    file.parent.mkdir(parents=True)
    file.write_bytes(hostile_dumps.symbols_with_publics(PUBLICS))
    return symbols


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (b"", "IoError|MissingHeader"),
        (b"# A text file\n" * 99, "HeaderMismatch"),
        (b"MDMP", "MissingHeader"),
        (b"MDMP" + b"\xff" * 28, "VersionMismatch|MissingDirectory|HeaderMismatch"),
        (hostile_dumps.thread_list_that_claims(0xFFFF_FFFF), "MissingThreadList"),
    ],
    ids=["empty", "text", "four bytes", "header only", "four billion threads"],
)
def test_a_file_that_is_no_whole_dump_is_refused_by_name(
    tmp_path: Path, content: bytes, line: str
) -> None:
    dump = tmp_path / "bad.dmp"
    dump.write_bytes(content)
    done = walk(STACKWALKER, *GENEROUS, dump)
    assert (done.exit_code, done.output) == (1, b"")
    assert re.fullmatch(rf"ERROR ({line}) - Error (reading|processing) dump: .+\n", text(done.log))


def test_a_dump_that_is_not_there_is_refused_by_name(tmp_path: Path) -> None:
    done = walk(STACKWALKER, *GENEROUS, tmp_path / "missing.dmp")
    assert done.exit_code == 1
    assert done.log == b"ERROR FileNotFound - Error reading dump: File not found\n"


@needs_corpus
@pytest.mark.parametrize("percent", [0.1, 1, 10, 50, 90, 99])
def test_a_truncated_dump_gives_json_or_a_named_error(tmp_path: Path, percent: float) -> None:
    whole = (CORPUS / "dumps/firefox-windows-x86_64.dmp").read_bytes()
    dump = tmp_path / "cut.dmp"
    dump.write_bytes(whole[: int(len(whole) * percent / 100)])
    done = walk(STACKWALKER, *GENEROUS, dump)
    assert done.exit_code in (0, 1)
    assert (done.exit_code == 0) == done.output.startswith(b'{"') == (done.log == b"")
    assert re.fullmatch(r"(ERROR \w+ - Error (reading|processing) dump: .+\n)?", text(done.log))


def test_a_dump_that_needs_more_memory_than_allowed_ends_as_memory_limit(chain: Path) -> None:
    done = walk(STACKWALKER, "--no-color", f"--limit-memory={64 * MIB}", chain)
    assert (done.exit_code, done.output) == (81, b"")
    assert text(done.log) == (
        "ERROR MemoryLimit - Error processing dump: "
        "needs more memory than --limit-memory=67108864 bytes\n"
    )


@pytest.mark.parametrize("mib", [1, 64, 100, 140, 200])
def test_no_more_memory_is_taken_than_allowed(chain: Path, mib: int) -> None:
    """The allocator maps memory ahead of use, and some before the limit is set: 64 MiB."""
    command = [STACKWALKER, "--no-color", f"--limit-memory={mib * MIB}", chain]
    done = subprocess.run(
        [sys.executable, "-I", "-c", PEAK_OF, *map(str, command)],
        check=True,
        capture_output=True,
        text=True,
    )
    code, peak_kib = map(int, done.stdout.split())
    assert code == 81
    assert done.stderr.startswith("ERROR MemoryLimit - ")
    program_and_dump = 16
    assert peak_kib / 1024 < max(mib, 64) + program_and_dump


def test_a_walk_that_takes_longer_than_allowed_ends_as_cpu_limit(
    chain: Path, slow_symbols: Path
) -> None:
    done = walk(STACKWALKER, "--no-color", "--limit-cpu=1", chain, slow_symbols)
    assert (done.exit_code, done.output) == (82, b"")
    assert text(done.log) == (
        "ERROR CpuLimit - Error processing dump: needs more processor time than --limit-cpu=1 s\n"
    )


def test_json_longer_than_allowed_ends_as_output_limit(chain: Path) -> None:
    done = walk(STACKWALKER, "--no-color", "--limit-output=100000", chain)
    assert done.exit_code == 83
    assert len(done.output) <= 100_000
    expected = "Error writing output: longer than --limit-output=100000 bytes"
    assert text(done.log) == f"ERROR OutputLimit - {expected}\n"


def test_an_output_file_and_a_log_never_grow_beyond_the_limit(tmp_path: Path, chain: Path) -> None:
    limits = ("--limit-output=100000", "--verbose=trace")
    done = walk_to_files(STACKWALKER, tmp_path, *limits, chain)
    assert done.exit_code == 83
    assert len(done.output) <= 100_000
    assert len(done.log) == 100_000


def test_reasons_for_an_end_by_a_limit_reach_the_log_file(tmp_path: Path, chain: Path) -> None:
    done = walk_to_files(STACKWALKER, tmp_path, f"--limit-memory={64 * MIB}", chain)
    assert done.exit_code == 81
    assert done.log.startswith(b"ERROR MemoryLimit - ")


def test_a_silenced_log_leaves_the_exit_code(chain: Path) -> None:
    done = walk(STACKWALKER, "--verbose=off", f"--limit-memory={64 * MIB}", chain)
    assert (done.exit_code, done.log) == (81, b"")


def test_limits_that_are_not_reached_do_not_show(tmp_path: Path) -> None:
    dump = tmp_path / "short.dmp"
    dump.write_bytes(hostile_dumps.chain_of_frames(50))
    confined = walk(STACKWALKER, *GENEROUS, parent_flag(), dump)
    assert confined == walk(STACKWALKER, dump)
    assert confined.exit_code == 0


def test_a_child_of_another_parent_refuses_to_read_anything(tmp_path: Path) -> None:
    done = walk(STACKWALKER, "--no-color", "--parent-pid=1", tmp_path / "missing.dmp")
    assert done.exit_code == 84
    assert re.fullmatch(r"ERROR ParentGone - .+ not --parent-pid=1\n", text(done.log))


def test_the_child_dies_with_its_parent(tmp_path: Path, chain: Path, slow_symbols: Path) -> None:
    started = tmp_path / "output.json"
    # The output file appears once the child is confined and has opened the dump.
    parent = f"""
import os, pathlib, subprocess, time
command = {[str(STACKWALKER), f"--output-file={started}", str(chain), str(slow_symbols)]!r}
subprocess.Popen([*command, f"--parent-pid={{os.getpid()}}"])
while not pathlib.Path({str(started)!r}).exists():
    time.sleep(0.01)
os._exit(7)
"""
    # Both hold the pipe, so its end is the death of both.
    done = subprocess.run([sys.executable, "-c", parent], capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (7, b"")
    assert started.read_bytes() == b""


def test_processor_time_is_up_for_good_even_if_the_signal_is_held_back(
    chain: Path, slow_symbols: Path
) -> None:
    blocked = f"import os, signal; signal.pthread_sigmask(signal.SIG_BLOCK, [{signal.SIGXCPU:d}]);"
    command = [str(STACKWALKER), "--limit-cpu=1", str(chain), str(slow_symbols)]
    start = f"{blocked} os.execv({command[0]!r}, {command!r})"
    done = subprocess.run([sys.executable, "-c", start], capture_output=True, check=False)
    assert (done.returncode, done.stdout) == (-signal.SIGKILL, b"")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ((), "<MINIDUMP>"),
        (("x.dmp", "--symbols-url=http://localhost"), "--symbols-url is not available"),
        (("x.dmp", "--symbols-cache=c"), "--symbols-cache is not available"),
        (("x.dmp", "--symbols-tmp=t"), "--symbols-tmp is not available"),
        (("x.dmp", "--human"), "writes JSON only"),
        (("x.dmp", "--use-local-debuginfo"), "does not get to choose"),
        (("x.dmp", "--limit-memory=0"), "--limit-memory"),
        (("x.dmp", "--verbose=loud"), "possible values"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_cannot_be_done_is_a_usage_error(arguments: tuple[str, ...], says: str) -> None:
    done = walk(STACKWALKER, *arguments)
    assert (done.exit_code, done.output) == (2, b"")
    assert says in text(done.log)


def text(log: bytes) -> str:
    return log.decode()
