"""A module, the place of its symbols and their text, for tests of where symbols come from."""

from pathlib import Path

from moonwalk.domain.symbol_places import LoadedModule, SymbolPlace

DEBUG_ID = "0123456789ABCDEF0123456789ABCDEF1a"
MODULE = LoadedModule("lib.so", DEBUG_ID, "/usr/lib/lib.so", "abcdef01")
PLACE = SymbolPlace.of(MODULE)
TEXT = f"MODULE Linux x86_64 {DEBUG_ID} lib.so\nFILE 1 a.c\nFUNC 10 10 0 main\n10 10 5 1\n".encode()


def put(folder: Path, place: SymbolPlace = PLACE, text: bytes = TEXT) -> None:
    """Put a text where it belongs in a folder of symbols."""
    file = folder / place.path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(text)


BY_CODE = LoadedModule("", "", "/usr/lib/lib.so", "abcdef01")
"""The same module where the dump does not tell its debug id, and the path to ask for it."""
ASKED_BY_CODE = "lib.so/ABCDEF01/lib.so.sym"
