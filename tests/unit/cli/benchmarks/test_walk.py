"""Walks are paired, compared and summed up as they came; here by stand-ins for the stackwalkers."""

from pathlib import Path

import pytest

from cli.benchmarks import walk_pairs
from cli.benchmarks.failures import Unmeasurable, ending
from cli.benchmarks.machine import Machine
from cli.benchmarks.process import Usage
from cli.benchmarks.reads import Reads
from cli.benchmarks.walk import main
from cli.benchmarks.walk_cases import Case
from cli.benchmarks.walk_counts import Traced, disagreement
from cli.benchmarks.walk_figures import Figure, Measured
from cli.benchmarks.walk_goals import HOPES, goals
from cli.benchmarks.walk_pairs import Pair, pairs
from cli.benchmarks.walk_sides import OURS, THEIRS, Side, same
from cli.benchmarks.walk_table import table
from cli.terminal import Steps

X, Y = b'{"name":"x","soft":1}', b'{"name":"y"}'
WALK = b'{"a":1,"proc_limits":{"limits":[' + X + b"," + Y + b']},"z":[{"b":2},{"a":1}]}'


def _stand_in(folder: Path, name: str, ending_with: str) -> Side:
    binary = folder / name
    writing = '[ "${a%%=*}" = --output-file ] && printf {} > "${a#*=}"'
    binary.write_text(f"#!/bin/sh\nfor a; do {writing}; done\n{ending_with}\n")
    binary.chmod(0o755)
    return Side(name, binary, packed=False)


def _case(folder: Path) -> Case:
    dumps = [folder / name for name in ("one.dmp", "two.dmp")]
    for dump in dumps:
        dump.touch()
    return Case(dumps, [folder], [folder], pairs=2)


def _paired(folder: Path, monkeypatch: pytest.MonkeyPatch, ours: str) -> list[Pair]:
    sides = (
        _stand_in(folder, THEIRS.name, "exit 0"),
        _stand_in(folder, OURS.name, ours),
    )
    monkeypatch.setattr(walk_pairs, "SIDES", sides)
    monkeypatch.setattr(walk_pairs, "DIFFERENT", folder / "different")
    scratch = folder / "scratch"
    scratch.mkdir()
    return pairs(_case(folder), scratch, lambda _text: None)


def _pair(theirs: float, ours: float) -> Pair:
    used = {
        THEIRS.name: Usage(0, theirs, theirs, 400, ""),
        OURS.name: Usage(0, ours, ours, 50_000_000, ""),
    }
    return Pair("a.dmp", used, None)


def test_either_side_is_given_the_folders_that_it_reads(tmp_path: Path) -> None:
    case = Case([], [tmp_path / "text"], [tmp_path / "packs"], pairs=1)
    commands = {
        side.name: side.command(Path("a.dmp"), case.folders(side), Path("out"), "--more")
        for side in (THEIRS, OURS)
    }
    end = ["--output-file=out", "--more", "a.dmp"]
    assert commands["reference"][1:] == ["--json", f"--symbols-path={tmp_path}/text", *end]
    assert commands["moonwalk"][1:] == ["--json", f"--packs={tmp_path}/packs", *end]


