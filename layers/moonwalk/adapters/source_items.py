"""Health and memory of symbol sources in the ledger's table, shared by the whole deployment."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from moonwalk.adapters import ledger_items
from moonwalk.adapters.aws_errors import error_code, told_as_retry_later
from moonwalk.contracts import ledger as contract
from moonwalk.contracts import schemas, source_items
from moonwalk.domain.breaker import Breaker
from moonwalk.domain.symbol_memory import Remembered
from moonwalk.domain.symbol_places import SymbolPlace
from moonwalk.domain.symbol_sources import Absent, Failed, Reason
from moonwalk.ports import Clock

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_WEEK = 7 * 86_400
_STATE = "state"
_ANSWER = "from "
"""Before a source's name: the attribute with what it answered."""
_REFUSED = "ConditionalCheckFailedException"
_WELL = Breaker()


@dataclass(frozen=True, slots=True)
class DynamoSourceHealth:
    """A `SourceHealth` with an item for each source that has ever failed.

    A write whose answer was lost is repeated by botocore and then refused, being in its own way:
    a failure may so be counted twice, or a try be left to the next one. Neither does harm.
    """

    client: "DynamoDBClient"
    table: str
    clock: Clock

    def read(self, source: str) -> Breaker:
        """Read the state of a source, consistently."""
        with told_as_retry_later(f"reading the state of symbol source {source}"):
            found = self.client.get_item(
                TableName=self.table, Key=_key(source_items.health(source)), ConsistentRead=True
            )
        return Breaker.from_item(_numbers(found.get("Item", {}).get(_STATE)))

    def write(self, source: str, state: Breaker, *, replacing: Breaker) -> bool:
        """Write a state unless somebody wrote another one first."""
        condition = "#state = :seen"
        if replacing == _WELL:
            condition += " OR attribute_not_exists(#state)"
        with told_as_retry_later(f"writing the state of symbol source {source}"):
            return self._put(source, state, replacing, condition)

    def _put(self, source: str, state: Breaker, replacing: Breaker, condition: str) -> bool:
        try:
            self.client.put_item(
                TableName=self.table,
                Item={
                    **_key(source_items.health(source)),
                    schemas.KEY: ledger_items.value(source_items.SCHEMA),
                    _STATE: ledger_items.value(state.as_item()),
                    contract.EXPIRES_AT: ledger_items.value(int(self.clock.now()) + _WEEK),
                },
                ConditionExpression=condition,
                ExpressionAttributeNames={"#state": _STATE},
                ExpressionAttributeValues={":seen": ledger_items.value(replacing.as_item())},
            )
        except ClientError as error:
            if error_code(error) != _REFUSED:
                raise
            return False
        return True


@dataclass(frozen=True, slots=True)
class DynamoSymbolMemory:
    """A `SymbolMemory` with an item for each place that some source does not have.

    Attributes:
        scope: whose sources these are.
    """

    client: "DynamoDBClient"
    table: str
    scope: str

    def recall(self, place: SymbolPlace) -> Mapping[str, Remembered]:
        """Give what is remembered of a place, consistently: it may just have been forgotten."""
        with told_as_retry_later("reading which sources have no symbols"):
            found = self.client.get_item(
                TableName=self.table, Key=self._key(place), ConsistentRead=True
            )
        answers = {
            name.removeprefix(_ANSWER): _read(stored)
            for name, stored in found.get("Item", {}).items()
            if name.startswith(_ANSWER)
        }
        return {name: answer for name, answer in answers.items() if answer is not None}

    def remember(self, place: SymbolPlace, source: str, remembered: Remembered) -> None:
        """Remember an answer beside those of the other sources.

        The item goes with the answer that came last: earlier ones that would hold longer are then
        asked for again, which does no harm.
        """
        with told_as_retry_later("writing which sources have no symbols"):
            self.client.update_item(
                TableName=self.table,
                Key=self._key(place),
                UpdateExpression="SET #answer = :answer, #schema = :schema, #expires = :expires",
                ExpressionAttributeNames={
                    "#answer": f"{_ANSWER}{source}",
                    "#schema": schemas.KEY,
                    "#expires": contract.EXPIRES_AT,
                },
                ExpressionAttributeValues={
                    ":answer": ledger_items.value(_written(remembered)),
                    ":schema": ledger_items.value(source_items.SCHEMA),
                    ":expires": ledger_items.value(int(remembered.until) + 1),
                },
            )

    def forget(self, place: SymbolPlace) -> None:
        """Forget all answers about a place."""
        with told_as_retry_later("forgetting which sources have no symbols"):
            self.client.delete_item(TableName=self.table, Key=self._key(place))

    def _key(self, place: SymbolPlace) -> dict[str, Any]:
        return _key(source_items.absence(self.scope, place))


def _key(text: str) -> dict[str, Any]:
    return {contract.CRASH_ID: ledger_items.value(text)}


def _numbers(stored: Mapping[str, Any] | None) -> dict[str, float]:
    fields = (stored or {}).get("M", {})
    return {name: float(value["N"]) for name, value in fields.items() if "N" in value}


def _written(remembered: Remembered) -> dict[str, str | float]:
    answer = remembered.answer
    if isinstance(answer, Absent):
        return {"until": remembered.until}
    return {"until": remembered.until, "reason": answer.reason.value, "detail": answer.detail}


def _read(stored: Mapping[str, Any]) -> Remembered | None:
    """Read an answer; one that this version does not understand was never given."""
    fields = stored.get("M", {})
    try:
        until = float(fields["until"]["N"])
        if "reason" not in fields:
            return Remembered(Absent(), until)
        reason = Reason(fields["reason"]["S"])
        return Remembered(Failed(reason, fields["detail"]["S"]), until)
    except (KeyError, ValueError):
        return None
