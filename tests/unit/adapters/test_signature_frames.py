"""Names of functions are normalised as Socorro does, whatever they are, in bounded time."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from siggen.utils import drop_prefix_and_return_type

from moonwalk.adapters.signature_frames import Frames, without_return_type
from moonwalk.adapters.signature_input import MOST_CHARACTERS
from moonwalk.adapters.signature_lists import SignatureLists

FRAMES = Frames(SignatureLists.read())


@pytest.mark.parametrize(
    ("function", "normalised"),
    [
        ("operator<<(int)", "operator<<"),
        ("std::ostream::operator<<(int)", "std::ostream::operator<<"),
        ("foo<bar>::operator<(int)", "foo<T>::operator<"),
        ("foo<bar>::operator()(int)", "foo<T>::operator()"),
        ("bool operator==<int>(int)", "operator==<T>"),
        ("foo((anonymous namespace)::bar)", "foo"),
        ("(anonymous namespace)::bar(int)", "(anonymous namespace)::bar"),
        ("`anonymous namespace'::bar(int)", "(anonymous namespace)::bar"),
        ("<A as B>::c(d)", "<A as B>::c"),
        ("foo<T as x>::y", "foo<T as x>::y"),
        (
            "IPC::ParamTraits<nsTSubstring<char> >::Write(x)",
            "IPC::ParamTraits<nsTSubstring<T> >::Write",
        ),
        ("<unknown in foo.dll>", "<unknown in foo.dll>"),
        ("<name omitted>", "<name omitted>"),
        ("foo(int) [clone .cold.222]", "foo "),
        ("Lock::held() const &", "Lock::held"),
        ("a::$_12::b(int)", "a::$::b"),
        ("static void * Allocator<Base>::malloc(unsigned __int64)", "Allocator<T>::malloc"),
        ("open<never", "open<T>"),
        ("closed>only", "closed>only"),
    ],
)
def test_a_cpp_function_keeps_its_name_and_loses_types_and_arguments(
    function: str, normalised: str
) -> None:
    assert FRAMES.normalize_cpp_function(function, 1) == normalised


@pytest.mark.parametrize(
    ("function", "normalised"),
    [
        ("core::ptr::drop<alloc::Vec<u8>>", "core::ptr::drop<T>"),
        ("<job::Heap<B> as job::Job>::execute", "<job::Heap<B> as job::Job>::execute"),
        ("std::panicking::begin::h0123456789abcdef", "std::panicking::begin"),
        ("call(a,b)", "call"),
    ],
)
def test_a_rust_function_loses_types_and_its_hash(function: str, normalised: str) -> None:
    assert FRAMES.normalize_rust_function(function, 1) == normalised


@given(st.text("<>()[]{} abc:&,*operatrs", max_size=60))
def test_any_name_can_be_normalised(function: str) -> None:
    for normalise in (FRAMES.normalize_cpp_function, FRAMES.normalize_rust_function):
        assert len(normalise(function or "a", None)) <= 4 * len(function) + 8


@pytest.mark.parametrize("piece", ["<>", "<", "IPC::ParamTraits<", "(", "operator<"])
def test_names_of_nothing_but_brackets_end(piece: str) -> None:
    longest = (piece * MOST_CHARACTERS)[:MOST_CHARACTERS]
    assert len(FRAMES.normalize_cpp_function(longest, None)) <= 2 * MOST_CHARACTERS


@given(st.text("(){}[]<>`' ab", min_size=1, max_size=40))
def test_return_types_are_dropped_as_siggen_does(function: str) -> None:
    assert without_return_type(function) == drop_prefix_and_return_type(function)


@pytest.mark.parametrize("piece", ["() ", "[clone .cold] ", "a ", "` '"])
def test_names_of_many_words_end(piece: str) -> None:
    longest = (piece * MOST_CHARACTERS)[:MOST_CHARACTERS]
    assert len(without_return_type(longest)) <= MOST_CHARACTERS
