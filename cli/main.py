"""The `moonwalk` command: puts the commands together, and turns their errors into one line."""

import sys
from importlib.metadata import version
from typing import Annotated

import typer

from cli.commands import (
    doctor,
    knob,
    process,
    run,
    show,
    signature,
    status,
    submit,
    symbols,
    up,
    walk,
    why,
)
from cli.exits import EPILOG, CommandError
from cli.plain import plain

app = typer.Typer(
    name="moonwalk",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
COMMANDS = (
    run,
    up,
    submit,
    status,
    why,
    show,
    signature,
    symbols,
    knob,
    walk,
    process,
    doctor,
)
"""In the order of the help."""
for command in COMMANDS:
    app.add_typer(command.app)


def _print_version(wanted: bool) -> None:  # noqa: FBT001 - as typer calls it
    if wanted:
        print(f"moonwalk {version('moonwalk')}")
        raise typer.Exit


@app.callback(epilog=EPILOG)
def moonwalk(
    *,
    _version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_print_version, is_eager=True, help="Print the version."
        ),
    ] = False,
) -> None:
    """Crash reports in, processed crashes out: a serverless pipeline, and a local one to try it."""


def main() -> None:
    """Run the command line; whatever is known to go wrong ends in one line and its exit code."""
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    try:
        app(prog_name="moonwalk")
    except CommandError as error:
        sys.stderr.write(f"moonwalk: {plain(error)}\n")
        sys.exit(error.code)


if __name__ == "__main__":
    main()
