"""Rules of every packer: the fake one, and `moonwalk-pack` on real and hostile files."""

import gzip
import os
import shutil
import sys
import textwrap
from pathlib import Path

import pytest

from cli.places import EXAMPLE_SYMBOLS, PACKER
from moonwalk.adapters.packer import BINARY, PackerProcess, PackLimits
from moonwalk.domain.failures import DeadLetter, DeadLetterCode, RetryCode, RetryLater
from moonwalk.domain.symbols import symbol_key
from moonwalk.symbol_ports import MadePack, Packer
from tests.fakes import FakePacker
from tests.fakes.symbols import CORRUPT
from tests.packing import needs_packer

MIB = 1024 * 1024
LIMITS = PackLimits(wall_seconds=60, memory_bytes=320 * MIB, text_bytes=64 * MIB)
KEY = symbol_key("libmoon.so", "A" * 33)
MODULE = f"MODULE Linux x86_64 {KEY.debug_id} {KEY.debug_file}\n".encode()
TEXT = MODULE + b"FILE 0 a.c\nFUNC 10 4 0 moon\n10 4 3 0\n"


@pytest.fixture
def packer_on_path(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", f"{PACKER.parent}{os.pathsep}{os.environ['PATH']}")


@pytest.fixture(params=["fake", pytest.param("real", marks=needs_packer)])
def packer(request: pytest.FixtureRequest) -> Packer:
    if request.param == "fake":
        return FakePacker()
    request.getfixturevalue("packer_on_path")
    return PackerProcess(LIMITS)


def pack(packer: Packer, folder: Path, content: bytes) -> MadePack:
    file = folder / "upload"
    file.write_bytes(content)
    return packer.pack(KEY, file, folder)


def test_a_text_is_packed_and_its_facts_are_told(packer: Packer, tmp_path: Path) -> None:
    made = pack(packer, tmp_path, TEXT)
    assert made.file.stat().st_size > 0
    assert made.module_id == KEY.debug_id
    assert (made.facts.text_bytes, made.facts.verdict) == (len(TEXT), "fine")
    assert len(made.facts.text_sha256) == 64
    assert made.seconds > 0


def test_a_text_that_the_parser_rejects_is_packed_with_where_and_why(
    packer: Packer, tmp_path: Path
) -> None:
    made = pack(packer, tmp_path, MODULE + CORRUPT + b"\n")
    assert made.facts.corrupt
    assert made.facts.verdict == "corrupt line 1: BadLine"


@pytest.mark.parametrize("content", [b"", b"<!doctype html>\n", b"MODULE Linux\n"])
def test_what_has_no_module_line_is_of_no_module(
    packer: Packer, tmp_path: Path, content: bytes
) -> None:
    assert pack(packer, tmp_path, content).module_id == ""


@needs_packer
@pytest.mark.usefixtures("packer_on_path")
class TestTheProgramItself:
    """What only the real one can be asked for."""

    def test_a_gzip_gives_the_pack_of_its_text(self, tmp_path: Path) -> None:
        made = []
        for name, content in (("plain", TEXT), ("gzip", gzip.compress(TEXT))):
            (tmp_path / name).mkdir()
            made.append(pack(PackerProcess(LIMITS), tmp_path / name, content))
        assert made[0].file.read_bytes() == made[1].file.read_bytes()
        assert made[0].facts == made[1].facts

    def test_a_gzip_bomb_is_too_large(self, tmp_path: Path) -> None:
        bomb = gzip.compress(MODULE + b"\0" * (LIMITS.text_bytes + 1))
        assert len(bomb) < MIB
        self._refused(DeadLetterCode.SYMBOLS_TOO_LARGE, tmp_path, bomb)

    @pytest.mark.parametrize("cut", [slice(0, -5), slice(0, 30)])
    def test_a_damaged_gzip_is_told(self, tmp_path: Path, cut: slice) -> None:
        self._refused(DeadLetterCode.SYMBOLS_UNREADABLE, tmp_path, gzip.compress(TEXT)[cut])

    def test_memory_is_limited(self, tmp_path: Path) -> None:
        records = b"".join(b"FUNC %x 4 0 f%x\n" % (n * 4, n) for n in range(1_500_000))
        limits = PackLimits(wall_seconds=60, memory_bytes=24 * MIB, text_bytes=64 * MIB)
        self._refused(DeadLetterCode.SYMBOLS_TOO_LARGE, tmp_path, MODULE + records, limits)

    def test_time_is_limited(self, tmp_path: Path) -> None:
        limits = PackLimits(wall_seconds=0.001, memory_bytes=320 * MIB, text_bytes=64 * MIB)
        self._refused(DeadLetterCode.SYMBOLS_TOO_LARGE, tmp_path, TEXT * 100_000, limits)

    def test_the_example_is_packed(self, tmp_path: Path) -> None:
        (text,) = EXAMPLE_SYMBOLS.rglob("*.sym")
        shutil.copy(text, tmp_path / "upload")
        key = symbol_key(text.parts[-3], text.parts[-2])
        made = PackerProcess(LIMITS).pack(key, tmp_path / "upload", tmp_path)
        assert (made.module_id, made.facts.verdict) == (key.debug_id, "fine")

    def _refused(
        self, code: DeadLetterCode, folder: Path, content: bytes, limits: PackLimits = LIMITS
    ) -> None:
        with pytest.raises(DeadLetter) as refused:
            pack(PackerProcess(limits), folder, content)
        assert refused.value.code is code


class TestStandIns:
    """How ends of a packer are read, with scripts in its place that end in every way."""

    @pytest.mark.parametrize(
        "script",
        [
            "sys.exit(2)",
            "pass",
            "print('[]')",
            "print('{}')",
            "print('{'); sys.exit(3)",
            'print(\'{"failures": [{"error": "Changed", "message": "x"}]}\'); sys.exit(3)',
            "print('{\"failures\": []}'); sys.exit(3)",
        ],
    )
    def test_a_packer_that_does_not_work_is_the_worlds_failure(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str
    ) -> None:
        with pytest.raises(RetryLater) as failure:
            self._pack(tmp_path, monkeypatch, script)
        assert failure.value.code is RetryCode.PACKER_BROKEN

    def test_a_full_disk_is_not_blamed_on_the_symbols(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        failures = '{"failures": [{"error": "IoError", "message": "(os error 28)"}]}'
        with pytest.raises(RetryLater) as failure:
            self._pack(tmp_path, monkeypatch, f"print('{failures}');sys.exit(3)")
        assert failure.value.code is RetryCode.SCRATCH_FULL

    @pytest.mark.parametrize(
        ("script", "code"),
        [
            ("os.kill(os.getpid(), 11)", DeadLetterCode.PACKER_CRASHED),
            ("sys.exit(101)", DeadLetterCode.PACKER_CRASHED),
            (
                "import signal; signal.signal(25, signal.SIG_DFL); os.kill(os.getpid(), 25)",
                DeadLetterCode.SYMBOLS_TOO_LARGE,
            ),
            (
                'print(\'{"failures": [{"error": "ParserPanicked", "message": ""}]}\');sys.exit(3)',
                DeadLetterCode.SYMBOLS_UNREADABLE,
            ),
        ],
    )
    def test_a_packer_that_dies_of_the_symbols_says_so(
        self,
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
        script: str,
        code: DeadLetterCode,
    ) -> None:
        with pytest.raises(DeadLetter) as refused:
            self._pack(tmp_path, monkeypatch, script)
        assert refused.value.code is code

    def test_the_packer_sees_nothing_of_our_environment(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
        seen = tmp_path / "seen"
        with pytest.raises(RetryLater):
            self._pack(tmp_path, monkeypatch, f"open({str(seen)!r}, 'w').write(str(os.environ))")
        assert "secret" not in seen.read_text(encoding="utf-8")

    def test_a_packer_that_is_missing_is_told(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("PATH", str(tmp_path))
        with pytest.raises(RetryLater, match="is its layer there"):
            pack(PackerProcess(LIMITS), tmp_path, TEXT)

    def _pack(self, folder: Path, monkeypatch: pytest.MonkeyPatch, script: str) -> MadePack:
        binary = folder / "bin" / BINARY
        binary.parent.mkdir()
        body = f"#!{sys.executable}\nimport os, sys\n{textwrap.dedent(script)}\n"
        binary.write_text(body, encoding="utf-8")
        binary.chmod(0o755)
        monkeypatch.setenv("PATH", str(binary.parent))
        return pack(PackerProcess(LIMITS), folder, TEXT)
