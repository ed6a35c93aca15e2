"""The symbol bucket and a packer in memory."""

import hashlib
from collections.abc import Callable
from pathlib import Path

from moonwalk.adapters.text import ascii_only
from moonwalk.contracts import symbols as keys
from moonwalk.domain.failures import DeadLetter, DeadLetterCode
from moonwalk.domain.request import Message
from moonwalk.domain.symbol_needs import Need
from moonwalk.domain.symbols import (
    FINE,
    Change,
    PackFacts,
    StoredPack,
    SymbolKey,
    Upload,
    read_module,
)
from moonwalk.symbol_ports import MadePack, NewPack

CORRUPT = b"CORRUPT"
"""A text that begins its second line like this is one that the fake packer's parser rejects."""


def etag_of(content: bytes) -> str:
    """Give the ETag of content, as S3 does."""
    return hashlib.md5(content, usedforsecurity=False).hexdigest()


class FakeSymbolStore:
    """A `SymbolStore` whose objects are attributes.

    Attributes:
        before: called with the name of a method before it does anything; may raise, or upload.
        uploads: versions by object key, the newest last: content and uploader.
        packs: what is in force, with the pack's bytes.
        changes: records of changes, by the key that the record has.
        refused: marks, by object key and version.
    """

    def __init__(self, max_upload_bytes: int = 10_000) -> None:
        self.before: Callable[[str], None] = lambda _method: None
        self.uploads: dict[str, list[tuple[bytes, str]]] = {}
        self.packs: dict[SymbolKey, tuple[StoredPack, bytes]] = {}
        self.changes: dict[str, Change] = {}
        self.refused: dict[tuple[str, str], DeadLetterCode] = {}
        self._max_upload_bytes = max_upload_bytes

    def put_upload(self, key: SymbolKey, content: bytes, uploader: str = "") -> None:
        self.uploads.setdefault(keys.upload(key), []).append((content, uploader))

    def pack_bytes(self, key: SymbolKey) -> bytes | None:
        return self.packs[key][1] if key in self.packs else None

    def recorded(self, key: SymbolKey) -> list[Change]:
        return [c for place, c in self.changes.items() if place.startswith(keys.changes(key))]

    def refusal(self, object_key: str) -> str | None:
        return self.refused.get((object_key, self._version(object_key)))

    def pack(self, key: SymbolKey) -> StoredPack | None:
        self.before("pack")
        return self.packs[key][0] if key in self.packs else None

    def upload(self, key: SymbolKey) -> Upload | None:
        self.before("upload")
        return self._upload(key)

    def fetch(self, key: SymbolKey, to: Path) -> Upload | None:
        self.before("fetch")
        found = self._upload(key)
        if found:
            content = self.uploads[keys.upload(key)][-1][0]
            if len(content) > self._max_upload_bytes:
                raise DeadLetter(DeadLetterCode.SYMBOLS_TOO_LARGE, f"{key} is too large")
            to.write_bytes(content)
        return found

    def put_pack(self, key: SymbolKey, new: NewPack, *, replacing: StoredPack | None) -> bool:
        self.before("put_pack")
        there = self.packs[key][0] if key in self.packs else None
        if (there.etag if there else None) != (replacing.etag if replacing else None):
            return False
        content = new.made.file.read_bytes()
        stored = StoredPack(
            etag_of(content),
            new.made.facts,
            ascii_only(new.uploader, len(new.uploader)),
            new.upload_etag,
            new.replaced_sha256,
            new.packed_at,
            new.origin,
        )
        self.packs[key] = stored, content
        return True

    def record_change(self, key: SymbolKey, change: Change) -> None:
        self.before("record_change")
        self.changes.setdefault(keys.change(key, change), change)

    def mark_refused(self, object_key: str, upload: Upload | None, code: DeadLetterCode) -> None:
        self.before("mark_refused")
        version = upload.version if upload else self._version(object_key)
        self.refused[object_key, version] = code

    def unmark(self, object_key: str, upload: Upload) -> None:
        self.refused.pop((object_key, upload.version), None)

    def _version(self, object_key: str) -> str:
        return str(len(self.uploads.get(object_key, [])))

    def _upload(self, key: SymbolKey) -> Upload | None:
        place = keys.upload(key)
        if not self.uploads.get(place):
            return None
        content, uploader = self.uploads[place][-1]
        return Upload(etag_of(content), self._version(place), uploader)


class FakePacker:
    """A `Packer` whose pack is the text with a word before it.

    Attributes:
        before: called with the content of what is packed; may raise, or upload.
        packed: contents of what was packed.
    """

    def __init__(self) -> None:
        self.before: Callable[[bytes], None] = lambda _content: None
        self.packed: list[bytes] = []

    def pack(self, key: SymbolKey, file: Path, folder: Path) -> MadePack:  # noqa: ARG002 - the port's
        text = file.read_bytes()
        self.before(text)
        self.packed.append(text)
        made = folder / "made.pack"
        made.write_bytes(b"pack of " + text)
        first, _, rest = text.partition(b"\n")
        module = read_module(first.decode())
        verdict = "corrupt line 1: BadLine" if rest.startswith(CORRUPT) else FINE
        facts = PackFacts(hashlib.sha256(text).hexdigest(), len(text), verdict)
        return MadePack(made, facts, module.debug_id if module else "", 0.5)


class FakeHeavyPacking:
    """`HeavyPacking` that remembers, and fails when it is told to.

    Attributes:
        before: called first, when a message comes.
    """

    def __init__(self) -> None:
        self.bodies: list[str] = []
        self.needs: list[Need] = []
        self.before: Callable[[], object] = lambda: None

    def hand_on(self, body: str) -> None:
        self.before()
        self.bodies.append(body)

    def need(self, need: Need) -> None:
        self.before()
        self.needs.append(need)


class FakeSymbolDeadLetters:
    """`SymbolDeadLetters` that remember: body, message and why."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, Message, DeadLetter]] = []

    def send(self, *, body: str, message: Message, failure: DeadLetter) -> None:
        self.sent.append((body, message, failure))
