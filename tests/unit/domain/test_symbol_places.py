"""Places of symbol files are upstream's, and no name from a dump leaves its folder or key."""

import os
import unicodedata
from pathlib import PurePosixPath

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from moonwalk.domain.symbol_places import (
    BadName,
    BadNameError,
    LoadedModule,
    SymbolPlace,
    code_place,
    leaf,
)

GUID = "0123456789ABCDEF0123456789ABCDEF"


def place(debug_file: str, debug_id: str = GUID + "0", code_file: str = "") -> SymbolPlace:
    return SymbolPlace.of(LoadedModule(debug_file, debug_id, code_file))


def fault(debug_file: str, debug_id: str = GUID + "0") -> BadName:
    with pytest.raises(BadNameError) as caught:
        place(debug_file, debug_id)
    return caught.value.code


@pytest.mark.parametrize(
    ("debug_file", "path"),
    [
        ("libxul.so", f"libxul.so/{GUID}0/libxul.so.sym"),
        ("xul.pdb", f"xul.pdb/{GUID}0/xul.sym"),
        ("XUL.PdB", f"XUL.PdB/{GUID}0/XUL.sym"),
        (r"c:\build\xul.pdb", f"xul.pdb/{GUID}0/xul.sym"),
        ("/usr/lib/a.so", f"a.so/{GUID}0/a.so.sym"),
        (r"..\../xul.pdb", f"xul.pdb/{GUID}0/xul.sym"),
        ("a.pdb.pdb", f"a.pdb.pdb/{GUID}0/a.pdb.sym"),
        ("pdb", f"pdb/{GUID}0/pdb.sym"),
        (".pdb", f".pdb/{GUID}0/.sym"),
        ("a.dll", f"a.dll/{GUID}0/a.dll.sym"),
        ("a.sym", f"a.sym/{GUID}0/a.sym.sym"),
        ("...", f".../{GUID}0/....sym"),
    ],
)
def test_the_place_is_where_upstream_looks(debug_file: str, path: str) -> None:
    assert place(debug_file).path == path


def test_without_a_debug_file_the_code_file_names_the_place() -> None:
    assert place("", code_file=r"c:\a.exe").path == f"a.exe/{GUID}0/a.exe.sym"


@pytest.mark.parametrize(
    ("given_id", "written"),
    [
        (GUID + "1a", GUID + "1a"),
        (GUID + "1A", GUID + "1a"),
        (GUID.lower() + "1A", GUID + "1a"),
        (GUID + "0001", GUID + "1"),
        (GUID + "ffffffff", GUID + "ffffffff"),
        ("4A5b6c7D2", "4A5B6C7D2"),
    ],
)
def test_a_debug_id_is_a_guid_in_capitals_and_an_age_in_small_letters(
    given_id: str, written: str
) -> None:
    assert place("a", given_id).debug_id == written


@pytest.mark.parametrize(
    "text", [GUID, "4A5B6C7D", "x" * 33, GUID + "0\n", GUID + "123456789", "٣" * 33]
)
def test_what_is_no_debug_id_is_refused(text: str) -> None:
    assert fault("a", text) is BadName.BAD_DEBUG_ID


@pytest.mark.parametrize("text", ["", "0" * 33])
def test_a_module_without_a_debug_id_has_no_place(text: str) -> None:
    assert fault("a", text) is BadName.NO_DEBUG_ID


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("..", BadName.NAME_IS_DOTS),
        (".", BadName.NAME_IS_DOTS),
        ("a/..", BadName.NAME_IS_DOTS),
        (r"a\..", BadName.NAME_IS_DOTS),
        ("", BadName.NO_NAME),
        ("a/", BadName.NO_NAME),
        ("a\\", BadName.NO_NAME),
        ("a\0.so", BadName.NAME_HAS_CONTROLS),
        ("a\n.so", BadName.NAME_HAS_CONTROLS),
        ("a\x7f", BadName.NAME_HAS_CONTROLS),
        ("a\x9b", BadName.NAME_HAS_CONTROLS),
        ("a\uffff", BadName.NAME_HAS_CONTROLS),
        ("a\ud800", BadName.NAME_NOT_TEXT),
        ("a" * 251, BadName.NAME_TOO_LONG),
        ("\u20ac" * 84, BadName.NAME_TOO_LONG),
    ],
)
def test_a_name_that_could_leave_its_place_is_refused(name: str, code: BadName) -> None:
    assert fault(name) is code


