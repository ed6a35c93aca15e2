"""The packer: an upload that a message tells of becomes the pack in force, once.

The upload is read as it is now, whatever version an event was about, and the pack is stored on
condition that the pack seen *before* the upload was read is still the one in force. So the pack
follows the newest upload, in whichever order the messages of several uploads are worked on.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from moonwalk.contracts import symbols as keys
from moonwalk.domain.backoff import Backoff
from moonwalk.domain.failures import (
    DeadLetter,
    DeadLetterCode,
    MoonwalkError,
    RetryCode,
    RetryLater,
)
from moonwalk.domain.knobs import PAUSED
from moonwalk.domain.request import Message
from moonwalk.domain.symbol_needs import Need
from moonwalk.domain.symbols import StoredPack, SymbolKey, Upload
from moonwalk.metrics import Metric
from moonwalk.ports import Clock, Metrics, Scratch
from moonwalk.symbol_ports import (
    HeavyPacking,
    MadePack,
    NewPack,
    Packer,
    SymbolDeadLetters,
    SymbolStore,
)
from moonwalk.usecases.dispatch import Later, paused_for
from moonwalk.usecases.made_pack import checked, is_too_much_here, measure
from moonwalk.usecases.meet_need import MeetNeed
from moonwalk.usecases.symbol_arrival import SymbolArrival
from moonwalk.usecases.symbol_inbox import PackRequest, read_requests

BACKOFF = Backoff(first=10.0, longest=900.0)
"""After a failure of the world."""
MAX_RACES = 4
"""Uploads of one key that overtake each other; each round packs once."""


class Packed(StrEnum):
    """What became of an upload."""

    PACKED = "packed"
    REPLACED = "replaced"
    """The pack in force was of another text, and is now of this one."""
    UNCHANGED = "unchanged"
    """The pack in force is of the same text already."""
    AGAIN = "again"
    """Somebody asked, and the pack of the same text was made anew."""
    GONE = "gone"
    """There is no such upload any more."""
    HANDED_ON = "handed_on"
    """It is too much here; a worker of the heavy lane has been told."""


class TooLargeHereError(Exception):
    """Symbols are too much for this process, and others have more room."""

    def __init__(self, heavy: HeavyPacking) -> None:
        """Take those others."""
        super().__init__("too large for a function")
        self.heavy = heavy


@dataclass(frozen=True, slots=True)
class PackSymbols:
    """Handles one message of the symbol queue.

    Attributes:
        meet_need: handles what walks were without.
        arrived: told of every upload that has its pack.
        max_tries: how often a message may be received before it is given up with a reason.
        heavy: takes what is too large here; None where nobody has more room.
        is_paused: tells whether nothing is to be taken from the queue.
    """

    store: SymbolStore
    packer: Packer
    dead_letters: SymbolDeadLetters
    meet_need: MeetNeed
    arrived: SymbolArrival
    scratch: Scratch
    clock: Clock
    metrics: Metrics
    max_tries: int
    heavy: HeavyPacking | None = None
    is_paused: Callable[[], bool] = lambda: False

    def __call__(self, body: str, message: Message) -> Later | None:
        """Do what a message asks for.

        Returns:
            None when the message can go, else when to show it again.
        """
        if self.is_paused():
            self.metrics.add(Metric.SYMBOLS_RETRIED, reason=PAUSED)
            return Later(paused_for(message.tries), "its queue is paused")
        try:
            return self._handle(body, message)
        except RetryLater as failure:
            self.metrics.add(Metric.SYMBOLS_RETRIED, reason=failure.code)
            return Later(BACKOFF.after(message.tries), str(failure))

    def _handle(self, body: str, message: Message) -> Later | None:
        try:
            requests = self._read(body, message)
        except DeadLetter as failure:
            self._lay_aside(body, message, failure)
            return None
        if isinstance(requests, Need):
            return self.meet_need(requests, message)
        for request in requests:
            try:
                self._pack(request)
            except TooLargeHereError as too_large:
                too_large.heavy.hand_on(body)
                self.metrics.add(Metric.SYMBOLS_PACKED, outcome=Packed.HANDED_ON)
            except DeadLetter as failure:
                self._lay_aside(body, message, failure)
        return None

    def _read(self, body: str, message: Message) -> Need | list[PackRequest]:
        if message.tries > self.max_tries:
            raise DeadLetter(
                DeadLetterCode.TRIES_EXHAUSTED, f"{self.max_tries} tries, none came to an end"
            )
        return read_requests(body)

    def _lay_aside(self, body: str, message: Message, failure: DeadLetter) -> None:
        self.dead_letters.send(body=body, message=message, failure=failure)
        self.metrics.add(Metric.SYMBOLS_REFUSED, reason=failure.code)

    def _pack(self, request: PackRequest) -> None:
        try:
            key = keys.read_upload(request.object_key)
        except DeadLetter as failure:
            self.store.mark_refused(request.object_key, None, failure.code)
            raise
        for _ in range(MAX_RACES):
            done = self._attempt(key, request)
            if done:
                if done is not Packed.GONE:
                    self.arrived(key)
                self.metrics.add(Metric.SYMBOLS_PACKED, outcome=done)
                return
        raise RetryLater(RetryCode.THROTTLED, f"{key} is uploaded by too many at once")

    def _attempt(self, key: SymbolKey, request: PackRequest) -> Packed | None:
        """Make and store the pack; None when the upload or the pack changed meanwhile."""
        current = self.store.pack(key)
        # Here too, for a packer that died between a pack and the record of its change.
        self._record(key, current)
        upload = self.store.upload(key)
        if upload is None:
            return Packed.GONE
        if current and not request.again and current.upload_etag == upload.etag:
            return Packed.UNCHANGED
        with self.scratch.folder() as folder:
            try:
                fetched = self.store.fetch(key, folder / "upload")
                if fetched is None:
                    return Packed.GONE
                upload = fetched
                made = checked(key, self.packer.pack(key, folder / "upload", folder))
            except MoonwalkError as failure:
                if self.heavy and is_too_much_here(failure):
                    raise TooLargeHereError(self.heavy) from failure
                if isinstance(failure, DeadLetter):
                    self.store.mark_refused(request.object_key, upload, failure.code)
                raise
            return self._store(key, request, upload, made, current)

    def _store(
        self,
        key: SymbolKey,
        request: PackRequest,
        upload: Upload,
        made: MadePack,
        current: StoredPack | None,
    ) -> Packed | None:
        before = current.facts.text_sha256 if current else ""
        changed = before not in ("", made.facts.text_sha256)
        if current and not changed and not request.again:
            return Packed.UNCHANGED
        new = NewPack(
            made=made,
            uploader=_uploader(request, upload, current),
            upload_etag=upload.etag,
            replaced_sha256=before if changed else "",
            packed_at=int(self.clock.now()),
        )
        if not self.store.put_pack(key, new, replacing=current):
            return None
        self._record(key, new)
        measure(self.metrics, made)
        return self._settled(key, request, upload, _outcome(current, changed=changed))

    def _settled(
        self, key: SymbolKey, request: PackRequest, upload: Upload, outcome: Packed
    ) -> Packed | None:
        """Look again: an upload that came while the pack was made is to be in force."""
        now = self.store.upload(key)
        if now and now.etag != upload.etag:
            return None
        if request.again:
            self.store.unmark(request.object_key, upload)
        return outcome

    def _record(self, key: SymbolKey, pack: StoredPack | NewPack | None) -> None:
        if pack and pack.change:
            self.store.record_change(key, pack.change)


def _uploader(request: PackRequest, upload: Upload, current: StoredPack | None) -> str:
    """Tell who is answerable for a text: an event about another upload does not know."""
    if request.etag == upload.etag and request.uploader:
        return request.uploader
    if current and current.upload_etag == upload.etag:
        return current.uploader
    return upload.uploader or request.uploader * request.again


def _outcome(current: StoredPack | None, *, changed: bool) -> Packed:
    if current is None:
        return Packed.PACKED
    return Packed.REPLACED if changed else Packed.AGAIN
