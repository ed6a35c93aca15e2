"""What a walk is given of the broker: a connection of its crash's scope, and no other's folders."""

import socket
from collections.abc import Iterator
from pathlib import Path
from typing import cast

import pytest

from moonwalk.adapters.broker import Broker
from moonwalk.adapters.symbol_access import BrokeredSymbols


class Greeted:
    """A broker that remembers who was connected."""

    def __init__(self, connection: socket.socket) -> None:
        self.connection = connection
        self.scopes: list[str] = []

    def connect(self, walk: str, scope: str, *, anew: bool) -> socket.socket:
        assert walk
        assert not anew
        self.scopes.append(scope)
        return self.connection


@pytest.fixture
def greeted() -> Iterator[Greeted]:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        yield Greeted(theirs)


@pytest.mark.parametrize(("scope", "folders"), [("default", 1), ("reader", 0)])
def test_a_walk_is_bound_to_its_scope_and_folders_are_the_default_ones(
    greeted: Greeted, tmp_path: Path, scope: str, folders: int
) -> None:
    symbols = BrokeredSymbols(cast("Broker", greeted), texts=(tmp_path,))
    with symbols.opened(scope) as access:
        [number] = access.descriptors
        assert list(access.flags) == [
            f"--broker-fd={number}",
            *[f"--symbols-path={tmp_path.resolve()}"] * folders,
        ]
    assert greeted.scopes == [scope]
