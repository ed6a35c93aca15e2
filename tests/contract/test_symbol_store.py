"""Rules of every symbol store: the one in memory, and the real one on S3."""

from pathlib import Path

import pytest

from moonwalk.contracts import symbols as keys
from moonwalk.domain.failures import DeadLetter, DeadLetterCode
from moonwalk.domain.symbols import Change, PackFacts, SymbolKey, symbol_key
from moonwalk.symbol_ports import MadePack, NewPack
from tests.contract.worlds import MAX_UPLOAD_BYTES, SymbolWorld

KEY = symbol_key("libmöön+%.so", "A" * 33)
"""With characters that keys escape."""
THEIRS = symbol_key(KEY.debug_file, KEY.debug_id, "thunderbird")
PLACE = keys.upload(KEY)


def pack_of(folder: Path, content: bytes, **changes: str) -> NewPack:
    file = folder / "some.pack"
    file.write_bytes(content)
    facts = PackFacts(changes.get("sha", "f" * 64), 12, changes.get("verdict", "fine"))
    replaced = changes.get("replaced", "")
    uploader = changes.get("uploader", "builder")
    return NewPack(MadePack(file, facts, KEY.debug_id, 0.5), uploader, "upload-etag", replaced, 99)


@pytest.mark.parametrize("key", [KEY, THEIRS])
def test_an_upload_is_fetched_as_it_is_stored(
    symbol_world: SymbolWorld, tmp_path: Path, key: SymbolKey
) -> None:
    symbol_world.put_upload(key, b"\x1f\x8b gzip or not", "somebody")
    fetched = symbol_world.fetch(key, tmp_path / "upload")
    assert (tmp_path / "upload").read_bytes() == b"\x1f\x8b gzip or not"
    assert fetched == symbol_world.upload(key)
    assert fetched is not None
    assert fetched.uploader == "somebody"
    assert '"' not in fetched.etag


def test_versions_of_an_upload_differ(symbol_world: SymbolWorld) -> None:
    symbol_world.put_upload(KEY, b"one")
    one = symbol_world.upload(KEY)
    symbol_world.put_upload(KEY, b"two")
    two = symbol_world.upload(KEY)
    assert one
    assert two
    assert one.version != two.version
    assert one.etag != two.etag


def test_what_is_not_there_is_none(symbol_world: SymbolWorld, tmp_path: Path) -> None:
    assert symbol_world.upload(KEY) is None
    assert symbol_world.fetch(KEY, tmp_path / "upload") is None
    assert symbol_world.pack(KEY) is None


def test_an_upload_with_more_bytes_than_are_taken_is_refused(
    symbol_world: SymbolWorld, tmp_path: Path
) -> None:
    symbol_world.put_upload(KEY, b"x" * MAX_UPLOAD_BYTES)
    assert symbol_world.fetch(KEY, tmp_path / "upload")
    symbol_world.put_upload(KEY, b"x" * (MAX_UPLOAD_BYTES + 1))
    with pytest.raises(DeadLetter) as refused:
        symbol_world.fetch(KEY, tmp_path / "upload")
    assert refused.value.code is DeadLetterCode.SYMBOLS_TOO_LARGE


def test_a_pack_is_stored_with_what_is_known_of_it(
    symbol_world: SymbolWorld, tmp_path: Path
) -> None:
    new = pack_of(tmp_path, b"pack", verdict="corrupt line 7: BadLine", replaced="e" * 64)
    assert symbol_world.put_pack(KEY, new, replacing=None)
    assert symbol_world.pack_bytes(KEY) == b"pack"
    stored = symbol_world.pack(KEY)
    assert stored is not None
    assert stored.facts == new.made.facts
    assert stored.facts.corrupt
    assert (stored.uploader, stored.upload_etag, stored.packed_at) == ("builder", "upload-etag", 99)
    assert stored.change == new.change == Change("e" * 64, "f" * 64, "builder", 99)
    assert symbol_world.pack(THEIRS) is None


def test_of_two_first_packs_the_first_one_stays(symbol_world: SymbolWorld, tmp_path: Path) -> None:
    assert symbol_world.put_pack(KEY, pack_of(tmp_path, b"one"), replacing=None)
    assert not symbol_world.put_pack(KEY, pack_of(tmp_path, b"two"), replacing=None)
    assert symbol_world.pack_bytes(KEY) == b"one"


def test_a_pack_is_replaced_only_by_who_has_seen_it(
    symbol_world: SymbolWorld, tmp_path: Path
) -> None:
    symbol_world.put_pack(KEY, pack_of(tmp_path, b"one"), replacing=None)
    seen = symbol_world.pack(KEY)
    assert symbol_world.put_pack(KEY, pack_of(tmp_path, b"two"), replacing=seen)
    assert not symbol_world.put_pack(KEY, pack_of(tmp_path, b"three"), replacing=seen)
    assert symbol_world.pack_bytes(KEY) == b"two"


def test_a_pack_that_has_gone_is_not_replaced(symbol_world: SymbolWorld, tmp_path: Path) -> None:
    symbol_world.put_pack(THEIRS, pack_of(tmp_path, b"one"), replacing=None)
    seen = symbol_world.pack(THEIRS)
    assert not symbol_world.put_pack(KEY, pack_of(tmp_path, b"two"), replacing=seen)
    assert symbol_world.pack_bytes(KEY) is None


def test_a_change_is_recorded_once(symbol_world: SymbolWorld) -> None:
    first = Change("a" * 64, "b" * 64, "builder", 1_795_420_800)
    second = Change("b" * 64, "a" * 64, "builder", 1_795_420_860)
    for change in (first, first, second, first):
        symbol_world.record_change(KEY, change)
    assert symbol_world.recorded(KEY) == [first, second]
    assert symbol_world.recorded(THEIRS) == []


def test_a_mark_is_on_one_version_and_can_be_taken_away(symbol_world: SymbolWorld) -> None:
    symbol_world.put_upload(KEY, b"one")
    one = symbol_world.upload(KEY)
    symbol_world.put_upload(KEY, b"two")
    symbol_world.mark_refused(PLACE, one, DeadLetterCode.NOT_SYMBOLS)
    assert symbol_world.refusal(PLACE) is None
    two = symbol_world.upload(KEY)
    assert two is not None
    symbol_world.mark_refused(PLACE, two, DeadLetterCode.NOT_SYMBOLS)
    assert symbol_world.refusal(PLACE) == "not_symbols"
    symbol_world.unmark(PLACE, two)
    assert symbol_world.refusal(PLACE) is None
    symbol_world.mark_refused(PLACE, None, DeadLetterCode.BAD_SYMBOL_KEY)
    assert symbol_world.refusal(PLACE) == "bad_symbol_key"
    assert symbol_world.upload(KEY) == two


def test_an_upload_that_has_gone_cannot_be_marked_and_nobody_minds(
    symbol_world: SymbolWorld,
) -> None:
    symbol_world.mark_refused("v1/../odd key", None, DeadLetterCode.BAD_SYMBOL_KEY)


def test_an_uploaders_name_is_kept_as_far_as_a_header_takes_it(
    symbol_world: SymbolWorld, tmp_path: Path
) -> None:
    symbol_world.put_pack(KEY, pack_of(tmp_path, b"one", uploader="müller\r\nx"), replacing=None)
    stored = symbol_world.pack(KEY)
    assert stored is not None
    assert stored.uploader == "m?ller??x"
