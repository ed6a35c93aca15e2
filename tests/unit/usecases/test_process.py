"""One run of one crash: walked, published under its fence, told, and ended in the ledger."""

import errno
import gzip
import json
from collections.abc import Callable, Iterable, Mapping
from contextvars import ContextVar
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest

from moonwalk.domain.crash_id import CrashId
from moonwalk.domain.dumps import Dump, DumpName
from moonwalk.domain.failures import DeadLetterCode, RetryCode, RetryLater
from moonwalk.domain.lane import Lane
from moonwalk.domain.ledger import Fence, LedgerEntry, State
from moonwalk.domain.outcome import GIVE_UP, Outcome, WalkResult
from moonwalk.domain.request import Ruleset
from moonwalk.domain.symbol_scopes import SymbolScopes
from moonwalk.domain.task import Answer, Status, Task
from moonwalk.domain.touched_modules import INCOMPLETE
from moonwalk.metrics import Metric
from moonwalk.usecases import apply_rules
from moonwalk.usecases.record_misses import RecordMisses
from moonwalk.usecases.symbol_needs import AskForSymbols, Walks
from tests.builders import CRASH_ID, MAIN, entry, request, task
from tests.fakes import walked
from tests.fakes.walking import COST
from tests.unit.usecases.world import World

Told = Mapping[str, str] | None
BROWSER = DumpName("upload_file_minidump_browser")


@pytest.fixture
def world() -> World:
    made = World()
    made.fake_ledger.entries[CRASH_ID] = entry()
    return made


def processed(world: World) -> Any:
    return world.store.processed(CRASH_ID)


def test_a_processed_crash_is_stored_told_and_written_down(world: World) -> None:
    assert world.process(task()) == Answer(Status.PROCESSED)
    assert processed(world)["signature"] == "main"
    assert [told.fence for told, _ in world.events.told] == [task().fence]
    assert world.entry.state is State.PROCESSED
    assert world.entry.result is not None
    assert world.entry.result.signature == "main"


def test_every_minidump_of_a_crash_is_walked_and_no_other_dump(world: World) -> None:
    names = {"upload_file_minidump": b"a", BROWSER.text: b"b", "memory_report": b"c"}
    world.store.put_crash(CRASH_ID, **names)
    dumps = tuple(Dump(DumpName(name), 1) for name in names)
    world.process(task(dumps=dumps))
    assert sorted(world.walker.walks) == [b"a", b"b"]
    assert processed(world)["additional_minidumps"] == [BROWSER.text]
    assert processed(world)[BROWSER.text]["mdsw_status_string"] == "OK"
    assert world.store.walker_output(CRASH_ID, MAIN) is not None


def test_what_a_walk_cost_is_kept_and_counted(world: World) -> None:
    world.process(task())
    assert world.store.walker_stats(CRASH_ID, MAIN) is not None
    counted = {
        Metric.PACKS_OPENED: COST.packs_opened,
        Metric.PACK_READS: COST.reads,
        Metric.PACK_BYTES: COST.bytes,
        Metric.SYMBOL_TIME: COST.symbol_seconds,
    }
    assert {metric: world.metrics.total(metric) for metric in counted} == counted


def test_of_a_walk_that_did_not_come_to_its_end_no_cost_is_counted(world: World) -> None:
    world.walker.result = lambda _: walked(Outcome.CRASHED)
    world.process(task())
    assert Metric.PACK_READS not in {metric for metric, _, _ in world.metrics.recorded}


def test_a_walk_whose_packs_cannot_be_read_is_published_once_and_says_so(world: World) -> None:
    world.walker.result = lambda _: walked(Outcome.UNREADABLE_PACKS, threads=[1])
    assert world.process(task()) == Answer(Status.PROVISIONAL, Outcome.UNREADABLE_PACKS)
    assert world.entry.state is State.PROVISIONAL
    assert processed(world)["mdsw_status_string"] == "UnreadablePacks"
    assert processed(world)["json_dump"]["threads"] == [1]
    assert world.entry.result is not None
    assert world.entry.result.reason == Outcome.UNREADABLE_PACKS


