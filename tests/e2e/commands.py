"""How these tests start `moonwalk`, and what must be there for it."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from cli.embedded.endpoint import NoEndpointError, read_endpoint
from cli.places import ENDPOINT, LOCAL_ASSETS, ROOT, STACKWALKER

MOONWALK = (sys.executable, "-m", "cli.main")

needs_build = pytest.mark.skipif(
    not (LOCAL_ASSETS.is_dir() and STACKWALKER.is_file()), reason="not built: run `make build`"
)


def moonwalk(
    *arguments: str | Path, environment: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run a command to its end."""
    return subprocess.run(
        [*MOONWALK, *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
        env={**os.environ, **(environment or {})},
    )


def answer(*arguments: str | Path) -> Any:
    """Run a command with `--json` that has to end well, and read what it prints."""
    ended = moonwalk(*arguments, "--json")
    assert ended.returncode == 0, ended.stderr
    return json.loads(ended.stdout)


@contextmanager
def up(*arguments: str | Path) -> Iterator[tuple[subprocess.Popen[str], dict[str, Any]]]:
    """Keep `moonwalk up` running; give its process and what it says of itself once it is ready."""
    _skip_if_one_is_running()
    with subprocess.Popen(
        [*MOONWALK, "up", "--json", *map(str, arguments)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        start_new_session=True,
    ) as process:
        try:
            assert process.stdout is not None
            yield process, json.loads(process.stdout.readline())
        finally:
            process.terminate()


def _skip_if_one_is_running() -> None:
    try:
        running = read_endpoint(ENDPOINT)
    except NoEndpointError:
        return
    pytest.skip(f"a Moonwalk runs in this checkout already (process {running.pid}): end it")
