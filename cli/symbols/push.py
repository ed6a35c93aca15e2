"""Uploads symbol files, but for those that are there already with the same text."""

import gzip
import hashlib
import socket
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from getpass import getuser
from pathlib import Path
from typing import IO, Any, cast

from cli.plain import plain
from cli.symbols.bucket import SymbolBucket, SymbolState
from cli.symbols.found import Refused, SymbolFile
from moonwalk.adapters.text import ascii_only
from moonwalk.contracts import symbols as keys

CHUNK = 1024 * 1024
MOST_TEXT = 5 * 1024**3
"""Bytes. The deployment's own setting is the one that counts; no setting is larger."""
GZIP_LEVEL = 6
LOOKS = 0.2
"""Seconds between two looks at whether an upload is packed, at first."""
LONGEST_PAUSE = 3.0
UPLOADED, THERE, REFUSED = "uploaded", "there", "refused"
_TYPE = "text/plain"

Advance = Callable[[int], None]


class UnusableError(Exception):
    """A symbol file that cannot be uploaded; the text says why."""


@dataclass(frozen=True)
class Pushed:
    """What became of one symbol file.

    Attributes:
        result: `uploaded`, `there` (the same text is) or `refused`.
        why: of a refusal.
        state: what the bucket says of it afterwards, if that was waited for.
    """

    source: str
    result: str
    file: SymbolFile | None = None
    text_sha256: str = ""
    why: str = ""
    state: SymbolState | None = None

    @property
    def fine(self) -> bool:
        """Whether it is there, and packed as far as that is known."""
        return self.result != REFUSED and (self.state is None or self.state.fine)

    def document(self) -> dict[str, Any]:
        """Give it as `push` prints it for machines."""
        return {
            "source": self.source,
            "result": self.result,
            "why": self.why or None,
            "scope": self.file.key.scope if self.file else None,
            "key": self.file.key.place if self.file else None,
            "text_sha256": self.text_sha256 or None,
            "verdict": self.state.verdict if self.state else None,
        }


def push(
    found: Iterable[SymbolFile | Refused],
    to: SymbolBucket,
    scratch: Path,
    *,
    compressed: bool,
    advance: Advance,
) -> Iterator[Pushed]:
    """Upload one symbol file after the other.

    Raises:
        Unreachable: when the deployment does not take them.
    """
    for each in found:
        if isinstance(each, Refused):
            yield Pushed(each.source, REFUSED, why=each.why)
            continue
        with _measured(each.size, advance) as done:
            try:
                pushed = _pushed(each, to, scratch, done, compressed=compressed)
            except (UnusableError, EOFError, OSError) as error:
                pushed = Pushed(each.source, REFUSED, each, why=plain(error, 300))
        yield pushed


def wait_until_packed(pushed: Iterable[Pushed], at: SymbolBucket, seconds: float) -> list[Pushed]:
    """Look at each upload until it is packed or refused, or the time is over.

    Raises:
        Unreachable: when the deployment does not answer.
    """
    until = time.monotonic() + seconds
    return [_awaited(each, at, until) if each.result != REFUSED else each for each in pushed]


def _awaited(pushed: Pushed, at: SymbolBucket, until: float) -> Pushed:
    pause = LOOKS
    while pushed.file:
        with at.at.asked():
            state = at.state(pushed.file.key)
        pushed = replace(pushed, state=state)
        packed = state and state.pack and state.pack.facts.text_sha256 == pushed.text_sha256
        if packed or (state and state.refused) or time.monotonic() >= until:
            break
        time.sleep(pause)
        pause = min(LONGEST_PAUSE, pause * 1.2)
    return pushed


@contextmanager
def _measured(size: int, advance: Advance) -> Iterator[Advance]:
    """Let a file's work count as much as its size, however much text is in it."""
    left = size

    def done(text_bytes: int) -> None:
        nonlocal left
        counted = min(left, text_bytes)
        left -= counted
        advance(counted)

    yield done
    advance(left)


def _pushed(
    file: SymbolFile, to: SymbolBucket, scratch: Path, done: Advance, *, compressed: bool
) -> Pushed:
    text_sha256 = _sha256(file)
    with to.at.asked():
        if _is_there(file, text_sha256, to):
            return Pushed(file.source, THERE, file, text_sha256)
    spool = scratch / "upload"
    _spool(file, spool, done, compressed=compressed)
    metadata = {keys.TEXT_SHA256: text_sha256, keys.UPLOADER: uploader()}
    headers: dict[str, Any] = {"ContentType": _TYPE, "Metadata": metadata}
    if compressed:
        headers["ContentEncoding"] = "gzip"
    with to.at.asked():
        to.s3.upload_file(str(spool), to.name, keys.upload(file.key), ExtraArgs=headers)
    spool.unlink()
    return Pushed(file.source, UPLOADED, file, text_sha256)


def _is_there(file: SymbolFile, text_sha256: str, to: SymbolBucket) -> bool:
    """Look at the upload in place, and at the pack, which may be of a text from elsewhere."""
    upload = to.head(keys.upload(file.key))
    if upload is None:
        return False
    if upload["Metadata"].get(keys.TEXT_SHA256) == text_sha256:
        return True
    pack = to.store.pack(file.key)
    same = pack is not None and pack.facts.text_sha256 == text_sha256
    return same and pack is not None and pack.upload_etag == upload["ETag"].strip('"')


def _pieces(file: SymbolFile) -> Iterator[bytes]:
    left = MOST_TEXT
    with file.text() as text:
        while piece := text.read(CHUNK):
            left -= len(piece)
            if left < 0:
                raise UnusableError(f"its text is larger than {MOST_TEXT} bytes")
            yield piece


def _sha256(file: SymbolFile) -> str:
    digest = hashlib.sha256()
    for piece in _pieces(file):
        digest.update(piece)
    return digest.hexdigest()


def _spool(file: SymbolFile, to: Path, done: Advance, *, compressed: bool) -> None:
    """Write what is to be stored; the same text gives the same bytes, whenever that is."""
    with ExitStack() as opened:
        raw: IO[bytes] = opened.enter_context(to.open("wb"))
        if compressed:
            zipped = gzip.GzipFile("", "wb", GZIP_LEVEL, raw, mtime=0)
            raw = cast("IO[bytes]", opened.enter_context(zipped))
        for piece in _pieces(file):
            raw.write(piece)
            done(len(piece))


def uploader() -> str:
    """Name who uploads, for the record: what the event says of the caller comes before it."""
    try:
        user = getuser()
    except (KeyError, OSError):
        user = "somebody"
    return ascii_only(f"{user}@{socket.gethostname()}", 100)
