"""The real `dump_syms` on real programs: what `symbols push` makes of them can be packed."""

import struct
from pathlib import Path

import pytest

from cli import packing
from cli.symbols.found import Found, Refused, SymbolFile, find
from cli.symbols.native import PROGRAM
from moonwalk.domain.symbols import symbol_key
from tests.native import BUILD_ID, GUID, compiled, needs_compiler, needs_dump_syms
from tests.packing import needs_packer

pytestmark = [needs_packer, needs_dump_syms, needs_compiler]


def found(*paths: Path) -> list[Found]:
    scratch = paths[0].parent / "scratch"
    scratch.mkdir(exist_ok=True)
    return list(find(list(paths), "default", scratch))


def text_of(file: Found) -> str:
    assert isinstance(file, SymbolFile)
    with file.text() as text:
        return text.read().decode()


def assert_packs(file: Found, folder: Path) -> None:
    assert isinstance(file, SymbolFile)
    place = folder / "texts" / file.key.place
    place.parent.mkdir(parents=True)
    place.write_text(text_of(file), encoding="utf-8")
    assert packing.built(folder / "texts", folder / "packs")["corrupt"] == 0
    assert (folder / "packs" / file.key.pack_place).is_file()


def test_an_elf_is_known_by_its_build_id(tmp_path: Path) -> None:
    library = compiled(tmp_path / "libmoon.so", "x86_64-linux-gnu", f"-Wl,--build-id=0x{BUILD_ID}")
    [file] = found(library)
    assert isinstance(file, SymbolFile)
    assert file.key == symbol_key("libmoon.so", f"{GUID}0")
    text = text_of(file)
    assert " helper\n" in text
    assert "\nINLINE_ORIGIN 0 noted\n" in text
    assert "\nSTACK CFI INIT " in text
    assert_packs(file, tmp_path)


def test_a_pdb_and_its_program_are_the_same_symbols(tmp_path: Path) -> None:
    library = compiled(tmp_path / "moon.dll", "x86_64-windows-gnu", "-Wl,--entry=helper")
    of_program, of_pdb = found(library, library.with_suffix(".pdb"))
    assert text_of(of_program) == text_of(of_pdb)
    assert isinstance(of_pdb, SymbolFile)
    assert of_pdb.key.debug_file == "moon.pdb"
    assert " helper(int)\n" in text_of(of_pdb)
    assert "\nSTACK CFI INIT " in text_of(of_pdb)
    assert_packs(of_pdb, tmp_path)


def test_a_mach_o_for_two_processors_has_symbols_for_both(tmp_path: Path) -> None:
    parts = [
        compiled(tmp_path / processor / "libmoon.dylib", f"{processor}-macos").read_bytes()
        for processor in ("x86_64", "aarch64")
    ]
    universal = tmp_path / "libmoon.dylib"
    universal.write_bytes(both(*parts))
    files = found(universal)
    systems = [text_of(file).split()[1:3] for file in files]
    assert systems == [["Mac", "x86_64"], ["Mac", "arm64"]]
    for file in files:
        assert isinstance(file, SymbolFile)
        assert file.key.debug_file == "libmoon.dylib"
        assert " helper\n" in text_of(file)
        assert_packs(file, tmp_path / file.key.debug_id)


def both(intel: bytes, arm: bytes) -> bytes:
    """Put two Mach-O files into one."""
    page = 1 << 14
    second = page + -(-len(intel) // page) * page
    head = struct.pack(">II", 0xCAFEBABE, 2)
    head += struct.pack(">5I", 0x01000007, 3, page, len(intel), 14)
    head += struct.pack(">5I", 0x0100000C, 0, second, len(arm), 14)
    return head.ljust(page, b"\0") + intel.ljust(second - page, b"\0") + arm


@pytest.mark.parametrize("content", [b"\x7fELF and no more", b"MZ", b"\xca\xfe\xba\xbe\0\0\0\x34"])
def test_what_only_begins_like_a_program_is_refused_and_the_rest_is_not(
    tmp_path: Path, content: bytes
) -> None:
    bad, good = tmp_path / "bad.so", tmp_path / "good.sym"
    bad.write_bytes(content)
    good.write_text(f"MODULE Linux x86_64 {GUID}0 good.so\n", encoding="utf-8")
    refused, taken = found(bad, good)
    assert isinstance(refused, Refused)
    assert PROGRAM in refused.why
    assert isinstance(taken, SymbolFile)
