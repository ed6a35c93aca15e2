"""A walk whose packs come from the broker gives what the same packs in a folder give.

Whether packs come whole or by range, in whatever order answers arrive; in few rounds; and with the
addresses that upstream reports of a symbol server. What goes wrong is told by exit code.
"""

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from tests.integration import hostile_dumps
from tests.integration.broker_double import BrokerDouble, Question, Told, walk_through
from tests.integration.stackwalker_support import (
    CORPUS,
    REFERENCE,
    STACKWALKER,
    SYMBOLS,
    annotations_of,
    each_dump,
    in_order,
    needs_corpus,
    needs_reference,
    needs_stackwalker,
    walk,
)
from tests.packing import needs_packer, packed

pytestmark = [needs_stackwalker, needs_packer]

LINUX = CORPUS / "dumps/firefox-linux-x86_64.dmp"
WINDOWS = CORPUS / "dumps/firefox-windows-x86_64.dmp"
UNREADABLE = 86
INTERRUPTED = 87
LONGEST_CHAIN = 8
PAUSE = 0.2
"""Seconds that each answer takes."""


@pytest.fixture
def one_pack(tmp_path: Path, symbols: Path) -> Path:
    """A folder with the pack of that module."""
    return packed(symbols, tmp_path / "packs")


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """The address of a symbol server that has the files of `folder`."""

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=folder)) as server:
        threading.Thread(target=server.serve_forever).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


def modules_of(stats: Path) -> dict[str, dict[str, Any]]:
    modules = json.loads(stats.read_text())["modules"]
    return {module["code_file"].rsplit("/", 1)[-1]: module for module in modules}


def failing(reason: str, *kinds: str) -> Callable[[Question], Told | None]:
    told = {"kind": "failed", "reason": reason, "message": "no answer " * 100}
    return lambda question: told if question.kind in kinds else None


@needs_corpus
@each_dump
@pytest.mark.parametrize("way", ["whole", "by range"])
def test_the_result_is_that_of_the_same_packs_in_a_folder(
    dump: Path, way: str, packs: Path
) -> None:
    broker = BrokerDouble([packs], whole=lambda _: way == "whole")
    arguments: list[str | Path] = ["--no-color", *annotations_of(dump), dump]
    expected = walk(STACKWALKER, f"--packs={packs}", *arguments)
    assert in_order(walk_through(STACKWALKER, broker, *arguments)) == in_order(expected)
    assert broker.rounds <= LONGEST_CHAIN


@needs_corpus
@needs_reference
@pytest.mark.parametrize("dump", [LINUX, WINDOWS], ids=lambda dump: str(dump.stem))
def test_addresses_are_those_of_upstream_with_a_symbol_server(
    dump: Path, packs: Path, tmp_path: Path
) -> None:
    with served(SYMBOLS) as address:
        cache = [f"--symbols-{kind}={tmp_path}" for kind in ("cache", "tmp")]
        flags = ["--json", "--no-color", *annotations_of(dump)]
        expected = walk(REFERENCE, *flags, f"--symbols-url={address}", *cache, dump)
        broker = BrokerDouble([packs], origin=address)
        assert address.encode() in expected.output
        assert b"?code_file=" in expected.output
        assert in_order(walk_through(STACKWALKER, broker, *flags, dump)) == in_order(expected)


@needs_reference
@pytest.mark.parametrize("text", ["corrupt", "with an address of its own"])
def test_what_a_server_sends_is_reported_as_upstream_does(
    text: str, dump: Path, symbols: Path, tmp_path: Path
) -> None:
    file = symbols / hostile_dumps.SYMBOL_PATH
    more = b"NONSENSE\n" if text == "corrupt" else b"INFO URL https://elsewhere.example/\n"
    file.write_bytes(file.read_bytes() + more)
    packs = packed(symbols, tmp_path / "packs")
    with served(symbols) as address:
        cache = [f"--symbols-{kind}={tmp_path}" for kind in ("cache", "tmp")]
        expected = walk(REFERENCE, "--json", "--no-color", f"--symbols-url={address}", *cache, dump)
    broker = BrokerDouble([packs], origin=address)
    assert in_order(walk_through(STACKWALKER, broker, "--no-color", dump)) == in_order(expected)


def test_symbol_files_stand_in_for_packs_that_are_not_there(dump: Path, symbols: Path) -> None:
    expected = walk(STACKWALKER, f"--symbols-path={symbols}", dump)
    broker = BrokerDouble([])
    done = walk_through(STACKWALKER, broker, f"--symbols-path={symbols}", dump)
    assert done == expected
    assert [question.kind for question in broker.asked] == ["open"]


