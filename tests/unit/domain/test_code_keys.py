"""A module that is known by its code only has a key of its own kind, and nothing else has it."""

from dataclasses import replace

import pytest

from moonwalk.contracts import symbols as objects
from moonwalk.contracts.misses import name, read_name
from moonwalk.contracts.symbol_requests import decode_need, encode_need
from moonwalk.domain.code_keys import CodeKey, any_key
from moonwalk.domain.failures import DeadLetter, DeadLetterCode
from moonwalk.domain.symbol_needs import Need, need_of
from moonwalk.domain.symbol_places import LoadedModule, asked_by_code, code_place
from moonwalk.domain.symbols import SymbolKey
from tests.symbol_texts import ASKED_BY_CODE, BY_CODE, MODULE, PLACE

KEY = CodeKey.of(BY_CODE, "default")


def test_a_module_without_a_debug_id_is_needed_by_its_code() -> None:
    need = need_of(BY_CODE, "default")
    assert need == Need(KEY, BY_CODE.code_file, BY_CODE.code_id)
    assert KEY.asked == ASKED_BY_CODE
    assert need.at(PLACE) == Need(SymbolKey.at("default", PLACE), need.code_file, need.code_id)


@pytest.mark.parametrize("debug_id", ["0" * 33, MODULE.debug_id])
def test_a_module_with_a_debug_id_is_not_be_it_of_zeros(debug_id: str) -> None:
    need = need_of(replace(BY_CODE, debug_id=debug_id), "default")
    assert need is None or type(need.key) is SymbolKey


@pytest.mark.parametrize(
    "module",
    [
        LoadedModule("", "", "a.dll", ""),
        LoadedModule("", "", "", "ab"),
        LoadedModule("", "", "..", "ab"),
        LoadedModule("", "", "a/", "ab"),
        LoadedModule("", "", "a.dll", "../ab"),
        LoadedModule("", "", "a.dll", "ab" * 65),
        LoadedModule("", "", "a\0.dll", "ab"),
        LoadedModule("", "", "\ud800", "ab"),
        LoadedModule("", "", "a" * 251, "ab"),
    ],
)
def test_a_module_of_which_nobody_can_be_asked_is_not_needed(module: LoadedModule) -> None:
    assert need_of(module, "default") is None


def test_the_key_is_read_as_it_was_written() -> None:
    need = Need(KEY, BY_CODE.code_file, BY_CODE.code_id)
    assert decode_need(encode_need(need)) == need
    assert read_name(name(KEY)) == KEY


def test_who_asks_a_server_takes_the_key_for_true_and_not_what_stands_beside_it() -> None:
    assert code_place(Need(KEY, "another.so", "99").module).path == ASKED_BY_CODE


@pytest.mark.parametrize(
    "parts",
    [
        ("default", "lib.so", "code-abcdef01", "lib.so.sym"),
        ("default", "lib.so", "code-", "lib.so.sym"),
        ("default", "lib.so", "code-XY", "lib.so.sym"),
        ("default", "a/lib.so", "code-AB", "lib.so.sym"),
        ("default", "..", "code-AB", "...sym"),
        ("default", "lib.so", "code-AB", "lib.sym"),
        ("Default", "lib.so", "code-AB", "lib.so.sym"),
    ],
)
def test_what_nobody_would_ask_a_server_for_is_no_key(parts: tuple[str, str, str, str]) -> None:
    with pytest.raises(DeadLetter) as caught:
        any_key(*parts)
    assert caught.value.code is DeadLetterCode.BAD_SYMBOL_KEY


def test_no_upload_and_no_pack_has_such_a_key() -> None:
    for read, key in ((objects.read_upload, f"v1/{KEY.place}"), (objects.read_pack, _pack())):
        with pytest.raises(DeadLetter):
            read(key)


def _pack() -> str:
    return objects.pack(KEY)


def test_a_code_id_that_reads_as_a_debug_id_is_not_taken_for_it() -> None:
    module = LoadedModule("", "", PLACE.debug_file, PLACE.debug_id)
    assert code_place(module).path.upper() == PLACE.path.upper()
    assert asked_by_code(code_place(module)).path != PLACE.path
    assert CodeKey.of(module, "default").place != PLACE.path
