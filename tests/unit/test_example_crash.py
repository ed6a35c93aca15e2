"""The example crash is committed, so it must be whole, small, and silent about who made it.

The minidump is read here by hand, by the layouts of minidumpapiset.h and of Breakpad's extensions,
so that these tests stand alone.
"""

import getpass
import hashlib
import json
import re
import socket
import struct
import uuid
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CRASH = ROOT / "examples" / "crash"
DUMP_NAME = "upload_file_minidump"

THREAD_LIST, MODULE_LIST, EXCEPTION, SYSTEM_INFO = 3, 4, 6, 7
LINUX_ENVIRON = 0x47670007
MODULE_SIZE = 108
BUILD_ID_SIGNATURE = b"LEpB"

SIGSEGV, SEGV_MAPERR = 11, 1
PAGE = 4096

PROGRAM_PATH = "/var/tmp/darkroom-1.4.2/darkroom"  # noqa: S108 - where the maker runs the program
NEUTRAL_PATHS = (
    PROGRAM_PATH,
    "/src/darkroom/",
    "/usr/include/",
    "/usr/lib/",
    "/lib/",
    "/lib64/",
    "/proc/self/",
    "/dev/null",
    "/nptl/",  # libc's own relative source path
)
URL = re.compile(r"https?://[\w./-]+")
ABSOLUTE_PATH = re.compile(r"(?:/[\w.+-]{2,}){2,}", re.ASCII)
VARIABLE = re.compile(
    r"\b(?:PATH|HOME|USER|LOGNAME|PWD|OLDPWD|SHELL|SHLVL|HOSTNAME|LANG|TERM|TMPDIR|DISPLAY"
    r"|MAKEFLAGS|VIRTUAL_ENV|CARGO_\w+|LC_\w+|LD_\w+|XDG_\w+|SSH_\w+|AWS_\w+)=",
    re.ASCII,
)


def dump() -> bytes:
    return (CRASH / f"{DUMP_NAME}.dmp").read_bytes()


def symbol_file() -> Path:
    (found,) = (CRASH / "symbols").rglob("*.sym")
    return found


def stream(content: bytes, kind: int) -> bytes:
    """Returns the stream's bytes; empty when the dump has none of that kind."""
    count, directory = struct.unpack_from("<II", content, 8)
    for index in range(count):
        found, size, start = struct.unpack_from("<III", content, directory + 12 * index)
        if found == kind:
            return content[start : start + size]
    return b""


def string_at(content: bytes, start: int) -> str:
    (size,) = struct.unpack_from("<I", content, start)
    return content[start + 4 : start + 4 + size].decode("utf-16-le")


def thread_ids(content: bytes) -> list[int]:
    threads = stream(content, THREAD_LIST)
    (count,) = struct.unpack_from("<I", threads)
    return [struct.unpack_from("<I", threads, 4 + 48 * index)[0] for index in range(count)]


def debug_ids(content: bytes) -> dict[str, str]:
    """Returns the debug id of each module by its leaf name, as a symbol server spells it."""
    modules = stream(content, MODULE_LIST)
    (count,) = struct.unpack_from("<I", modules)
    found = {}
    for index in range(count):
        start = 4 + MODULE_SIZE * index
        (name,) = struct.unpack_from("<I", modules, start + 20)
        size, record = struct.unpack_from("<II", modules, start + 76)
        if content[record : record + 4] == BUILD_ID_SIGNATURE:
            build_id = content[record + 4 : record + size]
            guid = uuid.UUID(bytes_le=build_id[:16].ljust(16, b"\0")).hex.upper()
            found[string_at(content, name).rpartition("/")[2]] = f"{guid}0"
    return found


def texts(content: bytes) -> list[str]:
    """Returns the content read as single bytes, and as UTF-16 from even and from odd offsets."""
    return [
        content.decode("latin-1"),
        content.decode("utf-16-le", errors="replace"),
        content[1:].decode("utf-16-le", errors="replace"),
    ]


