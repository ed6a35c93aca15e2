"""The entry points of those who keep account of missed symbols."""

import importlib
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from moonwalk.domain.failures import RetryCode, RetryLater
from tests.unit.lambdas.functions import CONTEXT, FakeEmf

ROUNDS = pytest.mark.parametrize(
    ("package", "composed", "use_case", "figure"),
    [
        ("releaser", "releasing", "release", "released"),
        ("asker", "asking", "ask_again", "modules"),
    ],
)


def call(
    monkeypatch: pytest.MonkeyPatch, package: str, composed: str, **use_case: Callable[[], int]
) -> tuple[FakeEmf, Callable[[], Any]]:
    """Give an entry point over a use case of the test's own."""
    handler, emf = importlib.import_module(f"lambdas.{package}.handler"), FakeEmf()
    monkeypatch.setattr(handler, composed, SimpleNamespace(metrics=emf, **use_case))
    return emf, lambda: handler.handler({"source": "aws.events"}, CONTEXT)


@ROUNDS
@pytest.mark.usefixtures("deployed_environment")
def test_a_round_tells_its_figure(
    monkeypatch: pytest.MonkeyPatch, package: str, composed: str, use_case: str, figure: str
) -> None:
    emf, handler = call(monkeypatch, package, composed, **{use_case: lambda: 3})
    assert handler() == {figure: 3}
    assert emf.flushed == 1


@ROUNDS
@pytest.mark.usefixtures("deployed_environment")
def test_a_round_that_the_world_failed_is_a_failed_invocation(
    monkeypatch: pytest.MonkeyPatch, package: str, composed: str, use_case: str, figure: str
) -> None:
    def fail() -> int:
        raise RetryLater(RetryCode.UNAVAILABLE, f"no {figure}")

    emf, handler = call(monkeypatch, package, composed, **{use_case: fail})
    with pytest.raises(RetryLater):
        handler()
    assert emf.flushed == 1
