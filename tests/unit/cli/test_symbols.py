"""What `moonwalk symbols` takes for a symbol file, and what it refuses."""

import gzip
import sys
import zipfile
from pathlib import Path

import pytest

from cli.exits import SetUpIncomplete, UsageError
from cli.symbols.found import Found, Refused, SymbolFile, find
from cli.symbols.keys import typed_key
from moonwalk.contracts import symbols as keys
from moonwalk.domain.symbols import symbol_key
from tests.unit.cli.symbol_files import KEY, TEXT, folder_of


def found(path: Path, scope: str = "default") -> list[Found]:
    return list(find([path], scope, path.parent))


def only(path: Path, scope: str = "default") -> SymbolFile:
    [each] = found(path, scope)
    assert isinstance(each, SymbolFile)
    return each


def read(file: SymbolFile) -> bytes:
    with file.text() as text:
        return text.read()


class TestFinding:
    """Files, folders and zips."""

    def test_a_folder_has_keys_by_its_places(self, tmp_path: Path) -> None:
        file = only(folder_of(tmp_path / "symbols"), "thunderbird")
        assert file.key == symbol_key("moon.pdb", "A" * 33, "thunderbird")
        assert read(file) == TEXT

    def test_folders_above_the_layout_do_not_matter(self, tmp_path: Path) -> None:
        assert only(folder_of(tmp_path / "a", name=f"b/c/{KEY.place}")).key == KEY

    def test_a_single_file_is_known_by_its_module_line(self, tmp_path: Path) -> None:
        file = folder_of(tmp_path, name="whatever.txt") / "whatever.txt"
        assert only(file).key == KEY

    def test_a_gzip_is_read_as_its_text(self, tmp_path: Path) -> None:
        folder = folder_of(tmp_path / "s", gzip.compress(TEXT), f"{KEY.place}.gz")
        assert (only(folder).key, read(only(folder))) == (KEY, TEXT)

    def test_links_that_lead_in_circles_end(self, tmp_path: Path) -> None:
        folder = folder_of(tmp_path / "s")
        (folder / "circle").symlink_to(folder)
        assert {each.key for each in found(folder) if isinstance(each, SymbolFile)} == {KEY}

    @pytest.mark.parametrize(
        "name",
        [
            f"moon.pdb/{KEY.debug_id.lower()}/moon.sym",
            f"moon.pdb/{KEY.debug_id.upper()}/moon.sym",
            f"moon.pdb/{KEY.debug_id}/sun.sym",
            f"mo\u202eon.pdb/{KEY.debug_id}/mo\u202en.sym",
            "moon.pdb/nothing/moon.sym",
        ],
    )
    def test_a_place_that_is_no_key_is_refused(self, tmp_path: Path, name: str) -> None:
        [each] = found(folder_of(tmp_path / "s", name=name))
        assert isinstance(each, Refused)
        assert "\u202e" not in each.source

    def test_what_only_looks_odd_in_a_name_is_data(self, tmp_path: Path) -> None:
        name = f"mo\uff0fon.pdb/{KEY.debug_id}/mo\uff0fon.sym"
        assert only(folder_of(tmp_path / "s", name=name)).key.place == name

    @pytest.mark.parametrize("content", [b"", b"<html>", b"\x1f\x8b\x08 damaged"])
    def test_a_single_file_without_a_module_line_is_refused(
        self, tmp_path: Path, content: bytes
    ) -> None:
        file = tmp_path / "some.sym"
        file.write_bytes(content)
        [each] = found(file)
        assert isinstance(each, Refused)

    def test_a_module_line_cannot_lead_anywhere_else(self, tmp_path: Path) -> None:
        file = tmp_path / "some.sym"
        file.write_text(f"MODULE Linux x86 {'A' * 33} ../../etc/passwd\n", encoding="utf-8")
        assert only(file).key.debug_file == "passwd"

    def test_what_is_not_there_is_told(self, tmp_path: Path) -> None:
        with pytest.raises(UsageError, match="is no file or folder"):
            found(tmp_path / "none")


