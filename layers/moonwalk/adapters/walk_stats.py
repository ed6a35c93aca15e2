"""Reads the stackwalker's `--stats-file`: our own child wrote it, with a hostile dump in its hands.

So nothing in it is believed to be there, to be small or to be a number. A file that is of no use
costs the figures and never the walk.
"""

from typing import Any

from moonwalk.adapters.stored_content import UnusableContentError, parse_json
from moonwalk.domain.symbol_places import LoadedModule
from moonwalk.domain.touched_modules import Symbols, TouchedModule
from moonwalk.domain.walk_cost import WalkCost

MAX_STATS_BYTES = 1024 * 1024
"""What four thousand modules take; a process has some hundreds."""

_SCHEMAS = (1, 2)
"""The file's; 1 was without the times of reads and waits."""
_NAMES = ("debug_file", "debug_id", "code_file", "code_id")
_MOST = 2**53
"""No figure is larger: from here on not every whole number is a number in JSON."""


class _NoFigureError(Exception):
    """Something else stands where a figure should."""


def read_stats(content: bytes) -> dict[str, Any]:
    """Parse the file, once for all that is taken from it; empty when it is of no use."""
    if len(content) > MAX_STATS_BYTES:
        return {}
    try:
        return _object(parse_json(content))
    except (UnusableContentError, _NoFigureError):
        return {}


def cost_in(stats: dict[str, Any]) -> WalkCost | None:
    """Give what a walk cost; None when the file does not say it in full."""
    try:
        if stats.get("schema") not in _SCHEMAS:
            return None
        return _cost(_object(stats.get("total")), _object(stats.get("seconds")))
    except _NoFigureError:
        return None


def modules_in(stats: dict[str, Any]) -> tuple[TouchedModule, ...]:
    """Give the modules that a walk asked about; without those that the file does not say in full.

    Their names are a dump's, and unchecked.
    """
    listed = stats.get("modules")
    found = map(_module, listed if isinstance(listed, list) else [])
    return tuple(module for module in found if module is not None)


def _module(told: Any) -> TouchedModule | None:
    if not isinstance(told, dict) or told.get("source") not in tuple(Symbols):
        return None
    return TouchedModule(
        LoadedModule(*(_text(told.get(name)) for name in _NAMES)),
        Symbols(told["source"]),
        _text(told.get("error")),
        on_stack=told.get("on_stack") is True,
        crashing=told.get("crashing") is True,
    )


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _cost(total: dict[str, Any], seconds: dict[str, Any]) -> WalkCost:
    return WalkCost(
        packs_opened=_count(total.get("packs_opened")),
        reads=_count(total.get("reads")),
        bytes=_count(total.get("bytes")),
        blocks=_count(total.get("blocks")),
        lookups=_count(total.get("lookups")),
        memo_hits=_count(total.get("memo_hits")),
        dump_seconds=_time(seconds.get("dump")),
        symbol_seconds=_time(seconds.get("symbols")),
        walking_seconds=_time(seconds.get("walking")),
        printing_seconds=_time(seconds.get("printing")),
        file_seconds=_time(seconds.get("files", 0)),
        broker_seconds=_time(seconds.get("broker", 0)),
    )


def _object(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise _NoFigureError
    return value


def _count(value: Any) -> int:
    if type(value) is not int or not 0 <= value < _MOST:
        raise _NoFigureError
    return value


def _time(value: Any) -> float:
    if type(value) not in (int, float) or not -_MOST < value < _MOST:
        raise _NoFigureError
    # Differences of times that were measured one after the other may be a hair below nothing.
    return max(0.0, float(value))
