"""`moonwalk doctor`: what is installed, what is missing, and how to get it."""

from dataclasses import asdict
from typing import TYPE_CHECKING

import typer

from cli.commands import options
from cli.exits import EPILOG, ExitCode
from cli.plain import plain_json

if TYPE_CHECKING:
    from cli.installed import Check

app = typer.Typer()


@app.command(epilog=EPILOG)
def doctor(*, json: options.Json = False) -> None:
    """Look for what Moonwalk needs on this machine. Exit code 1 if something is missing."""
    from cli.installed import checks

    found = list(checks())
    _print_json(found) if json else _print_table(found)
    if not all(check.fine for check in found):
        raise typer.Exit(ExitCode.NEGATIVE)


def _print_json(found: "list[Check]") -> None:
    print(plain_json({"checks": [{**asdict(check), "fine": check.fine} for check in found]}))


def _print_table(found: "list[Check]") -> None:
    from rich.table import Table

    from cli.terminal import cell, results

    table = Table(box=None, show_header=False)
    for check in found:
        if check.found:
            table.add_row(cell("✓", "green"), cell(check.name), cell(check.found))
        else:
            sign = cell("✗", "red") if check.needed else cell("-", "dim")
            kind = "missing" if check.needed else "not there, and not needed"
            table.add_row(sign, cell(check.name), cell(f"{kind}: {check.remedy}"))
    results().print(table)
