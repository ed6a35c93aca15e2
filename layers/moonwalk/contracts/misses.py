"""Keys of the table of misses: which crash missed which module, and what there is to be done.

| partition | sort key | an item for each |
|---|---|---|
| `missing/<shard>/<scope>/<place>` | `<since>/<crash id>` | complete crash without them |
| `provisional/<shard>/<scope>/<place>` | the same | crash that waits for them |
| `counts/<day>/<shard>` | `<scope>/<place>` | module, with how many missed it |
| `awaited/<shard>` | `<scope>/<place>` | module that somebody waits for |
| `arrivals` | `<news>/<scope>/<place>` | news that is not done with |

What crashes write is spread over shards by their ids: a module that all crashes miss makes no
partition and no item hot. Who reads asks all shards.
"""

import zlib
from datetime import date

from moonwalk.domain.code_keys import any_key
from moonwalk.domain.crash_id import CrashId
from moonwalk.domain.misses import News
from moonwalk.domain.symbols import SymbolKey

SCHEMA = 1
PARTITION = "place"
"""Partition key, text."""
SORT = "entry"
"""Sort key, text."""
EXPIRES_AT = "expires_at"
"""The attribute that the table's TTL looks at, whole seconds since the epoch."""
SHARDS = 8
"""A partition takes 1,000 writes a second: some thousands of crashes a second that miss the same
module. News of a module costs a read of each."""
ARRIVALS = "arrivals"

_KEY_PARTS = 4


def shard_of(crash_id: CrashId) -> int:
    """Give the shard of a crash, the same for ever."""
    return zlib.crc32(crash_id.text.encode()) % SHARDS


def misses(key: SymbolKey, shard: int, *, provisional: bool) -> str:
    """Give the partition of a module's misses of one kind."""
    return f"{'provisional' if provisional else 'missing'}/{shard}/{name(key)}"


def miss(crash_id: CrashId, since: int) -> str:
    """Give the sort key of a crash: in the order in which crashes came."""
    return f"{since:015d}/{crash_id}"


def counts(day: date, shard: int) -> str:
    """Give a partition of a day's counts."""
    return f"counts/{day:%Y%m%d}/{shard}"


def awaited(shard: int) -> str:
    """Give a partition of the modules that are awaited."""
    return f"awaited/{shard}"


def arrival(key: SymbolKey, news: News) -> str:
    """Give the sort key of news."""
    return f"{news}/{name(key)}"


def name(key: SymbolKey) -> str:
    """Give a module's symbols as a text."""
    return f"{key.scope}/{key.place}"


def read_name(text: str) -> SymbolKey:
    """Read the same.

    Raises:
        ValueError: when it is none.
        DeadLetter: `bad_symbol_key`, when it names what can be no symbols.
    """
    parts = text.split("/")
    if len(parts) != _KEY_PARTS:
        raise ValueError(text)
    return any_key(*parts)
