"""`moonwalk walk --symbols-url` gives the bytes that `minidump-stackwalk --symbols-url` gives."""

import json
import struct
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from cli import main
from cli.benchmarks.one_order import in_one_order
from cli.exits import ExitCode, UsageError
from tests.integration.stackwalker_support import (
    CORPUS,
    REFERENCE,
    STACKWALKER,
    SYMBOLS,
    annotations_of,
    each_dump,
    needs_corpus,
    needs_reference,
    needs_stackwalker,
)
from tests.servers.faults import Cut, Fault, Status, answer, reset
from tests.servers.symbol_server import SymbolServer

DUMP = CORPUS / "dumps" / "test.dmp"
APP = "test_app.pdb/5A9832E5287241C1838ED98914E9B7FF1/test_app.sym"
KERNEL = "kernel32.pdb/BCE8785C57B44245A669896B6A19B9542/kernel32.sym"
CODES = {
    "test_app.exe/45D35F6C2D000/test_app.exe.sym": APP,
    "kernel32.dll/44AB9A84F4000/kernel32.sym": KERNEL,
}
"""What a symbol server knows of these files by their code ids."""
MODULE_LIST, MODULE_BYTES, CODE_VIEW = 4, 108, 76
"""Of a minidump: the number of a stream, the length of its elements, and a place in these."""
TEXT_IS_CORRUPT = {"linux_inline"}
"""Dumps with a module whose text the parser rejects: the command says so by its exit code."""

pytestmark = [
    needs_stackwalker,
    needs_corpus,
    pytest.mark.skipif(
        not STACKWALKER.with_name("moonwalk-pack").exists(), reason="moonwalk-pack is not built"
    ),
]
Walk = Callable[..., Result]


@pytest.fixture
def walk(tmp_path: Path) -> Walk:
    """Walk with JSON as the result, and what is fetched in one cache for the whole test."""

    def walked(*urls: str, dump: Path = DUMP, more: tuple[str, ...] = ()) -> Result:
        flags = [f"--symbols-url={url}" for url in urls]
        cache = f"--symbols-cache={tmp_path / 'cache'}"
        return CliRunner().invoke(main.app, ["walk", "--json", cache, *flags, *more, str(dump)])

    return walked


@pytest.fixture
def server() -> Iterator[SymbolServer]:
    with SymbolServer(SYMBOLS, compressed=True) as serving:
        yield serving


def loaded(walked: Result) -> set[str]:
    modules = json.loads(walked.stdout_bytes)["modules"]
    return {module["debug_file"] for module in modules if module["loaded_symbols"]}


def upstream(server: SymbolServer, dump: Path, folder: Path) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [
            *(str(REFERENCE), "--json", f"--symbols-url={server.url}"),
            *(f"--symbols-cache={folder / 'up'}", f"--symbols-tmp={folder}"),
            *(*annotations_of(dump), str(dump)),
        ],
        capture_output=True,
        check=False,
    )


def symbol_urls(output: bytes) -> set[str]:
    return {one["symbol_url"] for one in json.loads(output)["modules"] if one["symbol_url"]}


@needs_reference
@each_dump
def test_the_json_is_upstreams_from_the_same_server_and_again_when_it_is_gone(
    server: SymbolServer, walk: Walk, tmp_path: Path, dump: Path
) -> None:
    theirs = upstream(server, dump, tmp_path)
    asked_by_them = {(asked.path, *asked.query.items()) for asked in server.asked}
    server.asked.clear()
    incomplete = dump.stem in TEXT_IS_CORRUPT
    expected = ExitCode.SYMBOLS_INCOMPLETE if incomplete else theirs.returncode

    ours = walk(server.url, dump=dump)
    assert ours.exit_code == expected, ours.stderr
    assert in_one_order(ours.stdout_bytes) == in_one_order(theirs.stdout)
    asked = [(asked.path, *asked.query.items()) for asked in server.asked]
    assert asked_by_them <= set(asked)
    assert len(asked) == len(set(asked))

    server.stop()
    again = walk(server.url, dump=dump)
    assert again.exit_code == expected, again.stderr
    assert in_one_order(again.stdout_bytes) == in_one_order(theirs.stdout)


def test_the_address_that_symbols_came_from_is_told_with_its_query(
    server: SymbolServer, walk: Walk
) -> None:
    urls = symbol_urls(walk(server.url).stdout_bytes)
    assert f"{server.url}/{APP}?code_file=test_app.exe&code_id=45d35f6c2d000" in urls
    assert len(urls) == len(loaded(walk(server.url)))


@needs_reference
def test_modules_without_debug_ids_are_looked_up_by_their_code_ids(
    server: SymbolServer, walk: Walk, tmp_path: Path
) -> None:
    dump = tmp_path / "no-debug-ids.dmp"
    dump.write_bytes(without_debug_ids(DUMP.read_bytes()))
    server.codes = CODES
    theirs = upstream(server, dump, tmp_path)
    assert {f"{server.url}/{place}" for place in CODES.values()} == {
        url.partition("?")[0] for url in symbol_urls(theirs.stdout)
    }
    ours = walk(server.url, dump=dump)
    assert ours.exit_code == ExitCode.FINE, ours.stderr
    assert in_one_order(ours.stdout_bytes) == in_one_order(theirs.stdout)

    server.stop()
    again = walk(server.url, dump=dump)
    assert in_one_order(again.stdout_bytes) == in_one_order(theirs.stdout)


