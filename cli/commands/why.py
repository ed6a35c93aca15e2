"""`moonwalk why`: where the time of one crash went."""

import typer

from cli import inputs
from cli.commands import options
from cli.exits import EPILOG, ExitCode, NotFound
from cli.plain import plain_json
from moonwalk.domain.ledger import State

app = typer.Typer()


@app.command(epilog=EPILOG)
def why(
    crash_id: options.CrashIdText,
    *,
    stack: options.Stack = None,
    json: options.Json = False,
) -> None:
    """Tell one crash's timeline: each step, wait, retry and lane change, missing symbols, cost.

    Exit code 1 if the crash failed.
    """
    wanted = inputs.crash_id(crash_id)

    from cli.opening import reachable
    from cli.why.told import tell
    from moonwalk.adapters.clock import SystemClock

    pipeline = reachable(stack)
    with pipeline.asked():
        entry = pipeline.ledger.read(wanted)
        told = tell(pipeline, entry) if entry else None
    if told is None:
        raise NotFound(
            f"{wanted} is not in the ledger of {pipeline.name}",
            "its message may still be in a queue or in a dead-letter queue",
        )
    now = SystemClock().now()
    if json:
        from cli.why.document import document

        print(plain_json(document(told, now)))
    else:
        from cli.terminal import results
        from cli.why.report import show

        show(results(), told, now)
    if told.entry.state is State.FAILED:
        raise typer.Exit(ExitCode.NEGATIVE)
