"""Packs the folders of symbols that a command was given, once for each state of a folder.

The packs of a folder are made again when its files or the packer have changed: their names, sizes
and times are what the packs' own folder is named after. Whoever uses packs holds a lock on them, so
a newer state never pulls them from under an embedded AWS that still walks.
"""

import fcntl
import hashlib
import json
import os
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from cli.exits import SetUpIncomplete, UsageError
from cli.places import PACKER, PACKS, shown
from cli.plain import plain
from cli.terminal import Steps

DEEPEST = 8
"""Folders below a folder of symbols that the packer looks into."""
_SUMMARY = "built.json"
"""Written last: what the packer said of the packs beside it."""
_MEANS_NOTHING_TO_PACK = "NoInput"
_FINGERPRINT_LENGTH = 16


@contextmanager
def packed(folders: Sequence[Path], steps: Steps) -> Iterator[list[Path]]:
    """Give a folder of packs for each folder of symbols; they stay as long as they are used.

    Raises:
        SetUpIncomplete: when the packer has not been built.
        UsageError: when a file of symbols cannot be packed.
    """
    with ExitStack() as used:
        yield [used.enter_context(_packs_of(folder, steps)) / "packs" for folder in folders]


def packer() -> Path:
    """Give the built packer.

    Raises:
        SetUpIncomplete: when it has not been built.
    """
    if not os.access(PACKER, os.X_OK):
        raise SetUpIncomplete(f"{shown(PACKER)} has not been built", "run `make build`")
    return PACKER


@contextmanager
def _packs_of(symbols: Path, steps: Steps) -> Iterator[Path]:
    """Give the folder with the packs of a folder's present state, in use."""
    all_states = PACKS / _hash(str(symbols))
    all_states.mkdir(parents=True, exist_ok=True)
    with ExitStack() as used:
        with (all_states / "packing.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            state = all_states / _state(symbols)
            if (state / _SUMMARY).is_file():
                steps.note(f"{shown(symbols)} is packed already: {_words(_summary(state))}")
            else:
                _pack(symbols, state, steps)
            used.enter_context(_in_use(state))
            _forget_others(all_states, state)
        yield state


def _state(symbols: Path) -> str:
    """Name what the packs follow from, without reading any of it."""
    looks = [(str(path), path.stat()) for path in (packer(), *_files(symbols, DEEPEST))]
    seen = [(name, look.st_size, look.st_mtime_ns, look.st_ctime_ns) for name, look in looks]
    return _hash(json.dumps(seen))


def _files(folder: Path, deeper: int) -> Iterator[Path]:
    """Give the files that the packer may take; it follows links, which may lead in circles."""
    for path in sorted(folder.iterdir()):
        if path.is_dir():
            yield from _files(path, deeper - 1) if deeper else ()
        elif path.is_file():
            yield path


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()[:_FINGERPRINT_LENGTH]


def _pack(symbols: Path, state: Path, steps: Steps) -> None:
    """Pack a folder aside; the state has its name only when all of it is there."""
    aside = state.with_name("aside")
    shutil.rmtree(aside, ignore_errors=True)
    (aside / "packs").mkdir(parents=True)
    with steps.step(f"packing the symbols in {shown(symbols)}"):
        summary = built(symbols, aside / "packs")
    (aside / _SUMMARY).write_text(json.dumps(summary), encoding="utf-8")
    aside.rename(state)
    steps.note(_words(summary))


def built(symbols: Path, packs: Path) -> dict[str, Any]:
    """Pack what is in a folder of symbols into a folder of packs; give what the packer says of it.

    Raises:
        SetUpIncomplete: when the packer has not been built, or fails.
        UsageError: when a file cannot be packed.
    """
    command = [str(packer()), "build", "--json", "-o", str(packs), "--", str(symbols)]
    ended = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, check=False)
    try:
        summary: dict[str, Any] = json.loads(ended.stdout)
        failures = [one for one in summary["failures"] if one["error"] != _MEANS_NOTHING_TO_PACK]
    except (ValueError, KeyError, TypeError) as error:
        said = plain(ended.stderr.decode("utf-8", "replace").strip(), 300)
        raise SetUpIncomplete(f"{shown(PACKER)} failed: {said}", "run `make build`") from error
    if failures:
        more = f" (and {len(failures) - 1} more)" if len(failures) > 1 else ""
        raise UsageError(
            f"symbols cannot be packed: {plain(failures[0]['message'], 300)}{more}",
            "`moonwalk-pack build` tells of each; a walk without them would be incomplete",
        )
    return summary


def _summary(state: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((state / _SUMMARY).read_text(encoding="utf-8"))
    return found


def _words(summary: dict[str, Any]) -> str:
    count = len(summary["packs"])
    if not count:
        return "no file of symbols in it"
    packs = "1 pack" if count == 1 else f"{count} packs"
    corrupt = f", {summary['corrupt']} of a text that the parser rejects" * bool(summary["corrupt"])
    sizes = f"{summary['text_bytes']:,} bytes of text in {summary['pack_bytes']:,}"
    return f"{packs}{corrupt}, {sizes} ({summary['ratio']:.1%})"


@contextmanager
def _in_use(state: Path) -> Iterator[None]:
    descriptor = os.open(state, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH)
        yield
    finally:
        os.close(descriptor)


def _forget_others(all_states: Path, kept: Path) -> None:
    """Remove the packs of earlier states that nobody uses."""
    for other in all_states.iterdir():
        if other.is_dir() and other != kept:
            descriptor = os.open(other, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(other, ignore_errors=True)
            except BlockingIOError:
                continue
            finally:
                os.close(descriptor)