def test_every_dump_is_walked_as_often_as_the_case_says_by_both_sides(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = _paired(tmp_path, monkeypatch, "exit 0")
    assert [pair.dump for pair in done] == ["one.dmp", "one.dmp", "two.dmp", "two.dmp"]
    assert all(set(pair.used) == {"reference", "moonwalk"} for pair in done)
    assert not any(pair.trouble for pair in done)


def test_outputs_that_differ_are_told_and_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = 'for a; do case $a in --output-file=*) printf "[]" > "${a#*=}";; esac; done'
    done = _paired(tmp_path, monkeypatch, other)
    assert all("the outputs differ" in (pair.trouble or "") for pair in done)
    assert not any(pair.row()["identical"] for pair in done)
    kept = {file.name: file.read_text() for file in (tmp_path / "different").iterdir()}
    assert kept["one-reference.json"] == "{}"
    assert kept["one-moonwalk.json"] == "[]"


def test_a_walk_that_fails_leaves_nothing_to_compare(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(Unmeasurable, match=r"ended with 3 on one\.dmp: why"):
        _paired(tmp_path, monkeypatch, "echo why >&2; exit 3")


@pytest.mark.parametrize(
    ("other", "alike"),
    [
        (WALK, True),
        (WALK.replace(X + b"," + Y, Y + b"," + X), True),
        (WALK.replace(X + b"," + Y, X + b"," + X), False),
        (WALK.replace(b'{"b":2},{"a":1}', b'{"a":1},{"b":2}'), False),
        (WALK.replace(b'"soft":1', b'"soft":2'), False),
        (WALK.replace(b"limits", b"limit"), False),
        (WALK + b"\n", False),
    ],
)
def test_only_the_order_of_process_limits_may_differ(other: bytes, *, alike: bool) -> None:
    assert same(WALK, other) is alike


def test_ratios_are_of_the_reference_to_ours() -> None:
    measured = Measured("a", pairs=[_pair(10, 1), _pair(60, 2)])
    assert measured.figures()["wall"].ratios == [10, 30]
    assert measured.row()["figures"]["wall"]["ratio"]["middle"] == 20


def test_what_was_not_measured_is_no_figure_and_an_empty_cell() -> None:
    measured = Measured("a", "as it is", pairs=[_pair(10, 1)], instructions={"moonwalk": 5})
    assert set(measured.figures()) == {"wall", "user + system", "peak memory"}
    shown = table([measured])
    assert list(shown.columns[2].cells)[3:] == ["", "", "", ""]
    assert shown.caption == "a: as it is"


def test_every_goal_of_a_case_is_there_whether_or_not_it_was_measured() -> None:
    measured = Measured("firefox-linux-giant", pairs=[_pair(210, 1)])
    by_name = {goal.name: goal for goal in goals({measured.name: measured})}
    assert len(by_name) == sum(hope.case == measured.name for hope in HOPES)
    assert by_name["firefox-linux-giant, wall"].met
    assert by_name["firefox-linux-giant, peak memory"].value == 50
    assert not by_name["firefox-linux-giant, peak memory"].met
    assert by_name["firefox-linux-giant, instructions"].value is None


def test_goals_of_reads_are_about_what_the_kernel_saw() -> None:
    traced = Traced({"reference": Reads(9000, 6000), "moonwalk": Reads(290, 10)}, {})
    measured = Measured("firefox-linux-giant", traced=traced)
    by_name = {goal.name: goal.value for goal in goals({measured.name: measured})}
    assert by_name["firefox-linux-giant, reads"] == 290
    assert by_name["firefox-linux-giant, symbol bytes"] == 600


def test_every_goal_is_of_a_figure_that_can_be_measured() -> None:
    reads = Traced({side.name: Reads(1, 1) for side in (THEIRS, OURS)}, {})
    counts = {side.name: 1 for side in (THEIRS, OURS)}
    whole = Measured("a", "", [_pair(1, 1)], [_pair(1, 1)], reads, counts)
    assert {hope.figure for hope in HOPES} <= set(whole.figures())


def test_statistics_that_say_something_else_than_the_kernel_are_told() -> None:
    assert disagreement(Reads(5, 100), {"reads": 5, "bytes": 100}) is None
    assert "5 reads of 100 bytes" in (disagreement(Reads(5, 100), {"reads": 5, "bytes": 99}) or "")
    assert disagreement(Reads(5, 100), {"reads": 6, "bytes": 100})


def test_a_figure_without_spread_is_itself_three_times() -> None:
    ratio = Figure([6], [2]).summed_up()["ratio"]
    assert ratio == {"low": 3, "middle": 3, "high": 3, "reached_by_95_percent": 3}


def test_troubles_make_the_exit_code_and_missed_goals_do_not(
    capsys: pytest.CaptureFixture[str],
) -> None:
    def unmeasurable() -> list[str]:
        raise Unmeasurable("no reference")

    def interrupted() -> list[str]:
        raise KeyboardInterrupt

    assert ending(interrupted) == 130
    assert "nothing was published" in capsys.readouterr().err
    assert ending(list) == 0
    assert ending(lambda: ["they differ"]) == 1
    assert ending(unmeasurable) == 1
    assert capsys.readouterr().err == "FAILED  they differ\nFAILED  no reference\n"


def test_what_a_machine_lacks_is_named_one_by_one() -> None:
    nothing = Machine(counts_instructions=False, traces_reads=False, drops_cache=False)
    assert [lack.split()[0] for lack in nothing.lacks()] == ["valgrind", "strace", "only"]
    everything = Machine(counts_instructions=True, traces_reads=True, drops_cache=True)
    assert everything.lacks() == []


def test_an_unknown_case_is_refused_with_those_there_are(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cli.benchmarks.walk.need", lambda *_programs: None)
    assert main(["firefox-linus"]) == 1
    assert "no such case: firefox-linus; firefox-linux," in capsys.readouterr().err
    assert Steps().seconds == {}
