"""`moonwalk run`: a dump through the whole pipeline, with no account and nothing to set up."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli import inputs, places
from cli.commands import options, profiles
from cli.exits import EPILOG, ExitCode, UsageError
from cli.plain import plain_json

if TYPE_CHECKING:
    from rich.console import Console

    from cli.reachable import Reachable
    from cli.running import Finished
    from cli.terminal import Steps

app = typer.Typer()


@app.command(epilog=EPILOG)
def run(
    *,
    dumps: Annotated[
        list[Path] | None,
        typer.Argument(metavar="DUMP", help="Minidumps; the example crash if none is given."),
    ] = None,
    symbols: options.Symbols = None,
    packs: options.Packs = None,
    raw_crash: options.RawCrash = None,
    also: options.OtherDumps = None,
    attach: Annotated[
        bool, typer.Option("--attach", help="Use the embedded AWS that `up` keeps running.")
    ] = False,
    stack: options.Stack = None,
    profile: options.ProfileName = options.PROFILE,
    timeout: options.Seconds = options.WAIT_SECONDS,
    json: options.Json = False,
) -> None:
    """Send crashes through the pipeline, on an embedded AWS of its own unless told otherwise.

    Prints signature, stack, lane and times, and exports every stored object to build/run/CRASH_ID:
    whole, while what is printed is public.
    """
    view, _ = profiles.chosen(profile)
    chosen = [inputs.minidump(dump) for dump in dumps or []]
    if (symbols or packs) and (attach or stack):
        raise UsageError(
            "--symbols and --packs are for an embedded AWS of its own", "give them to `moonwalk up`"
        )
    texts = [inputs.symbol_folder(folder) for folder in symbols or []]
    ready = [inputs.pack_folder(folder) for folder in packs or []]
    if not chosen:
        raw_crash = raw_crash or places.EXAMPLE_RAW_CRASH
        texts = texts if texts or ready else [places.EXAMPLE_SYMBOLS]

    from cli.crashes import crashes_of
    from cli.running import run_all
    from cli.terminal import Steps

    crashes = crashes_of(chosen or [places.EXAMPLE_DUMP], also or [], raw_crash)
    steps = Steps()
    with _opened(texts, ready, steps, stack=stack, attach=attach) as pipeline:
        finished = list(run_all(crashes, pipeline, steps, timeout, view))
    _report(finished, as_json=json)
    if any(crash.failed for crash in finished):
        raise typer.Exit(ExitCode.NEGATIVE)


@contextmanager
def _opened(
    texts: list[Path], ready: list[Path], steps: "Steps", *, stack: str | None, attach: bool
) -> "Iterator[Reachable]":
    if stack or attach:
        from cli.opening import reachable

        yield reachable(stack)
        return
    from cli.bring_up import embedded, reachable_embedded
    from cli.packing import packed

    with packed(texts, steps) as made, embedded("run", [*ready, *made], steps) as aws:
        yield reachable_embedded(aws)
        steps.note("taking the embedded AWS down")


def _report(finished: "list[Finished]", *, as_json: bool) -> None:
    from cli.terminal import results

    if as_json:
        print(plain_json({"crashes": [crash.document() for crash in finished]}))
        return
    for crash in finished:
        _show(results(), crash)


def _show(console: "Console", crash: "Finished") -> None:
    from cli import report
    from cli.facts import crash_facts
    from cli.walk_costs import show_costs

    entry = crash.entry
    console.print()
    facts = crash_facts({"crash_id": entry.crash_id, **crash.processed})
    outcome = entry.result.reason if entry.result else None
    run_facts = [("state", entry.state), ("outcome", outcome), ("lane", entry.lane)]
    report.show_facts(console, [*facts, *run_facts])
    console.print()
    report.show_stack(console, crash.processed)
    console.print()
    report.show_seconds(console, crash.seconds)
    console.print()
    if crash.costs:
        show_costs(console, crash.costs)
        console.print()
    report.show_objects(console, crash.objects)
