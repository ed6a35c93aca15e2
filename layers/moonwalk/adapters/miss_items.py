"""Which crash missed which module: an item for each, in the table of misses."""

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from heapq import merge
from itertools import islice
from typing import Any

from moonwalk.adapters import ledger_items
from moonwalk.adapters.aws_errors import told_as_retry_later
from moonwalk.adapters.miss_table import MissTable, text, whole
from moonwalk.contracts import misses as contract
from moonwalk.domain.crash_id import CrashId
from moonwalk.domain.ledger import Fence
from moonwalk.domain.misses import Miss
from moonwalk.domain.symbols import SymbolKey

_ATTEMPT = "attempt"


@dataclass(frozen=True, slots=True)
class DynamoMisses:
    """`Misses` on DynamoDB."""

    table: MissTable

    def record(self, miss: Miss) -> bool:
        """Write a miss over that of an earlier run."""
        with told_as_retry_later(f"writing what symbols {miss.crash_id} missed"):
            return self.table.put(*_place(miss), {_ATTEMPT: miss.fence.attempt})

    def newest(self, key: SymbolKey, *, all_kinds: bool, limit: int) -> Sequence[Miss]:
        """List misses, consistently: who looked for a pack in vain has written before that."""
        parts = [
            (shard, provisional)
            for shard in range(contract.SHARDS)
            for provisional in ((True, False) if all_kinds else (True,))
        ]
        with (
            told_as_retry_later("listing the crashes that missed symbols"),
            ThreadPoolExecutor(contract.SHARDS, thread_name_prefix="shard") as pool,
        ):
            lists = pool.map(lambda part: self._listed(key, part, limit), parts)
            ordered = merge(*lists, key=lambda each: each.fence.since, reverse=True)
            return list(islice(ordered, limit))

    def take(self, miss: Miss) -> None:
        """Delete a miss if it is this run's."""
        condition = {
            "ConditionExpression": "#attempt = :attempt",
            "ExpressionAttributeNames": {"#attempt": _ATTEMPT},
            "ExpressionAttributeValues": {":attempt": ledger_items.value(miss.fence.attempt)},
        }
        with told_as_retry_later(f"deleting what symbols {miss.crash_id} missed"):
            self.table.delete(*_place(miss), condition)

    def _listed(self, key: SymbolKey, part: tuple[int, bool], limit: int) -> list[Miss]:
        shard, provisional = part
        partition = contract.misses(key, shard, provisional=provisional)
        found = self.table.items(partition, limit, newest_first=True)
        return [_read(key, item, provisional=provisional) for item in found]


def _place(miss: Miss) -> tuple[str, str]:
    shard = contract.shard_of(miss.crash_id)
    partition = contract.misses(miss.key, shard, provisional=miss.provisional)
    return partition, contract.miss(miss.crash_id, miss.fence.since)


def _read(key: SymbolKey, item: Mapping[str, Any], *, provisional: bool) -> Miss:
    since, _, crash_id = text(item, contract.SORT).partition("/")
    return Miss(key, CrashId(crash_id), Fence(int(since), whole(item, _ATTEMPT)), provisional)
