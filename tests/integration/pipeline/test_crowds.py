"""A build's first crashes come before its symbols, and while its symbol server is in trouble."""

from pathlib import Path

import pytest

from cli.benchmarks.made import GIANT
from tests.packing import needs_packer
from tests.performance.crowd import generated
from tests.performance.herd import Herd, key_of, stampede
from tests.performance.storm import weather

pytestmark = [
    needs_packer,
    pytest.mark.skipif(not GIANT.is_file(), reason="moonwalk-giant is not built: run `make build`"),
    pytest.mark.timeout(900),
]

HERD, STORM = 12, 14
PATIENCE = 600.0


def test_a_herd_is_one_download_and_one_packing_and_everyone_is_complete(tmp_path: Path) -> None:
    symbols = tmp_path / "symbols"
    text = symbols / generated(symbols, "libherd.so", 3_000_000, 1).place
    with stampede(text, HERD, tmp_path) as run:
        run.wait_until_complete(PATIENCE)
        herd = Herd.of(run, key_of(text))
    assert (herd.crashes, herd.incomplete) == (HERD, 0)
    assert (herd.downloads, herd.packings) == (1, 1)


def test_no_crash_is_complete_because_of_a_server_in_trouble_and_all_are_when_it_is_well(
    tmp_path: Path,
) -> None:
    storm = weather(tmp_path, STORM, PATIENCE)
    assert (storm.mistaken, storm.incomplete) == (0, 0)
    assert set(storm.downloads.values()) == {1}
    assert set(storm.packings.values()) == {1}
