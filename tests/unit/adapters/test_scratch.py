"""Folders of which nothing stays."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from moonwalk.adapters.scratch import FolderScratch


def test_a_folder_is_empty_private_and_gone_afterwards(tmp_path: Path) -> None:
    root = tmp_path / "not" / "there"
    with FolderScratch(root).folder() as folder:
        assert folder.parent == root
        assert folder.stat().st_mode & 0o777 == 0o700
        assert list(folder.iterdir()) == []
        (folder / "inner").mkdir()
        (folder / "inner" / "dump").write_bytes(b"MDMP")
    assert list(root.iterdir()) == []


def test_a_folder_is_gone_after_an_error(tmp_path: Path) -> None:
    def fail() -> None:
        with FolderScratch(tmp_path).folder() as folder:
            (folder / "dump").write_bytes(b"MDMP")
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    assert list(tmp_path.iterdir()) == []


def test_folders_in_use_at_the_same_time_are_two(tmp_path: Path) -> None:
    scratch = FolderScratch(tmp_path)
    with scratch.folder() as one, scratch.folder() as other:
        assert one != other


def test_what_a_killed_process_left_is_removed_and_what_is_in_use_is_not(tmp_path: Path) -> None:
    script = f"""
import os, signal
from pathlib import Path
from moonwalk.adapters.scratch import FolderScratch
with FolderScratch(Path({str(tmp_path)!r})).folder() as folder:
    (folder / "dump").write_bytes(b"MDMP")
    os.kill(os.getpid(), signal.SIGKILL)
"""
    child = subprocess.run([sys.executable, "-c", script], check=False, env=os.environ)
    assert child.returncode == -signal.SIGKILL
    (left,) = tmp_path.iterdir()
    (tmp_path / "somebody else's").mkdir()
    with FolderScratch(tmp_path).folder() as in_use:
        FolderScratch(tmp_path)
        assert in_use.exists()
    assert not left.exists()
    assert [path.name for path in tmp_path.iterdir()] == ["somebody else's"]


def test_folders_whose_names_begin_otherwise_are_somebody_elses(tmp_path: Path) -> None:
    ours, theirs = tmp_path / "broker-1", tmp_path / "crash-1"
    ours.mkdir()
    theirs.mkdir()
    with FolderScratch(tmp_path, "broker-").folder() as folder:
        assert folder.name.startswith("broker-")
        assert sorted(tmp_path.iterdir()) == sorted([folder, theirs])
