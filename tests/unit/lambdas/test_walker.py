"""The walker's entry point: a task in, an answer out."""

import importlib
from types import SimpleNamespace
from typing import Any

import pytest

from moonwalk.contracts.tasks import SchemaError, encode_answer, encode_task
from moonwalk.domain.failures import RetryCode, RetryLater
from moonwalk.domain.ledger import State
from moonwalk.domain.task import Answer, Status
from tests.builders import CRASH_ID, entry, task
from tests.unit.lambdas.functions import CONTEXT, FakeEmf, Log
from tests.unit.usecases.world import World


class Walker:
    """The handler over fakes, with one claimed crash."""

    def __init__(self, handler: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        self.world, self.emf, self.log = World(), FakeEmf(), Log()
        self.told = 0
        self.world.fake_ledger.entries[CRASH_ID] = entry()
        walking = SimpleNamespace(process=self.world.process, metrics=self.emf)
        monkeypatch.setattr(handler, "walking", walking)
        monkeypatch.setattr(handler, "broker_figures", self)
        monkeypatch.setattr(handler, "logger", self.log.logger)
        self._handler = handler

    def tell_sometimes(self) -> None:
        assert not self.emf.flushed, "what is told after that waits for the next crash"
        self.told += 1

    def __call__(self, event: Any) -> Any:
        return self._handler.handler(event, CONTEXT)


@pytest.fixture
def walker(deployed_environment: None, monkeypatch: pytest.MonkeyPatch) -> Walker:  # noqa: ARG001
    return Walker(importlib.import_module("lambdas.walker.handler"), monkeypatch)


def test_a_task_is_processed_and_answered(walker: Walker) -> None:
    assert walker(encode_task(task())) == encode_answer(Answer(Status.PROCESSED))
    assert walker.world.entry.state is State.PROCESSED
    assert walker.emf.flushed == 1
    assert walker.told == 1


def test_the_log_names_the_crash_and_quotes_nothing_of_it(walker: Walker) -> None:
    walker.world.store.put_raw_crash(CRASH_ID, {"URL": "https://secret.example/"})
    walker(encode_task(task()))
    [line] = walker.log.lines("answered")
    assert (line["crash_id"], line["attempt"], line["status"]) == (CRASH_ID.text, 1, "processed")
    assert "secret.example" not in walker.log.printed.getvalue()


def test_a_failure_of_the_world_is_left_to_the_workflow(walker: Walker) -> None:
    def fail(_: str) -> None:
        raise RetryLater(RetryCode.THROTTLED, "slow down")

    walker.world.store.before = fail
    with pytest.raises(RetryLater):
        walker(encode_task(task()))
    assert walker.world.entry.in_flight
    assert walker.emf.flushed == 1


@pytest.mark.parametrize("event", [{}, [], {"schema": 1}, {**encode_task(task()), "schema": 99}])
def test_what_is_no_task_is_refused(walker: Walker, event: object) -> None:
    with pytest.raises(SchemaError):
        walker(event)
