"""Building parts: only what has changed, as a whole or not at all, and told when it cannot be."""

import os
import re
import threading
from pathlib import Path

import pytest

from infra.building import folders, stackwalker
from infra.building.failure import BuildError
from infra.building.folders import fill, fingerprint, link_tree, one_at_a_time, up_to_date
from infra.building.packages import Target


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    folder = tmp_path / "sources"
    (folder / "inner").mkdir(parents=True)
    (folder / "inner" / "code.py").write_text("1\n", encoding="utf-8")
    return folder


def test_a_fingerprint_knows_contents_and_names_but_not_times(sources: Path) -> None:
    before = fingerprint([sources])
    os.utime(sources / "inner" / "code.py", (0, 0))
    assert fingerprint([sources]) == before
    (sources / "inner" / "code.py").rename(sources / "inner" / "other.py")
    renamed = fingerprint([sources])
    (sources / "inner" / "other.py").write_text("2\n", encoding="utf-8")
    assert len({before, renamed, fingerprint([sources])}) == 3


def test_caches_and_tests_are_neither_counted_nor_shipped(sources: Path, tmp_path: Path) -> None:
    before = fingerprint([sources])
    for name in ("__pycache__/code.pyc", "tests/test_code.py", ".hidden"):
        (sources / name).parent.mkdir(exist_ok=True)
        (sources / name).touch()
    link_tree(sources, tmp_path / "shipped")
    shipped = [path for path in (tmp_path / "shipped").rglob("*") if path.is_file()]
    assert fingerprint([sources]) == before
    assert [path.name for path in shipped] == ["code.py"]


def test_a_folder_is_replaced_as_a_whole_and_knows_what_it_was_made_of(tmp_path: Path) -> None:
    folder = tmp_path / "part"
    fill(folder, "first", lambda empty: (empty / "old").touch())
    assert up_to_date(folder, "first")
    fill(folder, "second", lambda empty: (empty / "new").touch())
    assert [path.name for path in folder.iterdir()] == ["new"]
    assert up_to_date(folder, "second")
    assert not up_to_date(folder, "first")


def test_a_part_whose_making_failed_is_as_it_was(tmp_path: Path) -> None:
    folder = tmp_path / "part"
    fill(folder, "first", lambda empty: (empty / "old").touch())

    def fail(empty: Path) -> None:
        (empty / "half").touch()
        raise BuildError("no")

    with pytest.raises(BuildError):
        fill(folder, "second", fail)
    assert [path.name for path in folder.iterdir()] == ["old"]
    assert up_to_date(folder, "first")


def test_a_second_build_waits_until_the_first_has_ended(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(folders, "BUILT", tmp_path / "assets")
    waits, ended = threading.Event(), []

    def build_too() -> None:
        with one_at_a_time(waits.set):
            ended.append("second")

    second = threading.Thread(target=build_too)
    with one_at_a_time(waits.clear):
        second.start()
        waits.wait()
        ended.append("first")
    second.join()
    assert ended == ["first", "second"]


@pytest.mark.parametrize("missing", stackwalker.BINARIES)
def test_a_missing_program_is_told_with_the_command_that_makes_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, missing: str
) -> None:
    monkeypatch.setattr(stackwalker, "ROOT", tmp_path)
    monkeypatch.setattr(stackwalker, "_LOCAL", tmp_path)
    for name in stackwalker.BINARIES:
        if name != missing:
            (tmp_path / name).touch()
    with pytest.raises(BuildError, match=f"{missing} has not been built: run `make build`"):
        stackwalker.stackwalker_inputs(Target("local", "x86_64"))


def test_a_missing_target_of_rust_is_told_with_the_command_that_adds_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(stackwalker, "TRIPLES", {"arm64": "no-such-machine"})
    with pytest.raises(BuildError, match="run `rustup target add no-such-machine`"):
        stackwalker.built_stackwalker(Target("lambda", "arm64"))


def test_make_builds_for_the_same_glibc_as_the_layer(root: Path) -> None:
    told = re.findall(r"--target \$\(HOST\)\.(\S+)", (root / "Makefile").read_text("utf-8"))
    assert told == [stackwalker.GLIBC]
