"""Which symbols a walk was without, as its statistics tell: hostile names, their user checks them.

Statistics name each module; the JSON has one word for all modules whose files have one name.
"""

from moonwalk.adapters.walk_stats import modules_in, read_stats
from moonwalk.domain.symbol_places import LoadedModule
from moonwalk.domain.touched_modules import Symbols

MOST = 1000
"""Modules of one walk whose symbols are fetched; a process has some hundreds."""


def missing(stats: bytes) -> list[LoadedModule]:
    """Give the modules that the walk touched without finding their symbols, each once.

    Those without a debug id that have no code id either are left out: nobody can be asked.
    """
    touched = modules_in(read_stats(stats))
    found = dict.fromkeys(one.module for one in touched if one.symbols is Symbols.MISSING)
    return [one for one in found if _can_be_asked_for(one)][:MOST]


def _can_be_asked_for(module: LoadedModule) -> bool:
    # A debug id of zeros is one: upstream does not ask by the code id then.
    by_code = not module.debug_id and module.is_known_by_code_only
    return by_code or bool(module.debug_id.strip("0"))
