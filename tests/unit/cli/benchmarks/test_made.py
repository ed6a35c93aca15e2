"""What benchmarks keep is made once, and again when it no longer follows from what it is of."""

import sys
from pathlib import Path

import pytest

from cli.benchmarks import giants
from cli.benchmarks.failures import Unmeasurable
from cli.benchmarks.hashes import hash_of
from cli.benchmarks.made import made
from cli.terminal import Steps

APPENDS = "import sys; open(sys.argv[1], 'a').write(sys.argv[2])"


class Maker:
    """Makes a file with a word in it, if it has to."""

    def __init__(self, folder: Path) -> None:
        self.source, self.target = folder / "source", folder / "kept" / "target"
        self.source.write_text("a")

    def make(self, word: str = "word") -> int:
        """Give how many steps were told, which is how often something was made."""
        steps = Steps()
        command = [sys.executable, "-S", "-c", APPENDS, str(self.target), word]
        made(self.target, command, [self.source], steps)
        return len(steps.seconds)


@pytest.fixture
def maker(tmp_path: Path) -> Maker:
    return Maker(tmp_path)


def test_what_is_there_already_is_not_made_again(maker: Maker) -> None:
    assert [maker.make(), maker.make()] == [1, 0]


def test_what_it_is_made_of_changed_so_it_is_made_anew_and_not_added_to(maker: Maker) -> None:
    maker.make()
    maker.source.write_text("b")
    assert maker.make() == 1
    assert maker.target.read_text() == "word"


def test_another_command_makes_it_again(maker: Maker) -> None:
    maker.make()
    assert maker.make("other") == 1


def test_what_was_left_by_a_making_that_failed_is_made_again(maker: Maker) -> None:
    maker.target.parent.mkdir()
    maker.target.write_text("half")
    assert maker.make() == 1
    assert maker.target.read_text() == "word"


def test_a_hash_goes_by_contents_and_names_and_not_by_place(tmp_path: Path) -> None:
    for folder, name in (("one", "x"), ("two", "x"), ("three", "y")):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / name).write_text("same")
    one, two, three = (hash_of([tmp_path / folder]) for folder in ("one", "two", "three"))
    assert one == two
    assert one != three


def test_the_debug_id_of_a_giant_is_that_of_the_module_in_the_dump() -> None:
    walk = {
        "modules": [
            {"debug_file": "libxul.so", "debug_id": ""},
            {"debug_file": "libxul.so", "debug_id": "42E8"},
        ]
    }
    assert giants.id_in(walk, "libxul.so") == "42E8"
    with pytest.raises(Unmeasurable, match=r"no module with the debug file xul\.pdb"):
        giants.id_in(walk, "xul.pdb")
