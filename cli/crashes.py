"""From what was typed to crashes that can be sent: each DUMP is a crash of its own."""

from collections.abc import Sequence
from pathlib import Path

from cli import inputs
from cli.exits import UsageError
from cli.new_crash import NewCrash, Sources, new_crash
from cli.plain import plain
from moonwalk.domain.dumps import MAIN_MINIDUMP, DumpName
from moonwalk.domain.failures import DeadLetter


def crashes_of(
    dumps: Sequence[Path], also: Sequence[str], raw_crash: Path | None
) -> dict[Path, NewCrash]:
    """Make a crash of each dump.

    Args:
        dumps: main minidumps.
        also: further dumps of the one crash, as `NAME=FILE`.
        raw_crash: annotations of the one crash.

    Raises:
        UsageError: when something cannot be used.
    """
    if len(dumps) != 1 and (also or raw_crash):
        raise UsageError("--also and --raw-crash belong to one crash", "give one DUMP with them")
    others = dict(_further_dump(pair) for pair in also)
    return {dump: new_crash(Sources(dump, others, raw_crash)) for dump in dumps}


def named_file(option: str, pair: str, what: str) -> tuple[DumpName, Path]:
    """Read `NAME=FILE` as an option's value: the name of a dump, and a file that is there.

    Raises:
        UsageError: when it cannot be used.
    """
    text, equals, path = pair.partition("=")
    if not equals or not path:
        raise UsageError(f"{option} {plain(pair)} names no file", f"write {option} NAME=FILE")
    try:
        name = DumpName(text)
    except DeadLetter as error:
        raise UsageError(
            f"{plain(text)!r} is no name of a dump", "at most 30 letters, digits and _"
        ) from error
    return name, inputs.existing_file(Path(path), what)


def _further_dump(pair: str) -> tuple[DumpName, Path]:
    name, path = named_file("--also", pair, "a dump")
    if name.text == MAIN_MINIDUMP:
        raise UsageError(f"{MAIN_MINIDUMP} is DUMP itself", "give the further dump another name")
    return name, path