def test_the_longest_name_is_still_a_files_name_as_text_and_as_pack() -> None:
    longest = place("a" * 250)
    names = [PurePosixPath(path).name for path in (longest.path, longest.pack_path)]
    assert [len(name) for name in names] == [254, 255]


@pytest.mark.parametrize(
    "name", ["a\u2215b", "a\uff0fb", "\u2024\u2024", "\uff0e\uff0e", "a\uff3cb"]
)
def test_what_only_looks_like_a_separator_or_dots_is_data(name: str) -> None:
    assert set(unicodedata.normalize("NFKC", name)) & set("/\\.\u2215")
    assert place(name).path == f"{name}/{GUID}0/{name}.sym"


@given(st.text(), st.text(), st.text())
@example("..", GUID + "0", "")
@example("", GUID + "0", "../..")
@example("a/../\ud800", GUID + "0", "")
def test_whatever_a_dump_says_the_path_has_three_parts_or_there_is_none(
    debug_file: str, debug_id: str, code_file: str
) -> None:
    for identity in (debug_id, GUID + "0"):
        try:
            path = place(debug_file, identity, code_file).path
        except BadNameError:
            continue
        assert len(path.split("/")) == 3
        assert os.path.normpath("/store/" + path) == "/store/" + path
        assert "\0" not in path
        assert max(len(part.encode("utf-8")) for part in path.split("/")) <= 254


@given(st.text(alphabet="ab./\\%2eE5cC"))
def test_a_place_read_from_its_own_path_is_the_same(name: str) -> None:
    try:
        expected = place(name)
    except BadNameError:
        return
    assert SymbolPlace.from_path(f"http://x/y/{expected.path}") == expected


@pytest.mark.parametrize("path", ["", "a", "a/b", f"../{GUID}0/x.sym", "a/b/c"])
def test_a_path_that_is_no_place_is_refused(path: str) -> None:
    with pytest.raises(BadNameError):
        SymbolPlace.from_path(path)


@pytest.mark.parametrize(
    ("code_file", "path"),
    [
        (r"c:\w\a.DLL", "a.DLL/5B1A2C3D1000/a.sym"),
        ("a.exe", "a.exe/5B1A2C3D1000/a.exe.sym"),
    ],
)
def test_a_code_file_is_looked_up_under_its_id_in_capitals(code_file: str, path: str) -> None:
    assert code_place(LoadedModule("", "", code_file, "5b1a2c3d1000")).path == path


@pytest.mark.parametrize("code_id", ["", "../x", "5b1a/", "x" * 10, "a" * 129])
def test_what_is_no_code_id_is_refused(code_id: str) -> None:
    with pytest.raises(BadNameError) as caught:
        code_place(LoadedModule("", "", "a.dll", code_id))
    assert caught.value.code is BadName.BAD_CODE_ID


def test_only_a_module_without_a_debug_id_is_known_by_its_code() -> None:
    assert LoadedModule("", "0" * 33, "a.dll", "5b").is_known_by_code_only
    assert not LoadedModule("a", GUID + "0", "a.dll", "5b").is_known_by_code_only
    assert not LoadedModule("", "", "a.dll", "").is_known_by_code_only


def test_a_leaf_is_taken_from_the_last_separator_of_either_kind() -> None:
    assert leaf(r"a/b\c") == "c"
