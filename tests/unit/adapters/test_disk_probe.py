"""Measuring a disk: real ones, and those that refuse."""

import errno
import os
from pathlib import Path
from typing import Any

import pytest

from moonwalk.adapters import disk_probe
from moonwalk.adapters.disk_probe import PIECE_BYTES, ProbeError, probe
from moonwalk.adapters.vitals.disks import Room
from moonwalk.domain.disk_kind import DiskKind

SHORT = 0.05
MEMORY = Path("/dev/shm")  # noqa: S108 - where Linux has a file system in memory


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(disk_probe, "MOST_BYTES", 4 * PIECE_BYTES)


def test_the_disk_at_hand_is_measured_and_nothing_stays_of_it(tmp_path: Path) -> None:
    found = probe(tmp_path, SHORT)
    assert found.measured.sequential > 0
    assert found.measured.random > 0
    assert 0 < found.measured.latency < 60
    assert found.file_system
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(not MEMORY.is_dir(), reason="there is no file system in memory")
def test_a_file_system_in_memory_is_called_so() -> None:
    assert probe(MEMORY, SHORT).kind is DiskKind.MEMORY


def test_where_direct_reads_are_refused_only_memory_was_seen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    refuse(monkeypatch, os.O_DIRECT, errno.EINVAL)
    found = probe(tmp_path, SHORT)
    assert not found.measured.direct
    assert found.kind is DiskKind.MEMORY


def test_where_files_must_have_names_the_name_goes_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    refuse(monkeypatch, os.O_TMPFILE, errno.EOPNOTSUPP)
    assert probe(tmp_path, SHORT).measured.sequential > 0
    assert list(tmp_path.iterdir()) == []


def test_a_disk_without_room_is_not_filled_by_measuring_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(disk_probe, "room_in", lambda _: Room(3 * PIECE_BYTES, 9 * PIECE_BYTES))
    with pytest.raises(ProbeError, match="there is no room"):
        probe(tmp_path, SHORT)


def test_what_fails_is_told_with_the_folder(tmp_path: Path) -> None:
    with pytest.raises(ProbeError, match="missing cannot be read or written: No such file"):
        probe(tmp_path / "missing", SHORT)


def test_no_more_is_written_than_a_part_of_the_room(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    furthest: list[int] = []
    write = os.pwritev

    def spy(descriptor: int, buffers: Any, at: int) -> int:
        furthest.append(at)
        return write(descriptor, buffers, at)

    monkeypatch.setattr(disk_probe, "room_in", lambda _: Room(8 * PIECE_BYTES, 9 * PIECE_BYTES))
    monkeypatch.setattr(os, "pwritev", spy)
    probe(tmp_path, 60)
    assert furthest == [0, PIECE_BYTES]


def refuse(monkeypatch: pytest.MonkeyPatch, flag: int, number: int) -> None:
    """Let files be opened only without a flag."""
    real = os.open

    def opened(path: Any, flags: int, *rest: Any, **named: Any) -> int:
        if flags & flag == flag:
            raise OSError(number, os.strerror(number))
        return real(path, flags, *rest, **named)

    monkeypatch.setattr(os, "open", opened)
