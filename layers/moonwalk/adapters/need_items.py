"""How needs of symbols stand, in the ledger's table, shared by the whole deployment."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from moonwalk.adapters import ledger_items
from moonwalk.adapters.aws_errors import error_code, told_as_retry_later
from moonwalk.contracts import ledger as contract
from moonwalk.contracts import schemas, source_items
from moonwalk.domain.symbol_needs import Failing, NeedState
from moonwalk.domain.symbol_sources import Reason
from moonwalk.domain.symbols import SymbolKey

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_STATE = "state"
_REFUSED = "ConditionalCheckFailedException"
_DAY = 86_400


@dataclass(frozen=True, slots=True)
class DynamoSymbolNeeds:
    """`SymbolNeeds` with an item for each need that is not met.

    A write whose answer was lost is repeated by botocore and then refused, being in its own way.
    Who asks takes it for somebody else's, which does no harm: its message follows from the state
    that it reads next; a lease so lost is over when its time is.
    """

    client: "DynamoDBClient"
    table: str

    def read(self, key: SymbolKey) -> NeedState | None:
        """Read a state, consistently; one that this version does not understand is none."""
        with told_as_retry_later("reading how a need of symbols stands"):
            found = self.client.get_item(
                TableName=self.table, Key=_key(key), ConsistentRead=True
            ).get("Item")
        return _read(found.get(_STATE, {})) if found else None

    def write(
        self, key: SymbolKey, state: NeedState | None, *, replacing: NeedState | None
    ) -> bool:
        """Write or delete an item on condition that it is as it was seen."""
        condition: dict[str, Any] = {
            "ConditionExpression": "attribute_not_exists(#state)",
            "ExpressionAttributeNames": {"#state": _STATE},
        }
        if replacing is not None:
            condition["ConditionExpression"] = "#state = :seen"
            condition["ExpressionAttributeValues"] = {
                ":seen": ledger_items.value(_written(replacing))
            }
        with told_as_retry_later("writing how a need of symbols stands"):
            return self._written(key, state, condition)

    def forget(self, key: SymbolKey) -> None:
        """Delete an item, whatever it says."""
        with told_as_retry_later("forgetting a need of symbols"):
            self.client.delete_item(TableName=self.table, Key=_key(key))

    def _written(
        self, key: SymbolKey, state: NeedState | None, condition: Mapping[str, Any]
    ) -> bool:
        try:
            if state is None:
                self.client.delete_item(TableName=self.table, Key=_key(key), **condition)
            else:
                item = {**_key(key), **_item(state)}
                self.client.put_item(TableName=self.table, Item=item, **condition)
        except ClientError as error:
            if error_code(error) != _REFUSED:
                raise
            return False
        return True


def _key(key: SymbolKey) -> dict[str, Any]:
    return {contract.CRASH_ID: ledger_items.value(source_items.need(key))}


def _item(state: NeedState) -> dict[str, Any]:
    # The table's TTL takes it away when nobody has come back to it for a day.
    expires = int(max(state.asked_until, state.held_until)) + _DAY
    return {
        schemas.KEY: ledger_items.value(source_items.SCHEMA),
        _STATE: ledger_items.value(_written(state)),
        contract.EXPIRES_AT: ledger_items.value(expires),
    }


def _written(state: NeedState) -> dict[str, str | float]:
    fields: dict[str, str | float] = {"asked_until": state.asked_until}
    if state.holder:
        fields |= {"holder": state.holder, "held_until": state.held_until}
    if state.failing:
        failing = state.failing
        told = {"source": failing.source, "reason": failing.reason.value, "detail": failing.detail}
        fields |= told
    return fields


def _read(stored: Mapping[str, Any]) -> NeedState | None:
    fields = stored.get("M", {})
    try:
        return NeedState(
            asked_until=float(fields["asked_until"]["N"]),
            holder=fields.get("holder", {}).get("S", ""),
            held_until=float(fields.get("held_until", {}).get("N", 0)),
            failing=_failing(fields) if "reason" in fields else None,
        )
    except (KeyError, ValueError):
        return None


def _failing(fields: Mapping[str, Any]) -> Failing:
    return Failing(fields["source"]["S"], Reason(fields["reason"]["S"]), fields["detail"]["S"])
