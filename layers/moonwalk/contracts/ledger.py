"""The ledger's table: key, index, attribute names, and the sharding of what is in flight."""

import zlib

from moonwalk.domain.crash_id import CrashId

SCHEMA = 2
"""2 added `trail`, and what a run took to its `result`."""
CRASH_ID = "crash_id"
"""Partition key, text."""
EXPIRES_AT = "expires_at"
"""The attribute that the table's TTL looks at, whole seconds since the epoch."""
IN_FLIGHT_INDEX = "in_flight"
"""A keys-only index of the entries that have a due time."""
SHARD = "in_flight_shard"
"""Partition key of that index, number."""
DUE_AT = "due_at"
"""Sort key of that index, number, seconds since the epoch."""
SHARDS = 16
"""One index partition takes 1,000 writes a second; sixteen take any burst that is in sight."""


def shard_of(crash_id: CrashId) -> int:
    """Give the index partition of a crash, the same for ever."""
    return zlib.crc32(crash_id.text.encode()) % SHARDS
