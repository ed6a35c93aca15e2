"""`moonwalk show`: what everybody may see of a processed crash."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.commands import options, profiles
from cli.exits import EPILOG, UsageError
from cli.plain import plain, plain_json

if TYPE_CHECKING:
    from cli.finding import PublicCrash
    from cli.stack import Stack

app = typer.Typer()


@app.command(epilog=EPILOG)
def show(
    crash: Annotated[
        str,
        typer.Argument(
            metavar="CRASH_ID|FILE",
            help="As `run` or `submit` printed it, or a file that holds a processed crash.",
        ),
    ],
    *,
    threads: Annotated[bool, typer.Option("--threads", help="The stacks of all threads.")] = False,
    thread: Annotated[
        list[int] | None,
        typer.Option(metavar="N", min=0, help="The stack of this thread (repeatable)."),
    ] = None,
    modules: Annotated[
        bool, typer.Option("--modules", help="The modules, and what became of their symbols.")
    ] = False,
    annotations: Annotated[
        bool, typer.Option("--annotations", help="The public annotations; with --json, only they.")
    ] = False,
    json: options.Json = False,
    html: Annotated[bool, typer.Option("--html", help="Print one self-contained page.")] = False,
    output_file: Annotated[
        Path | None,
        typer.Option("--output-file", "-o", metavar="FILE", help="Write page or JSON here."),
    ] = None,
    source: options.Sources = None,
    raw_crash: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="The crash's annotations; by default those stored, or raw_crash.json beside FILE.",
        ),
    ] = None,
    profile: options.ProfileName = options.PROFILE,
    stack: options.Stack = None,
) -> None:
    """Show what is public of a processed crash: what happened, where, and the crashing thread.

    Protected fields are never shown. --json and --html hold all threads and modules.
    """
    if json and html:
        raise UsageError("--json and --html are two answers", "choose one")
    if output_file and not (json or html):
        raise UsageError("-o is for --json and --html", "redirect the report to a file")

    from cli.finding import PublicCrash, found

    view, browsers = profiles.chosen(profile, source or [])
    chosen = PublicCrash(found(crash, raw_crash, stack), view)
    if html:
        from cli.page.page import page

        _write(page(chosen.processed(), chosen.annotations(), browsers), output_file)
    elif json:
        document = chosen.annotations() if annotations else chosen.processed()
        _write(f"{plain_json(document)}\n", output_file)
    else:
        _report(chosen, thread or [], threads=threads, modules=modules, annotations=annotations)


def _write(text: str, file: Path | None) -> None:
    if file is None:
        print(text, end="")
        return
    try:
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise UsageError(
            f"{plain(file)} cannot be written: {error.strerror}", "name another file by -o"
        ) from error


def _report(
    crash: "PublicCrash", wanted: list[int], *, threads: bool, modules: bool, annotations: bool
) -> None:
    from cli import report
    from cli.facts import crash_facts
    from cli.terminal import results

    processed = crash.processed()
    console = results()
    report.show_facts(console, crash_facts(processed))
    console.print()
    report.show_stack(console, processed)
    for stack in _others(processed, wanted, every=threads):
        report.show_thread(console, stack, stack.title)
    if modules:
        report.show_modules(console, processed)
    if annotations:
        report.show_annotations(console, crash.annotations())
    if not (threads or wanted or modules or annotations):
        console.print(report.more(processed))


def _others(processed: Mapping[str, Any], wanted: list[int], *, every: bool) -> "list[Stack]":
    """Give the threads that are to be shown beside the crashing one.

    Raises:
        UsageError: when there is no thread of a wanted number.
    """
    from cli.stack import all_stacks, crashing_stack

    if not (wanted or every):
        return []
    stacks = list(all_stacks(processed))
    missing = [number for number in wanted if number >= len(stacks)]
    if missing:
        raise UsageError(
            f"there is no thread {missing[0]} in this crash", f"it has {len(stacks)}, from 0 on"
        )
    if not every:
        return [stacks[number] for number in wanted]
    crashing = crashing_stack(processed)
    return [stack for stack in stacks if crashing is None or stack.number != crashing.number]
