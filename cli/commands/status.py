"""`moonwalk status`: what the ledger knows of a crash."""

import typer

from cli import inputs
from cli.commands import options
from cli.exits import EPILOG, ExitCode, NotFound
from cli.ledger_view import document
from cli.plain import plain_json
from moonwalk.domain.ledger import State

app = typer.Typer()


@app.command(epilog=EPILOG)
def status(
    crash_id: options.CrashIdText,
    *,
    stack: options.Stack = None,
    json: options.Json = False,
) -> None:
    """Tell where a crash stands: state, lane, attempt, times, reason. Exit code 1 if it failed."""
    wanted = inputs.crash_id(crash_id)

    from cli.opening import reachable

    pipeline = reachable(stack)
    with pipeline.asked():
        entry = pipeline.ledger.read(wanted)
    if entry is None:
        raise NotFound(
            f"{wanted} is not in the ledger of {pipeline.name}",
            "its message may still be in a queue or in a dead-letter queue",
        )
    if json:
        print(plain_json(document(entry)))
    else:
        from cli.report import ledger_facts, show_facts
        from cli.terminal import results

        show_facts(results(), ledger_facts(entry))
    if entry.state is State.FAILED:
        raise typer.Exit(ExitCode.NEGATIVE)