@pytest.mark.parametrize("outcome", sorted(GIVE_UP))
def test_the_light_lane_gives_up_what_more_time_or_memory_may_help(
    world: World, outcome: Outcome
) -> None:
    world.walker.result = lambda _: walked(outcome)
    assert world.process(task()) == Answer(Status.TOO_HEAVY, outcome)
    assert processed(world) is None
    assert world.entry.in_flight


@pytest.mark.parametrize("outcome", sorted(set(Outcome) - {Outcome.OK}))
def test_in_the_heavy_lane_every_end_of_a_walk_is_a_result(world: World, outcome: Outcome) -> None:
    world.walker.result = lambda _: walked(outcome)
    unreadable = outcome is Outcome.UNREADABLE_PACKS
    status = Status.PROVISIONAL if unreadable else Status.PROCESSED
    assert world.process(task(lane=Lane.HEAVY)) == Answer(status, outcome)
    assert processed(world)["success"] is False
    assert processed(world)["processor_notes"].partition("\n")[2].startswith("MinidumpStackwalk")


def test_annotations_become_fields_and_the_stackwalker_reads_them_set_right(world: World) -> None:
    raw = {"uuid": CRASH_ID.text, "ProductName": "App\0", "Version": None}
    world.store.put_raw_crash(CRASH_ID, raw)
    read: list[Any] = []

    def look(
        minidump: Path, raw_crash: Path, *, scope: str = "", anew: bool = False, told: Told = None
    ) -> WalkResult:
        assert minidump.exists()
        assert (scope, anew, told) == ("default", False, None)
        read.append(json.loads(raw_crash.read_text()))
        return walked()

    world.walker.walk = look  # type: ignore[method-assign]
    world.process(task())
    assert read == [{"uuid": CRASH_ID.text, "ProductName": "App"}]
    assert processed(world)["product"] == "App"


def test_a_document_holds_neither_what_the_ledger_knows_nor_a_hosts_name(world: World) -> None:
    world.process(task())
    assert {"attempt", "ruleset"}.isdisjoint(processed(world))
    assert processed(world)["processor_notes"].split("\n")[0].endswith("(here)")


def test_a_run_starts_from_nothing_but_the_history_of_the_crash(world: World) -> None:
    earlier = {"processor_notes": "before", "processor_history": ["first"], "reason": "old"}
    world.store.put_processed(CRASH_ID, {**earlier, "mac_boot_args": "-v"}, None)
    world.process(task())
    assert processed(world)["processor_history"] == ["before", "first"]
    assert "mac_boot_args" not in processed(world)


def test_an_earlier_crash_that_cannot_be_read_has_no_history(world: World) -> None:
    unreadable: Any = "broken"
    world.store.put_processed(CRASH_ID, unreadable, None)
    assert world.process(task()) == Answer(Status.PROCESSED)
    assert processed(world)["processor_history"] == []


def test_rules_read_the_dumps_that_they_name_and_no_more_of_them_than_is_allowed(
    world: World,
) -> None:
    report = gzip.compress(b'{"version": 1}')
    world.store.put_crash(CRASH_ID, memory_report=report, other=b"other")
    world.process = replace(world.process, apply_rules=world.rules_of("socorro"))
    fetched: list[str] = []
    world.store.before = fetched.append
    dumps = (Dump(DumpName("memory_report"), len(report)), Dump(DumpName("other"), 5))
    world.process(task(dumps=dumps))
    assert processed(world)["memory_report"] == {"version": 1}
    assert fetched.count("fetch_dump") == 1
    assert processed(world)["crash_report_keys"] == ["memory_report", "other", "uuid", "version"]


