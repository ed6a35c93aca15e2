"""The folder of what was fetched from symbol servers: packs, where they came from, what is absent.

    packs/<debug file>/<DEBUG ID>/<name>.pack   as `moonwalk-pack` made it, complete or not there
    packs/<debug file>/<DEBUG ID>/<name>.url    JSON: the server that its text came from
    places/<code file>/<CODE ID>/<name>.sym     JSON: the place that a server told for a code file
    absent/<…>/<name>.sym                       JSON: servers that do not have it, and until when
    fetching/                                   texts on their way; nothing stays there

Several commands may use it at a time: files are put in place whole, by renaming.
"""

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any
from uuid import uuid4

from cli import packing
from cli.exits import UsageError
from cli.places import shown
from cli.plain import plain
from moonwalk.adapters.scratch import FolderScratch
from moonwalk.domain.symbol_memory import Remembered
from moonwalk.domain.symbol_places import BadNameError, SymbolPlace
from moonwalk.domain.symbol_sources import Absent, Found


def default_folder(environment: Mapping[str, str] = os.environ) -> Path:
    """Give the user's cache folder for symbols, by the XDG rules."""
    named = Path(environment.get("XDG_CACHE_HOME", ""))
    base = named if named.is_absolute() else Path.home() / ".cache"
    return base / "moonwalk" / "symbols"


class FetchedSymbols:
    """What is kept in one folder. It is a `SymbolMemory` for absence; failures are not kept."""

    def __init__(self, folder: Path) -> None:
        """Make the folder where it is missing.

        Raises:
            UsageError: when that cannot be done.
        """
        self.packs = folder.resolve() / "packs"
        self._places = folder.resolve() / "places"
        self._absent = folder.resolve() / "absent"
        try:
            self.packs.mkdir(parents=True, exist_ok=True)
            self._scratch = FolderScratch(folder.resolve() / "fetching")
        except OSError as error:
            raise UsageError(
                f"{plain(shown(folder))} cannot be used for symbols: {error.strerror}",
                "name another folder by --symbols-cache",
            ) from error

    @contextmanager
    def text(self, place: SymbolPlace) -> Iterator[Path]:
        """Give the file for a text that is to be packed; it is gone afterwards."""
        with self._scratch.folder() as folder:
            file = folder / "text" / place.path
            file.parent.mkdir(parents=True)
            yield file

    def pack(self, place: SymbolPlace, text: Path, found: Found) -> bool:
        """Keep the pack of a text, and where it came from; the latter first, so that it is known.

        False for a text that the parser rejects: from a server, upstream takes that for no symbols.

        Raises:
            UsageError: when the text cannot be packed.
        """
        texts = text.parents[2]
        made, kept = texts.with_name("packs"), self.packs / place.pack_path
        if packing.built(texts, made)["corrupt"]:
            return False
        _put(kept.with_suffix(".url"), asdict(found))
        (made / place.pack_path).replace(kept)
        self.forget(place)
        return True

    def has(self, place: SymbolPlace) -> bool:
        """Tell whether there is a pack."""
        return (self.packs / place.pack_path).is_file()

    def place_of(self, code: SymbolPlace) -> SymbolPlace | None:
        """Give what a server told of a code file, if it is known."""
        try:
            return SymbolPlace.from_path(json.loads((self._places / code.path).read_bytes()))
        except (OSError, ValueError, TypeError, AttributeError, RecursionError, BadNameError):
            return None

    def keep_place(self, code: SymbolPlace, place: SymbolPlace) -> None:
        """Keep what a server told of a code file: builds do not change."""
        _put(self._places / code.path, place.path)

    def recall(self, place: SymbolPlace) -> Mapping[str, Remembered]:
        """Give the servers that did not have it."""
        try:
            kept = json.loads((self._absent / place.path).read_bytes())
            return {name: Remembered(Absent(), float(until)) for name, until in kept.items()}
        except (OSError, ValueError, TypeError, AttributeError, RecursionError):
            return {}

    def remember(self, place: SymbolPlace, source: str, remembered: Remembered) -> None:
        """Remember that a server does not have it."""
        if remembered.answer == Absent():
            known = {name: one.until for name, one in self.recall(place).items()}
            _put(self._absent / place.path, {**known, source: remembered.until})

    def forget(self, place: SymbolPlace) -> None:
        """Forget who did not have it."""
        (self._absent / place.path).unlink(missing_ok=True)


def _put(file: Path, document: Mapping[str, Any] | str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    # A name of its own, short enough where the file's own is as long as can be.
    aside = file.with_name(f".{uuid4().hex}")
    aside.write_text(json.dumps(document), encoding="utf-8")
    aside.replace(file)
