"""What a person names is checked before anything is started for it."""

from pathlib import Path

import pytest

from cli import inputs
from cli.exits import ExitCode, UsageError
from tests.builders import CRASH_ID


@pytest.mark.parametrize("magic", inputs.MAGICS)
def test_a_file_that_begins_like_a_minidump_is_taken(tmp_path: Path, magic: bytes) -> None:
    dump = tmp_path / "a.dmp"
    dump.write_bytes(magic)
    assert inputs.minidump(dump) == dump


@pytest.mark.parametrize(
    ("content", "said"), [(b"# Moonwalk", "is no minidump"), (b"MD", "no minidump"), (b"", "empty")]
)
def test_a_file_that_is_no_minidump_is_a_usage_error(
    tmp_path: Path, content: bytes, said: str
) -> None:
    file = tmp_path / "README.md"
    file.write_bytes(content)
    with pytest.raises(UsageError, match=said) as refused:
        inputs.minidump(file)
    assert refused.value.code is ExitCode.USAGE


def test_a_missing_file_is_told_from_a_folder(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="does not exist"):
        inputs.minidump(tmp_path / "none.dmp")
    with pytest.raises(UsageError, match="is a folder"):
        inputs.minidump(tmp_path)


@pytest.mark.parametrize("content", [b"", b"{", b"[1]", b"\xff", b"[" * 100_000])
def test_annotations_that_are_no_json_object_are_refused(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "raw.json"
    file.write_bytes(content)
    with pytest.raises(UsageError, match="JSON"):
        inputs.annotations(file)


def test_annotations_larger_than_any_crash_has_are_not_read(tmp_path: Path) -> None:
    file = tmp_path / "raw.json"
    with file.open("wb") as sparse:
        sparse.truncate(inputs.MAX_ANNOTATIONS + 1)
    with pytest.raises(UsageError, match="larger than"):
        inputs.annotations(file)


@pytest.mark.parametrize("text", [CRASH_ID.text, f"bp-{CRASH_ID}", f" {CRASH_ID.text.upper()}\n"])
def test_a_crash_id_is_read_in_every_form_that_people_have_it(text: str) -> None:
    assert inputs.crash_id(text) == CRASH_ID


@pytest.mark.parametrize(
    "text", ["", "1", "../etc/passwd", "\x1b[2J", CRASH_ID.text[:-6] + "991332"]
)
def test_what_is_no_crash_id_is_a_usage_error_without_its_control_characters(text: str) -> None:
    with pytest.raises(UsageError, match="is no crash id") as refused:
        inputs.crash_id(text)
    assert "\x1b" not in str(refused.value)


def test_a_folder_of_symbols_or_packs_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"no folder of symbols.*\.sym"):
        inputs.symbol_folder(tmp_path / "none")
    with pytest.raises(UsageError, match=r"no folder of packs.*\.pack"):
        inputs.pack_folder(tmp_path / "none")


def test_a_folder_of_packs_must_fit_in_a_list(tmp_path: Path) -> None:
    colon = tmp_path / "a:b"
    colon.mkdir()
    with pytest.raises(UsageError, match="colon"):
        inputs.pack_folder(colon)
    assert inputs.symbol_folder(colon) == colon
