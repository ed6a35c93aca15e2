"""What a crash was without is written down, then looked for again, and brings the crash back."""

from dataclasses import replace

import pytest

from moonwalk.domain.code_keys import CodeKey
from moonwalk.domain.failures import RetryCode, RetryLater
from moonwalk.domain.ledger import Fence, LedgerEntry, State
from moonwalk.domain.misses import Miss
from moonwalk.domain.request import QueueClass
from moonwalk.domain.symbol_places import LoadedModule
from moonwalk.domain.task import Status
from moonwalk.domain.touched_modules import Lack, Lacking, Symbols, TouchedModule
from moonwalk.metrics import Metric
from tests.builders import CRASH_ID, NOW, entry, task
from tests.fakes import walked
from tests.symbol_texts import BY_CODE
from tests.unit.usecases.recording import AFTER, MOST, Recording, key, module, touched


@pytest.fixture
def world() -> Recording:
    return Recording()


def test_a_crash_whose_symbols_nobody_has_is_walked_again_once_when_they_come(
    world: Recording,
) -> None:
    world.deliver()
    assert world.entry.state is State.PROCESSED
    fence = world.entry.fence
    assert list(world.misses.items.values()) == [Miss(key(), CRASH_ID, fence, provisional=False)]
    world.came()
    world.came()
    assert world.next_round() == 1
    world.deliver_sent()
    assert (world.entry.state, world.entry.fence.attempt) == (State.PROCESSED, 2)
    assert world.missed == []
    world.came()
    assert world.next_round() == 0


def test_messages_that_come_twice_or_for_several_modules_are_one_run(world: Recording) -> None:
    world.touched = [touched(1), touched(2)]
    world.deliver()
    for number in (1, 2):
        world.came(number)
        world.next_round()
    twice = world.requests.sent * 2
    assert len(twice) == 4
    for queue, body in twice:
        world.deliver(body, queue)
    assert world.entry.fence.attempt == 2
    assert len(world.walker.walks) == 2


def test_a_crash_that_gets_one_of_two_modules_waits_on_for_the_other(world: Recording) -> None:
    world.touched = [touched(1), touched(2)]
    world.deliver()
    world.came(1)
    world.next_round()
    world.deliver_sent()
    assert [(miss.key, miss.fence.attempt) for miss in world.misses.items.values()] == [(key(2), 2)]
    world.came(2)
    world.next_round()
    world.deliver_sent()
    assert world.entry.fence.attempt == 3


def test_a_pack_that_comes_between_walk_and_record_is_not_missed(world: Recording) -> None:
    def come(method: str) -> None:
        if method == "record":
            world.misses.before = lambda _method: None
            world.came()
            assert world.next_round() == 0

    world.misses.before = come
    world.deliver()
    assert world.next_round() == 1
    world.deliver_sent()
    assert world.entry.fence.attempt == 2


def test_news_before_the_run_has_ended_brings_one_more_run(world: Recording) -> None:
    def come(following: LedgerEntry) -> None:
        if following.state is State.PROCESSED:
            world.fake_ledger.before_write = lambda _entry: None
            world.came()
            assert world.next_round() == 1
            world.deliver_sent()

    world.fake_ledger.before_write = come
    world.deliver()
    world.deliver_sent()
    assert (world.entry.state, world.entry.fence.attempt) == (State.PROCESSED, 2)
    assert world.entry.again is None


def test_modules_that_do_not_count_are_not_written_down(world: Recording) -> None:
    nameless = TouchedModule(
        LoadedModule("", ""), Symbols.MISSING, "", on_stack=True, crashing=True
    )
    others = [touched(2, Symbols.PACK), touched(3, Symbols.CORRUPT), touched(4, crashing=False)]
    world.touched = [touched(1), nameless, *others]
    world.deliver()
    assert world.missed == [key(1)]


def test_all_stacks_count_by_setting(world: Recording) -> None:
    world.keep_account(all_stacks=True)
    world.touched = [touched(4, crashing=False)]
    world.deliver()
    assert world.missed == [key(4)]