class TestZips:
    """Zips, whose names anybody may have written."""

    def test_entries_at_their_places_are_taken(self, tmp_path: Path) -> None:
        file = only(self._zip(tmp_path, KEY.place))
        assert (file.key, read(file)) == (KEY, TEXT)

    @pytest.mark.parametrize(
        "name",
        [
            f"../moon.pdb/{KEY.debug_id}/moon.sym",
            f"/moon.pdb/{KEY.debug_id}/moon.sym",
            f"moon.pdb/../{KEY.debug_id}/moon.sym",
            f"moon.pdb\\{KEY.debug_id}\\moon.sym",
            "moon.sym",
            f"a/b/moon.pdb/{KEY.debug_id}/moon.sym",
        ],
    )
    def test_a_hostile_or_misplaced_name_is_refused(self, tmp_path: Path, name: str) -> None:
        [each] = found(self._zip(tmp_path, name))
        assert isinstance(each, Refused)

    def test_other_entries_are_passed_over(self, tmp_path: Path) -> None:
        assert found(self._zip(tmp_path, "readme.txt")) == []

    def _zip(self, folder: Path, name: str) -> Path:
        with zipfile.ZipFile(folder / "s.zip", "w") as archive:
            archive.writestr(name, TEXT)
        return folder / "s.zip"


class TestNativeFiles:
    """By way of `dump_syms`, here a stand-in."""

    @pytest.mark.parametrize("magic", [b"\x7fELF", b"MZ", b"\xcf\xfa\xed\xfe"])
    def test_symbols_are_made_of_them(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, magic: bytes
    ) -> None:
        made = "pathlib.Path(sys.argv[sys.argv.index('--output') + 1])"
        self._dump_syms(tmp_path, monkeypatch, f"{made}.write_bytes({TEXT!r})")
        file = tmp_path / "moon.bin"
        file.write_bytes(magic)
        assert only(file).key == KEY
        assert only(file).source.endswith("moon.bin")

    def test_one_of_which_none_are_made_is_told(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        self._dump_syms(tmp_path, monkeypatch, "sys.exit('no debug\\x1b[2J info')")
        file = tmp_path / "moon.so"
        file.write_bytes(b"\x7fELF")
        [each] = found(file)
        assert isinstance(each, Refused)
        assert "no debug" in each.why
        assert "\x1b" not in each.why

    def test_a_file_for_several_processors_has_symbols_for_each(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        body = """
if "--list-arch" in sys.argv:
    sys.exit(print("a, b contains the following architectures:\\nx86_64, arm64"))
made = pathlib.Path(sys.argv[sys.argv.index("--output") + 1])
digit = {"x86_64": "1", "arm64": "2"}[sys.argv[sys.argv.index("--arch") + 1]]
made.write_text(f"MODULE mac any {digit * 32}0 moon\\n")
"""
        self._dump_syms(tmp_path, monkeypatch, body)
        file = tmp_path / "moon"
        file.write_bytes(b"\xca\xfe\xba\xbe")
        keys = [each.key.debug_id for each in found(file) if isinstance(each, SymbolFile)]
        assert keys == ["1" * 32 + "0", "2" * 32 + "0"]

    def test_without_the_program_the_way_to_it_is_told(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("PATH", str(tmp_path))
        file = tmp_path / "moon.so"
        file.write_bytes(b"\x7fELF")
        with pytest.raises(SetUpIncomplete, match="cargo install --locked dump_syms"):
            found(file)

    def _dump_syms(self, folder: Path, monkeypatch: pytest.MonkeyPatch, body: str) -> None:
        program = folder / "bin" / "dump_syms"
        program.parent.mkdir()
        program.write_text(f"#!{sys.executable}\nimport pathlib, sys\n{body}\n", encoding="utf-8")
        program.chmod(0o755)
        monkeypatch.setenv("PATH", str(program.parent))


class TestKeys:
    """Keys as a person types them."""

    @pytest.mark.parametrize("text", ["moon.pdb/" + "A" * 33, KEY.place, keys.upload(KEY)])
    def test_each_way_to_write_one(self, text: str) -> None:
        assert typed_key(text, "default") == KEY

    @pytest.mark.parametrize("text", ["", "moon.pdb", "a/b", "../A/b", "v2/a/b/c", "a\x1b/b/c"])
    def test_what_is_none_is_told(self, text: str) -> None:
        with pytest.raises(UsageError, match="is no key") as told:
            typed_key(text, "default")
        assert "\x1b" not in str(told.value)
