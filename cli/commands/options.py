"""Arguments and options that several commands share, each described once."""

from pathlib import Path
from typing import Annotated

import typer

Json = Annotated[bool, typer.Option("--json", help="Print JSON for machines.")]
Stack = Annotated[
    str | None,
    typer.Option(
        metavar="NAME",
        help="A deployed Moonwalk, by the name of its stacks; else the one that `up` runs.",
    ),
]
CrashIdText = Annotated[
    str, typer.Argument(metavar="CRASH_ID", help="As `run` or `submit` printed it.")
]
Symbols = Annotated[
    list[Path] | None,
    typer.Option(
        metavar="DIR",
        help="Folder of Breakpad symbols, <debug file>/<DEBUG ID>/<name>.sym (repeatable).",
    ),
]
Packs = Annotated[
    list[Path] | None,
    typer.Option(
        metavar="DIR",
        help="Folder of packs, <debug file>/<DEBUG ID>/<name>.pack (repeatable); "
        "looked at before symbols.",
    ),
]
SymbolUrls = Annotated[
    list[str] | None,
    typer.Option(
        "--symbols-url",
        metavar="URL",
        help="Symbol server to ask for what no folder has (repeatable; asked in order).",
    ),
]
SymbolRedirects = Annotated[
    list[str] | None,
    typer.Option(
        "--symbols-redirect",
        metavar="HOST[:PORT]",
        help="Host that the symbol servers may redirect to (repeatable); else only their own.",
    ),
]
SymbolCache = Annotated[
    Path | None,
    typer.Option(
        "--symbols-cache",
        metavar="DIR",
        help="Where fetched symbols are kept, packed; by default moonwalk/symbols in "
        "$XDG_CACHE_HOME or ~/.cache.",
    ),
]
RawCrash = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE",
        help="Annotations, a JSON object; by default DUMP's .extra.json where there is one.",
    ),
]
OtherDumps = Annotated[
    list[str] | None,
    typer.Option(
        "--also",
        metavar="NAME=FILE",
        help="A further dump of the same crash, such as upload_file_minidump_browser=b.dmp "
        "(repeatable; with one DUMP).",
    ),
]
Seconds = Annotated[
    float, typer.Option("--timeout", metavar="SECONDS", min=1, help="How long to wait for the end.")
]
Scope = Annotated[
    str, typer.Option(metavar="SCOPE", help="Whose symbols: a product or group of products.")
]
WAIT_SECONDS = 900.0
"""Longer than the light lane may take with all its retries."""
Sources = Annotated[
    list[str] | None,
    typer.Option(
        "--source",
        metavar="PREFIX=URL",
        envvar="MOONWALK_SOURCES",
        help="Where source files are browsed whose names begin so: a web address with {path}, "
        "{line}, {repository}, {revision} in it (repeatable), see docs/report.md.",
    ),
]
ProfileName = Annotated[
    str,
    typer.Option(
        metavar="NAME",
        envvar="MOONWALK_PROFILE",
        help="Profile of the products that crash: it says what is public.",
    ),
]
PROFILE = "socorro"
"""The profile of what Socorro's readers know."""
