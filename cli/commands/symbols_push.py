"""`moonwalk symbols push`: symbol files from here into the symbol bucket."""

import tempfile
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.commands import options
from cli.exits import EPILOG, ExitCode
from cli.plain import plain, plain_json
from moonwalk.domain.symbols import DEFAULT_SCOPE

if TYPE_CHECKING:
    from cli.symbols.push import Pushed

app = typer.Typer()
PACK_SECONDS = 1800.0
"""Longer than a packer may take, and a first try that failed."""


class Encoding(StrEnum):
    """How uploads are stored."""

    GZIP = "gzip"
    PLAIN = "plain"


@app.command(epilog=EPILOG)
def push(
    *,
    paths: Annotated[
        list[Path],
        typer.Argument(
            metavar="PATH",
            help="Symbol files, folders or zips in Breakpad's layout, or native files "
            "(ELF, Mach-O, PE, PDB: needs dump_syms).",
        ),
    ],
    scope: options.Scope = DEFAULT_SCOPE,
    encoding: Annotated[Encoding, typer.Option(help="How they are stored.")] = Encoding.GZIP,
    wait: Annotated[bool, typer.Option("--wait", help="Wait until they are packed.")] = False,
    timeout: options.Seconds = PACK_SECONDS,
    stack: options.Stack = None,
    json: options.Json = False,
) -> None:
    """Upload symbol files; those that are there with the same text already are left out.

    Exit code 2 if something was refused here (the rest is uploaded), 1 if, with --wait, something
    was not packed, or has a text that the parser rejects.
    """
    from cli.opening import reachable
    from cli.symbols.bucket import SymbolBucket
    from cli.symbols.found import SymbolFile, find
    from cli.symbols.keys import checked_scope
    from cli.symbols.push import push, wait_until_packed
    from cli.terminal import Steps

    checked_scope(scope)
    steps = Steps()
    with tempfile.TemporaryDirectory(prefix="moonwalk-symbols-") as name:
        found = list(find(paths, scope, Path(name)))
        bucket = SymbolBucket(reachable(stack))
        size = sum(each.size for each in found if isinstance(each, SymbolFile))
        with steps.bar(f"uploading symbol files ({len(found)})", size) as advance:
            compressed = encoding is Encoding.GZIP
            pushed = list(push(found, bucket, Path(name), compressed=compressed, advance=advance))
    if wait:
        with steps.step("waiting until they are packed"):
            pushed = wait_until_packed(pushed, bucket, timeout)
    _print(pushed, as_json=json)
    _end(pushed)


def _print(pushed: "list[Pushed]", *, as_json: bool) -> None:
    if as_json:
        print(plain_json({"symbols": [each.document() for each in pushed]}))
        return
    for each in pushed:
        verdict = each.state.verdict if each.state else ""
        what = each.file.key if each.file else each.source
        print(each.result, plain(what), *filter(None, (plain(each.why), plain(verdict))), sep="  ")


def _end(pushed: "list[Pushed]") -> None:
    from cli.symbols.push import REFUSED

    if not pushed or any(each.result == REFUSED for each in pushed):
        raise typer.Exit(ExitCode.USAGE)
    if not all(each.fine for each in pushed):
        raise typer.Exit(ExitCode.NEGATIVE)
