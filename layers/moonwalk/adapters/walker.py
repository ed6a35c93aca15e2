"""The stackwalker as a child process: whatever it does, or a dump makes it do, is a result."""

import os
import shutil
import subprocess
import tempfile
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from moonwalk.adapters import child
from moonwalk.adapters.stored_content import UnusableContentError, parse_json
from moonwalk.adapters.symbol_access import NO_SYMBOLS, Access, Symbols
from moonwalk.adapters.walk_stats import MAX_STATS_BYTES, cost_in, modules_in, read_stats
from moonwalk.domain.failures import RetryCode, RetryLater
from moonwalk.domain.outcome import WALKED, Outcome, OutputFault, WalkResult

BINARY = "moonwalk-stackwalker"
MAX_LOG_BYTES = 64 * 1024
EMPTY_LOG = "Shortcut for 0-bytes minidump."
"""Socorro's words for a dump that was not walked."""

_USAGE, _PARENT_GONE, _UNCONFINED, _INTERRUPTED = 2, 84, 85, 87
_TRIES = 2
"""Of a walk whose symbols were interrupted: the broker went away, or a pack was replaced."""
_MEANING = {
    0: Outcome.OK,
    1: Outcome.UNREADABLE,
    81: Outcome.MEMORY_LIMIT,
    82: Outcome.CPU_LIMIT,
    83: Outcome.OUTPUT_LIMIT,
    86: Outcome.UNREADABLE_PACKS,
}
"""Exit codes: those from 81 on are the stackwalker's own, the others `minidump-stackwalk`'s."""
_BROKEN = {
    _USAGE: "did not understand its arguments",
    _PARENT_GONE: "found another parent than us",
    _UNCONFINED: "could not set its limits",
}
_VERSION_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class WalkLimits:
    """What one walk may use.

    Attributes:
        wall_seconds: until it is killed.
        memory_bytes: heap and other private memory.
        output_bytes: length of its JSON.
    """

    wall_seconds: float
    memory_bytes: int
    output_bytes: int


@dataclass(frozen=True, slots=True)
class _Output:
    outcome: Outcome
    document: Mapping[str, Any] = field(default_factory=dict)
    content: bytes = b""
    fault: OutputFault | None = None


