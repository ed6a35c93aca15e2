"""`moonwalk symbols ls`: what there is in the symbol bucket."""

from typing import TYPE_CHECKING, Annotated

import typer

from cli.commands import options
from cli.exits import EPILOG
from cli.plain import plain_json
from moonwalk.domain.symbols import DEFAULT_SCOPE

if TYPE_CHECKING:
    from cli.symbols.bucket import SymbolState

app = typer.Typer()
AT_ONCE = 16
"""Keys that are asked for at the same time."""


@app.command(epilog=EPILOG)
def ls(
    prefix: Annotated[
        str, typer.Argument(metavar="PREFIX", help="How the debug files begin; all if left out.")
    ] = "",
    *,
    scope: options.Scope = DEFAULT_SCOPE,
    bad: Annotated[
        bool, typer.Option("--bad", help="Only what is corrupt, refused or not packed yet.")
    ] = False,
    stack: options.Stack = None,
    json: options.Json = False,
) -> None:
    """List symbol files with verdict, size of text and pack, and where they came from."""
    from concurrent.futures import ThreadPoolExecutor

    from cli.opening import reachable
    from cli.symbols.bucket import SymbolBucket
    from cli.symbols.keys import checked_scope

    bucket = SymbolBucket(reachable(stack))
    checked_scope(scope)
    with bucket.at.asked(), ThreadPoolExecutor(AT_ONCE) as pool:
        bucket.s3.meta  # noqa: B018 - the one client is made before threads share it
        states = list(pool.map(bucket.state, bucket.keys(scope, prefix)))
    found = [state for state in states if state and not (bad and state.fine)]
    if json:
        print(plain_json({"symbols": [state.document() for state in found]}))
    else:
        _print_table(found)


def _print_table(found: "list[SymbolState]") -> None:
    from rich.table import Table

    from cli.terminal import cell, results

    table = Table(box=None)
    for heading in ("symbols", "verdict", "text", "pack", "from"):
        table.add_column(heading, justify="right" if heading in ("text", "pack") else "left")
    for state in found:
        pack = state.pack
        sizes = (f"{pack.facts.text_bytes:,}", f"{state.pack_bytes:,}") if pack else ("", "")
        origin = (pack.origin or pack.uploader) if pack else ""
        style = "" if state.fine else "red"
        table.add_row(
            cell(state.key.place), cell(state.verdict, style), *map(cell, sizes), cell(origin)
        )
    results().print(table)
