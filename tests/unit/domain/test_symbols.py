"""Keys of symbol files are the places that stackwalkers ask for, and no others."""

import pytest

from moonwalk.contracts import symbols as contract
from moonwalk.domain.failures import DeadLetter, DeadLetterCode
from moonwalk.domain.symbol_places import LoadedModule, SymbolPlace
from moonwalk.domain.symbols import Module, SymbolKey, read_module, symbol_key

GUID = "0123456789ABCDEF0123456789ABCDEF"


@pytest.mark.parametrize("age", ["0", "1", "a", "1a", "ffffffff"])
def test_a_key_keeps_the_age_in_small_letters_in_upload_and_pack(age: str) -> None:
    place = SymbolPlace.of(LoadedModule("xul.pdb", GUID + age))
    key = contract.read_upload(f"v1/xul.pdb/{GUID}{age}/xul.sym")
    assert key.file == place
    assert contract.pack(key) == f"packs/1/default/xul.pdb/{GUID}{age}/xul.pack"
    assert contract.read_pack(contract.pack(key)) == key


@pytest.mark.parametrize("name", ["a\u2215b", "\uff0e\uff0e", "a\u202eb", " a ", "e\u0301", ".pdb"])
def test_what_only_looks_odd_is_data_in_a_key_too(name: str) -> None:
    place = SymbolPlace.of(LoadedModule(name, GUID + "1"))
    assert symbol_key(name, GUID + "1").file == place
    assert contract.read_upload(f"v1/{place.path}").debug_file == name


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        (("a.so", GUID.lower() + "1", "a.so.sym"), "in capitals"),
        (("a.so", GUID + "A", "a.so.sym"), "small letters"),
        (("a.so", GUID + "01", "a.so.sym"), "small letters"),
        (("a.so", "0" * 33, "a.so.sym"), "no_debug_id"),
        (("a.so", GUID, "a.so.sym"), "bad_debug_id"),
        (("..", GUID + "1", "...sym"), "name_is_dots"),
        (("b/a.so", GUID + "1", "a.so.sym"), "separator"),
        (("b\\a.so", GUID + "1", "a.so.sym"), "separator"),
        (("a\0.so", GUID + "1", "a\0.so.sym"), "name_has_controls"),
        (("a" * 251, GUID + "1", "a" * 251 + ".sym"), "name_too_long"),
        (("a.pdb", GUID + "1", "a.pdb.sym"), "of this name"),
    ],
)
def test_what_no_stackwalker_asks_for_is_no_key_and_says_why(
    parts: tuple[str, str, str], said: str
) -> None:
    with pytest.raises(DeadLetter, match=said) as caught:
        SymbolKey("default", *parts)
    assert caught.value.code is DeadLetterCode.BAD_SYMBOL_KEY


@pytest.mark.parametrize("scope", ["", "A", "a/b", "..", "a" * 41, "-a"])
def test_a_scope_cannot_leave_its_prefix(scope: str) -> None:
    with pytest.raises(DeadLetter, match="scope"):
        symbol_key("a.so", GUID + "1", scope)


@pytest.mark.parametrize(
    ("written", "read"),
    [(GUID + "1A", GUID + "1a"), (GUID.lower() + "0", GUID + "0"), ("nonsense", "nonsense")],
)
def test_a_module_line_gives_the_debug_id_as_stackwalkers_ask_for_it(
    written: str, read: str
) -> None:
    line = rf"MODULE windows x86_64 {written} c:\build\xul.pdb" + "\r\n"
    assert read_module(line) == Module("xul.pdb", read)


def test_another_line_is_of_no_module() -> None:
    assert read_module("FILE 0 a.c") is None
