"""Signature lists are siggen's, changed by folders; a line of no use is told by its place."""

from pathlib import Path

import pytest

from moonwalk.adapters.signature_lists import SignatureLists, UnusableListsError
from moonwalk.rules.profile import named


def folder(where: Path, **lists: str) -> Path:
    for name, text in lists.items():
        (where / f"{name}.txt").write_text(text, encoding="utf-8")
    return where


def test_lines_add_and_take_out(tmp_path: Path) -> None:
    own = folder(
        tmp_path,
        irrelevant_signature_re="# ours\n\nour_noise\n",
        signature_sentinels="- *\nour_start\n",
    )
    lists = SignatureLists.read(own)
    assert lists.irrelevant.match("our_noise")
    assert (
        lists.irrelevant.match("abort") or SignatureLists.read().irrelevant.match("abort") is None
    )
    assert lists.sentinels == ("our_start",)


def test_an_empty_list_matches_nothing(tmp_path: Path) -> None:
    lists = SignatureLists.read(folder(tmp_path, prefix_signature_re="- *\n"))
    assert not lists.prefix.match("abort")
    assert not lists.prefix.match("")


def test_a_later_folder_has_the_last_word(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    later = folder(tmp_path / "b", prefix_signature_re="- ours\n")
    lists = SignatureLists.read(folder(tmp_path, prefix_signature_re="ours\n"), later)
    assert not lists.prefix.match("ours")


@pytest.mark.parametrize(
    ("line", "said"),
    [("(", "line 2: no regular expression"), ("- nobody", "line 2: takes out what is not in")],
)
def test_a_line_of_no_use_is_told_by_file_and_number(tmp_path: Path, line: str, said: str) -> None:
    own = folder(tmp_path, prefix_signature_re=f"# ours\n{line}\n")
    with pytest.raises(UnusableListsError, match=said):
        SignatureLists.read(own)


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(UnusableListsError, match="no folder of signature lists"):
        SignatureLists.read(tmp_path / "none")


def test_socorros_profile_has_what_its_lists_have_since() -> None:
    lists = SignatureLists.read(*named("socorro").signature_lists)
    assert lists.irrelevant.match("logging::LogMessage::~LogMessage")
    assert lists.prefix.match("TppRaiseInvalidParameter")
    assert not lists.prefix.match("mozilla::UniquePtr<T>::reset")


def test_a_list_under_another_name_is_told(tmp_path: Path) -> None:
    with pytest.raises(UnusableListsError, match=r"a list prefixes\.txt; there are: irrelevant"):
        SignatureLists.read(folder(tmp_path, prefixes="x"))


def test_a_list_that_is_no_text_or_too_long_is_told(tmp_path: Path) -> None:
    (tmp_path / "signature_sentinels.txt").write_bytes(b"\xff")
    with pytest.raises(UnusableListsError, match="cannot be read"):
        SignatureLists.read(tmp_path)
    (tmp_path / "signature_sentinels.txt").write_bytes(b"x" * 1_000_001)
    with pytest.raises(UnusableListsError, match="larger than"):
        SignatureLists.read(tmp_path)


def test_sentinels_are_names_and_no_expressions(tmp_path: Path) -> None:
    lists = SignatureLists.read(folder(tmp_path, signature_sentinels="operator*(a, (b\n"))
    assert "operator*(a, (b" in lists.sentinels
