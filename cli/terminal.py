"""The two streams of a command, and progress: results go to the first, all else to the second."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field

from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    TextColumn,
    TimeRemainingColumn,
)
from rich.text import Text

from cli.plain import plain

PIPE_WIDTH = 160
"""Columns where there is no terminal to ask: names in stacks are long."""


def results() -> Console:
    """Give the console for results, on standard output; it takes no markup from anybody."""
    width = None if sys.stdout.isatty() else PIPE_WIDTH
    return Console(markup=False, highlight=False, emoji=False, width=width)


def cell(value: object, style: str = "") -> Text:
    """Give a value of a crash as rich text: plain, and never read as markup."""
    return Text(plain(value), style=style)


@dataclass
class Steps:
    """Says on standard error what is being done, and how long it took.

    Attributes:
        seconds: how long each step took, in order.
    """

    seconds: dict[str, float] = field(default_factory=dict)
    _console: Console = field(
        default_factory=lambda: Console(stderr=True, markup=False, highlight=False, emoji=False)
    )

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Tell of a step while it lasts, and of its time once it is done."""
        name = plain(name)
        started = time.monotonic()
        if self._console.is_terminal:
            with self._console.status(Text(name)):
                yield
        else:
            self._console.print(f"· {name}", soft_wrap=True)
            yield
        self.seconds[name] = time.monotonic() - started
        self._console.print(f"✓ {name} ({self.seconds[name]:.1f} s)", soft_wrap=True)

    def bar(self, name: str, total: int) -> AbstractContextManager[Callable[[int], None]]:
        """Tell of a step by a bar on a terminal; gives what is called with each bytes done."""
        return self._bar(name, total, DownloadColumn())

    def counted(self, name: str, total: int) -> AbstractContextManager[Callable[[int], None]]:
        """Do the same for a step of so many parts; gives what is called with each parts done."""
        return self._bar(name, total, MofNCompleteColumn())

    @contextmanager
    def _bar(self, name: str, total: int, done: ProgressColumn) -> Iterator[Callable[[int], None]]:
        if not self._console.is_terminal:
            with self.step(name):
                yield lambda _done: None
            return
        columns = TextColumn("{task.description}", markup=False), BarColumn(), done
        started = time.monotonic()
        with Progress(
            *columns, TimeRemainingColumn(), console=self._console, transient=True
        ) as progress:
            task = progress.add_task(plain(name), total=total)
            yield lambda parts: progress.advance(task, parts)
        self.seconds[name] = time.monotonic() - started
        self._console.print(f"✓ {plain(name)} ({self.seconds[name]:.1f} s)", soft_wrap=True)

    def note(self, text: str) -> None:
        """Say something that takes no time."""
        self._console.print(f"· {plain(text)}", soft_wrap=True)
