"""How many crashes missed a module, and whether somebody waits for it, in the table of misses."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import chain, product
from typing import Any

from moonwalk.adapters import ledger_items
from moonwalk.adapters.aws_errors import told_as_retry_later
from moonwalk.adapters.miss_table import MissTable, text, whole
from moonwalk.adapters.text import acceptable
from moonwalk.contracts import misses as contract
from moonwalk.contracts import schemas
from moonwalk.domain.crash_id import CrashId
from moonwalk.domain.failures import DeadLetter
from moonwalk.domain.misses import Missed, MostMissed
from moonwalk.domain.symbol_needs import Need
from moonwalk.domain.symbols import SymbolKey

MOST_COUNTS = 20_000
"""Counts that are read of one shard of one day: some 4 MB, or 500 read units."""
_CRASHES, _CODE_FILE, _CODE_ID = "crashes", "code_file", "code_id"
_LONGEST = 500
"""Characters of a module's names; files have no longer ones."""


@dataclass(frozen=True, slots=True)
class DynamoMissedModules:
    """`MissedModules` on DynamoDB: an item for each module, shard and day."""

    table: MissTable

    def count(self, need: Need, crash_id: CrashId) -> None:
        """Add one to a count."""
        fields = {_CODE_FILE: need.code_file, _CODE_ID: need.code_id}
        names = {"#crashes": _CRASHES, "#schema": schemas.KEY, "#expires": contract.EXPIRES_AT}
        values = {":one": 1, ":schema": contract.SCHEMA, ":expires": self.table.expires}
        update = {
            "UpdateExpression": (
                "ADD #crashes :one SET #schema = :schema, #expires = :expires, "
                "#code_file = :code_file, #code_id = :code_id"
            ),
            "ExpressionAttributeNames": names | {f"#{name}": name for name in fields},
            "ExpressionAttributeValues": {
                **{name: ledger_items.value(number) for name, number in values.items()},
                **{f":{name}": ledger_items.value(_short(field)) for name, field in fields.items()},
            },
        }
        partition = contract.counts(self._today(), contract.shard_of(crash_id))
        with told_as_retry_later("counting a miss of symbols"):
            self.table.update(partition, contract.name(need.key), update)

    def most(self, days: int) -> MostMissed:
        """Add the counts of all shards and days up."""
        today, crashes, needs = self._today(), Counter[SymbolKey](), dict[SymbolKey, Need]()
        complete = True
        dates = [today - timedelta(back) for back in range(days)]
        with told_as_retry_later("reading how often symbols were missed"):
            for day, shard in product(dates, range(contract.SHARDS)):
                found = list(self.table.items(contract.counts(day, shard), MOST_COUNTS))
                complete = complete and len(found) < MOST_COUNTS
                for item, need in _needs(found):
                    crashes[need.key] += whole(item, _CRASHES)
                    needs.setdefault(need.key, need)
        listed = [Missed(needs[key], number) for key, number in crashes.most_common()]
        return MostMissed(listed, complete)

    def note_awaited(self, need: Need, crash_id: CrashId) -> None:
        """Write a note in the crash's shard."""
        partition = contract.awaited(contract.shard_of(crash_id))
        fields = {_CODE_FILE: _short(need.code_file), _CODE_ID: _short(need.code_id)}
        with told_as_retry_later("noting that symbols are awaited"):
            self.table.put(partition, contract.name(need.key), fields)

    def awaited(self, limit: int) -> Sequence[Need]:
        """Read the notes of all shards."""
        with told_as_retry_later("listing the symbols that are awaited"):
            shards = [
                list(self.table.items(contract.awaited(shard), limit))
                for shard in range(contract.SHARDS)
            ]
        found = {need.key: need for _, need in _needs(chain(*shards))}
        return list(found.values())[:limit]

    def no_longer_awaited(self, key: SymbolKey) -> None:
        """Delete the notes in all shards."""
        with told_as_retry_later("deleting that symbols are awaited"):
            for shard in range(contract.SHARDS):
                self.table.delete(contract.awaited(shard), contract.name(key))

    def _today(self) -> date:
        return datetime.fromtimestamp(self.table.clock.now(), UTC).date()


def _needs(
    items: Iterable[Mapping[str, Any]],
) -> Iterator[tuple[Mapping[str, Any], Need]]:
    """Read what items are about; one that this version does not understand is passed over."""
    for item in items:
        try:
            key = contract.read_name(text(item, contract.SORT))
        except (ValueError, DeadLetter):
            continue
        yield item, Need(key, text(item, _CODE_FILE), text(item, _CODE_ID))


def _short(name: str) -> str:
    return acceptable(name, _LONGEST)
