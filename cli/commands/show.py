"""`moonwalk show`: a processed crash."""

import typer

from cli import inputs
from cli.commands import options
from cli.exits import EPILOG, Negative, NotFound
from cli.plain import plain_json
from cli.stack import mapping
from moonwalk.contracts import storage

app = typer.Typer()


@app.command(epilog=EPILOG)
def show(
    crash_id: options.CrashIdText,
    *,
    stack: options.Stack = None,
    json: options.Json = False,
) -> None:
    """Show a processed crash: signature, reason and the crashing thread's stack."""
    wanted = inputs.crash_id(crash_id)

    from cli.export import stored_bytes
    from cli.opening import reachable
    from moonwalk.adapters.stored_content import UnusableContentError, parse_json

    pipeline = reachable(stack)
    content = stored_bytes(pipeline, storage.processed_crash(wanted))
    if content is None:
        raise NotFound(
            f"{wanted} has no processed crash", f"`moonwalk status {wanted}` tells where it stands"
        )
    try:
        processed = mapping(parse_json(content))
    except UnusableContentError as error:
        raise Negative(f"the processed crash of {wanted}: {error}", "process it again") from error
    if json:
        print(plain_json(processed))
        return

    from cli import report
    from cli.terminal import results

    console = results()
    report.show_facts(console, report.crash_facts(processed))
    console.print()
    report.show_stack(console, processed)
