"""Rules of every walker: the fake one, and the real stackwalker on real and hostile dumps."""

import json
import os
import shutil
from pathlib import Path

import pytest

from cli.benchmarks.one_order import in_one_order
from cli.places import EXAMPLE_DUMP, EXAMPLE_SYMBOLS
from moonwalk.adapters.symbol_access import SymbolFolders
from moonwalk.adapters.walk_stats import cost_in, read_stats
from moonwalk.adapters.walker import StackwalkerProcess, WalkLimits
from moonwalk.domain.outcome import Outcome, WalkResult
from moonwalk.ports import Walker
from tests.fakes import FakeWalker, walked
from tests.integration import hostile_dumps
from tests.integration.stackwalker_support import STACKWALKER
from tests.packing import flip_a_byte, needs_packer, packed
from tests.symbol_texts import PLACE

MIB = 1024 * 1024
LIMITS = WalkLimits(wall_seconds=60, memory_bytes=1024 * MIB, output_bytes=32 * MIB)

needs_stackwalker = pytest.mark.skipif(
    not STACKWALKER.exists(), reason="the stackwalker is not built: run `make build`"
)


@pytest.fixture
def stackwalker_on_path(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", f"{STACKWALKER.parent}{os.pathsep}{os.environ['PATH']}")


@pytest.fixture(params=["fake", pytest.param("real", marks=needs_stackwalker)])
def walker(request: pytest.FixtureRequest) -> Walker:
    """Give a walker for whom only `MDMP…` is a minidump."""
    if request.param == "fake":
        fake = FakeWalker()
        fake.result = lambda content: walked(
            Outcome.OK if content.startswith(b"MDMP") else Outcome.UNREADABLE
        )
        return fake
    request.getfixturevalue("stackwalker_on_path")
    return StackwalkerProcess(LIMITS)


def walk(walker: Walker, folder: Path, content: bytes) -> WalkResult:
    minidump, raw_crash = folder / "a.dmp", folder / "raw.json"
    minidump.write_bytes(content)
    raw_crash.write_text("{}", encoding="utf-8")
    return walker.walk(minidump, raw_crash)


def test_a_minidump_gives_json_and_the_same_as_bytes(walker: Walker, tmp_path: Path) -> None:
    result = walk(walker, tmp_path, hostile_dumps.chain_of_frames(3))
    assert (result.outcome, result.exit_code) == (Outcome.OK, 0)
    assert result.json_dump["status"] == "OK"
    assert json.loads(result.output)["status"] == "OK"
    assert result.version
    assert result.wall_seconds > 0


def test_whose_symbols_a_walk_sees_does_not_matter_where_there_are_none(
    walker: Walker, tmp_path: Path
) -> None:
    minidump, raw_crash = tmp_path / "a.dmp", tmp_path / "raw.json"
    minidump.write_bytes(hostile_dumps.chain_of_frames(3))
    raw_crash.write_text("{}", encoding="utf-8")
    results = [walker.walk(minidump, raw_crash, scope=scope) for scope in ("default", "reader")]
    assert [each.outcome for each in results] == [Outcome.OK] * 2
    assert results[0].json_dump == results[1].json_dump


def test_what_was_told_of_code_files_that_a_dump_has_not_changes_nothing(
    walker: Walker, tmp_path: Path
) -> None:
    minidump, raw_crash = tmp_path / "a.dmp", tmp_path / "raw.json"
    minidump.write_bytes(hostile_dumps.chain_of_frames(3))
    raw_crash.write_text("{}", encoding="utf-8")
    longest = {f"{number:0250}/{number:0128X}/{'x' * 250}.sym": PLACE.path for number in range(100)}
    results = [walker.walk(minidump, raw_crash, told=told) for told in (None, longest)]
    assert [each.outcome for each in results] == [Outcome.OK] * 2
    assert results[0].json_dump == results[1].json_dump


def test_a_minidump_that_was_walked_says_what_it_cost(walker: Walker, tmp_path: Path) -> None:
    result = walk(walker, tmp_path, hostile_dumps.chain_of_frames(3))
    assert result.cost is not None
    assert result.cost.walking_seconds > 0
    assert result.cost.reads >= result.cost.packs_opened
    assert json.loads(result.stats)["schema"] == 2


def test_an_empty_dump_is_not_walked(walker: Walker, tmp_path: Path) -> None:
    result = walk(walker, tmp_path, b"")
    assert (result.outcome, result.exit_code, result.version) == (Outcome.EMPTY, None, "")
    assert (result.json_dump, result.output) == ({}, b"")
    assert (result.cost, result.stats) == (None, b"")


def test_a_file_that_is_no_minidump_is_an_outcome(walker: Walker, tmp_path: Path) -> None:
    result = walk(walker, tmp_path, b"# A readme\n" * 100)
    assert (result.outcome, result.exit_code) == (Outcome.UNREADABLE, 1)
    assert (result.json_dump, result.output) == ({}, b"")
    assert (result.cost, result.stats) == (None, b"")


@needs_stackwalker
@pytest.mark.usefixtures("stackwalker_on_path")
class TestTheStackwalkerItself:
    """What only the real one can be asked for."""

    def test_it_says_in_its_log_what_is_wrong(self, tmp_path: Path) -> None:
        result = walk(StackwalkerProcess(LIMITS), tmp_path, b"MDMP")
        assert result.outcome is Outcome.UNREADABLE
        assert result.log.startswith("ERROR ")

    def test_it_tells_its_version(self, tmp_path: Path) -> None:
        result = walk(StackwalkerProcess(LIMITS), tmp_path, hostile_dumps.chain_of_frames(1))
        assert result.version.startswith("moonwalk-stackwalker ")

    def test_it_leaves_nothing_beside_the_dump(self, tmp_path: Path) -> None:
        walk(StackwalkerProcess(LIMITS), tmp_path, hostile_dumps.chain_of_frames(1))
        assert sorted(path.name for path in tmp_path.iterdir()) == ["a.dmp", "raw.json"]

    def test_it_reads_symbols_from_folders(self, tmp_path: Path) -> None:
        symbols = tmp_path / "symbols"
        file = symbols / hostile_dumps.SYMBOL_PATH
        file.parent.mkdir(parents=True)
        file.write_bytes(hostile_dumps.symbols_with_publics(1))
        texts = SymbolFolders(texts=(tmp_path / "none", symbols))
        walker = StackwalkerProcess(LIMITS, texts)
        result = walk(walker, tmp_path, hostile_dumps.chain_of_frames(1))
        assert result.json_dump["modules"][0]["loaded_symbols"]

    def test_annotations_reach_it(self, tmp_path: Path) -> None:
        minidump, raw_crash = tmp_path / "a.dmp", tmp_path / "raw.json"
        minidump.write_bytes(hostile_dumps.chain_of_frames(1))
        raw_crash.write_text('{"ModuleSignatureInfo": {"Our CA": ["chain.so"]}}', encoding="utf-8")
        result = StackwalkerProcess(LIMITS).walk(minidump, raw_crash)
        assert result.json_dump["modules"][0]["cert_subject"] == "Our CA"

    def test_its_memory_is_limited(self, tmp_path: Path) -> None:
        limits = WalkLimits(wall_seconds=60, memory_bytes=48 * MIB, output_bytes=512 * MIB)
        dump = hostile_dumps.chain_of_frames(200_000)
        result = walk(StackwalkerProcess(limits), tmp_path, dump)
        assert (result.outcome, result.exit_code) == (Outcome.MEMORY_LIMIT, 81)
        assert result.log.startswith("ERROR MemoryLimit")

    def test_its_output_is_limited(self, tmp_path: Path) -> None:
        limits = WalkLimits(wall_seconds=60, memory_bytes=1024 * MIB, output_bytes=1000)
        result = walk(StackwalkerProcess(limits), tmp_path, hostile_dumps.chain_of_frames(100))
        assert (result.outcome, result.exit_code) == (Outcome.OUTPUT_LIMIT, 83)
        assert result.output == b""

    def test_a_moved_binary_is_found_where_path_says(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        binary = tmp_path / "bin" / STACKWALKER.name
        binary.parent.mkdir()
        shutil.copy2(STACKWALKER, binary)
        monkeypatch.setenv("PATH", str(binary.parent))
        result = walk(StackwalkerProcess(LIMITS), tmp_path, hostile_dumps.chain_of_frames(1))
        assert result.outcome is Outcome.OK


@needs_stackwalker
@needs_packer
@pytest.mark.usefixtures("stackwalker_on_path")
class TestPacks:
    """What the real one makes of packs, whole and damaged."""

    @pytest.fixture
    def packs(self, tmp_path: Path) -> Path:
        return packed(EXAMPLE_SYMBOLS, tmp_path / "packs")

    def test_it_reads_packs_and_says_so(self, packs: Path, tmp_path: Path) -> None:
        result = self._walk(SymbolFolders(packs=(tmp_path / "none", packs)), tmp_path)
        assert result.cost is not None
        assert result.cost.packs_opened == 1
        assert min(result.cost.reads, result.cost.blocks, result.cost.lookups) > 0
        assert result.cost.bytes <= sum(pack.stat().st_size for pack in packs.rglob("*.pack"))
        assert result.cost == cost_in(read_stats(result.stats))

    def test_packs_and_their_text_give_the_same(self, packs: Path, tmp_path: Path) -> None:
        from_text = self._walk(SymbolFolders(texts=(EXAMPLE_SYMBOLS,)), tmp_path)
        from_packs = self._walk(SymbolFolders(packs=(packs,)), tmp_path)
        assert in_one_order(from_packs.output) == in_one_order(from_text.output)

    @pytest.mark.parametrize("at", [10, -1], ids=["in its first block", "in its end"])
    def test_a_damaged_pack_is_told_and_leaves_a_walk_without_its_symbols(
        self, packs: Path, tmp_path: Path, at: int
    ) -> None:
        flip_a_byte(packs, at)
        result = self._walk(SymbolFolders(packs=(packs,)), tmp_path)
        assert (result.outcome, result.exit_code) == (Outcome.UNREADABLE_PACKS, 86)
        assert "ERROR UnreadablePacks" in result.log
        (tmp_path / "empty").mkdir()
        without = self._walk(SymbolFolders(packs=(tmp_path / "empty",)), tmp_path)
        assert without.outcome is Outcome.OK
        stacks = [made.json_dump["crashing_thread"]["frames"] for made in (result, without)]
        assert stacks[0] == stacks[1]

    def _walk(self, symbols: SymbolFolders, folder: Path) -> WalkResult:
        return walk(StackwalkerProcess(LIMITS, symbols), folder, EXAMPLE_DUMP.read_bytes())
