"""What the parts of Moonwalk hand to one another: workflow inputs, answers, internal messages.

Every one carries `schema`; see `moonwalk.contracts.schemas` for which a reader accepts. The keys
that the infrastructure needs too stand here by name, the others inside the functions that use them.
"""

from collections.abc import Mapping
from typing import Any

from moonwalk.contracts import schemas
from moonwalk.domain.crash_id import CrashId
from moonwalk.domain.dumps import Dump, DumpName
from moonwalk.domain.failures import DeadLetter
from moonwalk.domain.lane import Lane
from moonwalk.domain.ledger import Fence
from moonwalk.domain.request import CrashRequest, Message, Origin, QueueClass, Ruleset
from moonwalk.domain.task import Answer, Status, Task

SCHEMA = 1
SCHEMA_KEY = schemas.KEY
QUEUE = "queue"
"""In a task: the class of the request; the Standard workflow picks the heavy queue by it."""
STATUS = "status"
"""In an answer: a `Status`."""
REASON = "reason"
"""In an answer: more about the status, or null."""
TASK = "task"
"""In a message of a heavy queue: the task."""
TASK_TOKEN = "task_token"  # noqa: S105 - the key under which the token stands, not a token
"""In a message of a heavy queue: the credential by which the workflow is answered. Never logged."""


class SchemaError(ValueError):
    """A document of our own that this version does not understand; its text says which."""


def check_schema(document: object, what: str) -> dict[str, Any]:
    """Give the document back if it is an object of a schema that is understood.

    Raises:
        SchemaError: otherwise, naming `what` it was meant to be.
    """
    if not isinstance(document, dict):
        raise SchemaError(f"{what} is no JSON object")
    understood = schemas.accepted(SCHEMA)
    if document.get(SCHEMA_KEY) not in understood:
        raise SchemaError(f"{what} has a schema that is none of {understood}")
    return document


def encode_task(task: Task) -> dict[str, Any]:
    """Give a task as the JSON object that both workflows take."""
    request = task.request
    return {
        SCHEMA_KEY: SCHEMA,
        "crash_id": request.crash_id.text,
        "ruleset": request.ruleset.value,
        QUEUE: request.queue.value,
        "origin": request.origin.value,
        "message": {
            "id": request.message.id,
            "first_seen": request.message.first_seen,
            "tries": request.message.tries,
        },
        "since": task.fence.since,
        "attempt": task.fence.attempt,
        "lane": task.lane.value,
        "dumps": [{"name": dump.name.text, "size": dump.size} for dump in task.dumps],
    }


def decode_task(document: object) -> Task:
    """Read a task.

    Raises:
        SchemaError: when it is not one.
    """
    found = check_schema(document, "the task")
    try:
        return Task(
            request=CrashRequest(
                crash_id=CrashId(found["crash_id"]),
                ruleset=Ruleset(found["ruleset"]),
                queue=QueueClass(found[QUEUE]),
                origin=Origin(found["origin"]),
                message=_message(found["message"]),
            ),
            fence=Fence(since=_whole(found["since"]), attempt=_whole(found["attempt"])),
            lane=Lane(found["lane"]),
            dumps=tuple(map(_dump, _list(found["dumps"]))),
        )
    except (DeadLetter, KeyError, TypeError, ValueError) as error:
        raise SchemaError(f"the task lacks or misuses {error}") from error


def _message(found: Mapping[str, Any]) -> Message:
    return Message(str(found["id"]), float(found["first_seen"]), _whole(found["tries"]))


def _dump(found: Mapping[str, Any]) -> Dump:
    return Dump(DumpName(found["name"]), _whole(found["size"]))


def _whole(value: object) -> int:
    if not isinstance(value, int) or value < 0:
        raise ValueError(value)
    return value


def _list(value: object) -> list[Any]:
    if not isinstance(value, list):
        raise TypeError(value)
    return value


def encode_answer(answer: Answer) -> dict[str, Any]:
    """Give an answer as the JSON object that a workflow ends with."""
    return {SCHEMA_KEY: SCHEMA, STATUS: answer.status.value, REASON: answer.reason}


def decode_answer(document: object) -> Answer:
    """Read an answer.

    Raises:
        SchemaError: when it is not one.
    """
    found = check_schema(document, "the answer")
    try:
        return Answer(Status(found[STATUS]), found.get(REASON))
    except (KeyError, ValueError) as error:
        raise SchemaError(f"the answer lacks or misuses {error}") from error


def decode_heavy_message(document: object) -> tuple[Task, str]:
    """Read a message of a heavy queue: the task, and the token for its answer.

    Raises:
        SchemaError: when it is not one.
    """
    found = check_schema(document, "the heavy-lane message")
    token = found.get(TASK_TOKEN)
    if not isinstance(token, str) or not token:
        raise SchemaError("the heavy-lane message has no task token")
    return decode_task(found.get(TASK)), token


def encode_put_back(
    crash_id: CrashId, ruleset: Ruleset, attempt: int, asked_by: str, first_seen: float
) -> Mapping[str, Any]:
    """Give the message by which the reconciler puts a late crash back; it names the attempt.

    And the message from outside that asked for the crash: that one may still be hidden in its
    queue, and shown again it must not start anew a crash that has failed meanwhile.
    """
    return {
        SCHEMA_KEY: SCHEMA,
        "kind": Origin.PUT_BACK.value,
        "crash_id": crash_id.text,
        "ruleset": ruleset.value,
        "attempt": attempt,
        "asked_by": asked_by,
        "first_seen": first_seen,
    }


def encode_symbols_came(crash_id: CrashId, attempt: int, first_seen: float) -> Mapping[str, Any]:
    """Give the message for a crash whose symbols have news; it names the attempt without them.

    However often it is sent, and for however many modules: that attempt has one successor.
    """
    return {
        SCHEMA_KEY: SCHEMA,
        "kind": Origin.SYMBOLS_CAME.value,
        "crash_id": crash_id.text,
        "ruleset": Ruleset.DEFAULT.value,
        "attempt": attempt,
        "asked_by": f"symbols-{attempt}",
        "first_seen": first_seen,
    }


def encode_again(
    crash_id: CrashId, ruleset: Ruleset, asked_by: str, first_seen: float
) -> Mapping[str, Any]:
    """Give the message for the run that was asked for while another was in flight."""
    return {
        SCHEMA_KEY: SCHEMA,
        "kind": Origin.AGAIN.value,
        "crash_id": crash_id.text,
        "ruleset": ruleset.value,
        "asked_by": asked_by,
        "first_seen": first_seen,
    }
