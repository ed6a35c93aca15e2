"""The ledger on DynamoDB: one item a crash, changed by conditional writes only."""

import uuid
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any, TypeVar, cast

from botocore.exceptions import ClientError

from moonwalk.adapters import ledger_items
from moonwalk.adapters.aws_errors import error_code, told_as_retry_later
from moonwalk.contracts import ledger as contract
from moonwalk.domain.crash_id import CrashId
from moonwalk.domain.ledger import InFlight, LedgerEntry
from moonwalk.ports import Clock, Conflict

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

T = TypeVar("T")

_DAY = 86_400
_QUERIES_AT_ONCE = 8
_NEVER = 1e12
"""A due time beyond all others."""
_WRITE = "write"
"""Attribute with a mark of the write that made the item, by which a writer knows its own."""
_REFUSED = "ConditionalCheckFailedException"


@dataclass(frozen=True, slots=True)
class DynamoLedger:
    """A `Ledger` on DynamoDB.

    Attributes:
        days: how long an entry is kept after its last write.
    """

    client: "DynamoDBClient"
    table: str
    days: int
    clock: Clock

    def read(self, crash_id: CrashId) -> LedgerEntry | None:
        """Read the entry, consistently."""
        with told_as_retry_later(f"reading the ledger entry of {crash_id}"):
            found = self.client.get_item(
                TableName=self.table,
                Key={contract.CRASH_ID: ledger_items.value(crash_id.text)},
                ConsistentRead=True,
            )
        return ledger_items.decode(found["Item"]) if "Item" in found else None

    def write(self, entry: LedgerEntry, *, replacing: LedgerEntry | None) -> None:
        """Write an entry in one request, which also tells what is there when it is refused.

        botocore repeats a write whose answer was lost, and the repetition then collides with the
        first: the mark says that this is no conflict.
        """
        mark = ledger_items.value(uuid.uuid4().hex)
        item = ledger_items.encode(entry) | {
            _WRITE: mark,
            contract.EXPIRES_AT: ledger_items.value(int(self.clock.now()) + self.days * _DAY),
        }
        with told_as_retry_later(f"writing the ledger entry of {entry.crash_id}"):
            try:
                self.client.put_item(
                    TableName=self.table,
                    Item=item,
                    ReturnValuesOnConditionCheckFailure="ALL_OLD",
                    **_condition(replacing),
                )
            except ClientError as error:
                if error_code(error) != _REFUSED:
                    raise
                found = cast("dict[str, Any] | None", error.response.get("Item"))
                if found is None or found.get(_WRITE) != mark:
                    raise Conflict(ledger_items.decode(found) if found else None) from error

    def due(self, now: float, limit: int) -> Iterable[CrashId]:
        """List crashes past their due time, the longest waiting first; all shards are asked."""
        with told_as_retry_later("listing the crashes that are due"):
            shards = _of_all_shards(
                lambda shard: list(islice(self._due_in(shard, now, limit), limit))
            )
        waiting = sorted(found for shard in shards for found in shard)
        return [CrashId(crash_id) for _, crash_id in waiting[:limit]]

    def in_flight(self) -> InFlight:
        """Count what the index holds; it is keys only, so a page counts thousands."""
        with told_as_retry_later("counting the crashes in flight"):
            counts = _of_all_shards(self._count_in)
            first = _of_all_shards(lambda shard: next(self._due_in(shard, _NEVER, 1), None))
        return InFlight(sum(counts), min((each[0] for each in first if each), default=None))

    def _count_in(self, shard: int) -> int:
        pages = self.client.get_paginator("query").paginate(
            TableName=self.table,
            IndexName=contract.IN_FLIGHT_INDEX,
            Select="COUNT",
            KeyConditionExpression="#shard = :shard",
            ExpressionAttributeNames={"#shard": contract.SHARD},
            ExpressionAttributeValues={":shard": ledger_items.value(shard)},
        )
        return sum(page["Count"] for page in pages)

    def _due_in(self, shard: int, now: float, limit: int) -> Iterator[tuple[float, str]]:
        pages = self.client.get_paginator("query").paginate(
            TableName=self.table,
            IndexName=contract.IN_FLIGHT_INDEX,
            KeyConditionExpression="#shard = :shard AND #due_at <= :now",
            ExpressionAttributeNames={"#shard": contract.SHARD, "#due_at": contract.DUE_AT},
            ExpressionAttributeValues={
                ":shard": ledger_items.value(shard),
                ":now": ledger_items.value(now),
            },
            PaginationConfig={"PageSize": limit},
        )
        for page in pages:
            for item in page["Items"]:
                yield float(item[contract.DUE_AT]["N"]), item[contract.CRASH_ID]["S"]


def _of_all_shards(ask: Callable[[int], T]) -> list[T]:
    with ThreadPoolExecutor(_QUERIES_AT_ONCE, thread_name_prefix="shard") as pool:
        return list(pool.map(ask, range(contract.SHARDS)))


def _condition(replacing: LedgerEntry | None) -> dict[str, Any]:
    if replacing is None:
        return {
            "ConditionExpression": "attribute_not_exists(#crash_id)",
            "ExpressionAttributeNames": {"#crash_id": contract.CRASH_ID},
        }
    # A revision comes again when an entry expired and its crash was claimed anew; `since` does not.
    return {
        "ConditionExpression": "#revision = :seen AND #since = :since",
        "ExpressionAttributeNames": {
            "#revision": ledger_items.REVISION,
            "#since": ledger_items.SINCE,
        },
        "ExpressionAttributeValues": {
            ":seen": ledger_items.value(replacing.revision),
            ":since": ledger_items.value(replacing.fence.since),
        },
    }
