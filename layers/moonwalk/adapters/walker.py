"""The stackwalker as a child process: whatever it does, or a dump makes it do, is a result."""

import json
import os
import shutil
import subprocess
import tempfile
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from moonwalk.adapters import child
from moonwalk.adapters.symbol_access import NO_SYMBOLS, Access, Symbols
from moonwalk.adapters.walk_output import head, not_walked, outcome_of, read_log, read_output
from moonwalk.adapters.walk_stats import MAX_STATS_BYTES, cost_in, modules_in, read_stats
from moonwalk.domain.failures import RetryCode, RetryLater
from moonwalk.domain.outcome import WalkResult
from moonwalk.domain.symbols import DEFAULT_SCOPE

BINARY = "moonwalk-stackwalker"

_USAGE, _PARENT_GONE, _UNCONFINED, _INTERRUPTED = 2, 84, 85, 87
_TRIES = 2
"""Of a walk whose symbols were interrupted: the broker went away, or a pack was replaced."""
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


class StackwalkerProcess:
    """A `Walker` that starts `moonwalk-stackwalker`, found on PATH, once for each minidump.

    Safe to use from several threads. The files of a walk lie beside its minidump while it runs.

    Attributes:
        symbols: where the symbols are.
    """

    def __init__(
        self,
        limits: WalkLimits,
        symbols: Symbols = NO_SYMBOLS,
        ended: Callable[[], None] = lambda: None,
        kill_after: Callable[[], float] | None = None,
    ) -> None:
        """Take the limits; the binary is looked for when it is first needed.

        Args:
            limits: what each walk may use.
            symbols: where they are.
            ended: told of every walk that has a result, in the thread that asked for it.
            kill_after: tells how long the next walk may take, in place of the limits.
        """
        self._limits = limits
        self._kill_after = kill_after
        self.symbols = symbols
        self._ended = ended
        self._version: tuple[str, str] | None = None
        self._lock = threading.Lock()

    @property
    def limits(self) -> WalkLimits:
        """What a walk that starts now may use."""
        seconds = self._kill_after() if self._kill_after else self._limits.wall_seconds
        return replace(self._limits, wall_seconds=seconds)

    def walk(
        self,
        minidump: Path,
        raw_crash: Path,
        *,
        scope: str = DEFAULT_SCOPE,
        anew: bool = False,
        told: Mapping[str, str] | None = None,
    ) -> WalkResult:
        """Walk a minidump."""
        if minidump.stat().st_size == 0:
            return not_walked()
        for _ in range(_TRIES):
            result = self._walked(minidump, raw_crash.resolve(), scope, told, anew=anew)
            if result:
                self._ended()
                return result
        raise RetryLater(
            RetryCode.SYMBOLS_INTERRUPTED, f"symbols failed under {_TRIES} walks of a minidump"
        )

    def _walked(
        self,
        minidump: Path,
        raw_crash: Path,
        scope: str,
        told: Mapping[str, str] | None,
        *,
        anew: bool,
    ) -> WalkResult | None:
        """Walk once; None when the symbols were interrupted."""
        binary, version = self._found()
        with (
            tempfile.TemporaryDirectory(prefix="walk-", dir=minidump.parent) as name,
            self.symbols.opened(scope, anew=anew) as access,
        ):
            folder = Path(name).resolve()
            output, log, stats = folder / "output.json", folder / "log.txt", folder / "stats.json"
            files = [f"--output-file={output}", f"--log-file={log}", f"--stats-file={stats}"]
            flags = [*self._flags(raw_crash), *access.flags, *_told(told, folder)]
            command = [binary, *flags, *files, str(minidump.resolve())]
            end = _started(command, folder, self.limits.wall_seconds, access)
            if end.in_time and end.exit_code == _INTERRUPTED:
                return None
            outcome = outcome_of(end.exit_code, in_time=end.in_time)
            read = read_output(outcome, output, self.limits.output_bytes)
            figures = head(stats, MAX_STATS_BYTES + 1)
            stated = read_stats(figures)
            cost = cost_in(stated)
            return WalkResult(
                outcome=read.outcome,
                json_dump=read.document,
                output=read.content,
                exit_code=end.exit_code,
                log=read_log(log),
                version=version,
                wall_seconds=end.wall_seconds,
                cost=cost,
                stats=figures if cost else b"",
                brokered=access.cost(),
                modules=modules_in(stated) if cost else (),
                fault=read.fault,
                process=end.cost,
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

    def _found(self) -> tuple[str, str]:
        """Give path and version line of the stackwalker, asked for once."""
        with self._lock:
            if self._version is None:
                binary = shutil.which(BINARY)
                if binary is None:
                    raise _broken(f"{BINARY} is not on PATH; is its layer there?")
                self._version = binary, _version_of(binary)
            return self._version


def _told(told: Mapping[str, str] | None, folder: Path) -> list[str]:
    if not told:
        return []
    file = folder / "debug-info.json"
    file.write_text(json.dumps(told), encoding="utf-8")
    return [f"--debug-info={file}"]


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
