"""`moonwalk symbols missing`: which symbols would do the most good."""

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.commands import options
from cli.exits import EPILOG
from cli.plain import plain_json
from moonwalk.domain.symbols import DEFAULT_SCOPE

if TYPE_CHECKING:
    from cli.symbols.bucket import SymbolBucket
    from moonwalk.domain.misses import Missed

app = typer.Typer()
AT_ONCE = 16
"""Packs that are looked for at the same time."""
LOOKED_AT = 5
"""Times as many modules as are listed: what has come since it was missed is left out."""


@app.command(epilog=EPILOG)
def missing(
    *,
    days: Annotated[int, typer.Option(min=1, max=30, help="Today, and the days before it.")] = 7,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="Modules that are listed.")] = 20,
    scope: options.Scope = DEFAULT_SCOPE,
    stack: options.Stack = None,
    json: options.Json = False,
) -> None:
    """List the modules most often missed, by crashes affected, that have no pack yet."""
    from cli.opening import reachable
    from cli.symbols.bucket import SymbolBucket
    from cli.symbols.keys import checked_scope

    bucket = SymbolBucket(reachable(stack))
    checked_scope(scope)
    with bucket.at.asked():
        found = bucket.at.missed_modules.most(days)
        listed = [missed for missed in found.modules if missed.need.key.scope == scope]
        lacking = _without_packs(bucket, listed[: limit * LOOKED_AT])[:limit]
    if json:
        documents = [_document(missed) for missed in lacking]
        print(plain_json({"days": days, "complete": found.complete, "missing": documents}))
    else:
        _print_table(lacking, complete=found.complete)


def _without_packs(bucket: "SymbolBucket", modules: "Sequence[Missed]") -> "list[Missed]":
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(AT_ONCE) as pool:
        bucket.s3.meta  # noqa: B018 - the one client is made before threads share it
        packs = list(pool.map(lambda missed: bucket.store.pack(missed.need.key), modules))
    return [missed for missed, pack in zip(modules, packs, strict=True) if pack is None]


def _document(missed: "Missed") -> dict[str, Any]:
    need = missed.need
    return {
        "key": need.key.place,
        "debug_file": need.key.debug_file,
        "debug_id": need.key.debug_id,
        "code_file": need.code_file or None,
        "code_id": need.code_id or None,
        "crashes": missed.crashes,
    }


def _print_table(missing: "Sequence[Missed]", *, complete: bool) -> None:
    from rich.table import Table

    from cli.terminal import cell, results

    table = Table(box=None)
    for heading in ("crashes", "symbols", "code id"):
        table.add_column(heading, justify="right" if heading == "crashes" else "left")
    for missed in missing:
        table.add_row(f"{missed.crashes:,}", cell(missed.need.key.place), cell(missed.need.code_id))
    results().print(table)
    if not complete:
        said = "there are more modules than are read, so counts may be too small"
        print(f"moonwalk: {said}", file=sys.stderr)
