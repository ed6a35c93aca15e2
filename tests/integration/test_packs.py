"""`moonwalk-pack` packs what symbol folders hold, answers as the parser does, and names what fails.

What a pack answers is compared record by record in the Rust workspace; here the command is run as
a user runs it, over the corpus and over input of no use.
"""

import contextlib
import gzip
import hashlib
import json
import os
import pty
import re
import shutil
import subprocess
import tempfile
import time
import zlib
from collections.abc import Iterator
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


def can_mount() -> bool:
    """Tell whether a file system of our own can be mounted."""
    with tempfile.TemporaryDirectory() as folder:
        mounting = ["mount", "-t", "tmpfs", "-o", "size=4k", "tmpfs", folder]
        mounted = (
            shutil.which("mount") is not None
            and not subprocess.run(mounting, capture_output=True, check=False).returncode
        )
        if mounted:
            subprocess.run(["umount", folder], check=True)
        return mounted


@contextlib.contextmanager
def small_disk(place: Path) -> Iterator[Path]:
    """Mount a file system of 100 KiB."""
    place.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=100k", "tmpfs", place], check=True)
    try:
        yield place
    finally:
        subprocess.run(["umount", place], check=True)


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
    "name",
    ["..", "a/..", ".", "a\x01b", "a\0b", "n" * 4096, "n" * 20_000],
    ids=["parent", "parent below", "itself", "control", "NUL", "4 KB", "beyond what is looked at"],
)
def test_a_name_that_is_no_file_name_is_refused(tmp_path: Path, packs: Path, name: str) -> None:
    text = tmp_path / "one.sym"
    text.write_bytes(f"MODULE Linux x86_64 ABC0 {name}\nFILE 1 a\n".encode())
    assert error(build(text, "-o", packs)) in {"BadName", "NoKey"}
    assert not list(packs.rglob("*"))
    assert not list(tmp_path.glob("*.pack"))


def test_an_id_that_is_no_file_name_is_refused(tmp_path: Path, packs: Path) -> None:
    text = tmp_path / "one.sym"
    text.write_bytes(b"MODULE Linux x86_64 ../../../ABC0 lib.so\n")
    assert error(build(text, "-o", packs)) == "BadName"
    assert set(tmp_path.iterdir()) == {text, packs}
    assert not list(packs.rglob("*"))


@pytest.mark.parametrize("separator", ["/", "\\"], ids=["slash", "backslash"])
def test_of_a_name_with_separators_the_last_part_counts(
    tmp_path: Path, packs: Path, separator: str
) -> None:
    text = tmp_path / "one.sym"
    name = separator.join(["..", "..", "somewhere", "xul.pdb"])
    text.write_bytes(f"MODULE windows x86 ABC0 {name}\nFILE 1 a\n".encode())
    assert build(text, "-o", packs).returncode == 0
    assert (packs / "xul.pdb/ABC0/xul.pack").is_file()


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


def test_a_pipe_as_input_is_refused_before_it_is_opened(tmp_path: Path, packs: Path) -> None:
    os.mkfifo(tmp_path / "lib.so.sym")
    assert error(build(tmp_path / "lib.so.sym", "-o", packs)) == "NotAFile"


def test_an_output_that_is_no_folder_is_named(symbols: Path, tmp_path: Path) -> None:
    taken = tmp_path / "taken"
    taken.write_bytes(b"")
    assert error(build(symbols, "-o", taken)) == "IoError"
    (tmp_path / "packs" / KEY / "lib.so.pack").mkdir(parents=True)
    assert error(build(symbols, "-o", tmp_path / "packs")) == "IoError"


def test_input_that_fails_keeps_no_other_from_its_pack(
    symbols: Path, packs: Path, tmp_path: Path
) -> None:
    (symbols / KEY / "gone.sym").symlink_to(tmp_path / "gone")
    damaged = symbols / KEY / "damaged.sym.gz"
    damaged.write_bytes(gzip.compress(SYMBOLS)[:-9])
    done = run("build", "--json", tmp_path / "missing", symbols, "-o", packs)
    assert error(done) == "IoError"
    told = json.loads(done.stdout)
    assert [one["error"] for one in told["failures"]] == ["IoError"] * 3
    assert [one["pack"] for one in told["packs"]] == [f"{KEY}/lib.so.pack"]
    assert told["text_bytes"] == len(SYMBOLS)
    assert told["pack_bytes"] == (packs / KEY / "lib.so.pack").stat().st_size


def test_a_reader_of_the_output_who_leaves_ends_no_build(symbols: Path, packs: Path) -> None:
    for number in range(9):
        (symbols / KEY / f"{number}.sym").write_bytes(SYMBOLS)
    script = f"set -o pipefail; '{PACK}' build '{symbols}' -o '{packs}' | true"
    assert subprocess.run(["bash", "-c", script], check=False).returncode == 0
    assert len(list(packs.rglob("*.pack"))) == 10


def test_a_build_of_more_than_two_seconds_shows_a_bar_on_a_terminal(
    symbols: Path, packs: Path
) -> None:
    (symbols / KEY / "lib.so.sym").write_bytes(large() * 400)
    ours, theirs = pty.openpty()
    command = [str(PACK), "build", "--quiet", "--threads", "1", str(symbols), "-o", str(packs)]
    begun = time.monotonic()
    building = subprocess.Popen(command, stderr=theirs)
    os.close(theirs)
    shown = b""
    with contextlib.suppress(OSError):
        while more := os.read(ours, 4096):
            shown += more
    os.close(ours)
    assert building.wait() == 0
    if time.monotonic() - begun < 3:
        pytest.skip("this machine packs 300 MB too fast for a bar")
    assert b"% " in shown
    assert b" left" in shown


