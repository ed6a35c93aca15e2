"""Drives a headless Chromium by its debugging protocol, over two pipes.

That is all of a browser driver that these tests need, and takes no package: no WebDriver, no
WebSocket, no port that others could reach.
"""

import fcntl
import json
import os
import select
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest

CHROMIUM = shutil.which("chromium")
SECONDS = 60.0
"""What an answer may take on a busy machine."""
_ABOVE = 10
"""The ends of our pipes are moved above the descriptors that Chromium has them as, 3 and 4."""
_OPTIONS = (
    "--headless=new",
    "--remote-debugging-pipe",
    "--no-sandbox",  # which refuses root, and needs what containers do not give
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-extensions",
    "--disable-sync",
    "--no-first-run",
    "--hide-scrollbars",
    "--force-color-profile=srgb",
    "--font-render-hinting=none",
    "--disable-lcd-text",
)

needs_chromium = pytest.mark.skipif(
    CHROMIUM is None, reason="no chromium on PATH; on Debian: apt-get install chromium"
)


class Browser:
    """One page of a running Chromium.

    Attributes:
        events: what it has told since the last page was opened.
    """

    def __init__(self, to: int, back: int) -> None:
        self.events: list[dict[str, Any]] = []
        self._to, self._back = to, back
        self._rest = b""
        self._last = 0
        self._session: str | None = None
        target = self.ask("Target.createTarget", url="about:blank")["targetId"]
        attached = self.ask("Target.attachToTarget", targetId=target, flatten=True)
        self._session = attached["sessionId"]
        for domain in ("Page", "Runtime", "Network", "Log"):
            self.ask(f"{domain}.enable")

    def ask(self, method: str, **arguments: Any) -> Any:
        """Ask for something and give the answer."""
        self._last += 1
        message: dict[str, Any] = {"id": self._last, "method": method, "params": arguments}
        if self._session:
            message["sessionId"] = self._session
        os.write(self._to, json.dumps(message).encode() + b"\0")
        while True:
            told = self._message()
            if told.get("id") == self._last:
                assert "error" not in told, f"{method}: {told['error']}"
                return told["result"]
            self.events.append(told)

    def open(self, page: Path) -> None:
        """Open a page and wait until it is all there."""
        for url in ("about:blank", page.as_uri()):
            self.events.clear()
            self.ask("Page.navigate", url=url)
            while not self.told("Page.loadEventFired"):
                self.events.append(self._message())

    def told(self, method: str) -> list[dict[str, Any]]:
        """Give what was told of a kind since the page was opened."""
        return [each["params"] for each in self.events if each.get("method") == method]

    def evaluate(self, expression: str) -> Any:
        """Give an expression's value in the page; its policy does not bind the debugger."""
        found = self.ask("Runtime.evaluate", expression=expression, returnByValue=True)
        assert "exceptionDetails" not in found, found
        return found["result"].get("value")

    def look(self, width: int, height: int = 900, scheme: str = "light") -> None:
        """Take a size in CSS pixels, and a colour scheme."""
        self.ask(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=width < 600,
        )
        features = [{"name": "prefers-color-scheme", "value": scheme}]
        self.ask("Emulation.setEmulatedMedia", features=features)

    def _message(self) -> dict[str, Any]:
        deadline = time.monotonic() + SECONDS
        while b"\0" not in self._rest:
            left = max(0.0, deadline - time.monotonic())
            assert select.select([self._back], [], [], left)[0], "Chromium does not answer"
            piece = os.read(self._back, 1 << 20)
            assert piece, "Chromium has ended"
            self._rest += piece
        first, _, self._rest = self._rest.partition(b"\0")
        message: dict[str, Any] = json.loads(first)
        return message


@contextmanager
def chromium(folder: Path) -> Iterator[Browser]:
    """Run a Chromium that keeps what it keeps in a folder."""
    with ExitStack() as stack:
        (its_in, to), (back, its_out) = (_pipe(stack), _pipe(stack))
        command = [str(CHROMIUM), *_OPTIONS, f"--user-data-dir={folder}", "about:blank"]
        process = stack.enter_context(
            subprocess.Popen(
                ["bash", "-c", f'exec "$@" 3<&{its_in} 4>&{its_out}', "bash", *command],
                pass_fds=(its_in, its_out),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
        )
        stack.callback(process.kill)
        yield Browser(to, back)
        os.write(to, json.dumps({"id": 0, "method": "Browser.close"}).encode() + b"\0")
        process.wait(SECONDS)


def _pipe(stack: ExitStack) -> tuple[int, int]:
    """Make a pipe whose ends are closed at the end."""
    ends = []
    for end in os.pipe():
        ends.append(fcntl.fcntl(end, fcntl.F_DUPFD_CLOEXEC, _ABOVE))
        os.close(end)
        stack.callback(os.close, ends[-1])
    return ends[0], ends[1]
