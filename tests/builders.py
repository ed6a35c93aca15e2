"""Builders of domain objects, so that a test names only what it is about."""

from dataclasses import replace
from typing import Any

from moonwalk.domain.crash_id import CrashId
from moonwalk.domain.dumps import MAIN_MINIDUMP, Dump, DumpName
from moonwalk.domain.lane import Lane
from moonwalk.domain.ledger import Fence, LedgerEntry, State, claimed
from moonwalk.domain.request import CrashRequest, Message, Origin, QueueClass, Ruleset
from moonwalk.domain.task import Task

NOW = 1_795_420_800.25
"""When tests play unless they say otherwise: a time with a fraction, in 2026."""
DUE_AFTER = 360.0
MAIN = DumpName(MAIN_MINIDUMP)
BROWSER = DumpName("upload_file_minidump_browser")


def crash_id(number: int = 1) -> CrashId:
    """Build one of a million crash ids of one day (numbers below 0x100000)."""
    return CrashId(f"0b7ac8f7-2f2c-4c8b-9d2a-{number:05x}0261123")


CRASH_ID = crash_id()


def message(identity: str = "message-1", *, tries: int = 1, first_seen: float = NOW) -> Message:
    """Build a queue message's identity."""
    return Message(identity, first_seen, tries)


def request(**changes: Any) -> CrashRequest:
    """Build a request for a fresh crash by its id."""
    plain = CrashRequest(
        CRASH_ID, Ruleset.DEFAULT, QueueClass.STANDARD, Origin.TEXT, message("message-1")
    )
    return replace(plain, **changes)


def entry(state: State = State.CLAIMED, **changes: Any) -> LedgerEntry:
    """Build the entry that a fresh crash's claim makes, in the state asked for."""
    made = claimed(request(), None, now=NOW, due_at=NOW + DUE_AFTER)
    due_at = made.due_at if state is State.CLAIMED else None
    return replace(made, **{"state": state, "due_at": due_at, **changes})


def task(**changes: Any) -> Task:
    """Build the task of a fresh crash with one minidump of 1,000 bytes."""
    plain = Task(
        request(), Fence(since=round(NOW * 1000), attempt=1), Lane.LIGHT, (Dump(MAIN, 1000),)
    )
    return replace(plain, **changes)
