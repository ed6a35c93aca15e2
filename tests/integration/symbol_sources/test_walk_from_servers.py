"""`moonwalk walk --symbols-url` finds what `minidump-stackwalk --symbols-url` finds, and says more.

Compared without `symbol_url`, which a pack in a folder does not tell.
"""

import json
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from cli import main
from cli.exits import ExitCode, UsageError
from tests.integration.stackwalker_support import (
    CORPUS,
    REFERENCE,
    STACKWALKER,
    SYMBOLS,
    annotations_of,
    needs_corpus,
    needs_reference,
    needs_stackwalker,
)
from tests.servers.faults import Cut, Fault, Status, answer, reset
from tests.servers.symbol_server import SymbolServer

DUMP = CORPUS / "dumps" / "test.dmp"
APP = "test_app.pdb/5A9832E5287241C1838ED98914E9B7FF1/test_app.sym"
KERNEL = "kernel32.pdb/BCE8785C57B44245A669896B6A19B9542/kernel32.sym"
COMPARED = {
    "test": ExitCode.FINE,
    "linux_inline": ExitCode.SYMBOLS_INCOMPLETE,  # its symbols are a text that the parser rejects
    "firefox-linux-x86_64": ExitCode.FINE,
    "firefox-windows-x86_64": ExitCode.FINE,
}

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


def comparable(output: bytes) -> Any:
    document = json.loads(output)
    for module in document["modules"]:
        del module["symbol_url"]
    limits = (document.get("proc_limits") or {}).get("limits") or []
    limits.sort(key=json.dumps)
    return document


def loaded(walked: Result) -> set[str]:
    modules = json.loads(walked.stdout_bytes)["modules"]
    return {module["debug_file"] for module in modules if module["loaded_symbols"]}


@needs_reference
@pytest.mark.parametrize("name", COMPARED)
def test_the_json_is_upstreams_from_the_same_server_and_again_when_it_is_gone(
    server: SymbolServer, walk: Walk, tmp_path: Path, name: str
) -> None:
    dump = CORPUS / "dumps" / f"{name}.dmp"
    theirs = subprocess.run(
        [
            *(str(REFERENCE), "--json", f"--symbols-url={server.url}"),
            *(f"--symbols-cache={tmp_path / 'up'}", f"--symbols-tmp={tmp_path}"),
            *(*annotations_of(dump), str(dump)),
        ],
        capture_output=True,
        check=True,
    )
    asked_by_them = {(asked.path, *asked.query.items()) for asked in server.asked}
    server.asked.clear()

    ours = walk(server.url, dump=dump)
    assert ours.exit_code == COMPARED[name], ours.stderr
    assert comparable(ours.stdout_bytes) == comparable(theirs.stdout)
    asked = [(asked.path, *asked.query.items()) for asked in server.asked]
    assert asked_by_them <= set(asked)
    assert len(asked) == len(set(asked))

    server.stop()
    again = walk(server.url, dump=dump)
    assert again.exit_code == COMPARED[name], again.stderr
    assert comparable(again.stdout_bytes) == comparable(ours.stdout_bytes)


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
    assert comparable(file.read_bytes()) == comparable(walk(server.url).stdout_bytes)


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
