"""`moonwalk up`: an embedded AWS that stays, for the other commands to attach to."""

import os
import signal
import threading
import time
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from cli import inputs
from cli.commands import options
from cli.embedded.endpoint import (
    Endpoint,
    NoEndpointError,
    read_endpoint,
    remove_endpoint,
    write_endpoint,
)
from cli.exits import EPILOG, UsageError
from cli.places import ENDPOINT, shown
from cli.plain import plain_json

if TYPE_CHECKING:
    from cli.embedded.aws import EmbeddedAws

app = typer.Typer()


@app.command(epilog=EPILOG)
def up(
    *,
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="On loopback; 0 for any that is free.")
    ] = 0,
    symbols: options.Symbols = None,
    packs: options.Packs = None,
    json: options.Json = False,
) -> None:
    """Keep an embedded AWS running on loopback, with Moonwalk deployed on it, until Ctrl-C."""
    texts = [inputs.symbol_folder(folder) for folder in symbols or []]
    ready = [inputs.pack_folder(folder) for folder in packs or []]
    _refuse_a_second()

    from cli.bring_up import embedded
    from cli.packing import packed
    from cli.terminal import Steps

    steps = Steps()

    # Set even where SIGINT is ignored, as in a script's background jobs.
    for ending in (signal.SIGINT, signal.SIGTERM):
        signal.signal(ending, _interrupt)
    try:
        with (
            packed(texts, steps) as made,
            embedded("up", [*ready, *made], steps, port=port) as aws,
        ):
            _serve(aws, as_json=json)
    except KeyboardInterrupt:
        raise typer.Exit(0) from None


def _interrupt(*_: object) -> NoReturn:
    raise KeyboardInterrupt


def _refuse_a_second() -> None:
    try:
        running = read_endpoint(ENDPOINT)
    except NoEndpointError:
        return
    raise UsageError(
        f"a Moonwalk runs here already, at {running.endpoint_url}",
        f"use it, or end process {running.pid} first",
    )


def _serve(aws: "EmbeddedAws", *, as_json: bool) -> None:
    """Publish the endpoint, and wait for Ctrl-C; a second one ends the clean-up short."""
    endpoint = Endpoint(
        endpoint_url=aws.endpoint_url,
        region=aws.region,
        pid=os.getpid(),
        started=time.time(),
        outputs={name: dict(values) for name, values in aws.outputs.items()},
        workspace=str(aws.workspace),
    )
    write_endpoint(ENDPOINT, endpoint)
    try:
        _announce(endpoint, as_json=as_json)
        threading.Event().wait()
    except KeyboardInterrupt:
        pass
    finally:
        remove_endpoint(ENDPOINT, endpoint.pid)


def _announce(endpoint: Endpoint, *, as_json: bool) -> None:
    if as_json:
        print(plain_json(asdict(endpoint), indent=None), flush=True)
        return
    print(f"Moonwalk is up at {endpoint.endpoint_url} (region {endpoint.region})")
    print(f"logs: {shown(Path(endpoint.workspace) / 'logs')}")
    print("try `moonwalk submit DUMP --wait` elsewhere; Ctrl-C ends it", flush=True)
