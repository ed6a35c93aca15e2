"""Keys of what the ledger's table keeps about symbols and their sources, beside the crashes.

No key of them can be a crash id, and none has a place in the index of what is in flight.
"""

from moonwalk.domain.code_keys import CodeKey
from moonwalk.domain.symbol_places import SymbolPlace
from moonwalk.domain.symbols import SymbolKey

SCHEMA = 1
PREFIX = "symbol-"
"""Of all of them."""
HEALTH_PREFIX = f"{PREFIX}source/"
ABSENCE_PREFIX = f"{PREFIX}absence/"
NEED_PREFIX = f"{PREFIX}need/"
TOLD_PREFIX = f"{PREFIX}told/"


def health(source: str) -> str:
    """Key of the state of a source; its name is unique within a deployment."""
    return f"{HEALTH_PREFIX}{source}"


def absence(scope: str, place: SymbolPlace) -> str:
    """Key of which sources of a scope do not have a symbol file."""
    return f"{ABSENCE_PREFIX}{scope}/{place.path}"


def need(key: SymbolKey) -> str:
    """Key of how the need of a symbol file stands."""
    return f"{NEED_PREFIX}{key.scope}/{key.place}"


def told(key: CodeKey) -> str:
    """Key of the place that was told for a code file."""
    return f"{TOLD_PREFIX}{key.scope}/{key.asked}"
