"""What a walk cost is read from a file that may hold anything."""

import copy
import json
from typing import Any

import pytest

from moonwalk.adapters.walk_stats import MAX_STATS_BYTES, cost_in, modules_in, read_stats
from moonwalk.domain.symbol_places import LoadedModule
from moonwalk.domain.touched_modules import Symbols, TouchedModule
from moonwalk.domain.walk_cost import WalkCost

FIGURES: dict[str, Any] = {
    "schema": 2,
    "seconds": {
        "dump": 0.25,
        "symbols": 0.5,
        "walking": 1,
        "printing": 0.125,
        "files": 0.0625,
        "broker": 2.5,
    },
    "total": {
        "packs_opened": 1,
        "reads": 2,
        "bytes": 3,
        "blocks": 4,
        "lookups": 5,
        "memo_hits": 6,
    },
    "modules": [{"code_file": "/usr/lib/libc.so.6"}],
}
STATS = json.dumps(FIGURES).encode()


def stats(section: str, name: str, value: object) -> bytes:
    changed = copy.deepcopy(FIGURES)
    changed[section][name] = value
    return json.dumps(changed).encode()


def test_every_figure_is_read() -> None:
    assert cost_in(read_stats(STATS)) == WalkCost(
        packs_opened=1,
        reads=2,
        bytes=3,
        blocks=4,
        lookups=5,
        memo_hits=6,
        dump_seconds=0.25,
        symbol_seconds=0.5,
        walking_seconds=1.0,
        printing_seconds=0.125,
        file_seconds=0.0625,
        broker_seconds=2.5,
    )


def test_a_file_of_the_version_before_is_read_without_what_it_lacks() -> None:
    before = copy.deepcopy(FIGURES) | {"schema": 1}
    del before["seconds"]["files"], before["seconds"]["broker"]
    found = cost_in(read_stats(json.dumps(before).encode()))
    assert found is not None
    assert (found.printing_seconds, found.file_seconds, found.broker_seconds) == (0.125, 0.0, 0.0)


@pytest.mark.parametrize("value", [None, -1, 1.0, True, "7", [], 2**53])
@pytest.mark.parametrize("name", sorted(FIGURES["total"]))
def test_a_count_that_is_none_is_not_believed(name: str, value: object) -> None:
    assert cost_in(read_stats(stats("total", name, value))) is None


@pytest.mark.parametrize(
    "value", [None, True, "7", {}, float("nan"), float("inf"), -1e300, 10**40, 10**400]
)
@pytest.mark.parametrize("name", sorted(FIGURES["seconds"]))
def test_a_time_that_is_none_is_not_believed(name: str, value: object) -> None:
    assert cost_in(read_stats(stats("seconds", name, value))) is None


def test_a_time_a_hair_below_nothing_is_nothing() -> None:
    found = cost_in(read_stats(stats("seconds", "walking", -1e-9)))
    assert found is not None
    assert found.walking_seconds == 0.0


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"null",
        b"[1]",
        b"\xff",
        b"[" * 100_000,
        b"1" * 5000,
        json.dumps({**FIGURES, "schema": 3}).encode(),
        json.dumps({**FIGURES, "total": []}).encode(),
        json.dumps({**FIGURES, "seconds": None}).encode(),
        STATS.ljust(MAX_STATS_BYTES + 1),
    ],
    ids=lambda content: repr(content[:20]),
)
def test_a_file_of_no_use_gives_no_figures(content: bytes) -> None:
    assert cost_in(read_stats(content)) is None


def stats_of(*modules: Any) -> bytes:
    return json.dumps({"schema": 1, "modules": modules}).encode()


def test_modules_are_read_with_their_names_and_what_became_of_their_symbols() -> None:
    told = {
        "debug_file": "a.pdb",
        "debug_id": "AB0",
        "code_file": "a.dll",
        "code_id": None,
        "source": "missing",
        "error": None,
        "on_stack": True,
        "crashing": False,
    }
    module = LoadedModule("a.pdb", "AB0", "a.dll", "")
    expected = TouchedModule(module, Symbols.MISSING, "", on_stack=True, crashing=False)
    assert modules_in(read_stats(stats_of(told))) == (expected,)


@pytest.mark.parametrize(
    "content",
    [b"", b"[]", b"{", stats_of(7, {}, {"source": "elsewhere"}, {"source": []}), b'{"modules": 7}'],
)
def test_modules_that_are_not_told_in_full_are_left_out(content: bytes) -> None:
    assert modules_in(read_stats(content)) == ()
