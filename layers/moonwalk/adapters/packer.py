"""`moonwalk-pack` as a child process: whatever a symbol file makes of it ends with a name."""

import json
import re
import resource
import shutil
import signal
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from moonwalk.adapters import child
from moonwalk.contracts.symbols import CONTAINER_VERSION
from moonwalk.domain.failures import DeadLetter, DeadLetterCode, RetryCode, RetryLater
from moonwalk.domain.symbols import FINE, PackFacts, SymbolKey, read_module
from moonwalk.symbol_ports import MadePack

BINARY = "moonwalk-pack"
MAX_ANSWER_BYTES = 1024 * 1024
"""Of what the packer says of one file; a MODULE line may be long, but not that long."""

_DONE, _USAGE, _FAILED = 0, 2, 3
_FINE = "Fine"
_NO_ROOM = "os error 28"
_NO_MEMORY = re.compile(rb"memory allocation of|\(os error 1[12]\)|code: 1[12],")
"""How the packer says that an allocation or the start of a thread failed."""
_MEANING = {
    "TextTooLarge": DeadLetterCode.SYMBOLS_TOO_LARGE,
    "TooLarge": DeadLetterCode.SYMBOLS_TOO_LARGE,
    "ParserPanicked": DeadLetterCode.SYMBOLS_UNREADABLE,
    "BadName": DeadLetterCode.BAD_SYMBOL_KEY,
}
"""Names of the packer's failures (docs/moonwalk-pack.md) that are the symbol file's own fault."""
_COMPRESSED = (b"\x1f\x8b", b"\x28\xb5\x2f\xfd")
"""How gzip and zstd begin, which the packer takes to pieces by itself."""


@dataclass(frozen=True, slots=True)
class PackLimits:
    """What making one pack may use.

    Attributes:
        wall_seconds: until it is killed.
        memory_bytes: heap and other private memory.
        text_bytes: of the text, and so of every file that is written.
    """

    wall_seconds: float
    memory_bytes: int
    text_bytes: int


@dataclass(frozen=True, slots=True)
class PackerProcess:
    """A `Packer` that starts `moonwalk-pack`, in an environment with nothing in it."""

    limits: PackLimits

    def pack(self, key: SymbolKey, file: Path, folder: Path) -> MadePack:
        """Make the pack, and ask the packer what is in it."""
        place = folder / "symbols" / key.place
        place.parent.mkdir(parents=True)
        file.rename(place)
        packs = folder / "packs"
        flags = ["--json", f"--max-text={self.limits.text_bytes}", f"--output={packs}"]
        answer, end = self._run(["build", *flags, "--", place.parents[2]], folder, place)
        _must_have_packed(answer, end, place)
        made = packs / key.pack_place
        facts, _ = self._run(["info", "--json", "--", made], folder, made)
        return _read(facts, made, end.wall_seconds)

    def _run(
        self, arguments: list[str | Path], folder: Path, what: Path
    ) -> tuple[dict[str, Any], child.End]:
        """Run the packer and read its answer; however it died has a name of its own."""
        binary = shutil.which(BINARY)
        if binary is None:
            raise _broken(f"{BINARY} is not on PATH; is its layer there?")
        files = child.Files(output=folder / "answer.json", errors=folder / "errors.txt")
        try:
            end = child.run(
                [binary, *arguments],
                folder=folder,
                environment={"LANG": "C.UTF-8", "RUST_BACKTRACE": "0", "TMPDIR": str(folder)},
                seconds=self.limits.wall_seconds,
                files=files,
                limits={
                    resource.RLIMIT_DATA: self.limits.memory_bytes,
                    resource.RLIMIT_FSIZE: self.limits.text_bytes + MAX_ANSWER_BYTES,
                    resource.RLIMIT_CORE: 0,
                },
            )
        except OSError as error:
            raise _broken(f"{BINARY} cannot be started: {error.strerror}") from error
        _must_have_ended(end, folder / "errors.txt", what)
        return _answer(folder / "answer.json"), end


def _must_have_ended(end: child.End, errors: Path, what: Path) -> None:
    """Tell an end of the packer's own from one by limits, and from a crash."""
    if not end.in_time:
        raise _too_large(what, "takes longer to pack than is allowed")
    if end.exit_code in (_DONE, _FAILED):
        return
    if end.exit_code == _USAGE:
        raise _broken(f"{BINARY} did not understand its arguments; is it of this version?")
    if end.exit_code == -signal.SIGXFSZ:
        raise _too_large(what, "makes a larger file than is allowed")
    with errors.open("rb") as stream:
        if _NO_MEMORY.search(stream.read(MAX_ANSWER_BYTES)):
            raise _too_large(what, "needs more memory than a packer has")
    raise DeadLetter(
        DeadLetterCode.PACKER_CRASHED, f"{BINARY} died of {what.name}: it ended {end.exit_code}"
    )


def _answer(file: Path) -> dict[str, Any]:
    with file.open("rb") as stream:
        content = stream.read(MAX_ANSWER_BYTES + 1)
    try:
        found = json.loads(content)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise _broken(f"{BINARY} gave no answer; is it of this version?")
    return found


def _must_have_packed(answer: Mapping[str, Any], end: child.End, place: Path) -> None:
    if end.exit_code == _DONE:
        return
    failures = answer.get("failures")
    failure = failures[0] if isinstance(failures, list) and failures else {}
    name, message = str(failure.get("error")), str(failure.get("message"))
    if name in _MEANING:
        raise DeadLetter(_MEANING[name], f"{place.name} cannot be packed: {name}")
    if _NO_ROOM in message:
        # The disk may be full of others: whether it is the file's own size is not known here.
        raise RetryLater(RetryCode.SCRATCH_FULL, f"{place.name} does not fit where it is packed")
    if name == "IoError" and _is_compressed(place):
        raise DeadLetter(
            DeadLetterCode.SYMBOLS_UNREADABLE, f"{place.name} is compressed, and damaged"
        )
    raise _broken(f"{BINARY} failed with {name}")


def _is_compressed(file: Path) -> bool:
    with file.open("rb") as stream:
        return stream.read(4).startswith(_COMPRESSED)


def _read(facts: Mapping[str, Any], pack: Path, seconds: float) -> MadePack:
    try:
        if facts["container_version"] != CONTAINER_VERSION:
            raise _broken(f"{BINARY} makes packs of another version than is stored")
        module = read_module(facts["module"])
        return MadePack(
            file=pack,
            facts=PackFacts(facts["text_sha256"], facts["text_bytes"], _verdict(facts)),
            module_id=module.debug_id if module else "",
            seconds=seconds,
        )
    except (AttributeError, KeyError, TypeError) as error:
        raise _broken(f"{BINARY} told something else than facts; is it of this version?") from error


def _verdict(facts: Mapping[str, Any]) -> str:
    if facts["verdict"] == _FINE:
        return FINE
    line = facts["verdict_line"]
    where = "" if line is None else f" line {line}"
    return f"corrupt{where}: {facts['verdict']}"


def _too_large(what: Path, why: str) -> DeadLetter:
    return DeadLetter(DeadLetterCode.SYMBOLS_TOO_LARGE, f"{what.name} {why}")


def _broken(detail: str) -> RetryLater:
    return RetryLater(RetryCode.PACKER_BROKEN, detail)
