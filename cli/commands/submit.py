"""`moonwalk submit`: store crashes and ask for them, as a collector would, checking nothing."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli import inputs
from cli.commands import options
from cli.exits import EPILOG, ExitCode
from cli.ledger_view import document
from cli.plain import plain, plain_json
from moonwalk.domain.ledger import State
from moonwalk.domain.request import QueueClass, Ruleset

if TYPE_CHECKING:
    from moonwalk.domain.crash_id import CrashId
    from moonwalk.domain.ledger import LedgerEntry

app = typer.Typer()


@app.command(epilog=EPILOG)
def submit(
    *,
    dumps: Annotated[
        list[Path],
        typer.Argument(
            metavar="DUMP", help="Minidumps, each a crash; or files that only claim to be."
        ),
    ],
    raw_crash: options.RawCrash = None,
    also: options.OtherDumps = None,
    queue: Annotated[QueueClass, typer.Option(help="Where to ask.")] = QueueClass.STANDARD,
    ruleset: Annotated[Ruleset, typer.Option(help="By which rules.")] = Ruleset.DEFAULT,
    wait: Annotated[bool, typer.Option("--wait", help="Wait for the end of each.")] = False,
    timeout: options.Seconds = options.WAIT_SECONDS,
    stack: options.Stack = None,
    json: options.Json = False,
) -> None:
    """Store crashes and put their ids into a queue; print the ids.

    Does not look whether a DUMP is a minidump: what the pipeline makes of others is its business.
    """
    for dump in dumps:
        inputs.existing_file(dump, "a dump")

    from cli.crashes import crashes_of
    from cli.following import follow
    from cli.opening import reachable
    from cli.submission import send, upload

    crashes = crashes_of(dumps, also or [], raw_crash)
    pipeline = reachable(stack)
    for crash in crashes.values():
        upload(crash, pipeline)
        send(crash.crash_id, pipeline, queue, ruleset)
    sent = [crash.crash_id for crash in crashes.values()]
    if not wait:
        _print_ids(sent, as_json=json)
        return
    ended = [follow(crash_id, pipeline, timeout) for crash_id in sent]
    _print_ends(ended, as_json=json)
    if any(entry.state is State.FAILED for entry in ended):
        raise typer.Exit(ExitCode.NEGATIVE)


def _print_ids(sent: "list[CrashId]", *, as_json: bool) -> None:
    from cli.plain import plain_json

    ids = [crash_id.text for crash_id in sent]
    print(
        plain_json({"crashes": [{"crash_id": text} for text in ids]}) if as_json else "\n".join(ids)
    )


def _print_ends(ended: "list[LedgerEntry]", *, as_json: bool) -> None:
    if as_json:
        print(plain_json({"crashes": [document(entry) for entry in ended]}))
        return
    for entry in ended:
        result = entry.result
        said = [result.reason, result.signature] if result else []
        print(entry.crash_id, entry.state, *(plain(word) for word in said if word), sep="  ")
