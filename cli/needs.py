"""Which symbols a walk was without, as its JSON tells: hostile names, which their user checks."""

from collections.abc import Mapping
from typing import Any

from cli.stack import mapping
from moonwalk.adapters.stored_content import UnusableContentError, parse_json
from moonwalk.domain.symbol_places import LoadedModule

MOST = 1000
"""Modules of one walk whose symbols are fetched; a process has some hundreds."""


def missing(output: bytes) -> list[LoadedModule]:
    """Give the modules that the walk touched without finding their symbols, each once.

    Those without a debug id are left out: no folder has a place for their symbols.
    """
    try:
        listed = mapping(parse_json(output)).get("modules")
    except UnusableContentError:
        return []
    modules = map(mapping, listed if isinstance(listed, list) else [])
    found = (_module(one) for one in modules if one.get("missing_symbols") is True)
    return [one for one in dict.fromkeys(found) if one.debug_id.strip("0")][:MOST]


def _module(found: Mapping[str, Any]) -> LoadedModule:
    names = (found.get(name) for name in ("debug_file", "debug_id", "filename", "code_id"))
    return LoadedModule(*(name if isinstance(name, str) else "" for name in names))