@pytest.mark.parametrize("answered", [0, 1])
def test_a_broker_that_goes_away_is_told_by_exit_code_with_nothing_written(
    answered: int, dump: Path, one_pack: Path, tmp_path: Path
) -> None:
    output = tmp_path / "output.json"
    broker = BrokerDouble([one_pack], tail=32, ends_after=answered)
    done = walk_through(STACKWALKER, broker, "--no-color", f"--output-file={output}", dump)
    assert done.exit_code == INTERRUPTED
    assert done.log.startswith(b"ERROR Interrupted - ")
    assert done.log.endswith(b"; walk again\n")
    assert output.read_bytes() == b""


def test_a_pack_that_changes_is_told_by_exit_code(dump: Path, one_pack: Path) -> None:
    broker = BrokerDouble([one_pack], tail=32, instead=failing("changed", "read"))
    done = walk_through(STACKWALKER, broker, dump)
    assert (done.exit_code, done.output) == (INTERRUPTED, b"")


def flip(data: bytes) -> bytes:
    return bytes(byte ^ 0xFF for byte in data)


def test_a_damaged_pack_is_said_to_the_broker_and_the_walk_ends(dump: Path, one_pack: Path) -> None:
    broker = BrokerDouble([one_pack], spoil=flip)
    done = walk_through(STACKWALKER, broker, dump)
    assert (done.exit_code, done.output) == (INTERRUPTED, b"")
    assert broker.asked[-1].kind == "damaged"


def test_a_pack_that_stays_damaged_is_walked_without(
    dump: Path, one_pack: Path, tmp_path: Path
) -> None:
    instead = failing("source_failed", "damaged")
    broker = BrokerDouble([one_pack], spoil=flip, instead=instead)
    stats = tmp_path / "stats.json"
    done = walk_through(STACKWALKER, broker, f"--stats-file={stats}", dump)
    assert done.exit_code == UNREADABLE
    assert json.loads(done.output)["status"] == "OK"
    [module] = modules_of(stats).values()
    assert (module["source"], module["error"]) == ("unreadable", "NotAPack")


@pytest.mark.parametrize("kind", ["open", "read"])
def test_a_source_that_fails_is_a_module_without_symbols_and_said_in_the_statistics(
    kind: str, dump: Path, one_pack: Path, tmp_path: Path
) -> None:
    broker = BrokerDouble([one_pack], tail=32, instead=failing("source_failed", kind))
    stats = tmp_path / "stats.json"
    done = walk_through(STACKWALKER, broker, f"--stats-file={stats}", dump)
    assert done.exit_code == 0
    [module] = modules_of(stats).values()
    assert module["source"] == "failed"
    assert module["error"] == ("no answer " * 100)[:256]
    assert not json.loads(done.output)["modules"][0]["loaded_symbols"]


@needs_corpus
def test_the_time_in_which_the_broker_is_waited_for_is_told(
    dump: Path, one_pack: Path, tmp_path: Path
) -> None:
    def late(_: Question) -> None:
        time.sleep(PAUSE)

    stats = tmp_path / "stats.json"
    broker = BrokerDouble([one_pack], instead=late)
    done = walk_through(STACKWALKER, broker, f"--stats-file={stats}", dump)
    assert done.exit_code == 0
    seconds = json.loads(stats.read_text())["seconds"]
    assert seconds["broker"] >= PAUSE
    assert seconds["files"] < PAUSE


def test_statistics_say_which_modules_are_on_which_stacks(packs: Path, tmp_path: Path) -> None:
    stats = tmp_path / "stats.json"
    broker = BrokerDouble([packs])
    done = walk_through(STACKWALKER, broker, f"--stats-file={stats}", LINUX)
    result = json.loads(done.output)
    crashing = {frame["module"] for frame in result["crashing_thread"]["frames"]}
    anywhere = {frame["module"] for thread in result["threads"] for frame in thread["frames"]}
    modules = modules_of(stats)
    assert {name for name, of in modules.items() if of["crashing"]} == crashing - {None}
    assert {name for name, of in modules.items() if of["on_stack"]} == anywhere - {None}
    xul = next(module for module in result["modules"] if module["filename"] == "libxul.so")
    told = {key: modules["libxul.so"][key] for key in ("debug_file", "debug_id", "code_id")}
    assert told == {key: xul[key] for key in told}
    read = sum(module["bytes"] for module in modules.values())
    assert 0 < read <= broker.fetched
