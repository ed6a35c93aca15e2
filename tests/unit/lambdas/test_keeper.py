"""The keeper's entry point: both of its duties are done, whatever becomes of the other."""

import importlib
from collections.abc import Callable
from typing import Any

import pytest

from moonwalk.contracts import environment as names
from moonwalk.domain.failures import RetryCode, RetryLater
from moonwalk.domain.knobs import READ_BY_FUNCTIONS, KnobQueue
from moonwalk.knob_ports import Reading
from tests.unit.lambdas.functions import CONTEXT, FakeEmf

READINGS = {KnobQueue.STANDARD: Reading(on=False, concurrency=10)}


class Keeper:
    """The handler over use cases of the test's own, which it finds here."""

    def __init__(self, handler: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        self.metrics, self.wakes = FakeEmf(), list[str]()
        self.keep_readers: Callable[[], dict[KnobQueue, Reading]] = lambda: READINGS
        self.wake_for_backlog: Callable[[], None] = lambda: self.wakes.append("woken")
        monkeypatch.setattr(handler, "keeping", self)
        self._handler = handler

    def __call__(self) -> Any:
        return self._handler.handler({"source": "aws.events"}, CONTEXT)


@pytest.fixture
def keeper(monkeypatch: pytest.MonkeyPatch, deployed_environment: None) -> Keeper:  # noqa: ARG001
    for queue in READ_BY_FUNCTIONS:
        monkeypatch.setenv(names.mapping(queue), f"uuid-{queue}")
    return Keeper(importlib.import_module("lambdas.keeper.handler"), monkeypatch)


def test_a_round_tells_how_many_queues_are_read_otherwise(keeper: Keeper) -> None:
    assert keeper() == {"changed": 1}
    assert (keeper.wakes, keeper.metrics.flushed) == (["woken"], 1)


def test_a_worker_is_woken_though_readers_fail(keeper: Keeper) -> None:
    def fail() -> dict[KnobQueue, Reading]:
        raise RetryLater(RetryCode.UNAVAILABLE, "busy")

    keeper.keep_readers = fail
    with pytest.raises(RetryLater, match="busy"):
        keeper()
    assert (keeper.wakes, keeper.metrics.flushed) == (["woken"], 1)


def test_readers_are_kept_though_no_backlog_is_told(keeper: Keeper) -> None:
    kept: list[str] = []

    def keep() -> dict[KnobQueue, Reading]:
        kept.append("kept")
        return {}

    def fail() -> None:
        raise RetryLater(RetryCode.UNAVAILABLE, "no count")

    keeper.keep_readers, keeper.wake_for_backlog = keep, fail
    with pytest.raises(RetryLater, match="no count"):
        keeper()
    assert (kept, keeper.metrics.flushed) == (["kept"], 1)
