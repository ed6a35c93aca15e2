"""How a stackwalker's ends are read, with scripts in its place that end in every way."""

import os
import select
import signal
import socket
import sys
import textwrap
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

from moonwalk.adapters.symbol_access import NO_SYMBOLS, Access, SymbolFolders, Symbols
from moonwalk.adapters.walk_output import MAX_LOG_BYTES
from moonwalk.adapters.walk_stats import MAX_STATS_BYTES
from moonwalk.adapters.walker import BINARY, StackwalkerProcess, WalkLimits
from moonwalk.domain.failures import RetryCode, RetryLater
from moonwalk.domain.outcome import Outcome, OutputFault, WalkResult
from tests.unit.adapters.test_walk_stats import STATS

OUTPUT_BYTES = 100_000

PREAMBLE = f"""\
#!{sys.executable}
import json, os, signal, sys, time
if sys.argv[1:] == ["--version"]:
    print("stand-in 1.0")
    sys.exit(0)
flags = dict(flag[2:].partition("=")[::2] for flag in sys.argv[1:-1])
def write(name, content):
    with open(flags[name], "wb") as file:
        file.write(content)
"""


class Bench:
    """A folder with a minidump, and a stand-in for the stackwalker on PATH."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.binary = folder / "bin" / BINARY
        self.minidump = folder / "a.dmp"
        self.raw_crash = folder / "raw.json"
        self.binary.parent.mkdir()
        self.minidump.write_bytes(b"MDMP")
        self.raw_crash.write_text("{}", encoding="utf-8")
        self.results = 0

    def count_result(self) -> None:
        """Take note of a walk that has a result."""
        self.results += 1

    def walk(
        self,
        script: str,
        *,
        seconds: float = 60,
        symbols: Symbols = NO_SYMBOLS,
        told: Mapping[str, str] | None = None,
    ) -> WalkResult:
        self.binary.write_text(PREAMBLE + textwrap.dedent(script), encoding="utf-8")
        self.binary.chmod(0o755)
        limits = WalkLimits(seconds, memory_bytes=123_456, output_bytes=OUTPUT_BYTES)
        walker = StackwalkerProcess(limits, symbols, self.count_result)
        return walker.walk(self.minidump, self.raw_crash, told=told)


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bench:
    bench = Bench(tmp_path)
    monkeypatch.setenv("PATH", str(bench.binary.parent))
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    return bench


def test_a_good_end_with_an_object_is_a_result(bench: Bench) -> None:
    result = bench.walk("""write("output-file", b'{"status": "OK", "n": NaN}')""")
    assert (result.outcome, result.exit_code) == (Outcome.OK, 0)
    assert result.output == b'{"status": "OK", "n": NaN}'
    assert (result.version, result.log) == ("stand-in 1.0", "")


def test_the_kernel_tells_what_a_walk_took(bench: Bench) -> None:
    computing = """
        until = time.process_time() + 0.2
        while time.process_time() < until:
            pass
        write("output-file", b"{}")
    """
    computed = bench.walk(computing)
    slept = bench.walk("""time.sleep(0.4); write("output-file", b"{}")""")
    assert computed.process is not None
    assert computed.process.user_seconds + computed.process.system_seconds >= 0.2
    assert computed.process.peak_bytes > 1 << 20
    assert slept.spent.wait_seconds >= 0.35


def test_of_a_walk_that_was_killed_the_kernel_tells_as_well(bench: Bench) -> None:
    killed = bench.walk("time.sleep(60)", seconds=0.5)
    assert (killed.outcome, killed.cost) == (Outcome.TIMEOUT, None)
    assert killed.process is not None
    assert 0 < killed.spent.wait_seconds <= killed.wall_seconds


@pytest.mark.parametrize("told", [None, {}, {"a.dll/AB/a.sym": "\u202ea.pdb/CD1/a.sym"}])
def test_what_was_told_of_code_files_is_a_file_of_its_own(
    bench: Bench, told: Mapping[str, str] | None
) -> None:
    script = """
        file = flags.get("debug-info")
        told = json.load(open(file)) if file else None
        write("output-file", json.dumps({"told": told}).encode())
    """
    assert bench.walk(script, told=told).json_dump == {"told": told or None}
    assert [file.name for file in bench.folder.iterdir() if file.name.startswith("walk-")] == []


@pytest.mark.parametrize(
    ("script", "fault"),
    [
        pytest.param("pass", OutputFault.MISSING, id="no file"),
        pytest.param('write("output-file", b"")', OutputFault.NOT_JSON, id="empty"),
        pytest.param('write("output-file", b"[]")', OutputFault.NO_OBJECT, id="a list"),
        pytest.param('write("output-file", b"null")', OutputFault.NO_OBJECT, id="null"),
        pytest.param('write("output-file", b"{\\"a\\": ")', OutputFault.NOT_JSON, id="cut"),
        pytest.param(
            'write("output-file", b"{\\"a\\": \\"\\xff\\"}")', OutputFault.NOT_JSON, id="no UTF-8"
        ),
        pytest.param(
            'write("output-file", b"[" * 90000)', OutputFault.NOT_JSON, id="nested without end"
        ),
        pytest.param(
            'write("output-file", b"1" * 90000)', OutputFault.NOT_JSON, id="a number without end"
        ),
    ],
)
def test_a_good_end_without_an_object_is_bad_output(
    bench: Bench, script: str, fault: OutputFault
) -> None:
    result = bench.walk(script)
    assert (result.outcome, result.exit_code) == (Outcome.BAD_OUTPUT, 0)
    assert (result.json_dump, result.output) == ({}, b"")
    assert result.fault is fault


@pytest.mark.parametrize(
    ("ending", "outcome", "exit_code"),
    [
        ("sys.exit(1)", Outcome.UNREADABLE, 1),
        ("sys.exit(81)", Outcome.MEMORY_LIMIT, 81),
        ("sys.exit(82)", Outcome.CPU_LIMIT, 82),
        ("sys.exit(83)", Outcome.OUTPUT_LIMIT, 83),
        ("sys.exit(101)", Outcome.CRASHED, 101),
        ("sys.exit(7)", Outcome.CRASHED, 7),
        ("os.kill(os.getpid(), signal.SIGKILL)", Outcome.CRASHED, -signal.SIGKILL),
        ("os.kill(os.getpid(), signal.SIGABRT)", Outcome.CRASHED, -signal.SIGABRT),
        ("os.kill(os.getpid(), signal.SIGSEGV)", Outcome.CRASHED, -signal.SIGSEGV),
    ],
)
def test_a_bad_end_is_an_outcome_whose_output_does_not_count(
    bench: Bench, ending: str, outcome: Outcome, exit_code: int
) -> None:
    script = f"""
        write("output-file", b"{{}}")
        write("log-file", b"ERROR MissingHeader - nothing here\\n")
        {ending}
    """
    result = bench.walk(script)
    assert (result.outcome, result.exit_code) == (outcome, exit_code)
    assert (result.json_dump, result.output) == ({}, b"")
    assert result.log == "ERROR MissingHeader - nothing here\n"


def test_output_without_symbols_that_should_be_there_counts_and_is_told(bench: Bench) -> None:
    result = bench.walk("""write("output-file", b'{"status": "OK"}'); sys.exit(86)""")
    assert (result.outcome, result.exit_code) == (Outcome.UNREADABLE_PACKS, 86)
    assert result.json_dump == {"status": "OK"}


def test_missing_symbols_do_not_make_an_output_of_what_is_none(bench: Bench) -> None:
    assert bench.walk("sys.exit(86)").outcome is Outcome.BAD_OUTPUT


def test_what_the_walk_cost_is_read_and_kept_as_it_was_written(bench: Bench) -> None:
    result = bench.walk(f"""
        write("output-file", b"{{}}")
        write("stats-file", {STATS!r})
    """)
    assert result.stats == STATS
    assert result.cost is not None
    assert (result.cost.reads, result.cost.symbol_seconds) == (2, 0.5)


@pytest.mark.parametrize(
    "content", ["b'[]'", f"b' ' * {MAX_STATS_BYTES} + {STATS!r}"], ids=["no figures", "too long"]
)
def test_an_account_that_is_of_no_use_costs_nothing_but_itself(bench: Bench, content: str) -> None:
    result = bench.walk(f"""
        write("output-file", b"{{}}")
        write("stats-file", {content})
    """)
    assert (result.outcome, result.cost, result.stats) == (Outcome.OK, None, b"")


@pytest.fixture(params=["pidfd", "no pidfd"])
def _any_sandbox(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_pid: int) -> int:
        raise PermissionError

    if request.param == "no pidfd":
        monkeypatch.setattr(os, "pidfd_open", refuse)


@pytest.mark.usefixtures("_any_sandbox")
def test_a_walk_that_ends_in_time_is_waited_for(bench: Bench) -> None:
    result = bench.walk("""time.sleep(0.1); write("output-file", b"{}")""")
    assert (result.outcome, result.exit_code) == (Outcome.OK, 0)


@pytest.mark.usefixtures("_any_sandbox")
def test_a_walk_that_takes_too_long_is_killed(bench: Bench) -> None:
    result = bench.walk("time.sleep(600)", seconds=0.3)
    assert (result.outcome, result.exit_code) == (Outcome.TIMEOUT, -signal.SIGKILL)


@pytest.mark.parametrize("ending", ["time.sleep(600)", "sys.exit(0)"])
def test_children_of_the_stackwalker_do_not_outlive_it(bench: Bench, ending: str) -> None:
    note = bench.folder / "grandchild"
    script = f"""
        pid = os.fork()
        if pid == 0:
            time.sleep(600)
        with open({str(note)!r} + ".new", "w") as file:
            file.write(str(pid))
        os.rename({str(note)!r} + ".new", {str(note)!r})
        {ending}
    """
    for seconds in (1, 4, 16, 64):  # until it gets that far on a busy machine, too
        bench.walk(script, seconds=seconds)
        if note.exists():
            break
    grandchild = int(note.read_text(encoding="utf-8"))
    assert _ends(grandchild)


def _ends(pid: int) -> bool:
    """Say whether a process that was killed ends; one that was not would run for ten minutes."""
    try:
        descriptor = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    watch = select.poll()
    watch.register(descriptor, select.POLLIN)
    ended = bool(watch.poll(20_000))
    os.close(descriptor)
    return ended


def test_output_beyond_the_limit_is_not_read(bench: Bench) -> None:
    result = bench.walk(f"""write("output-file", b" " * {OUTPUT_BYTES} + b"{{}}")""")
    assert (result.outcome, result.output) == (Outcome.OUTPUT_LIMIT, b"")


def test_only_the_head_of_a_long_log_is_read_whatever_is_in_it(bench: Bench) -> None:
    result = bench.walk(f"""write("log-file", b"ERROR A\\xff" + b"x" * {MAX_LOG_BYTES})""")
    assert result.log.startswith("ERROR A\ufffdx")
    assert len(result.log) == MAX_LOG_BYTES


def test_the_child_gets_its_limits_its_parent_and_nothing_of_ours(bench: Bench) -> None:
    script = """
        seen = {
            "arguments": sys.argv[1:],
            "environment": {k: v for k, v in os.environ.items() if k != "LC_CTYPE"},
            "cwd": os.getcwd(),
            "leads its group": os.getpgid(0) == os.getpid(),
            "input": os.read(0, 1).decode(),
            "descriptors": [fd for fd in range(3, 100) if os.path.exists(f"/proc/self/fd/{fd}")],
        }
        write("output-file", json.dumps(seen).encode())
    """
    one, two = bench.folder / "one", bench.folder / "two"
    symbols = SymbolFolders(packs=(two, one), texts=(one, two))
    with (bench.folder / "open").open("wb"):
        seen = bench.walk(script, seconds=60.4, symbols=symbols).json_dump
    work = Path(seen["cwd"])
    assert work.parent == bench.folder
    assert not work.exists()
    assert seen["environment"] == {"LANG": "C.UTF-8", "RUST_BACKTRACE": "0", "TMPDIR": str(work)}
    assert (seen["leads its group"], seen["input"], seen["descriptors"]) == (True, "", [])
    assert seen["arguments"] == [
        "--json",
        "--verbose=error",
        "--no-color",
        f"--evil-json={bench.raw_crash}",
        "--confine",
        "--limit-memory=123456",
        "--limit-cpu=60",
        f"--limit-output={OUTPUT_BYTES}",
        f"--parent-pid={os.getpid()}",
        f"--packs={two}",
        f"--packs={one}",
        f"--symbols-path={one}",
        f"--symbols-path={two}",
        f"--output-file={work}/output.json",
        f"--log-file={work}/log.txt",
        f"--stats-file={work}/stats.json",
        str(bench.minidump),
    ]


@pytest.mark.parametrize("exit_code", [2, 84, 85])
def test_a_stackwalker_that_refuses_to_work_is_broken(bench: Bench, exit_code: int) -> None:
    with pytest.raises(RetryLater) as failure:
        bench.walk(f"sys.exit({exit_code})")
    assert failure.value.code is RetryCode.WALKER_BROKEN


def test_a_stackwalker_that_is_missing_is_broken(bench: Bench) -> None:
    limits = WalkLimits(60, 1, 1)
    with pytest.raises(RetryLater) as failure:
        StackwalkerProcess(limits).walk(bench.minidump, bench.raw_crash)
    assert failure.value.code is RetryCode.WALKER_BROKEN
    assert "not on PATH" in failure.value.detail


@pytest.mark.parametrize("content", ["#!/no/such/interpreter\n", "#!/bin/sh\nexit 3\n"])
def test_a_stackwalker_that_cannot_start_is_broken(bench: Bench, content: str) -> None:
    bench.binary.write_text(content, encoding="utf-8")
    bench.binary.chmod(0o755)
    with pytest.raises(RetryLater) as failure:
        StackwalkerProcess(WalkLimits(60, 1, 1)).walk(bench.minidump, bench.raw_crash)
    assert failure.value.code is RetryCode.WALKER_BROKEN


def test_a_stackwalker_that_disappears_is_broken(bench: Bench) -> None:
    walker = StackwalkerProcess(WalkLimits(60, 1, 1))
    bench.binary.write_text(PREAMBLE, encoding="utf-8")
    bench.binary.chmod(0o755)
    walker.walk(bench.minidump, bench.raw_crash)
    bench.binary.unlink()
    with pytest.raises(RetryLater) as failure:
        walker.walk(bench.minidump, bench.raw_crash)
    assert failure.value.code is RetryCode.WALKER_BROKEN


def test_an_empty_dump_needs_no_stackwalker(bench: Bench) -> None:
    bench.minidump.write_bytes(b"")
    result = StackwalkerProcess(WalkLimits(60, 1, 1)).walk(bench.minidump, bench.raw_crash)
    assert result.outcome is Outcome.EMPTY


def test_a_walk_whose_symbols_were_interrupted_is_walked_once_more(bench: Bench) -> None:
    result = bench.walk(
        """
        marker = os.path.join(os.path.dirname(sys.argv[0]), "walked")
        if not os.path.exists(marker):
            open(marker, "w").close()
            sys.exit(87)
        write("output-file", b'{"status": "OK"}')
        """
    )
    assert (result.outcome, result.exit_code) == (Outcome.OK, 0)
    assert bench.results == 1


def test_a_walk_that_is_interrupted_again_is_tried_later_and_no_result(bench: Bench) -> None:
    with pytest.raises(RetryLater) as failure:
        bench.walk("sys.exit(87)")
    assert failure.value.code is RetryCode.SYMBOLS_INTERRUPTED
    assert bench.results == 0


def test_a_walk_inherits_the_connection_that_its_flags_name_and_no_other(bench: Bench) -> None:
    ours, theirs = socket.socketpair()

    class Connected:
        @contextmanager
        def opened(self, scope: str, *, anew: bool = False) -> Iterator[Access]:
            assert (scope, anew) == ("default", False)
            yield Access([f"--broker-fd={theirs.fileno()}"], [theirs.fileno()])

    with ours, theirs:
        result = bench.walk(
            """
            number = int(flags["broker-fd"])
            os.write(number, b"hello")
            there = [int(name) for name in os.listdir("/proc/self/fd")]
            others = [n for n in there if n > 2 and n != number]
            extra = [n for n in others if os.path.exists(f"/proc/self/fd/{n}")]
            write("output-file", json.dumps({"extra": extra}).encode())
            """,
            symbols=Connected(),
        )
        assert ours.recv(5) == b"hello"
    assert result.json_dump == {"extra": []}