def test_a_few_modules_of_a_crash_are_written_down_and_those_it_waits_for_come_first(
    world: Recording,
) -> None:
    record = world.process.record_misses["default"]
    walk = replace(walked(), modules=tuple(touched(number) for number in range(1, 9)))
    record(task(), {task().dumps[0].name: walk}, [Lacking(module(8), Lack.PENDING)])
    assert sorted(world.missed) == [key(1), key(2), key(3), key(8)]
    assert world.modules.waiting.keys() == {key(8)}
    assert {miss.key: miss.provisional for miss in world.misses.items.values()}[key(8)]
    assert world.metrics.total(Metric.SYMBOLS_MISSED) == MOST


def test_a_crash_counts_once_for_a_module_however_often_it_is_walked(world: Recording) -> None:
    world.deliver()
    world.deliver(queue=QueueClass.REPROCESSING)
    assert world.entry.fence.attempt == 2
    [missed] = world.modules.most(1).modules
    assert missed.crashes == 1
    assert (missed.need.code_file, missed.need.code_id) == ("lib1.so", "ab")


def record_lack(world: Recording, lack: Lack, attempt: int = 1) -> None:
    record = world.process.record_misses["default"]
    record(task(fence=Fence(1, attempt)), {}, [Lacking(module(1), lack)])


def test_a_crash_that_waits_is_noted_so_that_its_symbols_are_asked_for_again(
    world: Recording,
) -> None:
    record_lack(world, Lack.FAILING)
    assert world.missed == [key()]
    assert world.modules.waiting.keys() == {key()}


def test_a_pack_that_cannot_be_read_waits_for_another_one(world: Recording) -> None:
    world.pack()
    record_lack(world, Lack.UNREADABLE)
    assert world.missed == [key()]
    assert (world.arrivals.news, world.modules.waiting) == ({}, {})


def test_a_pack_of_no_use_is_none(world: Recording) -> None:
    world.pack(verdict="corrupt line 3: BadLine", origin="https://server/")
    record_lack(world, Lack.FAILING)
    assert world.arrivals.news == {}


def test_what_is_missed_again_although_it_is_there_is_walked_later_each_time(
    world: Recording,
) -> None:
    world.pack()
    pauses = []
    for attempt in (1, 5, 20):
        world.arrivals.news.clear()
        record_lack(world, Lack.FAILING, attempt)
        [arrival] = world.arrivals.news.values()
        pauses.append(arrival.due_at - NOW)
    assert AFTER <= pauses[0] <= 2 * AFTER
    assert 8 * pauses[0] <= pauses[1] * 2 <= pauses[2] * 2
    assert pauses[2] >= 43_200


def test_a_store_that_fails_at_the_second_look_is_asked_by_a_later_run(world: Recording) -> None:
    def fail(_method: str) -> None:
        raise RetryLater(RetryCode.UNAVAILABLE, "no route")

    world.packs.before = fail
    world.deliver()
    assert world.entry.state is State.PROCESSED
    assert len(world.arrivals.news) == 1


def test_a_miss_that_cannot_be_written_leaves_the_crash_to_be_tried_again(
    world: Recording,
) -> None:
    def fail(_method: str) -> None:
        raise RetryLater(RetryCode.THROTTLED, "slow down")

    world.fake_ledger.entries[CRASH_ID] = entry()
    world.misses.before = fail
    with pytest.raises(RetryLater):
        world.process(task())
    assert world.entry.in_flight
    world.misses.before = lambda _method: None
    assert world.process(task()).status is Status.PROCESSED
    assert world.missed == [key()]


def test_a_code_file_of_which_nobody_told_more_is_waited_for_and_counted_for_no_upload(
    world: Recording,
) -> None:
    world.touched = [replace(touched(), module=BY_CODE)]
    world.deliver()
    assert world.missed == []
    record = world.process.record_misses["default"]
    record(task(), {}, [Lacking(BY_CODE, Lack.PENDING)])
    code = CodeKey.of(BY_CODE, "default")
    assert world.missed == [code]
    assert world.modules.waiting.keys() == {code}
    assert world.modules.most(1).modules == []
