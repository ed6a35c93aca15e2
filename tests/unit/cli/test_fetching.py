"""What `walk --symbols-url` reads from a walk, knows of a server and keeps in its folder."""

import json
from collections.abc import Mapping, Sequence
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest

from cli import packing
from cli.exits import UsageError
from cli.fetched import FetchedSymbols, default_folder
from cli.fetching import MOST_WALKS, Fetching
from cli.needs import MOST, missing
from cli.stackwalker import Walked
from cli.symbol_servers import servers
from cli.terminal import Steps
from moonwalk.adapters.sources.addresses import is_allowed
from moonwalk.domain.symbol_memory import Remembered
from moonwalk.domain.symbol_places import LoadedModule, code_place
from moonwalk.domain.symbol_sources import Absent, Failed, Found, Reason
from tests.builders import NOW
from tests.fakes.symbol_source import FakeSymbolSource
from tests.symbol_texts import DEBUG_ID, PLACE

BY_CODE = LoadedModule("", "", "C:\\lib.dll", "5b1a2c3d1000")
CODE = code_place(BY_CODE)
ABSENT = Remembered(Absent(), NOW + 60)


def module(**changes: Any) -> dict[str, Any]:
    plain = {
        "debug_file": "lib.so",
        "debug_id": DEBUG_ID,
        "code_file": "/lib/lib.so",
        "code_id": "ab",
        "source": "missing",
    }
    return {**plain, **changes}


def stats(*modules: Any) -> bytes:
    return json.dumps({"modules": list(modules)}).encode()


def walked_without(*modules: Any, code: int = 0) -> Walked:
    return Walked(b"{}", "", code, stats(*modules))


def test_each_module_without_symbols_is_read_once() -> None:
    read = missing(stats(module(), module(), module(source="pack", debug_file="b")))
    assert read == [LoadedModule("lib.so", DEBUG_ID, "/lib/lib.so", "ab")]


def test_a_module_without_a_debug_id_is_known_by_its_code_id() -> None:
    nameless = {"debug_file": None, "debug_id": None}
    assert missing(stats(module(**nameless))) == [LoadedModule("", "", "/lib/lib.so", "ab")]
    assert missing(stats(module(**nameless, code_id=None))) == []


def test_a_debug_id_of_zeros_is_asked_for_nowhere() -> None:
    assert missing(stats(module(debug_id="0" * 33))) == []


def test_no_more_modules_are_read_than_a_process_has() -> None:
    assert len(missing(stats(*(module(debug_file=str(n)) for n in range(MOST + 5))))) == MOST


@pytest.mark.parametrize(
    "document",
    [
        b"",
        b"[]",
        b"{}",
        b'{"modules": 7}',
        b'{"modules": [7, null, [], {"source": "missing"}]}',
        stats(module(debug_id=7, debug_file=None, code_file=[], code_id={})),
    ],
)
def test_statistics_that_say_nothing_of_modules_name_none(document: bytes) -> None:
    assert missing(document) == []


@pytest.mark.parametrize(
    ("environment", "folder"),
    [
        ({"XDG_CACHE_HOME": "/caches"}, Path("/caches/moonwalk/symbols")),
        ({"XDG_CACHE_HOME": "relative"}, Path.home() / ".cache/moonwalk/symbols"),
        ({}, Path.home() / ".cache/moonwalk/symbols"),
    ],
)
def test_symbols_are_kept_in_the_users_cache(environment: dict[str, str], folder: Path) -> None:
    assert default_folder(environment) == folder


def test_a_named_server_may_be_inside_only_where_its_name_leads_now() -> None:
    def resolve(_host: str, _port: int) -> Sequence[str]:
        return ["10.0.0.7", "93.184.216.34"]

    (server,) = servers(["http://symbols.corp"], ["storage.corp"], resolve)
    assert [str(one) for one in server.source.networks] == ["10.0.0.7/32"]
    assert server.source.redirects == ("storage.corp",)


def test_a_server_whose_name_leads_nowhere_may_be_in_public_only() -> None:
    def resolve(_host: str, _port: int) -> Sequence[str]:
        raise OSError

    (server,) = servers(["http://symbols.corp"], [], resolve)
    assert server.source.networks == ()


def test_a_server_that_is_named_twice_is_asked_once() -> None:
    assert len(servers(["http://127.0.0.1:1"] * 2, [])) == 1


def test_of_a_server_inside_only_its_own_address_is_allowed() -> None:
    (server,) = servers(["http://127.0.0.1:8000"], [])
    assert is_allowed(ip_address("127.0.0.1"), server.source.networks)
    assert not is_allowed(ip_address("127.0.0.2"), server.source.networks)


@pytest.fixture
def cache(tmp_path: Path) -> FetchedSymbols:
    return FetchedSymbols(tmp_path / "cache")


def test_absence_is_kept_by_server_until_it_is_forgotten(
    cache: FetchedSymbols, tmp_path: Path
) -> None:
    cache.remember(PLACE, "a", ABSENT)
    cache.remember(PLACE, "b", ABSENT)
    again = FetchedSymbols(tmp_path / "cache")
    assert again.recall(PLACE) == {"a": ABSENT, "b": ABSENT}
    again.forget(PLACE)
    assert cache.recall(PLACE) == {}
    again.forget(PLACE)