class StackwalkerProcess:
    """A `Walker` that starts `moonwalk-stackwalker`, found on PATH, once for each minidump.

    Safe to use from several threads. The files of a walk lie beside its minidump while it runs.

    Attributes:
        limits: what each walk may use.
        symbols: where the symbols are.
    """

    def __init__(self, limits: WalkLimits, symbols: Symbols = NO_SYMBOLS) -> None:
        """Take the limits; the binary is looked for when it is first needed."""
        self.limits = limits
        self.symbols = symbols
        self._version: tuple[str, str] | None = None
        self._lock = threading.Lock()

    def walk(self, minidump: Path, raw_crash: Path, *, anew: bool = False) -> WalkResult:
        """Walk a minidump."""
        if minidump.stat().st_size == 0:
            return WalkResult(Outcome.EMPTY, {}, b"", None, EMPTY_LOG, "", 0.0)
        for _ in range(_TRIES):
            if result := self._walked(minidump, raw_crash.resolve(), anew=anew):
                return result
        raise RetryLater(
            RetryCode.SYMBOLS_INTERRUPTED, f"symbols failed under {_TRIES} walks of a minidump"
        )

    def _walked(self, minidump: Path, raw_crash: Path, *, anew: bool) -> WalkResult | None:
        """Walk once; None when the symbols were interrupted."""
        binary, version = self._found()
        with (
            tempfile.TemporaryDirectory(prefix="walk-", dir=minidump.parent) as name,
            self.symbols.opened(anew=anew) as access,
        ):
            folder = Path(name).resolve()
            output, log, stats = folder / "output.json", folder / "log.txt", folder / "stats.json"
            files = [f"--output-file={output}", f"--log-file={log}", f"--stats-file={stats}"]
            flags = [*self._flags(raw_crash), *access.flags]
            command = [binary, *flags, *files, str(minidump.resolve())]
            end = _started(command, folder, self.limits.wall_seconds, access)
            if end.in_time and end.exit_code == _INTERRUPTED:
                return None
            read = self._read(end, output)
            figures = _head(stats, MAX_STATS_BYTES + 1)
            told = read_stats(figures)
            cost = cost_in(told)
            return WalkResult(
                outcome=read.outcome,
                json_dump=read.document,
                output=read.content,
                exit_code=end.exit_code,
                log=_head(log, MAX_LOG_BYTES).decode("utf-8", "replace"),
                version=version,
                wall_seconds=end.wall_seconds,
                cost=cost,
                stats=figures if cost else b"",
                brokered=access.cost(),
                modules=modules_in(told) if cost else (),
                fault=read.fault,
            )

    def _flags(self, raw_crash: Path) -> list[str]:
        return [
            "--json",
            "--verbose=error",
            "--no-color",
            f"--evil-json={raw_crash}",
            "--confine",
            f"--limit-memory={self.limits.memory_bytes}",
            # Wall time ends a walk first; this one holds should we not be there to end it.
            f"--limit-cpu={max(1, round(self.limits.wall_seconds))}",
            f"--limit-output={self.limits.output_bytes}",
            f"--parent-pid={os.getpid()}",
        ]

    def _read(self, end: child.End, output: Path) -> "_Output":
        """Read the output, which counts only after a walk that came to its end."""
        outcome = _outcome(end)
        if outcome not in WALKED:
            return _Output(outcome)
        if not output.exists():
            return _Output(Outcome.BAD_OUTPUT, fault=OutputFault.MISSING)
        content = _head(output, self.limits.output_bytes + 1)
        if len(content) > self.limits.output_bytes:
            return _Output(Outcome.OUTPUT_LIMIT)
        try:
            document = parse_json(content)
        except UnusableContentError:
            return _Output(Outcome.BAD_OUTPUT, fault=OutputFault.NOT_JSON)
        if not isinstance(document, dict):
            return _Output(Outcome.BAD_OUTPUT, fault=OutputFault.NO_OBJECT)
        return _Output(outcome, document, content)

    def _found(self) -> tuple[str, str]:
        """Give path and version line of the stackwalker, asked for once."""
        with self._lock:
            if self._version is None:
                binary = shutil.which(BINARY)
                if binary is None:
                    raise _broken(f"{BINARY} is not on PATH; is its layer there?")
                self._version = binary, _version_of(binary)
            return self._version


def _started(command: list[str], folder: Path, seconds: float, access: Access) -> child.End:
    environment = {"LANG": "C.UTF-8", "RUST_BACKTRACE": "0", "TMPDIR": str(folder)}
    try:
        end = child.run(
            command,
            folder=folder,
            environment=environment,
            seconds=seconds,
            descriptors=access.descriptors,
        )
    except OSError as error:
        raise _broken(f"{BINARY} cannot be started: {error.strerror}") from error
    if end.in_time and end.exit_code in _BROKEN:
        raise _broken(
            f"{BINARY} {_BROKEN[end.exit_code]} (exit {end.exit_code}); is it of this version?"
        )
    return end


def _outcome(end: child.End) -> Outcome:
    if not end.in_time:
        return Outcome.TIMEOUT
    return _MEANING.get(end.exit_code, Outcome.CRASHED)


def _head(file: Path, size: int) -> bytes:
    try:
        with file.open("rb") as stream:
            return stream.read(size)
    except FileNotFoundError:
        return b""


def _version_of(binary: str) -> str:
    try:
        said = subprocess.run(
            [binary, "--version"],
            check=True,
            capture_output=True,
            stdin=subprocess.DEVNULL,
            env={},
            timeout=_VERSION_SECONDS,
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise _broken(f"{BINARY} does not tell its version: {type(error).__name__}") from error
    return said.stdout.decode("utf-8", "replace").strip()


def _broken(detail: str) -> RetryLater:
    return RetryLater(RetryCode.WALKER_BROKEN, detail)
