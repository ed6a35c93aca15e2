"""`moonwalk-pack` packs what symbol folders hold, answers as the parser does, and names what fails.

What a pack answers is compared record by record in the Rust workspace; here the command is run as
a user runs it, over the corpus and over input of no use.
"""

import gzip
import hashlib
import json
import re
import subprocess
import zlib
from pathlib import Path

import pytest

from tests.integration.stackwalker_support import CORPUS, STACKWALKER, needs_corpus

PACK = STACKWALKER.with_name("moonwalk-pack")
KEY = Path("lib.so/ABC0")
SYMBOLS = b"MODULE Linux x86_64 ABC0 lib.so\nFILE 1 a.c\nFUNC 10 10 0 main\n10 10 5 1\n"

pytestmark = pytest.mark.skipif(
    not PACK.exists(), reason=f"{PACK.name} is not built: cargo build --release"
)


def run(*arguments: object) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run([PACK, *map(str, arguments)], capture_output=True, check=False)


def build(*arguments: object) -> subprocess.CompletedProcess[bytes]:
    return run("build", "--quiet", *arguments)


@pytest.fixture
def symbols(tmp_path: Path) -> Path:
    folder = tmp_path / "symbols"
    (folder / KEY).mkdir(parents=True)
    (folder / KEY / "lib.so.sym").write_bytes(SYMBOLS)
    return folder


@pytest.fixture
def packs(tmp_path: Path) -> Path:
    return tmp_path / "packs"


@pytest.fixture
def pack(symbols: Path, packs: Path) -> Path:
    assert build(symbols, "-o", packs).returncode == 0
    return packs / KEY / "lib.so.pack"


def error(done: subprocess.CompletedProcess[bytes]) -> str:
    """The name of the one error, whose line also says what it is about and what to do."""
    assert done.returncode == 3
    named = re.search(r"^ERROR (\w+): .+", done.stderr.decode(), re.MULTILINE)
    assert named is not None, done.stderr
    return named[1]


@needs_corpus
def test_every_symbol_file_of_the_corpus_comes_back_from_a_quarter_of_its_size(
    packs: Path,
) -> None:
    assert build(CORPUS / "symbols", "-o", packs).returncode == 0
    texts = sorted((CORPUS / "symbols").rglob("*.sym"))
    assert texts
    sizes = [0, 0]
    for text in texts:
        place = packs / text.relative_to(CORPUS / "symbols").with_suffix(".pack")
        assert run("text", place).stdout == text.read_bytes()
        sizes[0] += text.stat().st_size
        sizes[1] += place.stat().st_size
    assert sizes[1] <= sizes[0] / 4


@needs_corpus
def test_packs_of_the_corpus_answer_as_the_parser_does(packs: Path) -> None:
    assert build(CORPUS / "symbols", "-o", packs).returncode == 0
    small = [pack for pack in packs.rglob("*.pack") if pack.stat().st_size < 100_000]
    done = run("verify", *small)
    counted = re.search(rb"(\d+) packs, (\d+) fill_symbol .+: 0 differ", done.stdout)
    assert counted is not None, done.stdout
    assert int(counted[1]) == len(small) > 20
    assert int(counted[2]) > 100_000


@needs_corpus
def test_the_number_of_threads_changes_no_byte(tmp_path: Path) -> None:
    text = next((CORPUS / "symbols/libnss3.so").rglob("*.sym"))
    for threads in (1, 3):
        assert build(text, "-o", tmp_path / str(threads), "--threads", threads).returncode == 0
    one, three = (next((tmp_path / n).rglob("*.pack")).read_bytes() for n in "13")
    assert one == three


def stored_zstd(content: bytes) -> bytes:
    """A zstd frame of one raw block: magic, single segment with its size, last block."""
    assert len(content) < 256
    head = (len(content) << 3 | 1).to_bytes(3, "little")
    return b"\x28\xb5\x2f\xfd\x20" + bytes([len(content)]) + head + content


@pytest.mark.parametrize(
    ("ending", "content"),
    [(".gz", gzip.compress(SYMBOLS)), (".zst", stored_zstd(SYMBOLS))],
    ids=["gzip", "zstd"],
)
def test_a_compressed_file_is_packed_under_its_plain_name(
    symbols: Path, packs: Path, ending: str, content: bytes
) -> None:
    plain = symbols / KEY / "lib.so.sym"
    plain.with_name(plain.name + ending).write_bytes(content)
    plain.unlink()
    assert build(symbols, "-o", packs).returncode == 0
    assert run("text", packs / KEY / "lib.so.pack").stdout == SYMBOLS


def test_the_folder_is_the_key_and_another_id_inside_is_warned_of(
    symbols: Path, packs: Path
) -> None:
    (symbols / "lib.so/ABC0").rename(symbols / "lib.so/DEF1")
    done = build(symbols, "-o", packs)
    assert done.returncode == 0
    assert b"WARN OtherId: lib.so/DEF1/lib.so.pack" in done.stderr
    told = json.loads(run("info", "--json", packs / "lib.so/DEF1/lib.so.pack").stdout)
    assert (told["debug_id"], told["module"]) == ("DEF1", "MODULE Linux x86_64 ABC0 lib.so")


def test_a_file_by_itself_goes_where_its_module_line_says(symbols: Path, packs: Path) -> None:
    assert build(symbols / KEY / "lib.so.sym", "-o", packs).returncode == 0
    assert (packs / KEY / "lib.so.pack").is_file()


