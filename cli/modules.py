"""The modules of a processed crash, each with what became of its symbols."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from cli.stack import mapping, sequence
from moonwalk.domain.touched_modules import INCOMPLETE


class SymbolState(StrEnum):
    """What became of a module's symbols, as it is shown."""

    LOADED = "loaded"
    CORRUPT = "corrupt"
    MISSING = "missing"
    EXPECTED = "may come"
    UNUSED = "not needed"


@dataclass(frozen=True)
class Module:
    """One module; texts are as the crash has them."""

    name: str
    version: str
    debug_file: str
    debug_id: str
    begin: str
    end: str
    symbols: SymbolState


def modules(processed: Mapping[str, Any]) -> list[Module]:
    """Give all modules, in the dump's order: the program's own comes first."""
    listed = sequence(mapping(processed.get("json_dump")).get("modules"))
    awaited = _awaited(processed)
    return [_module(mapping(one), awaited) for one in listed]


def counted(listed: Iterable[Module]) -> list[tuple[SymbolState, int]]:
    """Count modules by what became of their symbols."""
    counts = Counter(module.symbols for module in listed)
    return [(state, counts[state]) for state in SymbolState if counts[state]]


def _module(found: Mapping[str, Any], awaited: frozenset[tuple[str, str]]) -> Module:
    names = ("filename", "version", "debug_file", "debug_id", "base_addr", "end_addr")
    texts = ("" if found.get(name) is None else str(found[name]) for name in names)
    name, version, debug_file, debug_id, begin, end = texts
    symbols = _state(found, awaited)
    return Module(name, version, debug_file, debug_id, begin, end, symbols)


def _state(found: Mapping[str, Any], awaited: frozenset[tuple[str, str]]) -> SymbolState:
    if (str(found.get("debug_file")), str(found.get("debug_id"))) in awaited:
        return SymbolState.EXPECTED
    if found.get("corrupt_symbols") is True:
        return SymbolState.CORRUPT
    if found.get("loaded_symbols") is True:
        return SymbolState.LOADED
    return SymbolState.MISSING if found.get("missing_symbols") is True else SymbolState.UNUSED


def _awaited(processed: Mapping[str, Any]) -> frozenset[tuple[str, str]]:
    """Give names and ids of the modules whose symbols may still come."""
    listed = map(mapping, sequence(processed.get(INCOMPLETE)))
    return frozenset((str(one.get("debug_file")), str(one.get("debug_id"))) for one in listed)
