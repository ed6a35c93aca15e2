"""Reading environment variables: all that is wrong with them is told at once."""

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TypeVar

from moonwalk.contracts.knobs import read_panel
from moonwalk.contracts.symbol_scopes import read_scopes
from moonwalk.contracts.symbol_sources import SymbolSources
from moonwalk.domain.knobs import Panel
from moonwalk.domain.request import QueueClass
from moonwalk.domain.symbol_scopes import SymbolScopes

T = TypeVar("T")

Queues = Mapping[QueueClass, str]
"""A URL for each class."""


class BadEnvironmentError(Exception):
    """The environment is not one that the entry point can start in; the text lists all faults."""


class VariableReader:
    """Reads variables, and gathers what is wrong with them instead of stopping at the first."""

    def __init__(self, variables: Mapping[str, str]) -> None:
        self._variables = variables
        self._faults: list[str] = []

    def read(self, name: str, parse: Callable[[str], T], stand_in: T) -> T:
        """Give the parsed value; the stand-in for a faulty one is never used in the end.

        Args:
            name: of the variable.
            parse: raises ValueError, whose text says what the value must be.
            stand_in: what to go on with.
        """
        text = self._variables.get(name, "").strip()
        if not text:
            self._faults.append(f"{name} is not set")
            return stand_in
        try:
            return parse(text)
        except ValueError as error:
            self._faults.append(f"{name} {error}, and is {text[:80]!r}")
            return stand_in

    def text(self, name: str) -> str:
        """Read a text that may not be empty."""
        return self.read(name, str, "")

    def text_if_any(self, name: str) -> str:
        """Read a text that may be empty or missing."""
        return self._variables.get(name, "").strip()

    def whole(self, name: str, least: int = 1) -> int:
        """Read a whole number that is not below the least."""
        return self.read(name, lambda text: _whole(text, least), 0)

    def seconds(self, name: str) -> float:
        """Read a time above 0."""
        return self.read(name, lambda text: _above_zero(text, "seconds"), 0.0)

    def dollars(self, name: str) -> float:
        """Read a price above 0."""
        return self.read(name, lambda text: _above_zero(text, "dollars"), 0.0)

    def one_of(self, name: str, allowed: tuple[str, ...]) -> str:
        """Read one of a few words."""
        return self.read(name, lambda text: _one_of(text, allowed), "")

    def queues(
        self, name_of: Callable[[QueueClass], str], classes: Iterable[QueueClass] = QueueClass
    ) -> Queues:
        """Read the URLs of the queues of some classes."""
        return {queue: self.text(name_of(queue)) for queue in classes}

    def symbol_sources(self, name: str) -> SymbolSources:
        """Read the symbol sources."""
        return self.read(name, SymbolSources.read, SymbolSources())

    def symbol_scopes(self, name: str) -> SymbolScopes:
        """Read which products have symbols of their own."""
        return self.read(name, read_scopes, SymbolScopes())

    def panel(self, name: str) -> Panel:
        """Read which knobs there are."""
        return self.read(name, read_panel, Panel({}))

    def folders(self, name: str) -> tuple[Path, ...]:
        """Read a list that may be empty or missing."""
        return tuple(Path(part) for part in self._variables.get(name, "").split(":") if part)

    def check(self) -> None:
        """Refuse the environment if anything was wrong.

        Raises:
            BadEnvironmentError: naming all of it.
        """
        if self._faults:
            faults = "; ".join(self._faults)
            raise BadEnvironmentError(
                f"The environment of this function or worker is wrong: {faults}. "
                "The stacks set these variables: deploy again, or set them by hand."
            )


def _whole(text: str, least: int) -> int:
    if not (text.isascii() and text.isdigit()) or int(text) < least:
        raise ValueError(f"must be a whole number from {least}")
    return int(text)


def _above_zero(text: str, unit: str) -> float:
    message = f"must be a number of {unit} above 0"
    try:
        found = float(text)
    except ValueError:
        raise ValueError(message) from None
    if not 0 < found < float("inf"):
        raise ValueError(message)
    return found


def _one_of(text: str, allowed: tuple[str, ...]) -> str:
    if text not in allowed:
        raise ValueError(f"must be {' or '.join(allowed)}")
    return text