def test_failures_are_not_kept(cache: FetchedSymbols) -> None:
    cache.remember(PLACE, "a", Remembered(Failed(Reason.NOT_SYMBOLS, "x"), NOW))
    assert cache.recall(PLACE) == {}


@pytest.mark.parametrize(
    "kept", [b"", b"[]", b'{"a": "soon"}', b'{"a": null}', b"\xff", b"[" * 9999]
)
def test_kept_absence_that_cannot_be_read_is_none(
    cache: FetchedSymbols, tmp_path: Path, kept: bytes
) -> None:
    file = tmp_path / "cache" / "absent" / PLACE.path
    file.parent.mkdir(parents=True)
    file.write_bytes(kept)
    assert cache.recall(PLACE) == {}


class Walks:
    """A stackwalker that names a further missing module each time."""

    def __init__(self, code: int = 0) -> None:
        self.times = 0
        self.code = code

    def __call__(self, _told: Mapping[str, str]) -> Walked:
        self.times += 1
        modules = (module(debug_file=str(n)) for n in range(self.times))
        return walked_without(*modules, code=self.code)


def test_what_a_server_told_of_a_code_file_is_kept(cache: FetchedSymbols, tmp_path: Path) -> None:
    assert cache.place_of(CODE) is None
    cache.keep_place(CODE, PLACE)
    assert FetchedSymbols(tmp_path / "cache").place_of(CODE) == PLACE


@pytest.mark.parametrize("kept", [b"", b"7", b"{}", b'"a"', b'"../../x"', b'"a/../b.sym"', b"\xff"])
def test_a_kept_place_that_is_none_is_forgotten(
    cache: FetchedSymbols, tmp_path: Path, kept: bytes
) -> None:
    file = tmp_path / "cache" / "places" / CODE.path
    file.parent.mkdir(parents=True)
    file.write_bytes(kept)
    assert cache.place_of(CODE) is None


@pytest.fixture
def fetching(cache: FetchedSymbols, monkeypatch: pytest.MonkeyPatch) -> Fetching:
    def pack(symbols: Path, packs: Path) -> dict[str, Any]:
        for text in symbols.rglob("*.sym"):
            pack = packs / text.relative_to(symbols).with_suffix(".pack")
            pack.parent.mkdir(parents=True)
            pack.write_bytes(b"pack")
        return {"corrupt": 0}

    monkeypatch.setattr(packing, "built", pack)
    return Fetching(cache, [FakeSymbolSource("server", Found(1))], Steps())


def test_it_walks_until_nothing_new_is_found_and_not_for_ever(fetching: Fetching) -> None:
    walks = Walks()
    fetching.walked(walks)
    assert walks.times == MOST_WALKS
    assert not fetching.unfetched
    assert len(list(fetching.cache.packs.rglob("*.pack"))) == MOST_WALKS - 1


def test_it_does_not_walk_again_for_symbols_that_are_not_to_be_had(fetching: Fetching) -> None:
    fetching.sources[0].answers = [Absent()]  # type: ignore[attr-defined]
    walks = Walks()
    fetching.walked(walks)
    assert walks.times == 1


def test_a_walk_that_failed_is_not_repeated(fetching: Fetching) -> None:
    walks = Walks(code=1)
    assert fetching.walked(walks).code == 1
    assert walks.times == 1


def test_a_text_that_cannot_be_packed_is_told(
    fetching: Fetching, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_given: object) -> dict[str, Any]:
        raise UsageError("symbols cannot be packed: TooLarge", "see")

    monkeypatch.setattr(packing, "built", fail)
    fetching.walked(Walks())
    (unfetched,) = fetching.unfetched
    assert "TooLarge" in unfetched.why


def test_a_module_whose_name_nobody_can_ask_for_is_passed_over(fetching: Fetching) -> None:
    walked = fetching.walked(lambda _: walked_without(module(debug_file="..")))
    assert walked.code == 0
    assert fetching.sources[0].fetches == 0  # type: ignore[attr-defined]
    assert not fetching.unfetched


def walk_by_code(told: Mapping[str, str]) -> Walked:
    """Walk with one module that the dump knows by its code only, until it is told more."""
    names = {"code_file": BY_CODE.code_file, "code_id": BY_CODE.code_id}
    found = "pack" if told == {CODE.path: PLACE.path} else "missing"
    return walked_without({**names, "source": found})


def test_a_module_is_found_by_its_code_id_and_the_server_asked_for_that_once(
    fetching: Fetching, cache: FetchedSymbols
) -> None:
    (source,) = fetching.sources
    source.known = PLACE  # type: ignore[attr-defined]
    assert missing(fetching.walked(walk_by_code).stats) == []
    assert cache.has(PLACE)
    source.known = Failed(Reason.SERVER_ERROR, "it answered 503")  # type: ignore[attr-defined]
    again = Fetching(cache, [source], Steps())
    assert missing(again.walked(walk_by_code).stats) == []
    assert not again.unfetched
    assert source.fetches == 1  # type: ignore[attr-defined]


def test_a_look_up_by_code_that_fails_is_told(fetching: Fetching) -> None:
    failed = Failed(Reason.SERVER_ERROR, "it answered 503")
    fetching.sources[0].known = failed  # type: ignore[attr-defined]
    fetching.walked(walk_by_code)
    (unfetched,) = fetching.unfetched
    assert unfetched.module == BY_CODE
    assert not fetching.told
