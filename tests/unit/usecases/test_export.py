"""What is public of a crash goes a second way; nothing else does."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from moonwalk.domain.crash_id import CrashId
from moonwalk.domain.failures import RetryCode, RetryLater
from moonwalk.domain.ledger import Fence
from moonwalk.domain.task import Answer, Status
from moonwalk.rules.profile import public_view
from moonwalk.usecases.export import Export
from tests.builders import CRASH_ID, entry, task
from tests.unit.usecases.world import World


class FakePublicCrashes:
    """Remembers what was stored, or fails."""

    def __init__(self) -> None:
        self.stored: list[tuple[CrashId, Mapping[str, Any], Fence]] = []
        self.fails = False

    def publish(self, crash_id: CrashId, public: Mapping[str, Any], fence: Fence) -> bool:
        if self.fails:
            raise RetryLater(RetryCode.UNAVAILABLE, "no route")
        self.stored.append((crash_id, public, fence))
        return True


@pytest.fixture
def public() -> FakePublicCrashes:
    return FakePublicCrashes()


@pytest.fixture
def world(public: FakePublicCrashes) -> World:
    made = World()
    made.fake_ledger.entries[CRASH_ID] = entry()
    raw = {"uuid": CRASH_ID.text, "ProductName": "App", "URL": "http://secret/", "Comments": "me"}
    made.store.put_raw_crash(CRASH_ID, raw)
    made.process = replace(
        made.process,
        apply_rules=made.rules_of("socorro"),
        export=Export(public_view("socorro"), public),
    )
    return made


def test_what_is_public_of_a_published_crash_is_stored_under_the_same_fence(
    world: World, public: FakePublicCrashes
) -> None:
    world.process(task())
    [(crash_id, shown, fence)] = public.stored
    assert (crash_id, fence) == (CRASH_ID, task().fence)
    assert (shown["product"], shown["signature"]) == ("App", "main")
    stored = world.store.processed(CRASH_ID)
    assert stored
    assert (stored["url"], stored["user_comments"]) == ("http://secret/", "me")
    assert {"url", "user_comments", "mdsw_stderr", "signature_debug"}.isdisjoint(shown)


def test_what_a_newer_run_has_replaced_is_not_exported(
    world: World, public: FakePublicCrashes
) -> None:
    newer = Fence(task().fence.since, 2)
    world.store.put_processed(CRASH_ID, {}, newer)
    assert world.process(task()) == Answer(Status.SUPERSEDED)
    assert public.stored == []


def test_a_crash_that_cannot_be_exported_is_done_again_as_a_whole(
    world: World, public: FakePublicCrashes
) -> None:
    public.fails = True
    with pytest.raises(RetryLater):
        world.process(task())
    assert world.entry.in_flight
    assert world.events.told == []
    public.fails = False
    assert world.process(task()) == Answer(Status.PROCESSED)
    assert len(public.stored) == 1
