"""Folders of symbols are packed once for each of their states, and packs in use stay."""

import json
import sys
import textwrap
from pathlib import Path

import pytest

from cli import packing
from cli.exits import SetUpIncomplete, UsageError
from cli.packing import packed
from cli.terminal import Steps

STAND_IN = f"""\
#!{sys.executable}
import json, pathlib, sys
output, symbols = pathlib.Path(sys.argv[4]), pathlib.Path(sys.argv[6])
texts = sorted(symbols.rglob("*.sym"))
for text in texts:
    (output / text.name).write_bytes(text.read_bytes()[:1])
said = {{
    "packs": [{{"pack": text.name}} for text in texts],
    "failures": [],
    "corrupt": 0,
    "text_bytes": 10000,
    "pack_bytes": 2500,
    "ratio": 0.25,
}}
code = 0
"""
END = """
print(json.dumps(said))
sys.exit(code)
"""


class Bench:
    """A folder of symbols, and a stand-in for the packer."""

    def __init__(self, folder: Path) -> None:
        self.symbols = folder / "symbols"
        self.text = self.symbols / "a.so" / "AB0" / "a.so.sym"
        self.text.parent.mkdir(parents=True)
        self.text.write_text("MODULE")
        self.packer = folder / "moonwalk-pack"
        self.answers("")

    def answers(self, script: str) -> None:
        self.packer.write_text(STAND_IN + textwrap.dedent(script) + END, encoding="utf-8")
        self.packer.chmod(0o755)

    def pack(self) -> tuple[Path, Steps]:
        steps = Steps()
        with packed([self.symbols], steps) as (packs,):
            return packs, steps


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bench:
    bench = Bench(tmp_path)
    monkeypatch.setattr(packing, "PACKER", bench.packer)
    monkeypatch.setattr(packing, "PACKS", tmp_path / "build" / "packs")
    return bench


def test_a_folder_is_packed_once_and_its_sizes_and_ratio_are_told_each_time(
    bench: Bench, capsys: pytest.CaptureFixture[str]
) -> None:
    packs, steps = bench.pack()
    assert (packs / "a.so.sym").is_file()
    assert len(steps.seconds) == 1
    again, steps = bench.pack()
    assert again == packs
    assert steps.seconds == {}
    sizes = "1 pack, 10,000 bytes of text in 2,500 (25.0%)"
    assert capsys.readouterr().err.count(sizes) == 2


@pytest.mark.parametrize("change", ["content", "another file", "a file less", "packer", "link"])
def test_a_folder_is_packed_again_when_it_or_the_packer_has_changed(
    bench: Bench, tmp_path: Path, change: str
) -> None:
    linked = tmp_path / "linked"
    linked.mkdir()
    (bench.symbols / "link").symlink_to(linked)
    before, _ = bench.pack()
    if change == "content":
        bench.text.write_text("MODULf")
    elif change == "another file":
        bench.text.with_name("b.sym").write_text("MODULE")
    elif change == "a file less":
        bench.text.unlink()
    elif change == "link":
        (linked / "c.sym").write_text("MODULE")
    else:
        bench.answers("pass")
    after, steps = bench.pack()
    assert after != before
    assert len(steps.seconds) == 1


def test_links_that_lead_in_circles_end(bench: Bench) -> None:
    (bench.symbols / "circle").symlink_to(bench.symbols)
    assert bench.pack()[0].is_dir()


def test_packs_of_an_earlier_state_go_unless_somebody_uses_them(bench: Bench) -> None:
    unused, _ = bench.pack()
    bench.text.write_text("MODULE 2")
    with packed([bench.symbols], Steps()) as (used,):
        assert not unused.exists()
        bench.text.write_text("MODULE 3")
        newest, _ = bench.pack()
        assert used.is_dir()
    bench.text.write_text("MODULE 4")
    bench.pack()
    assert not used.exists()
    assert not newest.exists()


def test_every_folder_has_packs_of_its_own_in_the_order_given(bench: Bench, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / "b.sym").write_text("MODULE")
    with packed([other, bench.symbols], Steps()) as found:
        assert [[file.name for file in packs.iterdir()] for packs in found] == [
            ["b.sym"],
            ["a.so.sym"],
        ]


def test_a_folder_without_symbols_has_an_empty_folder_of_packs(
    bench: Bench, capsys: pytest.CaptureFixture[str]
) -> None:
    bench.text.unlink()
    bench.answers('said["failures"], code = [{"error": "NoInput", "message": "NoInput: x"}], 3')
    packs, _ = bench.pack()
    assert list(packs.iterdir()) == []
    assert "no file of symbols in it" in capsys.readouterr().err


def test_a_text_that_the_parser_rejects_is_told(
    bench: Bench, capsys: pytest.CaptureFixture[str]
) -> None:
    bench.answers('said["corrupt"] = 1')
    bench.pack()
    assert "1 of a text that the parser rejects" in capsys.readouterr().err


def test_a_file_that_cannot_be_packed_ends_the_command_and_leaves_no_packs(bench: Bench) -> None:
    failure = {"error": "IoError", "message": "IoError: a.so.sym: \x1b[2J no permission"}
    bench.answers(f'said["failures"], code = [{json.dumps(failure)}], 3')
    with pytest.raises(UsageError, match=r"IoError: a\.so\.sym") as refused:
        bench.pack()
    assert "\x1b" not in str(refused.value)
    bench.answers("")
    assert bench.pack()[0].is_dir()


@pytest.mark.parametrize(
    "script", ["said = []", "said = {}", 'print("{")', 'sys.exit("a panic")', "said = None"]
)
def test_a_packer_that_answers_something_else_is_told(bench: Bench, script: str) -> None:
    bench.answers(script)
    with pytest.raises(SetUpIncomplete, match="moonwalk-pack failed"):
        bench.pack()


def test_a_packer_that_is_not_built_is_told(bench: Bench) -> None:
    bench.packer.unlink()
    with pytest.raises(SetUpIncomplete, match="make build"):
        bench.pack()
