"""`moonwalk signature`: how a signature came to be, step by step."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.commands import options, profiles
from cli.exits import EPILOG, UsageError
from cli.plain import plain_json

if TYPE_CHECKING:
    from moonwalk.adapters.signature import SiggenSignatures

app = typer.Typer()


@app.command(epilog=EPILOG)
def signature(
    crash: Annotated[
        str,
        typer.Argument(
            metavar="CRASH_ID|FILE",
            help="As `run` or `submit` printed it, or a file that holds a processed crash or what "
            "a stackwalker printed as JSON.",
        ),
    ],
    *,
    lists: Annotated[
        list[Path] | None,
        typer.Option(
            metavar="DIR", help="Folder of signature lists, put over the profile's (repeatable)."
        ),
    ] = None,
    json: options.Json = False,
    profile: options.ProfileName = options.PROFILE,
    stack: options.Stack = None,
) -> None:
    """Explain a signature: what became of each frame, what each rule made of it, and why.

    It is made anew of what is public of the crash, by the rules and lists that are in force here.
    """
    from cli import explaining
    from cli.finding import PublicCrash, found

    view, _ = profiles.chosen(profile)
    walked = explaining.Walked(found(crash, None, stack))
    processed = PublicCrash(walked, view).processed()
    account = _signatures(profile, lists or []).explain(processed)
    stored = processed.get("signature")
    if json:
        print(plain_json(explaining.as_json(account, stored)))
        return
    from cli.terminal import results

    explaining.show(results(), account, stored)


def _signatures(profile: str, lists: list[Path]) -> "SiggenSignatures":
    from moonwalk.adapters.signature import SiggenSignatures
    from moonwalk.adapters.signature_lists import SignatureLists, UnusableListsError
    from moonwalk.rules.profile import named

    try:
        return SiggenSignatures(SignatureLists.read(*named(profile).signature_lists, *lists))
    except UnusableListsError as error:
        raise UsageError(str(error), "mend it, or leave it out of --lists") from error