def without_debug_ids(dump: bytes) -> bytes:
    """A minidump in which no module has a CodeView record, so that only their code is known."""
    changed = bytearray(dump)
    streams, directory = struct.unpack_from("<II", dump, 8)
    entries = (struct.unpack_from("<III", dump, directory + 12 * n) for n in range(streams))
    (modules,) = (where for kind, _, where in entries if kind == MODULE_LIST)
    (count,) = struct.unpack_from("<I", dump, modules)
    for number in range(count):
        struct.pack_into("<II", changed, modules + 4 + MODULE_BYTES * number + CODE_VIEW, 0, 0)
    return bytes(changed)


def test_where_symbols_came_from_is_kept_beside_their_pack_and_no_text_is(
    server: SymbolServer, walk: Walk, tmp_path: Path
) -> None:
    walk(server.url)
    cache = tmp_path / "cache"
    kept = cache / "packs" / APP
    assert kept.with_suffix(".pack").is_file()
    told = json.loads(kept.with_suffix(".url").read_bytes())
    assert told == {
        "text_bytes": (SYMBOLS / APP).stat().st_size,
        "origin": server.url,
        "etag": '"packed"',
        "host": server.url.removeprefix("http://"),
    }
    assert not list(cache.rglob("*.sym"))
    assert not list((cache / "fetching").iterdir())


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        pytest.param(Status(503), "server_error", id="503"),
        pytest.param(Cut(100), "cut_short", id="cut"),
        pytest.param(reset, "unreachable", id="torn down"),
        pytest.param(answer(b"<html>\n"), "not_symbols", id="HTML"),
        pytest.param(
            answer(b"MODULE windows x86 0123456789ABCDEF0123456789ABCDEF1 test_app.pdb\n"),
            "wrong_module",
            id="another module",
        ),
        pytest.param(
            answer((SYMBOLS / APP).read_bytes() + b"rubbish\n" if DUMP.exists() else b""),
            "corrupt",
            id="a text that the parser rejects",
        ),
    ],
)
def test_a_server_that_fails_is_told_of_and_another_walk_is_complete(
    server: SymbolServer, walk: Walk, fault: Fault, reason: str
) -> None:
    server.faults[APP] = fault
    walked = walk(server.url)
    assert walked.exit_code == ExitCode.SYMBOLS_INCOMPLETE
    assert loaded(walked) == {"kernel32.pdb"}
    (line,) = [line for line in walked.stderr.splitlines() if line.startswith("moonwalk:")]
    assert "test_app.pdb" in line
    assert reason in line

    server.faults.clear()
    walked = walk(server.url)
    assert walked.exit_code == ExitCode.FINE
    assert loaded(walked) == {"kernel32.pdb", "test_app.pdb"}


def test_symbols_that_no_server_has_are_missing_and_not_asked_for_again(
    server: SymbolServer, walk: Walk
) -> None:
    server.faults[APP] = Status(404)
    for _ in range(2):
        walked = walk(server.url)
        assert walked.exit_code == ExitCode.FINE
        assert loaded(walked) == {"kernel32.pdb"}
        assert "moonwalk:" not in walked.stderr
    assert server.counts[APP] == 1


def test_the_next_server_has_what_the_first_has_not_or_fails_to_give(
    server: SymbolServer, walk: Walk, tmp_path: Path
) -> None:
    with SymbolServer(tmp_path) as first:
        first.faults[KERNEL] = Status(500)
        walked = walk(first.url, server.url)
        assert first.counts[APP] == 1
    assert walked.exit_code == ExitCode.FINE
    assert loaded(walked) == {"kernel32.pdb", "test_app.pdb"}


def test_a_redirect_is_followed_to_a_named_host_only(server: SymbolServer, walk: Walk) -> None:
    server.storage = "http://127.0.0.1:1"
    refused = walk(server.url)
    assert refused.exit_code == ExitCode.SYMBOLS_INCOMPLETE
    assert "redirect_refused, it redirects to 127.0.0.1:1," in refused.stderr
    with SymbolServer(SYMBOLS) as storage:
        server.storage = storage.url
        host = storage.url.removeprefix("http://")
        walked = walk(server.url, more=(f"--symbols-redirect={host}",))
    assert walked.exit_code == ExitCode.FINE
    assert loaded(walked) == {"kernel32.pdb", "test_app.pdb"}


def test_the_json_can_go_to_a_file(server: SymbolServer, walk: Walk, tmp_path: Path) -> None:
    file = tmp_path / "out.json"
    walked = walk(server.url, more=("-o", str(file)))
    assert walked.stdout_bytes == b""
    assert file.read_bytes() == walk(server.url).stdout_bytes


def test_a_file_that_cannot_be_written_is_a_usage_error(
    server: SymbolServer, walk: Walk, tmp_path: Path
) -> None:
    walked = walk(server.url, more=("-o", str(tmp_path / "none" / "out.json")))
    assert isinstance(walked.exception, UsageError)


def test_what_no_folder_lacks_is_not_asked_for(server: SymbolServer, walk: Walk) -> None:
    walked = walk(server.url, more=(f"--symbols={SYMBOLS}",))
    assert walked.exit_code == ExitCode.FINE
    assert not server.asked


@pytest.mark.parametrize(
    "url", ["symbols.example", "ftp://x/", "http://u:p@x/", "http://x/?a", "http://x y/"]
)
def test_what_is_no_address_of_a_server_is_a_usage_error(walk: Walk, url: str) -> None:
    assert isinstance(walk(url).exception, UsageError)


def test_a_cache_that_cannot_be_made_is_a_usage_error(walk: Walk, tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file")
    assert isinstance(walk("http://127.0.0.1:1").exception, UsageError)
