"""The old way: upstream's stackwalker reads the whole text of each module, for each crash anew."""

import os
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from cli.benchmarks.incident_data import Crash
from cli.benchmarks.made import REFERENCE


class Upstream:
    """Walks with `minidump-stackwalk` over a cache of text, and kills what takes too long."""

    def __init__(
        self,
        texts: Path,
        folder: Path,
        kill_seconds: float,
        again: Callable[[Crash], None],  # noqa: ARG002 - nothing is ever walked again here
        say: Callable[..., None],  # noqa: ARG002 - nor is anything else told
    ) -> None:
        """Take the folder of text, and after how many seconds a walk is killed."""
        self._texts, self._folder, self._kill_seconds = texts, folder, kill_seconds

    def walk(self, crash: Crash, output: Path | None) -> dict[str, Any]:
        """Walk a crash; tell the seconds and how it ended."""
        where = output or Path(os.devnull)
        command = [
            str(REFERENCE),
            "--json",
            f"--symbols-path={self._texts}",
            f"--evil-json={self._folder / 'raw_crash.json'}",
            f"--output-file={where}",
            str(crash.dump),
        ]
        started = time.monotonic()
        try:
            code = subprocess.run(
                command, check=False, capture_output=True, timeout=self._kill_seconds
            ).returncode
        except subprocess.TimeoutExpired:
            code = None
        told = "killed" if code is None else "ok" if code == 0 else f"exit {code}"
        return {"seconds": time.monotonic() - started, "outcome": told}

    def close(self) -> None:
        """Nothing lives on."""
