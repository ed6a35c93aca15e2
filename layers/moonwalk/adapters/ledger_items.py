"""Ledger entries as DynamoDB items, and back.

A codec of its own, because boto3's refuses the floats that our times are, and because items outlive
the code that wrote them: they carry a schema number.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, cast

from moonwalk.adapters import run_figure_items
from moonwalk.contracts import ledger as contract
from moonwalk.contracts import schemas
from moonwalk.domain.crash_id import CrashId
from moonwalk.domain.failures import RetryCode, RetryLater
from moonwalk.domain.lane import Lane
from moonwalk.domain.ledger import Again, Fence, LedgerEntry, Result, State
from moonwalk.domain.request import QueueClass, Ruleset
from moonwalk.domain.trail import Moment, Step

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import AttributeValueTypeDef

Item = dict[str, "AttributeValueTypeDef"]

REVISION = "revision"
SINCE = "since"


def encode(entry: LedgerEntry) -> Item:
    """Give the item of an entry; what is None is left out, and with it the place in the index."""
    return _map(
        {
            schemas.KEY: contract.SCHEMA,
            contract.CRASH_ID: entry.crash_id.text,
            REVISION: entry.revision,
            "state": entry.state.value,
            SINCE: entry.fence.since,
            "attempt": entry.fence.attempt,
            "ruleset": entry.ruleset.value,
            "queue": entry.queue.value,
            "message_id": entry.message_id,
            "asked_by": entry.asked_by,
            "released": int(entry.released),
            "first_seen": entry.first_seen,
            "claimed_at": entry.claimed_at,
            contract.DUE_AT: entry.due_at,
            contract.SHARD: _shard(entry),
            "lane": entry.lane.value if entry.lane else None,
            "put_backs": entry.put_backs,
            "starts": entry.starts,
            "again": _again(entry.again),
            "result": _result(entry.result),
            "trail": [_told(moment) for moment in entry.trail] or None,
        }
    )


def decode(item: Mapping[str, Any]) -> LedgerEntry:
    """Read an item.

    Raises:
        RetryLater: `unavailable`, when its schema is one that this version does not know: during
            a deployment older code may meet what newer code wrote.
    """
    found = _plain(item)
    schema, understood = found.get(schemas.KEY), schemas.accepted(contract.SCHEMA)
    if schema not in understood:
        raise RetryLater(
            RetryCode.UNAVAILABLE, f"a ledger item has schema {schema!r}, none of {understood}"
        )
    due_at, lane = found.get(contract.DUE_AT), found.get("lane")
    return LedgerEntry(
        crash_id=CrashId(found[contract.CRASH_ID]),
        state=State(found["state"]),
        fence=Fence(found[SINCE], found["attempt"]),
        ruleset=Ruleset(found["ruleset"]),
        queue=QueueClass(found["queue"]),
        message_id=found["message_id"],
        asked_by=found["asked_by"],
        released=bool(found["released"]),
        first_seen=float(found["first_seen"]),
        claimed_at=float(found["claimed_at"]),
        due_at=None if due_at is None else float(due_at),
        revision=found[REVISION],
        lane=Lane(lane) if lane else None,
        put_backs=found["put_backs"],
        starts=found["starts"],
        again=_read_again(found.get("again")),
        result=_read_result(found.get("result")),
        trail=tuple(map(_moment, found.get("trail", ()))),
    )


def value(plain: str | float | Mapping[str, Any] | list[str]) -> "AttributeValueTypeDef":
    """Give a text, a number, a map or a list of texts as DynamoDB takes it."""
    if isinstance(plain, str):
        return {"S": plain}
    if isinstance(plain, Mapping):
        return {"M": _map(plain)}
    if isinstance(plain, list):
        return {"L": [{"S": text} for text in plain]}
    return {"N": repr(plain)}


def _map(plain: Mapping[str, Any]) -> Item:
    return {key: value(item) for key, item in plain.items() if item is not None}


def _plain(item: Mapping[str, Any]) -> dict[str, Any]:
    return {key: _plain_value(stored) for key, stored in item.items()}


def _plain_value(stored: Mapping[str, Any]) -> str | float | dict[str, Any] | list[Any]:
    """Read a value of the kinds that `value` makes; whole numbers come back as int."""
    if "M" in stored:
        return _plain(stored["M"])
    if "L" in stored:
        return [_plain_value(each) for each in stored["L"]]
    if "N" in stored:
        number = stored["N"]
        return int(number) if number.lstrip("-").isdigit() else float(number)
    return cast("str", stored["S"])


def _told(moment: Moment) -> str:
    """Write a moment as one short text: there are several in an item, which is paid by its size."""
    return f"{moment.at!r} {moment.attempt} {moment.step} {moment.detail}".rstrip()


def _moment(text: str) -> Moment:
    at, attempt, step, *detail = text.split(" ", 3)
    return Moment(float(at), Step(step), int(attempt), *detail)


def _shard(entry: LedgerEntry) -> int | None:
    return None if entry.due_at is None else contract.shard_of(entry.crash_id)


def _again(again: Again | None) -> Mapping[str, Any] | None:
    if again is None:
        return None
    return {"ruleset": again.ruleset.value, "message_id": again.message_id}


def _read_again(found: Mapping[str, Any] | None) -> Again | None:
    return Again(Ruleset(found["ruleset"]), found["message_id"]) if found else None


def _result(result: Result | None) -> Mapping[str, Any] | None:
    if result is None:
        return None
    return {
        "finished_at": result.finished_at,
        "reason": result.reason,
        "signature": result.signature,
        "dump_bytes": result.dump_bytes,
        "walk_seconds": result.walk_seconds,
        "figures": run_figure_items.encode(result.figures) if result.figures else None,
    }


def _read_result(found: Mapping[str, Any] | None) -> Result | None:
    if found is None:
        return None
    figures = found.get("figures")
    return Result(
        finished_at=float(found["finished_at"]),
        reason=found.get("reason"),
        signature=found.get("signature"),
        dump_bytes=found["dump_bytes"],
        walk_seconds=float(found["walk_seconds"]),
        figures=run_figure_items.decode(figures) if figures else None,
    )
