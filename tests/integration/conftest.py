"""What tests of several programs walk: packs of the corpus, and the smallest dump with symbols."""

from pathlib import Path

import pytest

from tests.integration import hostile_dumps
from tests.integration.stackwalker_support import SYMBOLS
from tests.packing import packed

FRAMES, PUBLICS = 20, 3


@pytest.fixture(scope="session")
def packs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Packs of all symbol files of the corpus, to be read only."""
    return packed(SYMBOLS, tmp_path_factory.mktemp("packs"))


@pytest.fixture
def dump(tmp_path: Path) -> Path:
    """A dump of one thread, of 20 frames, and one module."""
    dump = tmp_path / "chain.dmp"
    dump.write_bytes(hostile_dumps.chain_of_frames(FRAMES))
    return dump


@pytest.fixture
def symbols(tmp_path: Path) -> Path:
    """The symbol file of that module, in a folder."""
    place = tmp_path / "symbols" / hostile_dumps.SYMBOL_PATH
    place.parent.mkdir(parents=True)
    place.write_bytes(hostile_dumps.symbols_with_publics(PUBLICS))
    return tmp_path / "symbols"
