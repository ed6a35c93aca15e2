"""`moonwalk process`: what rules make of crashes in files, without AWS and stackwalker."""

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli import inputs
from cli.commands import options
from cli.crashes import named_file
from cli.exits import EPILOG, Negative, UsageError
from cli.places import shown
from cli.plain import plain, printable_json
from moonwalk.domain.failures import DeadLetter
from moonwalk.domain.request import Ruleset

if TYPE_CHECKING:
    from cli.processing.cases import Case
    from cli.processing.processor import Processor
    from cli.processing.recorded import CrashFiles

app = typer.Typer()
UNKNOWN_VERSION = "unknown"
CASES_VERSION = "minidump-stackwalk 0.27.0"
BETAVERSIONS = "betaversions.json"


@app.command(epilog=EPILOG)
def process(
    *,
    raw: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Annotations, a JSON object.")
    ] = None,
    crash_id: Annotated[str | None, typer.Option(metavar="ID", help="The crash's id.")] = None,
    dump: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME=FILE", help="A dump (repeatable, in stored order)."),
    ] = None,
    stackwalk: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME=FILE.json",
            help="What a stackwalker printed of that dump (repeatable); its log and exit code are "
            "read from FILE.log and FILE.rc, if there.",
        ),
    ] = None,
    existing: Annotated[
        Path | None, typer.Option(metavar="FILE", help="An earlier processed crash.")
    ] = None,
    ruleset: Annotated[
        str, typer.Option(metavar="NAME", help="default or regenerate_signature.")
    ] = "default",
    cases: Annotated[
        Path | None,
        typer.Option(metavar="FILE.jsonl", help="Process all crashes of a file, see docs/cli.md."),
    ] = None,
    out_dir: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Where <crash id>.json of each of the cases goes."),
    ] = None,
    corpus: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Folder of dumps named `corpus:FILE`.")
    ] = None,
    stackwalk_dir: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Folder of FILE.json, FILE.log, FILE.rc of those."),
    ] = None,
    betaversions: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Table of versions by product:channel:build id; with --cases by default "
            "betaversions.json beside them.",
        ),
    ] = None,
    now: Annotated[
        str | None, typer.Option(metavar="ISO", help="The time; by default that of the clock.")
    ] = None,
    host: Annotated[
        str, typer.Option(metavar="NAME", help="What notes name as the place of the run.")
    ] = "local",
    stackwalk_version: Annotated[
        str | None, typer.Option(metavar="TEXT", help="The stackwalker's version line.")
    ] = None,
    profile: options.ProfileName = options.PROFILE,
) -> None:
    """Print what rules make of a crash in files: the whole processed crash, as sorted JSON.

    It holds protected fields; no other command prints them. With --cases, one file for each crash.
    """
    from cli.processing.processor import Processor

    table = betaversions
    if cases and table is None and cases.with_name(BETAVERSIONS).is_file():
        table = cases.with_name(BETAVERSIONS)
    version = stackwalk_version or (CASES_VERSION if cases else UNKNOWN_VERSION)
    if cases is None:
        files = _one(
            raw=raw,
            crash_id=crash_id,
            dumps=dump or [],
            stackwalks=stackwalk or [],
            existing=existing,
            ruleset=ruleset,
        )
        processor = Processor.of(profile, table, host=host, version=version, now=_moment(now))
        _print(processor.written(files))
        return
    if out_dir is None:
        raise UsageError("--cases needs a folder for what it makes", "name one by --out-dir")
    from cli.processing.cases import Cases

    chosen = Cases(cases, corpus or cases.parent, stackwalk_dir or cases.parent)
    read = chosen.read()
    processor = Processor.of(profile, table, host=host, version=version, now=_moment(now))
    _many(processor, read, out_dir)


def _one(
    *,
    raw: Path | None,
    crash_id: str | None,
    dumps: list[str],
    stackwalks: list[str],
    existing: Path | None,
    ruleset: str,
) -> "CrashFiles":
    from cli.processing.recorded import CrashFiles, Recorded

    if raw is None or crash_id is None:
        raise UsageError("there is no crash", "give --raw and --crash-id, or --cases")
    try:
        chosen = Ruleset(ruleset)
    except ValueError as error:
        raise UsageError(
            f"there is no ruleset {plain(ruleset, 60)!r}", f"there are: {', '.join(Ruleset)}"
        ) from error
    walked = (named_file("--stackwalk", pair, "a stackwalker's output") for pair in stackwalks)
    return CrashFiles(
        crash_id=inputs.crash_id(crash_id),
        raw=raw,
        dumps=dict(named_file("--dump", pair, "a dump") for pair in dumps),
        walks={name: Recorded.beside(output) for name, output in walked},
        existing=existing,
        ruleset=chosen,
    )


def _many(processor: "Processor", cases: "list[Case]", out_dir: Path) -> None:
    """Process all cases; one that cannot be used is told, and the others go on."""
    from cli.terminal import Steps

    refused = 0
    _folder(out_dir)
    with Steps().counted(f"processing {len(cases)} crashes", len(cases)) as done:
        for case in cases:
            try:
                text = processor.written(case.files())
            except (UsageError, DeadLetter) as error:
                refused += 1
                print(f"moonwalk: {plain(case.name, 60)}: {plain(error)}", file=sys.stderr)
            else:
                _write(out_dir / f"{case.name}.json", text)
            done(1)
    if refused:
        raise Negative(
            f"{refused} of {len(cases)} crashes were refused", "what was wrong is told above"
        )


def _folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _unwritable(folder, error) from error


def _write(file: Path, text: str) -> None:
    try:
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise _unwritable(file, error) from error


def _unwritable(path: Path, error: OSError) -> UsageError:
    name = plain(shown(path))
    return UsageError(f"{name} cannot be written: {error.strerror}", "name another by --out-dir")


def _print(text: str) -> None:
    print(printable_json(text))


def _moment(now: str | None) -> datetime:
    try:
        moment = datetime.fromisoformat(now) if now else datetime.now(UTC)
    except ValueError as error:
        raise UsageError(
            f"{plain(now, 60)!r} is no time", "write it as 2026-09-01T12:34:56+00:00"
        ) from error
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
