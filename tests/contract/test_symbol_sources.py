"""Rules of every symbol source: symbol servers, buckets and folders."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from moonwalk.adapters import aws
from moonwalk.domain.failures import RetryCode, RetryLater
from moonwalk.domain.symbol_places import LoadedModule, SymbolPlace
from moonwalk.domain.symbol_sources import Absent, Answer, Failed, Found, Reason
from tests.contract.symbol_worlds import BucketWorld, FolderWorld, ServerWorld, SourceWorld
from tests.servers.symbol_server import SymbolServer
from tests.symbol_texts import DEBUG_ID, MODULE, PLACE, TEXT

KINDS = ["folder", "http, plain", "http, gzip", "s3, plain", "s3, gzip"]


@pytest.fixture(params=KINDS)
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[SourceWorld]:
    kind, _, coding = request.param.partition(", ")
    folder = tmp_path / "symbols"
    folder.mkdir()
    if kind == "folder":
        yield FolderWorld(folder)
    elif kind == "http":
        with SymbolServer(folder, compressed=coding == "gzip") as server:
            yield ServerWorld(folder, server)
    else:
        request.getfixturevalue("aws_url")
        yield BucketWorld(aws.s3(), compressed=coding == "gzip")


@pytest.fixture
def to(tmp_path: Path) -> Path:
    return tmp_path / "fetched.sym"


def fetch(world: SourceWorld, to: Path) -> Answer:
    return world.source.fetch(PLACE, MODULE, to)


def reason(answer: Answer) -> Reason:
    assert isinstance(answer, Failed), answer
    return answer.reason


def test_a_symbol_file_is_fetched_byte_for_byte(world: SourceWorld, to: Path) -> None:
    world.put()
    found = fetch(world, to)
    assert isinstance(found, Found)
    assert (found.text_bytes, to.read_bytes()) == (len(TEXT), TEXT)


def test_what_is_not_there_is_absent_and_leaves_no_file(world: SourceWorld, to: Path) -> None:
    assert fetch(world, to) == Absent()
    assert not to.exists()


def test_the_symbols_of_another_module_are_refused(world: SourceWorld, to: Path) -> None:
    world.put(TEXT.replace(DEBUG_ID.encode(), b"F" * 33))
    assert reason(fetch(world, to)) is Reason.WRONG_MODULE
    assert not to.exists()


@pytest.mark.parametrize("text", [b"", b"<!doctype html>\n", b"\xef\xbb\xbf" + TEXT, b"x" * 9000])
def test_what_does_not_begin_with_a_module_line_is_refused(
    world: SourceWorld, to: Path, text: bytes
) -> None:
    world.put(text)
    assert reason(fetch(world, to)) is Reason.NOT_SYMBOLS
    assert not to.exists()


def test_a_text_beyond_the_limit_is_refused(world: SourceWorld, to: Path) -> None:
    world.put(TEXT + b"FILE 2 b.c\n" * 1000)
    assert reason(fetch(world, to)) is Reason.TOO_LARGE
    assert not to.exists()


@pytest.mark.parametrize(
    "name",
    ["a b+c&d=e?f#g%41.so", "libstdc++.so.6", "Prüf\u2215\uff0f\u2024\u2024.pdb", "~$(x)'\""],
)
def test_odd_characters_in_a_name_are_data(world: SourceWorld, to: Path, name: str) -> None:
    module = LoadedModule(name, DEBUG_ID, name, "ab")
    place = SymbolPlace.of(module)
    world.put(place=place)
    assert isinstance(world.source.fetch(place, module, to), Found)


def test_a_file_that_cannot_be_written_is_our_own_failure(
    world: SourceWorld, tmp_path: Path
) -> None:
    world.put()
    with pytest.raises(RetryLater) as failure:
        fetch(world, tmp_path / "no such folder" / "file")
    assert failure.value.code is RetryCode.SCRATCH_FULL


def test_what_has_no_code_ids_knows_none(world: SourceWorld) -> None:
    assert world.source.place_of(LoadedModule("", "", "a.dll", "5B1A2C3D1000")) == Absent()
