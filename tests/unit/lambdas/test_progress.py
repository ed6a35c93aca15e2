"""What a worker writes down of itself."""

import os
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from pathlib import Path
from typing import cast

import pytest

from lambdas.worker.progress import WRITE_SECONDS, Progress
from lambdas.worker.standing import SIZE, Standing, StandingError, StandingFile, read
from moonwalk.domain.task import Answer, Status, Task
from tests.unit.lambdas.functions import Log
from tests.unit.lambdas.working import (
    FakeStandingFile,
    WorkerWorld,
    heavy_message,
    packing_message,
)


class World:
    """A progress whose clock a test moves."""

    def __init__(self) -> None:
        self.now, self.file, self.log = 1000.0, FakeStandingFile(), Log()
        self.progress = Progress(
            cast("StandingFile", self.file), self.log.logger, clock=lambda: self.now
        )

    def standing(self) -> Standing:
        """Let the loop go round once more, and give what it wrote."""
        self.now += WRITE_SECONDS
        self.progress.tick()
        return self.file.written[-1]


@pytest.fixture
def world() -> World:
    return World()


def test_a_worker_says_that_it_starts_works_and_drains(world: World) -> None:
    world.now += 5
    world.progress.work(stall_seconds=60, packing_seconds=90)
    world.now += 5
    world.progress.drain()
    assert [(each.phase, each.since) for each in world.file.written] == [
        ("starting", 1000.0),
        ("working", 1005.0),
        ("draining", 1010.0),
    ]
    assert world.file.written[-1].stall_seconds == 60
    assert world.file.written[-1].packing_seconds == 90


def test_the_file_is_not_written_at_every_turn(world: World) -> None:
    for _ in range(10):
        world.now += WRITE_SECONDS / 4
        world.progress.tick()
    assert [each.ticked for each in world.file.written] == [1000.0, 1005.0, 1010.0]


def test_a_crash_in_hand_counts_from_when_it_was_taken_or_last_got_on(world: World) -> None:
    world.now += 7200
    with world.progress.crash("one"):
        taken = world.now
        assert world.standing().walked == taken
        assert world.standing().crashes == world.progress.busy == 1
        world.progress.got_on()
        assert world.standing().walked == world.now - WRITE_SECONDS
    assert world.standing().crashes == world.progress.busy == 0


def test_a_crash_that_hangs_does_not_hide_behind_one_that_gets_on(world: World) -> None:
    with world.progress.crash("hangs"):
        taken = world.now
        for _ in range(3):
            world.now += 100
            with world.progress.crash("gets on"):
                assert world.progress.busy == 2
                world.progress.got_on()
                assert world.standing().walked == taken


def test_what_gets_on_is_told_from_the_threads_in_which_a_crash_is_walked(world: World) -> None:
    world.progress.work(stall_seconds=50, packing_seconds=90)
    with (
        world.progress.crash("hangs"),
        world.progress.crash("walked"),
        ThreadPoolExecutor() as pool,
    ):
        world.now += 100
        pool.submit(copy_context().run, world.progress.got_on).result()
        assert world.progress.is_stalled("hangs")
        assert not world.progress.is_stalled("walked")


def test_a_worker_that_spoils_all_it_takes_has_not_got_on_since_the_first(world: World) -> None:
    first = world.now
    for _ in range(4):
        with world.progress.crash("spoilt"):
            world.now += 100
    with world.progress.crash("the next"):
        assert world.standing().walked == first


def test_time_without_a_crash_in_hand_is_held_against_nobody(world: World) -> None:
    with world.progress.crash("spoilt"):
        world.now += 100
    world.now += 7200
    with world.progress.crash("the next"):
        assert world.standing().walked == world.now - 100 - WRITE_SECONDS


def test_a_crash_is_stalled_when_it_has_not_got_on_for_as_long_as_is_allowed(world: World) -> None:
    world.progress.work(stall_seconds=60, packing_seconds=90)
    with world.progress.crash("one"):
        world.now += 59
        assert not world.progress.is_stalled("one")
        world.now += 1
        assert world.progress.is_stalled("one")
        world.progress.got_on()
        assert not world.progress.is_stalled("one")
    assert not world.progress.is_stalled("one")


def test_packing_is_told_from_when_it_began_and_no_longer_than_it_lasts(world: World) -> None:
    with world.progress.packing():
        began = world.now
        assert world.standing().packing == began
        assert world.progress.busy == 0
    assert world.standing().packing is None


def test_a_disk_that_fails_is_logged_once_and_work_goes_on(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: Standing) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(world.file, "write", fail)
    for _ in range(3):
        world.now += WRITE_SECONDS
        world.progress.tick()
    [line] = world.log.lines("the standing is not written")
    assert line["detail"] == "Input/output error"


def test_a_shift_has_in_hand_what_its_slots_do() -> None:
    world, busy = WorkerWorld(), list[int]()

    def process(_: Task) -> Answer:
        busy.append(world.progress.busy)
        return Answer(Status.PROCESSED)

    def pack(_: str) -> None:
        busy.append(world.progress.busy)

    world.process.run, world.pack = process, pack
    world.work(heavy_message())
    world.shift._over_since = None
    world.work(packing_message())
    assert busy == [1, 0]
    assert world.progress.busy == 0
    assert world.standing.written[-1].phase == "draining"


def test_the_file_takes_the_same_room_from_the_first_write_on(tmp_path: Path) -> None:
    place = tmp_path / "standing"
    file = StandingFile(place)
    long = Standing("draining", 1e9 / 3, 1e9 / 3, 64, 1e9 / 3, 1e9 / 3, 43200.0, 1e9 / 3)
    for standing in (long, Standing("working", 1.0, 2.0)):
        file.write(standing)
        assert place.stat().st_size == SIZE
        assert read(place) == standing
    file.close()


def test_a_link_that_lies_in_the_place_of_the_file_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(OSError, match="symbolic link"):
        StandingFile(tmp_path / "link")
    assert not (tmp_path / "elsewhere").exists()


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (None, "no worker has started"),
        (b"", "cannot be read: JSONDecodeError"),
        (b"[1]", "cannot be read"),
        (b'{"schema":1}', "cannot be read: TypeError"),
        (b'{"schema":2}', "of another version of the worker"),
        (b"\xff", "cannot be read"),
    ],
    ids=["none", "empty", "list", "short", "version", "binary"],
)
def test_what_is_no_standing_is_told_as_such(
    tmp_path: Path, content: bytes | None, says: str
) -> None:
    if content is not None:
        (tmp_path / "standing").write_bytes(content)
    with pytest.raises(StandingError, match=says):
        read(tmp_path / "standing")


def test_a_file_that_may_not_be_read_is_told_as_such(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_: Path) -> bytes:
        raise PermissionError(13, os.strerror(13))

    monkeypatch.setattr(Path, "read_bytes", refuse)
    with pytest.raises(StandingError, match="cannot be read: PermissionError"):
        read(tmp_path / "standing")
