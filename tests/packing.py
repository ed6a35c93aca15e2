"""How tests make packs of symbols, and damage them as a failing disk would."""

import subprocess
from pathlib import Path

import pytest

from cli.places import PACKER

needs_packer = pytest.mark.skipif(
    not PACKER.is_file(), reason="moonwalk-pack is not built: run `make build`"
)


def packed(symbols: Path, packs: Path) -> Path:
    """Pack a folder of symbols into another one, and give that."""
    subprocess.run([PACKER, "build", "--quiet", symbols, "-o", packs], check=True)
    return packs


def flip_a_byte(packs: Path, at: int) -> None:
    """Change one bit of the only pack in a folder."""
    (pack,) = packs.rglob("*.pack")
    content = bytearray(pack.read_bytes())
    content[at] ^= 1
    pack.write_bytes(content)
