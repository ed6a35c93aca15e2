"""`moonwalk walk`: the stackwalker alone, without a pipeline."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli import inputs, stackwalker
from cli.commands import options
from cli.exits import EPILOG, ExitCode, UsageError
from cli.places import shown
from cli.plain import plain, printable_json
from cli.stack import mapping
from moonwalk.adapters.symbol_access import SymbolFolders

if TYPE_CHECKING:
    from cli.fetching import Fetching
    from cli.stackwalker import Walked

app = typer.Typer()


@app.command(epilog=f"{EPILOG} · others: the stackwalker's own, see docs/stackwalker.md")
def walk(
    dump: Annotated[Path, typer.Argument(metavar="DUMP", help="A minidump.")],
    *,
    symbols: options.Symbols = None,
    packs: options.Packs = None,
    symbols_url: options.SymbolUrls = None,
    symbols_redirect: options.SymbolRedirects = None,
    symbols_cache: options.SymbolCache = None,
    raw_crash: options.RawCrash = None,
    output_file: Annotated[
        Path | None,
        typer.Option("--output-file", "-o", metavar="FILE", help="Write the JSON here."),
    ] = None,
    json: options.Json = False,
) -> None:
    """Walk a minidump and show the crashing thread's stack.

    With --json or -o it gives the stackwalker's own bytes, those of `minidump-stackwalk --json`.
    With --symbols-url, symbols that the walk was without are fetched, packed and kept, and it is
    walked again.
    """
    inputs.existing_file(dump, "a minidump")
    folders = SymbolFolders(
        packs=tuple(inputs.pack_folder(folder) for folder in packs or []),
        texts=tuple(inputs.symbol_folder(folder) for folder in symbols or []),
    )
    chosen = raw_crash or inputs.annotations_beside(dump)
    if chosen:
        inputs.existing_file(chosen, "annotations")

    if symbols_url:
        fetching = _fetching(symbols_url, symbols_redirect or [], symbols_cache)
        folders = SymbolFolders((*folders.packs, fetching.cache.packs), folders.texts)
        walked = fetching.walked(lambda told: stackwalker.walk(dump, folders, chosen, told=told))
        code = _told(walked, fetching, output_file)
    else:
        walked = stackwalker.walk(dump, folders, chosen, output_file)
        code = walked.code
    _print_log(walked.log)
    if walked.whole and not output_file:
        _print_json(walked) if json else _print_stack(walked)
    raise typer.Exit(code)


def _fetching(urls: list[str], redirects: list[str], cache: Path | None) -> "Fetching":
    from cli.fetched import FetchedSymbols, default_folder
    from cli.fetching import Fetching
    from cli.symbol_servers import servers
    from cli.terminal import Steps

    kept = FetchedSymbols(cache or default_folder())
    return Fetching(kept, servers(urls, redirects), Steps())


def _told(walked: "Walked", fetching: "Fetching", output_file: Path | None) -> int:
    """Write the JSON where it is wanted, tell what servers failed to give; give the exit code."""
    if walked.whole and output_file:
        try:
            output_file.write_bytes(walked.output)
        except OSError as error:
            name = plain(shown(output_file))
            raise UsageError(
                f"{name} cannot be written: {error.strerror}", "name another file by -o"
            ) from error
    for unfetched in fetching.unfetched:
        module = plain(unfetched.module.debug_file or unfetched.module.code_file, 200)
        print(f"moonwalk: no symbols of {module} — {plain(unfetched.why, 500)}", file=sys.stderr)
    incomplete = bool(fetching.unfetched) and walked.code == 0
    return ExitCode.SYMBOLS_INCOMPLETE if incomplete else walked.code


def _print_log(log: str) -> None:
    for line in log.splitlines():
        print(plain(line), file=sys.stderr)


def _print_json(walked: "Walked") -> None:
    """Give the very bytes to a file or a pipe; to a terminal the same JSON in printable ASCII."""
    if sys.stdout.isatty():
        sys.stdout.write(printable_json(walked.output.decode("utf-8", "replace")))
    else:
        sys.stdout.buffer.write(walked.output)
    sys.stdout.flush()


def _print_stack(walked: "Walked") -> None:
    from cli import report
    from cli.terminal import results
    from moonwalk.adapters.stored_content import parse_json

    document = mapping(parse_json(walked.output))
    crash = mapping(document.get("crash_info"))
    system = mapping(document.get("system_info"))
    console = results()
    facts = (
        ("reason", crash.get("type")),
        ("address", crash.get("address")),
        ("system", f"{system.get('os')} {system.get('os_ver')}, {system.get('cpu_arch')}"),
    )
    report.show_facts(console, facts)
    console.print()
    report.show_stack(console, {"json_dump": document})
