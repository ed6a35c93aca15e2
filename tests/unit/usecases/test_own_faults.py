"""What fails where a worker runs is not counted against the crash that it had in hand."""

import errno
import os

import pytest

from moonwalk.domain.failures import RetryCode, RetryLater
from moonwalk.domain.lane import Lane
from moonwalk.domain.ledger import LedgerEntry
from moonwalk.domain.task import Task
from tests.builders import CRASH_ID, entry, task
from tests.unit.usecases.world import World

OWN = [errno.EIO, errno.EROFS, errno.EMFILE, errno.ENOMEM, errno.ENOSPC]


@pytest.fixture
def world() -> World:
    return World()


def failing(world: World, error: Exception) -> Task:
    """Build a task of the heavy lane under which something fails."""

    def fail(_: str) -> None:
        raise error

    world.store.before = fail
    world.fake_ledger.entries[CRASH_ID] = entry(lane=Lane.HEAVY)
    return task(lane=Lane.HEAVY)


@pytest.mark.parametrize(
    "error",
    [
        *(OSError(number, os.strerror(number)) for number in OWN),
        RuntimeError("can't start new thread"),
    ],
    ids=str,
)
def test_a_start_that_the_workers_machine_ended_does_not_count(
    world: World, error: Exception
) -> None:
    asked = failing(world, error)
    for _ in range(5):
        with pytest.raises(RetryLater) as raised:
            world.process_heavy(asked)
        assert raised.value.__cause__ is error
        assert raised.value.code in {RetryCode.WORKER_BROKEN, RetryCode.SCRATCH_FULL}
    assert world.entry.starts == 0


@pytest.mark.parametrize(
    "error",
    [OSError(errno.ENAMETOOLONG, "File name too long"), RecursionError(), RuntimeError("other")],
    ids=str,
)
def test_what_a_crash_could_bring_about_stays_a_silent_end(world: World, error: Exception) -> None:
    asked = failing(world, error)
    with pytest.raises(type(error)):
        world.process_heavy(asked)
    assert world.entry.starts == 1


def test_a_start_that_the_ledger_did_not_take_back_is_taken_back_before_the_next_one(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    unavailable = RetryLater(RetryCode.UNAVAILABLE, "no route")
    asked = failing(world, unavailable)
    write = world.fake_ledger.write

    def take_starts_only(following: LedgerEntry, *, replacing: LedgerEntry | None) -> None:
        if replacing and following.starts < replacing.starts:
            raise unavailable
        write(following, replacing=replacing)

    monkeypatch.setattr(world.fake_ledger, "write", take_starts_only)
    for starts in (1, 2):
        with pytest.raises(RetryLater, match="the ledger is still to be told"):
            world.process_heavy(asked)
        assert world.entry.starts == starts
    monkeypatch.undo()
    with pytest.raises(RetryLater, match=r"no route$"):
        world.process_heavy(asked)
    assert world.entry.starts == 0
    assert not world.process_heavy.owed
