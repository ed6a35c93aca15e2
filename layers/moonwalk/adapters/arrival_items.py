"""News of symbols that crashes missed, in the table of misses until it is done with."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from moonwalk.adapters import ledger_items
from moonwalk.adapters.aws_errors import told_as_retry_later
from moonwalk.adapters.miss_table import MissTable, text, whole
from moonwalk.contracts import misses as contract
from moonwalk.contracts import schemas
from moonwalk.domain.failures import DeadLetter
from moonwalk.domain.misses import Arrival, News
from moonwalk.domain.symbols import SymbolKey

MOST_NEWS = 20_000
"""News that one look reads: many builds' symbols, some 4 MB."""
_DUE_AT, _TOLD, _RELEASED = "due_at", "told", "released"


@dataclass(frozen=True, slots=True)
class DynamoArrivals:
    """`Arrivals` on DynamoDB, in one partition: symbols come by the hundred, not as crashes do."""

    table: MissTable

    def tell(self, key: SymbolKey, news: News, due_at: float) -> None:
        """Write news, or add to what is there."""
        update = {
            "UpdateExpression": (
                "SET #due = if_not_exists(#due, :due), #schema = :schema, #expires = :expires "
                "ADD #told :one"
            ),
            "ExpressionAttributeNames": {
                "#due": _DUE_AT,
                "#schema": schemas.KEY,
                "#expires": contract.EXPIRES_AT,
                "#told": _TOLD,
            },
            "ExpressionAttributeValues": {
                ":due": ledger_items.value(due_at),
                ":schema": ledger_items.value(contract.SCHEMA),
                ":expires": ledger_items.value(self.table.expires),
                ":one": ledger_items.value(1),
            },
        }
        with told_as_retry_later(f"telling that there is news of {key}"):
            self.table.update(contract.ARRIVALS, contract.arrival(key, news), update)

    def due(self, now: float, limit: int) -> Sequence[Arrival]:
        """Read the news, consistently, and give what is due."""
        with told_as_retry_later("listing the symbols of which there is news"):
            listed = list(self.table.items(contract.ARRIVALS, MOST_NEWS))
        found = [arrival for item in listed if (arrival := _read(item))]
        due = [each for each in found if each.due_at <= now]
        return sorted(due, key=lambda each: (each.due_at, contract.name(each.key)))[:limit]

    def released(self, arrival: Arrival, crashes: int) -> None:
        """Add to the count; news that is gone stays gone."""
        update = {
            "UpdateExpression": "ADD #released :crashes",
            "ConditionExpression": "attribute_exists(#told)",
            "ExpressionAttributeNames": {"#released": _RELEASED, "#told": _TOLD},
            "ExpressionAttributeValues": {":crashes": ledger_items.value(crashes)},
        }
        with told_as_retry_later("counting released crashes"):
            self.table.update(contract.ARRIVALS, _sort(arrival), update)

    def done(self, arrival: Arrival) -> bool:
        """Delete news, on condition that nobody told it since."""
        condition = {
            "ConditionExpression": "#told = :told",
            "ExpressionAttributeNames": {"#told": _TOLD},
            "ExpressionAttributeValues": {":told": ledger_items.value(arrival.told)},
        }
        with told_as_retry_later("deleting news of symbols"):
            return self.table.delete(contract.ARRIVALS, _sort(arrival), condition)


def _sort(arrival: Arrival) -> str:
    return contract.arrival(arrival.key, arrival.news)


def _read(item: Mapping[str, Any]) -> Arrival | None:
    """Read news; what this version does not understand is none."""
    kind, _, name = text(item, contract.SORT).partition("/")
    try:
        key, news, due_at = contract.read_name(name), News(kind), float(item[_DUE_AT]["N"])
    except (KeyError, ValueError, DeadLetter):
        return None
    return Arrival(key, news, due_at, whole(item, _TOLD), whole(item, _RELEASED))
