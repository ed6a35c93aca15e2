"""A symbol file of a module that does not exist, laid where a test wants it."""

from pathlib import Path

from moonwalk.domain.symbols import symbol_key

KEY = symbol_key("moon.pdb", "A" * 33)
TEXT = f"MODULE windows x86_64 {KEY.debug_id} moon.pdb\nFILE 0 a.c\n".encode()


def folder_of(place: Path, content: bytes = TEXT, name: str = "") -> Path:
    file = place / (name or KEY.place)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content)
    return place
