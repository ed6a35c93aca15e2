"""The reconciler's entry point."""

import importlib
from types import SimpleNamespace
from typing import Any

import pytest

from moonwalk.domain.failures import RetryCode, RetryLater
from tests.builders import CRASH_ID, DUE_AFTER, entry
from tests.unit.lambdas.functions import CONTEXT, FakeEmf
from tests.unit.usecases.world import World


class Reconciler:
    """The handler over fakes, with one crash that is past its due time."""

    def __init__(self, handler: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        self.world, self.emf = World(), FakeEmf()
        self.world.fake_ledger.entries[CRASH_ID] = entry()
        self.world.clock.advance(DUE_AFTER)
        reconciling = SimpleNamespace(reconcile=self.world.reconcile, metrics=self.emf)
        monkeypatch.setattr(handler, "reconciling", reconciling)
        self._handler = handler

    def __call__(self) -> Any:
        return self._handler.handler({"source": "aws.events"}, CONTEXT)


@pytest.fixture
def reconciler(deployed_environment: None, monkeypatch: pytest.MonkeyPatch) -> Reconciler:  # noqa: ARG001
    return Reconciler(importlib.import_module("lambdas.reconciler.handler"), monkeypatch)


def test_a_round_tells_how_many_crashes_were_late(reconciler: Reconciler) -> None:
    assert reconciler() == {"late": 1}
    assert len(reconciler.world.requests.sent) == 1
    assert reconciler() == {"late": 0}
    assert reconciler.emf.flushed == 2


def test_a_round_that_the_world_failed_is_a_failed_invocation(
    reconciler: Reconciler, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: object) -> None:
        raise RetryLater(RetryCode.UNAVAILABLE, "no route")

    monkeypatch.setattr(reconciler.world.requests, "put_back", fail)
    with pytest.raises(RetryLater):
        reconciler()
    assert reconciler.emf.flushed == 1
