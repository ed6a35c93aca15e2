"""`moonwalk symbols stat|verify|pack`: one symbol file and its pack."""

import json as json_text
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.commands import options
from cli.exits import EPILOG, ExitCode, NotFound
from cli.plain import plain, plain_json
from moonwalk.domain.symbols import DEFAULT_SCOPE

if TYPE_CHECKING:
    from cli.symbols.bucket import SymbolBucket
    from moonwalk.domain.symbols import SymbolKey

app = typer.Typer()
Key = Annotated[
    str, typer.Argument(metavar="KEY", help="<debug file>/<DEBUG ID>, as `ls` shows it.")
]


@app.command(epilog=EPILOG)
def stat(
    key: Key,
    *,
    scope: options.Scope = DEFAULT_SCOPE,
    stack: options.Stack = None,
    json: options.Json = False,
) -> None:
    """Tell all that is known of one key: verdict, hashes, uploader, versions, changes."""
    wanted, bucket = _opened(key, scope, stack)
    with bucket.at.asked():
        state = bucket.state(wanted)
        if state is None:
            raise _not_found(wanted)
        found = {**state.document(), **_history(wanted, bucket)}
    if json:
        print(plain_json(found))
        return
    from cli.report import show_facts
    from cli.terminal import results

    versions = (("uploads", found.pop("uploads")), ("packs", found.pop("packs")))
    changes = found.pop("changes")
    show_facts(results(), list(found.items()))
    for what, listed in versions:
        for each in listed:
            print(f"{what}:", each["at"], each["bytes"], plain(each["version"]), sep="  ")
    for each in changes:
        told = (each.get("at"), each.get("old_text_sha256"), each.get("new_text_sha256"))
        print("change:", *map(plain, told), plain(each.get("uploader")), sep="  ")


@app.command(epilog=EPILOG)
def verify(
    key: Key,
    *,
    scope: options.Scope = DEFAULT_SCOPE,
    stack: options.Stack = None,
    json: options.Json = False,
) -> None:
    """Fetch a pack and its upload: are the texts equal, does it answer as the real parser does?

    Exit code 1 if not. Needs the memory that the parser needs for the text.
    """
    from cli.symbols.checking import verify
    from cli.terminal import Steps

    wanted, bucket = _opened(key, scope, stack)
    with (
        tempfile.TemporaryDirectory(prefix="moonwalk-symbols-") as name,
        Steps().step(f"verifying {wanted}"),
    ):
        found = verify(wanted, bucket, Path(name))
    if json:
        print(plain_json(found.document()))
    else:
        verdict = "fine" if found.fine else "different"
        print(verdict, f"{found.compared:,} look-ups compared", plain(found.told), sep="  ")
    if not found.fine:
        raise typer.Exit(ExitCode.NEGATIVE)


@app.command(epilog=EPILOG)
def pack(
    key: Key,
    *,
    scope: options.Scope = DEFAULT_SCOPE,
    stack: options.Stack = None,
) -> None:
    """Ask for an upload to be packed again, by the release that is deployed now."""
    from cli.symbols.push import uploader
    from moonwalk.adapters.symbol_queue import SqsSymbolQueue
    from moonwalk.contracts import symbols as keys

    wanted, bucket = _opened(key, scope, stack)
    with bucket.at.asked():
        if bucket.store.upload(wanted) is None:
            raise _not_found(wanted)
        queue = SqsSymbolQueue(bucket.at.client("sqs"), bucket.at.symbol_queue)
        queue.ask(keys.upload(wanted), uploader())
    print("asked for", plain(wanted))


def _opened(key: str, scope: str, stack: str | None) -> "tuple[SymbolKey, SymbolBucket]":
    from cli.symbols.keys import checked_scope, typed_key

    checked_scope(scope)
    wanted = typed_key(key, scope)

    from cli.opening import reachable
    from cli.symbols.bucket import SymbolBucket

    return wanted, SymbolBucket(reachable(stack))


def _not_found(key: "SymbolKey") -> NotFound:
    return NotFound(f"{plain(key)} is not in the symbol bucket", "look at `moonwalk symbols ls`")


def _history(key: "SymbolKey", bucket: "SymbolBucket") -> dict[str, Any]:
    from moonwalk.contracts import symbols as keys

    records = (each["Key"] for each in bucket.listed(keys.changes(key)))
    return {
        "uploads": _versions(bucket, keys.upload(key)),
        "packs": _versions(bucket, keys.pack(key)),
        "changes": [_record(bucket, place) for place in records],
    }


def _versions(bucket: "SymbolBucket", object_key: str) -> list[dict[str, Any]]:
    return [
        {
            "at": each["LastModified"].isoformat(),
            "bytes": each["Size"],
            "version": each["VersionId"],
            "etag": each["ETag"].strip('"'),
        }
        for each in bucket.versions(object_key)
    ]


def _record(bucket: "SymbolBucket", place: str) -> dict[str, Any]:
    content = bucket.s3.get_object(Bucket=bucket.name, Key=place)["Body"].read()
    found: dict[str, Any] = json_text.loads(content)
    return found