def large() -> bytes:
    """Symbols that fill more than a hundred kilobytes of pack."""
    names = (hashlib.sha256(bytes([n // 256, n % 256])).hexdigest() for n in range(9999))
    lines = (f"PUBLIC {n:x} 0 {name}\n".encode() for n, name in enumerate(names))
    return SYMBOLS + b"".join(lines)


def limited(symbols: Path, packs: Path) -> subprocess.CompletedProcess[bytes]:
    """Pack where no file can have more than 100 KiB, as on a disk that is full."""
    script = f"ulimit -f 100; trap '' XFSZ; exec '{PACK}' build '{symbols}' -o '{packs}'"
    return subprocess.run(["bash", "-c", script], capture_output=True, check=False)


def test_a_pack_that_cannot_be_written_leaves_nothing(symbols: Path, packs: Path) -> None:
    (symbols / KEY / "lib.so.sym").write_bytes(large())
    assert error(limited(symbols, packs)) == "IoError"
    assert not [path for path in packs.rglob("*") if path.is_file()]


def test_a_pack_that_cannot_be_written_leaves_the_one_before(
    symbols: Path, packs: Path, pack: Path
) -> None:
    before = pack.read_bytes()
    (symbols / KEY / "lib.so.sym").write_bytes(large())
    assert error(limited(symbols, packs)) == "IoError"
    assert pack.read_bytes() == before
    assert [path for path in packs.rglob("*") if path.is_file()] == [pack]


@pytest.mark.skipif(not can_mount(), reason="needs root, to mount a small file system")
def test_a_disk_that_is_full_leaves_nothing(symbols: Path, tmp_path: Path) -> None:
    (symbols / KEY / "lib.so.sym").write_bytes(large())
    with small_disk(tmp_path / "disk") as disk:
        assert error(build(symbols, "-o", disk)) == "IoError"
        assert not [path for path in disk.rglob("*") if path.is_file()]


def test_a_pack_never_stands_half_under_its_name(symbols: Path, packs: Path) -> None:
    (symbols / KEY / "lib.so.sym").write_bytes(large() * 8)
    place = packs / KEY / "lib.so.pack"
    building = subprocess.Popen([PACK, "build", "--quiet", symbols, "-o", packs])
    seen: set[bytes] = set()
    while building.poll() is None:
        if place.exists():
            seen.add(place.read_bytes())
    assert building.returncode == 0
    assert seen <= {place.read_bytes()}


def test_a_build_that_is_killed_leaves_no_pack(symbols: Path, packs: Path) -> None:
    (symbols / KEY / "lib.so.sym").write_bytes(large() * 20)
    building = subprocess.Popen([PACK, "build", "--quiet", symbols, "-o", packs])
    while not list(packs.rglob(".pack-*")) and building.poll() is None:
        pass
    building.kill()
    building.wait()
    assert not list(packs.rglob("*.pack"))


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


@pytest.mark.parametrize("command", ["text", "info", "verify", "reindex"])
def test_what_is_no_pack_is_refused_by_name(tmp_path: Path, command: str) -> None:
    assert error(run(command, tmp_path)) == "IoError"
    assert error(run(command, tmp_path / "missing.pack")) == "IoError"
    text = tmp_path / "lib.so.sym"
    text.write_bytes(SYMBOLS)
    assert error(run(command, text)) == "NotAPack"
    assert text.read_bytes() == SYMBOLS


def test_every_bit_of_a_pack_is_guarded(pack: Path, tmp_path: Path) -> None:
    whole = pack.read_bytes()
    answers = [run(*what).stdout for what in (["text", pack], ["cat", pack, "12"])]
    for place in range(0, len(whole), 5):
        changed = tmp_path / "changed.pack"
        changed.write_bytes(
            whole[:place] + bytes([whole[place] ^ 1 << place % 8]) + whole[place + 1 :]
        )
        for what, answer in zip((["text", changed], ["cat", changed, "12"]), answers, strict=True):
            done = run(*what)
            assert done.stdout == answer if done.returncode == 0 else error(done)


def test_a_pack_that_is_not_in_its_place_is_of_the_wrong_module(pack: Path, packs: Path) -> None:
    other = packs / "lib.so/ABC1/lib.so.pack"
    other.parent.mkdir()
    pack.rename(other)
    assert error(run("verify", other)) == "WrongModule"
    assert run("verify", "--anywhere", other).returncode == 0
    assert run("text", other).stdout == SYMBOLS


def test_a_pack_that_cannot_be_read_keeps_no_other_from_its_comparison(
    pack: Path, tmp_path: Path
) -> None:
    done = run("verify", "--json", tmp_path / "missing.pack", pack)
    assert error(done) == "IoError"
    told = json.loads(done.stdout)
    assert (told["packs"], told["failed"], told["different"]) == (2, 1, 0)
    assert [one.get("error") or one["equal"] for one in told["each"]] == ["IoError", True]
    assert told["fill_symbol"] == told["each"][1]["fill_symbol"] > 0


def test_a_pack_of_other_rules_is_refused_until_its_index_is_made_again(pack: Path) -> None:
    whole = pack.read_bytes()
    start = whole[-32:-18] + b"\x09\x00"
    pack.write_bytes(whole[:-32] + start + zlib.crc32(start).to_bytes(4, "little") + whole[-12:])
    assert error(run("cat", pack, "10")) == "IndexVersion"
    assert run("text", pack).stdout == SYMBOLS
    assert run("reindex", pack).returncode == 0
    assert pack.read_bytes() == whole
