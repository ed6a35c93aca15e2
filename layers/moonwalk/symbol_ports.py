"""What packing symbols needs of the world, as protocols; `moonwalk.adapters` has the real ones.

Every method may raise `RetryLater` when the world fails; what else it raises stands with it.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from moonwalk.domain.code_keys import CodeKey
from moonwalk.domain.failures import DeadLetter, DeadLetterCode
from moonwalk.domain.request import Message
from moonwalk.domain.symbol_needs import Need, NeedState
from moonwalk.domain.symbol_places import SymbolPlace
from moonwalk.domain.symbols import Change, PackFacts, StoredPack, SymbolKey, Upload


@dataclass(frozen=True, slots=True)
class MadePack:
    """A pack on this machine, just made.

    Attributes:
        file: where.
        module_id: the debug id of the text's MODULE line; empty when it has none.
        seconds: how long the packer took.
    """

    file: Path
    facts: PackFacts
    module_id: str
    seconds: float


@dataclass(frozen=True, slots=True)
class NewPack:
    """A pack to be stored.

    Attributes:
        made: the pack.
        uploader: who is answerable for its text.
        upload_etag: of the upload that it was made of; empty for a text from a source.
        replaced_sha256: of the text in force before, if that was another; else empty.
        packed_at: seconds since the epoch.
        origin: base URL of the symbol server that the text came from; empty for others.
    """

    made: MadePack
    uploader: str
    upload_etag: str
    replaced_sha256: str
    packed_at: int
    origin: str = ""

    @property
    def change(self) -> Change | None:
        """The change that storing it is; None when it replaces none of another text."""
        return Change.by(self.uploader, self.packed_at, self.made.facts, self.replaced_sha256)


class SymbolStore(Protocol):
    """The symbol bucket."""

    def pack(self, key: SymbolKey) -> StoredPack | None:
        """Tell of the pack in force; None when there is none."""

    def upload(self, key: SymbolKey) -> Upload | None:
        """Tell of an upload as it is now; None when it has gone."""

    def fetch(self, key: SymbolKey, to: Path) -> Upload | None:
        """Stream an upload's stored bytes into a file, and tell which version that was.

        Raises:
            DeadLetter: `symbols_too_large`, when there are more bytes than are taken.
        """

    def put_pack(self, key: SymbolKey, new: NewPack, *, replacing: StoredPack | None) -> bool:
        """Store a pack in place of the one seen before (None: there must be none).

        Returns:
            False when somebody else was faster; nothing is stored then.
        """

    def record_change(self, key: SymbolKey, change: Change) -> None:
        """Record that a pack replaced one of another text. Once, however often it is told."""

    def mark_refused(self, object_key: str, upload: Upload | None, code: DeadLetterCode) -> None:
        """Mark an upload with why it has no pack; one that has gone is no error."""

    def unmark(self, object_key: str, upload: Upload) -> None:
        """Take the mark away again."""


class Packer(Protocol):
    """Makes packs."""

    def pack(self, key: SymbolKey, file: Path, folder: Path) -> MadePack:
        """Make the pack of a symbol file, plain or compressed, in a confined child process.

        Args:
            key: where the file belongs.
            file: the stored bytes, in `folder`.
            folder: an empty place but for the file.

        Raises:
            DeadLetter: when there can be no pack of it here.
            RetryLater: `packer_broken`, when the packer itself does not work.
        """


class SymbolDeadLetters(Protocol):
    """The dead-letter queue of the symbol queue."""

    def send(self, *, body: str, message: Message, failure: DeadLetter) -> None:
        """Lay a message aside for a person, with its reason."""


class SymbolNeeds(Protocol):
    """How needs stand, shared by all who ask and by all who fetch."""

    def read(self, key: SymbolKey) -> NeedState | None:
        """Read how a need stands; None when there is none, or none any more."""

    def write(
        self, key: SymbolKey, state: NeedState | None, *, replacing: NeedState | None
    ) -> bool:
        """Write a state in place of the one seen before (None: no item), unless somebody else did.

        Returns:
            Whether it was written.
        """

    def forget(self, key: SymbolKey) -> None:
        """Take the item away, whatever it says: the symbols have come, or no source has them."""


class ToldPlaces(Protocol):
    """What symbol servers told of code files: where the symbols are. It is forgotten after days."""

    def place(self, key: CodeKey) -> SymbolPlace | None:
        """Give what was told; None when nothing was, or not lately."""

    def keep(self, key: CodeKey, place: SymbolPlace) -> None:
        """Keep what was told, in place of what was before."""


class SymbolRequests(Protocol):
    """The symbol queue, as a place to ask for symbols."""

    def need(self, need: Need) -> None:
        """Ask a packer to look for symbols in the sources."""


class HeavyPacking(SymbolRequests, Protocol):
    """The queue of the heavy lane's workers, who pack what is too much for a function."""

    def hand_on(self, body: str) -> None:
        """Hand a message of the symbol queue on, as it is."""