def test_links_are_followed(symbols: Path, packs: Path, tmp_path: Path) -> None:
    linked = tmp_path / "linked"
    linked.symlink_to(symbols)
    assert build(linked, "-o", packs).returncode == 0
    assert (packs / KEY / "lib.so.pack").is_file()


def test_a_slice_holds_the_function_and_its_file(pack: Path) -> None:
    assert run("cat", pack, "0x12").stdout == b"FUNC 10 10 0 main\n10 10 5 1\nFILE 1 a.c\n"
    assert run("cat", pack, "40").stdout == b""


@pytest.mark.parametrize(
    ("content", "verdict"),
    [
        (b"", "Empty"),
        (b"\xff\x00 no text\n", "BadLine"),
        (SYMBOLS + b"FILE 2 b.c", "Unfinished"),
        (SYMBOLS + SYMBOLS, "LateModule"),
    ],
    ids=["empty", "no text", "cut", "twice"],
)
def test_a_text_that_the_parser_rejects_is_packed_with_that_verdict(
    symbols: Path, packs: Path, content: bytes, verdict: str
) -> None:
    (symbols / KEY / "lib.so.sym").write_bytes(content)
    done = build(symbols, "-o", packs)
    assert done.returncode == 0
    assert f"WARN {verdict}: ".encode() in done.stderr
    assert build(symbols, "-o", packs, "--strict").returncode == 1
    place = packs / KEY / "lib.so.pack"
    assert json.loads(run("info", "--json", place).stdout)["verdict"] == verdict
    assert run("text", place).stdout == content
    assert run("verify", place).returncode == 0


def test_a_compression_bomb_is_refused_by_name(symbols: Path, packs: Path) -> None:
    text = symbols / KEY / "lib.so.sym"
    text.write_bytes(gzip.compress(bytes(1_000_000)))
    assert error(build(symbols, "-o", packs, "--max-text", 999_999)) == "TextTooLarge"
    assert not list(packs.rglob("*.pack"))


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("..", "BadName"),
        ("a\x01b", "BadName"),
        ("n" * 4096, "BadName"),
    ],
    ids=["parent", "control character", "long"],
)
def test_a_name_that_is_no_file_name_is_refused(
    tmp_path: Path, packs: Path, name: str, expected: str
) -> None:
    text = tmp_path / "one.sym"
    text.write_bytes(f"MODULE Linux x86_64 ABC0 {name}\n".encode())
    assert error(build(text, "-o", packs)) == expected
    assert not list(packs.rglob("*"))


def test_two_inputs_of_one_place_are_refused(symbols: Path, packs: Path) -> None:
    again = symbols / KEY / "lib.so.sym"
    assert error(build(symbols, again, "-o", packs)) == "SamePlace"


def test_input_that_is_missing_empty_or_nameless_is_named(tmp_path: Path, packs: Path) -> None:
    (tmp_path / "empty").mkdir()
    nameless = tmp_path / "nameless.sym"
    nameless.write_bytes(b"FILE 1 a\n")
    assert error(build(tmp_path / "missing", "-o", packs)) == "IoError"
    assert error(build(tmp_path / "empty", "-o", packs)) == "NoInput"
    assert error(build(nameless, "-o", packs)) == "NoKey"


def test_a_pack_that_cannot_be_written_leaves_nothing(symbols: Path, packs: Path) -> None:
    names = (hashlib.sha256(bytes([n // 256, n % 256])).hexdigest() for n in range(9999))
    lines = (f"PUBLIC {n:x} 0 {name}\n".encode() for n, name in enumerate(names))
    large = SYMBOLS + b"".join(lines)
    (symbols / KEY / "lib.so.sym").write_bytes(large)
    limited = f"ulimit -f 100; trap '' XFSZ; exec '{PACK}' build '{symbols}' -o '{packs}'"
    done = subprocess.run(["bash", "-c", limited], capture_output=True, check=False)
    assert error(done) == "IoError"
    assert not [path for path in packs.rglob("*") if path.is_file()]


@pytest.mark.parametrize("command", ["text", "info", "verify"])
def test_a_pack_that_is_cut_or_changed_is_refused_by_name(pack: Path, command: str) -> None:
    whole = pack.read_bytes()
    pack.write_bytes(whole[:-1])
    assert error(run(command, pack)) == "NotAPack"
    pack.write_bytes(whole[:-20] + b"\x07\x00" + whole[-18:])
    assert error(run(command, pack)) == "ContainerVersion"
    pack.write_bytes(whole[:-60] + bytes([whole[-60] ^ 1]) + whole[-59:])
    assert error(run(command, pack)) == "Damaged"
    pack.write_bytes(b"")
    assert error(run(command, pack)) == "NotAPack"


def test_a_pack_of_other_rules_is_refused_until_its_index_is_made_again(pack: Path) -> None:
    whole = pack.read_bytes()
    start = whole[-32:-18] + b"\x09\x00"
    pack.write_bytes(whole[:-32] + start + zlib.crc32(start).to_bytes(4, "little") + whole[-12:])
    assert error(run("cat", pack, "10")) == "IndexVersion"
    assert run("text", pack).stdout == SYMBOLS
    assert run("reindex", pack).returncode == 0
    assert pack.read_bytes() == whole