def telling_paths(content: bytes) -> set[str]:
    found = {
        path
        for text in texts(content)
        for path in ABSOLUTE_PATH.findall(URL.sub("", text))
        if not path.startswith(NEUTRAL_PATHS) and not PROGRAM_PATH.startswith(path)
    }
    own = {str(ROOT), str(Path.home())}
    return found | {path for path in own if len(path) > 1 and path in texts(content)[0]}


@pytest.fixture(params=["minidump", "symbols"])
def artefact(request: pytest.FixtureRequest) -> bytes:
    return dump() if request.param == "minidump" else symbol_file().read_bytes()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le"])
@pytest.mark.parametrize("padding", [b"\0\0", b"\0\0\0"])
def test_the_search_for_paths_finds_one_in_either_encoding(encoding: str, padding: bytes) -> None:
    planted = padding + "/home/ansel/darkroom".encode(encoding) + b"\0\0"
    assert telling_paths(planted) == {"/home/ansel/darkroom"}


def test_no_path_of_the_building_machine_is_in_the_example(artefact: bytes) -> None:
    assert telling_paths(artefact) == set()


def test_no_environment_variable_is_in_the_example(artefact: bytes) -> None:
    assert [VARIABLE.findall(text) for text in texts(artefact)] == [[], [], []]


def test_the_program_ran_with_an_empty_environment() -> None:
    assert stream(dump(), LINUX_ENVIRON) == b""


def test_neither_this_user_nor_this_machine_is_named_in_the_example(artefact: bytes) -> None:
    # Shorter names stand between zero bytes by chance.
    names = [name for name in (getpass.getuser(), socket.gethostname()) if len(name) > 3]
    words = set(re.split(r"[\0\s=@:/]", texts(artefact)[0]))
    assert words.isdisjoint(names)


def test_the_system_is_named_by_its_version_only() -> None:
    content = dump()
    (version,) = struct.unpack_from("<I", stream(content, SYSTEM_INFO), 24)
    assert re.fullmatch(r"Linux [\d.]+ x86_64", string_at(content, version))


def test_the_dump_holds_a_segmentation_fault_in_the_null_page_of_one_of_its_threads() -> None:
    content = dump()
    exception = stream(content, EXCEPTION)
    thread, _, signal, code, _, address = struct.unpack_from("<IIIIQQ", exception)
    assert (signal, code) == (SIGSEGV, SEGV_MAPERR)
    assert address < PAGE
    assert thread in thread_ids(content)


def test_the_dump_has_several_threads() -> None:
    assert len(set(thread_ids(dump()))) >= 4


def test_the_symbols_are_those_of_the_dumps_program() -> None:
    debug_id = debug_ids(dump())["darkroom"]
    first_line = symbol_file().read_text().splitlines()[0]
    assert first_line == f"MODULE Linux x86_64 {debug_id} darkroom"
    assert symbol_file() == CRASH / "symbols" / "darkroom" / debug_id / "darkroom.sym"


def test_the_symbols_know_inlined_functions_and_how_to_unwind() -> None:
    records = {line.split(" ", 1)[0] for line in symbol_file().read_text().splitlines()}
    assert {"FUNC", "INLINE", "INLINE_ORIGIN", "STACK"} <= records


def test_the_raw_crash_is_that_of_the_dump() -> None:
    raw_crash = json.loads((CRASH / "raw_crash.json").read_text())
    checksums = raw_crash["metadata"]["dump_checksums"]
    assert checksums == {DUMP_NAME: hashlib.sha256(dump()).hexdigest()}
    assert json.loads((CRASH / "dump_names.json").read_text()) == [DUMP_NAME]


def test_the_crash_id_bears_the_date_of_submission() -> None:
    raw_crash = json.loads((CRASH / "raw_crash.json").read_text())
    crash_id, submitted = raw_crash["uuid"], raw_crash["submitted_timestamp"]
    assert re.fullmatch(r"[a-f0-9]{8}(-[a-f0-9]{4}){3}-[a-f0-9]{6}[0-9]{6}", crash_id)
    assert f"20{crash_id[-6:-4]}-{crash_id[-4:-2]}-{crash_id[-2:]}" == submitted[:10]


def test_the_example_stays_small() -> None:
    assert len(dump()) < 300_000
    assert symbol_file().stat().st_size < 200_000
