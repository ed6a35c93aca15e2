"""`moonwalk symbols`: the group of commands about symbol files and their packs."""

import typer

from cli.commands import symbols_key, symbols_ls, symbols_missing, symbols_push

app = typer.Typer()
group = typer.Typer(
    name="symbols",
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Upload symbol files, and see what became of them.",
)
for command in (symbols_push, symbols_ls, symbols_missing, symbols_key):
    group.add_typer(command.app)
app.add_typer(group)
