"""`moonwalk knob`: what on-call turns without a deployment."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.commands import options
from cli.exits import EPILOG
from cli.plain import plain_json

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cli.knobs import KnobBoard, Standing

app = typer.Typer()
group = typer.Typer(
    name="knob",
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Turn what a deployment lets on-call turn; live within a minute, kept by deployments.",
)
app.add_typer(group)

Name = Annotated[str, typer.Argument(metavar="KNOB", help="As `ls` lists it.")]
Why = Annotated[
    str,
    typer.Option(
        "--reason", metavar="TEXT", help="Why, for who comes after: it is kept with your name."
    ),
]


@group.command(epilog=EPILOG)
def ls(
    *,
    turned: Annotated[bool, typer.Option("--turned", help="Only those that are turned.")] = False,
    stack: options.Stack = None,
    json: options.Json = False,
) -> None:
    """List all knobs: value, what the settings say, bounds, who turned it when and why."""
    board = _board(stack)
    with board.at.asked():
        found = [each for each in board.all() if not turned or each.is_turned]
    _show(found, json=json)


@group.command(epilog=EPILOG)
def get(name: Name, *, stack: options.Stack = None, json: options.Json = False) -> None:
    """Tell how one knob stands."""
    board = _board(stack)
    with board.at.asked():
        standing = board.one(name)
    _show([standing], json=json)


@group.command("set", epilog=EPILOG)
def set_(
    name: Name,
    value: Annotated[str, typer.Argument(metavar="VALUE", help="on, off, or a whole number.")],
    *,
    why: Why,
    stack: options.Stack = None,
    json: options.Json = False,
) -> None:
    """Turn a knob. Live within a minute; prints how it stands then."""
    board = _board(stack)
    with board.at.asked():
        standing = board.turn(name, board.value(name, value), why)
    _show([standing], json=json)


@group.command(epilog=EPILOG)
def reset(name: Name, *, why: Why, stack: options.Stack = None, json: options.Json = False) -> None:
    """Turn a knob back to what the settings say."""
    board = _board(stack)
    with board.at.asked():
        standing = board.turn(name, None, why)
    _show([standing], json=json)


def _board(stack: str | None) -> "KnobBoard":
    from cli.knobs import KnobBoard
    from cli.opening import reachable

    return KnobBoard(reachable(stack))


def _show(standings: "Sequence[Standing]", *, json: bool) -> None:
    if json:
        print(plain_json({"knobs": [_document(each) for each in standings]}))
        return
    from rich.table import Table

    from cli.knobs import shown
    from cli.terminal import cell, results

    table = Table(box=None)
    for heading in ("knob", "value", "default", "bounds", "last turn", "by", "why"):
        table.add_column(heading)
    for each in standings:
        last = each.turn
        bounds = each.knob.range
        table.add_row(
            cell(each.knob.name),
            cell("refused" if each.refused else shown(each.value)),
            cell(shown(each.knob.default)),
            cell(f"{bounds.least}-{bounds.most}" if bounds else "on, off"),
            cell(f"{_time(last.at)}: {shown(last.was)} -> {shown(last.value)}" if last else ""),
            cell(last.by if last else ""),
            cell(last.why if last else ""),
        )
    results().print(table)


def _time(milliseconds: int) -> str:
    from datetime import UTC, datetime

    return datetime.fromtimestamp(milliseconds / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _document(each: "Standing") -> dict[str, Any]:
    bounds, last = each.knob.range, each.turn
    return {
        "knob": each.knob.name,
        "value": each.value,
        "default": each.knob.default,
        "least": bounds.least if bounds else None,
        "most": bounds.most if bounds else None,
        "meaning": each.knob.meaning,
        "turned": each.is_turned,
        "refused": each.refused,
        "last_turn": last
        and {
            "to": last.value,
            "from": last.was,
            "at": _time(last.at),
            "by": last.by,
            "why": last.why,
        },
    }
