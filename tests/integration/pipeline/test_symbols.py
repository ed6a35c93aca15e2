"""Symbols that are uploaded are packed without anyone asking, or refused with their reason."""

import gzip
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from cli.embedded.aws import EmbeddedAws
from cli.symbols.checking import verify
from cli.symbols.push import THERE, UPLOADED
from moonwalk.adapters.symbol_queue import SqsSymbolQueue
from moonwalk.contracts import outputs
from moonwalk.contracts import symbols as keys
from moonwalk.domain.failures import DeadLetterCode
from moonwalk.domain.symbols import DEFAULT_SCOPE, SymbolKey
from tests.integration.pipeline.conftest import synthesise
from tests.integration.pipeline.pipeline import EXAMPLE
from tests.integration.pipeline.symbols import SymbolPipeline, key_of, text_of
from tests.integration.stackwalker_support import SYMBOLS, needs_corpus
from tests.native import BUILD_ID, GUID, compiled, needs_compiler, needs_dump_syms
from tests.packing import needs_packer

pytestmark = needs_packer

TEXT_MIB = 48
"""More than the corpus needs, and little enough for a bomb to be made in no time."""


@pytest.fixture(scope="module")
def pipeline(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SymbolPipeline]:
    folder = tmp_path_factory.mktemp("symbols")
    sizes = ("symbol_text_mib", "symbol_upload_mib")
    heavy = {f"heavy_{name}": TEXT_MIB for name in sizes}
    assembly = synthesise(folder / "assembly", **dict.fromkeys(sizes, TEXT_MIB), **heavy)
    with EmbeddedAws.start(assembly, folder / "embedded") as aws:
        yield SymbolPipeline(aws, tmp_path_factory.mktemp("scratch"))


@needs_corpus
@pytest.mark.timeout(600)
def test_pushed_symbols_come_back_out_of_their_packs_byte_for_byte(
    pipeline: SymbolPipeline,
) -> None:
    pushed = pipeline.push(SYMBOLS)
    files = sorted(SYMBOLS.rglob("*.sym"))
    assert len(pushed) == len(files)
    for file in files:
        key = SymbolKey(DEFAULT_SCOPE, *file.relative_to(SYMBOLS).parts)
        assert pipeline.text(key) == file.read_bytes(), key
    assert {each.result for each in pushed} == {UPLOADED}
    assert all(each.state and each.state.pack for each in pushed)
    assert {each.result for each in pipeline.push(SYMBOLS)} == {THERE}
    pipeline.settle()


