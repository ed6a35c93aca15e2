"""The table of misses, as its adapters use it: items with two keys, a schema number and an end."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from moonwalk.adapters import ledger_items
from moonwalk.adapters.aws_errors import error_code
from moonwalk.contracts import misses as contract
from moonwalk.contracts import schemas
from moonwalk.ports import Clock

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_DAY = 86_400
_REFUSED = "ConditionalCheckFailedException"


@dataclass(frozen=True, slots=True)
class MissTable:
    """The table.

    Attributes:
        days: how long an item is kept after its last write.
    """

    client: "DynamoDBClient"
    table: str
    days: int
    clock: Clock

    def key(self, partition: str, sort: str) -> dict[str, Any]:
        """Give an item's key."""
        return {
            contract.PARTITION: ledger_items.value(partition),
            contract.SORT: ledger_items.value(sort),
        }

    def put(self, partition: str, sort: str, fields: Mapping[str, str | float]) -> bool:
        """Write an item, whatever is there; say whether there was none."""
        item = {
            **self.key(partition, sort),
            **{name: ledger_items.value(field) for name, field in fields.items()},
            schemas.KEY: ledger_items.value(contract.SCHEMA),
            contract.EXPIRES_AT: ledger_items.value(self.expires),
        }
        old = self.client.put_item(TableName=self.table, Item=item, ReturnValues="ALL_OLD")
        return "Attributes" not in old

    def update(self, partition: str, sort: str, update: Mapping[str, Any]) -> bool:
        """Change an item; say whether its condition held."""
        try:
            self.client.update_item(
                TableName=self.table, Key=self.key(partition, sort), **dict(update)
            )
        except ClientError as error:
            if error_code(error) != _REFUSED:
                raise
            return False
        return True

    def delete(self, partition: str, sort: str, condition: Mapping[str, Any] | None = None) -> bool:
        """Take an item away; say whether its condition held."""
        try:
            self.client.delete_item(
                TableName=self.table, Key=self.key(partition, sort), **dict(condition or {})
            )
        except ClientError as error:
            if error_code(error) != _REFUSED:
                raise
            return False
        return True

    def items(
        self, partition: str, most: int, *, newest_first: bool = False
    ) -> Iterator[Mapping[str, Any]]:
        """List items of a partition as the last writes left them, so many at most."""
        pages = self.client.get_paginator("query").paginate(
            TableName=self.table,
            KeyConditionExpression="#partition = :partition",
            ExpressionAttributeNames={"#partition": contract.PARTITION},
            ExpressionAttributeValues={":partition": ledger_items.value(partition)},
            ConsistentRead=True,
            ScanIndexForward=not newest_first,
            PaginationConfig={"PageSize": min(most, 1000)},
        )
        found = (item for page in pages for item in page["Items"])
        return islice(found, most)

    @property
    def expires(self) -> int:
        """When an item that is written now goes by itself."""
        return int(self.clock.now()) + self.days * _DAY


def text(item: Mapping[str, Any], name: str) -> str:
    """Read a text; empty where there is none."""
    return str(item.get(name, {}).get("S", ""))


def whole(item: Mapping[str, Any], name: str) -> int:
    """Read a whole number; 0 where there is none."""
    return int(float(item.get(name, {}).get("N", 0)))
