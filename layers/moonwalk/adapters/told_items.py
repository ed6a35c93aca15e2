"""Places of symbols that servers told for code files, in the ledger's table, for all who ask."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from moonwalk.adapters import ledger_items
from moonwalk.adapters.aws_errors import told_as_retry_later
from moonwalk.contracts import ledger as contract
from moonwalk.contracts import schemas, source_items
from moonwalk.domain.code_keys import CodeKey
from moonwalk.domain.symbol_places import BadNameError, SymbolPlace
from moonwalk.ports import Clock

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

HOLDS = 7 * 86_400
"""Seconds. A build does not change, but a server may have been wrong about it."""
_PLACE = "place"


@dataclass(frozen=True, slots=True)
class DynamoToldPlaces:
    """`ToldPlaces` with an item for each code file of which a place was told.

    That nobody knows one is a `SymbolMemory`'s to remember, source by source.
    """

    client: "DynamoDBClient"
    table: str
    clock: Clock

    def place(self, key: CodeKey) -> SymbolPlace | None:
        """Read a place, consistently; one that is too old or cannot be used was never told."""
        with told_as_retry_later("reading where symbols of a code file are"):
            found = self.client.get_item(
                TableName=self.table, Key=_key(key), ConsistentRead=True
            ).get("Item", {})
        return _read(found, self.clock.now())

    def keep(self, key: CodeKey, place: SymbolPlace) -> None:
        """Write a place over what was told before."""
        item = {
            **_key(key),
            schemas.KEY: ledger_items.value(source_items.SCHEMA),
            _PLACE: ledger_items.value(place.path),
            contract.EXPIRES_AT: ledger_items.value(int(self.clock.now()) + HOLDS),
        }
        with told_as_retry_later("writing where symbols of a code file are"):
            self.client.put_item(TableName=self.table, Item=item)


def _key(key: CodeKey) -> dict[str, Any]:
    return {contract.CRASH_ID: ledger_items.value(source_items.told(key))}


def _read(item: Mapping[str, Any], now: float) -> SymbolPlace | None:
    try:
        # The table's TTL may take days to come by.
        if float(item[contract.EXPIRES_AT]["N"]) <= now:
            return None
        return SymbolPlace.from_path(item[_PLACE]["S"])
    except (KeyError, ValueError, BadNameError):
        return None