def test_a_zip_goes_into_a_scope_and_its_pack_is_verified(
    pipeline: SymbolPipeline, tmp_path: Path
) -> None:
    (file,) = (EXAMPLE / "symbols").rglob("*.sym")
    place = str(file.relative_to(EXAMPLE / "symbols"))
    with zipfile.ZipFile(tmp_path / "symbols.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write(file, place)
    [pushed] = pipeline.push(tmp_path / "symbols.zip", scope="darkroom", compressed=False)
    assert pushed.fine
    assert pushed.file
    key = pushed.file.key
    assert (key.scope, key.place) == ("darkroom", place)
    assert pipeline.text(key) == file.read_bytes()
    (tmp_path / "verify").mkdir()
    found = verify(key, pipeline.bucket, tmp_path / "verify")
    assert (found.text, found.answers, found.fine) == (True, True, True)
    assert found.compared > 0
    assert pipeline.bucket.state(SymbolKey(DEFAULT_SCOPE, *place.split("/"))) is None


@needs_dump_syms
@needs_compiler
def test_a_pushed_program_has_its_symbols_packed(pipeline: SymbolPipeline, tmp_path: Path) -> None:
    library = compiled(
        tmp_path / "libnative.so", "x86_64-linux-gnu", f"-Wl,--build-id=0x{BUILD_ID}"
    )
    [pushed] = pipeline.push(library)
    assert pushed.fine
    text = pipeline.text(SymbolKey(DEFAULT_SCOPE, "libnative.so", f"{GUID}0", "libnative.so.sym"))
    assert b" helper\n" in text
    assert [each.result for each in pipeline.push(library)] == [THERE]


def test_an_upload_that_is_stored_in_parts_is_packed(
    pipeline: SymbolPipeline, tmp_path: Path
) -> None:
    key, file = key_of(6), tmp_path / "large.sym"
    file.write_bytes(text_of(key, "FILE 0 a.c\n" * 1_000_000))
    [pushed] = pipeline.push(file, compressed=False)
    stored = pipeline.bucket.head(keys.upload(key))
    assert stored
    assert "-" in stored["ETag"]
    assert pushed.fine
    assert pipeline.text(key) == file.read_bytes()


def test_another_text_for_the_same_build_replaces_the_pack_and_that_is_recorded(
    pipeline: SymbolPipeline, tmp_path: Path
) -> None:
    key = key_of(1)
    first, second = tmp_path / "first.sym", tmp_path / "second.sym"
    first.write_bytes(text_of(key))
    second.write_bytes(text_of(key, "FILE 0 b.c\n"))
    pushed = [pipeline.push(file)[0] for file in (first, first, second)]
    assert [each.result for each in pushed] == [UPLOADED, THERE, UPLOADED]
    assert pipeline.text(key) == second.read_bytes()
    [record] = [each["Key"] for each in pipeline.bucket.listed(keys.changes(key))]
    assert pushed[2].text_sha256[:16] in record
    assert len(pipeline.bucket.versions(keys.pack(key))) == 2
    assert len(pipeline.bucket.versions(keys.upload(key))) == 2


def test_an_upload_can_be_packed_again(pipeline: SymbolPipeline) -> None:
    key = key_of(2)
    pipeline.upload(keys.upload(key), text_of(key))
    pipeline.wait_for(lambda: pipeline.bucket.store.pack(key), "there is no pack")
    queue = SqsSymbolQueue(pipeline.aws.client("sqs"), pipeline.outputs[outputs.SYMBOL_QUEUE])
    queue.ask(keys.upload(key), "operator")
    pipeline.settle()
    assert len(pipeline.bucket.versions(keys.pack(key))) == 2
    assert list(pipeline.bucket.listed(keys.changes(key))) == []


def test_a_corrupt_file_has_a_pack_that_says_where_and_why(pipeline: SymbolPipeline) -> None:
    key = key_of(3)
    corrupt = text_of(key, "FILE 0 a.c\nnonsense\nFILE 1 b.c\n")
    pipeline.upload(keys.upload(key), corrupt)
    pipeline.wait_for(lambda: pipeline.bucket.store.pack(key), "there is no pack")
    state = pipeline.bucket.state(key)
    assert state
    assert not state.fine
    assert state.verdict == "corrupt line 2: BadLine"
    assert pipeline.text(key) == corrupt


BOMB = gzip.compress(text_of(key_of(12)) + b"\0" * (TEXT_MIB * 1024 * 1024))


@pytest.mark.parametrize(
    ("number", "content", "code"),
    [
        (11, text_of(key_of(99)), DeadLetterCode.SYMBOLS_OF_ANOTHER_MODULE),
        (12, BOMB, DeadLetterCode.SYMBOLS_TOO_LARGE),
        (13, b"<!doctype html><title>Not found</title>\n", DeadLetterCode.NOT_SYMBOLS),
        (14, b"\x7fELF\x02\x01\x01\0", DeadLetterCode.NOT_SYMBOLS),
        (15, b"", DeadLetterCode.NOT_SYMBOLS),
        (16, gzip.compress(text_of(key_of(16)))[:-9], DeadLetterCode.SYMBOLS_UNREADABLE),
        (17, b"x" * (TEXT_MIB * 1024 * 1024 + 1), DeadLetterCode.SYMBOLS_TOO_LARGE),
    ],
    ids=["other module", "bomb", "html", "elf", "empty", "cut gzip", "too large"],
)
def test_what_cannot_be_packed_is_laid_aside_with_its_reason_and_stays_where_it_is(
    pipeline: SymbolPipeline, number: int, content: bytes, code: DeadLetterCode
) -> None:
    key = key_of(number)
    pipeline.upload(keys.upload(key), content)
    letter = pipeline.refused(key.debug_id)
    assert (letter["reason"], letter["origin"]) == (code, "symbols")
    state = pipeline.bucket.state(key)
    assert state
    assert (state.pack, state.verdict) == (None, f"refused: {code}")
    stored = pipeline.bucket.head(keys.upload(key))
    assert stored
    assert stored["ContentLength"] == len(content)
    assert key in pipeline.bucket.keys(DEFAULT_SCOPE, "libmoon")


@pytest.mark.parametrize(
    ("object_key", "mentioned"),
    [
        ("v1/readme.txt", "readme.txt"),
        (f"v1/a/../{7:033X}/b.sym", f"{7:033X}"),
        (f"v1/libodd.so/{'a' * 33}/libodd.so.sym", "a" * 33),
        (f"v1/libodd.so/{'A' * 33}/libodd.so.sym", "A" * 33),
        (f"v1/lib\x7fodd.so/{'C' * 32}1/lib\x7fodd.so.sym", "C" * 32),
        (f"scopes/Other/v1/libodd.so/{'B' * 32}1/libodd.so.sym", "B" * 32),
    ],
    ids=["no place", "dots", "small letters", "age in capitals", "control", "scope"],
)
def test_an_object_at_an_odd_key_is_laid_aside(
    pipeline: SymbolPipeline, object_key: str, mentioned: str
) -> None:
    pipeline.upload(object_key, text_of(key_of(5)))
    assert pipeline.refused(mentioned)["reason"] == DeadLetterCode.BAD_SYMBOL_KEY
    assert pipeline.bucket.mark(object_key) == DeadLetterCode.BAD_SYMBOL_KEY
