"""The Makefile: what a person names on its command line reaches the command as it was typed."""

import os
import shlex
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    "name",
    ["a b.dmp", 'it\'s "one".dmp', "-dash.dmp", "four$five.dmp", "`who`;$(id).dmp", "ünï.dmp"],
)
def test_any_file_name_reaches_the_command_as_one_argument(name: str) -> None:
    command = ["make", "--dry-run", "--old-file=local", "run", f"DUMP={name}", f"SYMBOLS={name}"]
    # The tests may have been started by make, whose own flags are none of this one's.
    own = {
        key: value for key, value in os.environ.items() if not key.startswith(("MAKE", "MFLAGS"))
    }
    told = subprocess.run(command, cwd=ROOT, env=own, capture_output=True, text=True, check=True)
    typed = shlex.split(told.stdout.replace("\\\n", " "))
    assert typed[1:] == ["run", f"--symbols={name}", "--", name]
