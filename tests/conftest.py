"""What lets tests run side by side: the same names in every process, and the long ones first."""

import pytest

LONG = (
    "tests/integration/pipeline/test_back_pressure.py",
    "tests/integration/pipeline/test_crowds.py",
    "tests/integration/pipeline/test_many_crashes.py",
    "tests/integration/embedded/test_cdk_cli.py",
    "tests/e2e/",
    "tests/integration/pipeline/",
)
"""Begun last, each of these would keep one process busy for minutes when the others have ended."""


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Call bytes by their parameter: gzip writes the time into them, and nobody can read them."""
    return argname if isinstance(val, bytes | bytearray) else None


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the long ones; the rest stays in the order that it has, shuffled or not."""
    items.sort(key=_turn)


def _turn(item: pytest.Item) -> int:
    turns = (turn for turn, name in enumerate(LONG) if item.nodeid.startswith(name))
    return next(turns, len(LONG))
