"""Keys of what the ledger's table keeps about symbol sources, beside the crashes.

No key of them can be a crash id, and none has a place in the index of what is in flight.
"""

from moonwalk.domain.symbol_places import SymbolPlace

SCHEMA = 1
HEALTH_PREFIX = "symbol-source/"
ABSENCE_PREFIX = "symbol-absence/"


def health(source: str) -> str:
    """Key of the state of a source; its name is unique within a deployment."""
    return f"{HEALTH_PREFIX}{source}"


def absence(scope: str, place: SymbolPlace) -> str:
    """Key of which sources of a scope do not have a symbol file."""
    return f"{ABSENCE_PREFIX}{scope}/{place.path}"