def test_a_report_that_is_too_long_is_cut_and_costs_the_report_only(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(apply_rules, "MOST_BYTES", 10)
    world.store.put_crash(CRASH_ID, memory_report=gzip.compress(b'{"version": 1}'))
    world.process = replace(world.process, apply_rules=world.rules_of("socorro"))
    dumps = (Dump(DumpName("memory_report"), 1000),)
    assert world.process(task(dumps=dumps)) == Answer(Status.PROCESSED)
    assert "EOFError" in processed(world)["memory_report_error"]


def anew(**changes: Any) -> Task:
    return task(request=request(ruleset=Ruleset.REGENERATE_SIGNATURE), **changes)


def test_a_signature_is_made_anew_without_dumps_and_keeps_the_document(world: World) -> None:
    earlier = {"reason": "old", "signature": "old", "processor_notes": "before", "unknown": [1]}
    world.store.put_processed(CRASH_ID, earlier, None)
    called: list[str] = []
    world.store.before = called.append
    assert world.process(anew()) == Answer(Status.PROCESSED)
    assert world.walker.walks == []
    assert called == ["raw_crash", "processed_crash", "publish"]
    kept = {"reason": "old", "signature": "main", "unknown": [1], "processor_history": ["before"]}
    assert {name: processed(world)[name] for name in kept} == kept


def test_a_signature_made_anew_brings_no_symbols(world: World) -> None:
    world.store.put_processed(CRASH_ID, {INCOMPLETE: [{"reason": "pending"}]}, None)
    assert world.process(anew()) == Answer(Status.PROVISIONAL)
    assert processed(world)[INCOMPLETE] == [{"reason": "pending"}]
    assert world.entry.state is State.PROVISIONAL


def test_no_signature_is_made_of_a_crash_that_cannot_be_read(world: World) -> None:
    unreadable: Any = "broken"
    world.store.put_processed(CRASH_ID, unreadable, None)
    answer = world.process(anew())
    assert answer == Answer(Status.REJECTED, DeadLetterCode.PROCESSED_CRASH_UNREADABLE)
    assert processed(world) == unreadable


def test_an_older_run_neither_publishes_nor_ends_a_newer_one(world: World) -> None:
    newer = Fence(task().fence.since, 2)
    world.store.put_processed(CRASH_ID, {"newer": True}, newer)
    world.fake_ledger.entries[CRASH_ID] = entry(fence=newer)
    assert world.process(task()) == Answer(Status.SUPERSEDED)
    assert processed(world) == {"newer": True}
    assert world.events.told == []
    assert world.entry.in_flight


def test_the_same_run_twice_gives_the_same_end(world: World) -> None:
    world.process(task())
    once = world.entry
    assert world.process(task()) == Answer(Status.PROCESSED)
    assert world.entry == once


def test_a_raw_crash_that_vanished_is_laid_aside(world: World) -> None:
    world.store.raw_crashes.clear()
    answer = world.process(task())
    assert answer == Answer(Status.REJECTED, DeadLetterCode.RAW_CRASH_MISSING)
    assert world.entry.state is State.FAILED
    assert len(world.dead_letters.sent) == 1


@pytest.mark.parametrize("method", ["raw_crash", "fetch_dump", "publish"])
def test_a_failure_of_the_world_leaves_the_crash_in_flight(world: World, method: str) -> None:
    def fail(called: str) -> None:
        if called == method:
            raise RetryLater(RetryCode.UNAVAILABLE, method)

    world.store.before = fail
    with pytest.raises(RetryLater):
        world.process(task())
    assert world.entry.in_flight
    assert world.events.told == []


def test_a_full_disk_sends_a_light_crash_to_the_heavy_lane_and_a_heavy_one_to_a_later_try(
    world: World,
) -> None:
    def fill(method: str) -> None:
        if method == "fetch_dump":
            raise OSError(errno.ENOSPC, "No space left on device")

    world.store.before = fill
    assert world.process(task()) == Answer(Status.TOO_HEAVY, RetryCode.SCRATCH_FULL)
    with pytest.raises(RetryLater):
        world.process(task(lane=Lane.HEAVY))
    assert world.entry.in_flight


def heavy(world: World) -> Task:
    world.fake_ledger.entries[CRASH_ID] = entry(lane=Lane.HEAVY)
    return task(lane=Lane.HEAVY)


def test_a_start_in_the_heavy_lane_is_counted(world: World) -> None:
    seen: list[int] = []
    world.store.before = lambda _: seen.append(world.entry.starts)
    assert world.process_heavy(heavy(world)).status is Status.PROCESSED
    assert set(seen) == {1}


def test_a_heavy_task_whose_run_is_over_is_not_walked(world: World) -> None:
    asked = heavy(world)
    world.fake_ledger.entries[CRASH_ID] = entry(fence=Fence(asked.fence.since, 2))
    assert world.process_heavy(asked) == Answer(Status.SUPERSEDED)
    assert world.walker.walks == []


def test_the_third_start_that_ends_in_silence_is_poison_and_no_fourth_walk_begins(
    world: World,
) -> None:
    asked = heavy(world)

    def die(_: str) -> None:
        raise KeyboardInterrupt

    world.store.before = die
    for starts in (1, 2, 3):
        with pytest.raises(KeyboardInterrupt):
            world.process_heavy(asked)
        assert (world.entry.state, world.entry.starts) == (State.CLAIMED, starts)
    assert world.process_heavy(asked) == Answer(Status.REJECTED, DeadLetterCode.NO_ANSWER)
    assert (world.entry.state, world.entry.starts) == (State.FAILED, 3)
    assert world.walker.walks == []


@pytest.mark.parametrize(("starts", "last"), [(0, False), (1, False), (2, True), (3, False)])
def test_the_last_start_is_the_one_that_would_make_poison(
    world: World, starts: int, *, last: bool
) -> None:
    asked = heavy(world)
    world.fake_ledger.entries[CRASH_ID] = entry(lane=Lane.HEAVY, starts=starts)
    assert world.process_heavy.is_last_start(asked) is last


def test_a_run_that_is_over_has_no_last_start(world: World) -> None:
    asked = heavy(world)
    world.fake_ledger.entries[CRASH_ID] = entry(lane=Lane.HEAVY, starts=2, state=State.PROCESSED)
    assert not world.process_heavy.is_last_start(asked)
    del world.fake_ledger.entries[CRASH_ID]
    assert not world.process_heavy.is_last_start(asked)


def test_a_start_that_is_given_back_at_the_last_moment_is_no_poison(world: World) -> None:
    asked = heavy(world)
    world.fake_ledger.entries[CRASH_ID] = entry(lane=Lane.HEAVY, starts=3)
    read = world.fake_ledger.read

    def give_back_after(crash_id: CrashId) -> LedgerEntry | None:
        found = read(crash_id)
        world.fake_ledger.entries[CRASH_ID] = entry(lane=Lane.HEAVY, starts=2)
        world.fake_ledger.read = read  # type: ignore[method-assign]
        return found

    world.fake_ledger.read = give_back_after  # type: ignore[method-assign]
    assert world.process_heavy(asked).status is Status.PROCESSED
    assert world.entry.starts == 3


def test_starts_that_the_world_or_a_drain_ended_do_not_count(world: World) -> None:
    asked = heavy(world)

    def fail(_: str) -> None:
        raise RetryLater(RetryCode.UNAVAILABLE, "no route")

    world.store.before = fail
    for _ in range(5):
        with pytest.raises(RetryLater):
            world.process_heavy(asked)
    assert world.entry.starts == 0
    world.fake_ledger.entries[CRASH_ID] = entry(lane=Lane.HEAVY, starts=2)
    world.process_heavy.give_back(asked)
    assert world.entry.starts == 1


def test_a_walk_sees_the_context_of_its_run(world: World) -> None:
    names = ["upload_file_minidump", "upload_file_minidump_browser"]
    world.store.put_crash(CRASH_ID, **dict.fromkeys(names, b"MDMP"))
    run_of: ContextVar[str] = ContextVar("run_of", default="nobody's")
    seen: list[str] = []

    def walk(_: bytes) -> WalkResult:
        seen.append(run_of.get())
        return walked()

    world.walker.result = walk
    run_of.set("ours")
    world.process(task(dumps=tuple(Dump(DumpName(name), 4) for name in names)))
    assert seen == ["ours", "ours"]


def test_no_more_minidumps_lie_on_the_disk_than_are_being_walked(world: World) -> None:
    names = [f"upload_file_minidump_{number}" for number in range(6)]
    world.store.put_crash(CRASH_ID, **dict.fromkeys(names, b"MDMP"))
    seen: list[int] = []

    def look(
        minidump: Path, raw_crash: Path, *, scope: str = "", anew: bool = False, told: Told = None
    ) -> WalkResult:
        assert (scope, anew, told) == ("default", False, None)
        seen.append(len([file for file in raw_crash.parent.iterdir() if file.suffix == ".dmp"]))
        assert minidump.exists()
        return walked()

    world.walker.walk = look  # type: ignore[method-assign]
    world.process(task(dumps=tuple(Dump(DumpName(name), 4) for name in names)))
    assert len(seen) == len(names)
    assert max(seen) <= world.process.walks_at_once


def test_what_is_walked_again_for_symbols_that_came_is_looked_for_anew(world: World) -> None:
    def ask(
        walks: Walks, again: Callable[[Iterable[DumpName], Told], Walks], **_more: object
    ) -> tuple[Walks, list[Any]]:
        return {**walks, **again(walks, {"a": "b"})}, []

    replace(world.process, ask_for_symbols={"default": cast("AskForSymbols", ask)})(task())
    assert world.walker.anew == [False, True]
    assert world.walker.told == [None, {"a": "b"}]


def test_a_raw_crash_that_is_nested_too_deep_is_laid_aside(world: World) -> None:
    deep: dict[str, Any] = {}
    for _ in range(100_000):
        deep = {"deeper": deep}
    world.store.put_raw_crash(CRASH_ID, deep)
    answer = Answer(Status.REJECTED, DeadLetterCode.RAW_CRASH_UNREADABLE)
    assert world.process(task()) == answer
    assert world.entry.state is State.FAILED


def test_a_run_that_was_fenced_off_lays_nothing_aside(world: World) -> None:
    world.store.raw_crashes.clear()
    world.fake_ledger.entries[CRASH_ID] = entry(fence=Fence(task().fence.since, 2))
    world.process(task())
    assert world.dead_letters.sent == []
    assert world.entry.in_flight


def test_a_crash_sees_the_symbols_of_its_products_scope_and_of_no_other(world: World) -> None:
    asked: list[str] = []
    missed: list[str] = []

    def asks(scope: str) -> AskForSymbols:
        def ask(walks: Walks, *_again: object, **_more: object) -> tuple[Walks, list[Any]]:
            asked.append(scope)
            return walks, []

        return cast("AskForSymbols", ask)

    process = replace(
        world.process,
        symbol_scopes=SymbolScopes((("reader", ("Reader",)),)),
        ask_for_symbols={scope: asks(scope) for scope in ("default", "reader")},
        record_misses={
            scope: cast("RecordMisses", lambda *_ended, scope=scope: missed.append(scope))
            for scope in ("default", "reader")
        },
    )
    for product in ("Reader", "default", "reader"):
        world.store.put_raw_crash(CRASH_ID, {"uuid": CRASH_ID.text, "ProductName": product})
        process(task())
    assert world.walker.scopes == asked == missed == ["reader", "default", "default"]


def test_a_scope_without_sources_asks_none_of_another_scope(world: World) -> None:
    world.store.put_raw_crash(CRASH_ID, {"uuid": CRASH_ID.text, "ProductName": "Reader"})
    process = replace(
        world.process,
        symbol_scopes=SymbolScopes((("reader", ("Reader",)),)),
        ask_for_symbols={"default": cast("AskForSymbols", pytest.fail)},
        record_misses={"default": cast("RecordMisses", pytest.fail)},
    )
    assert process(task()) == Answer(Status.PROCESSED)
    assert world.walker.scopes == ["reader"]
