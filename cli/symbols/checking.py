"""Verifies a pack in the bucket: against its upload, and against the real parser."""

import hashlib
import json
import shutil
import subprocess
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from cli.exits import NotFound, SetUpIncomplete
from cli.packing import packer
from cli.plain import plain
from cli.symbols.bucket import SymbolBucket
from cli.symbols.found import opened_text
from moonwalk.contracts import symbols as keys
from moonwalk.domain.symbols import SymbolKey

CHUNK = 1024 * 1024


@dataclass(frozen=True)
class Verified:
    """What the look at a pack gave.

    Attributes:
        text: whether its text is that of the upload; None when there is no upload.
        answers: whether it answers as the real parser does.
        compared: how many look-ups were compared.
        told: what `moonwalk-pack verify` says of it, when something is wrong.
    """

    text: bool | None
    answers: bool
    compared: int
    told: str

    @property
    def fine(self) -> bool:
        """Whether nothing is wrong with it."""
        return self.text is not False and self.answers

    def document(self) -> dict[str, Any]:
        """Give it as `verify` prints it for machines."""
        return {
            "fine": self.fine,
            "same_text": self.text,
            "same_answers": self.answers,
            "compared": self.compared,
            "told": self.told or None,
        }


def verify(key: SymbolKey, at: SymbolBucket, scratch: Path) -> Verified:
    """Fetch a pack and its upload, and compare.

    Raises:
        NotFound: when there is no pack.
        SetUpIncomplete: when the packer has not been built.
        Unreachable: when the deployment does not answer.
    """
    pack = scratch / key.pack_place
    upload, text = scratch / "upload", scratch / "text"
    pack.parent.mkdir(parents=True)
    with at.at.asked():
        if not _fetch(at, keys.pack(key), pack):
            raise NotFound(f"{plain(key)} has no pack", "`moonwalk symbols ls` lists what there is")
        is_uploaded = _fetch(at, keys.upload(key), upload)
    unpacked = _run("text", "-o", str(text), "--", str(pack))
    same = unpacked.returncode == 0 and (
        not is_uploaded or _sha256(lambda: text.open("rb")) == _sha256(lambda: upload.open("rb"))
    )
    return _verified(pack, same if is_uploaded or not same else None)


def _verified(pack: Path, text: bool | None) -> Verified:  # noqa: FBT001 - what was found before
    ended = _run("verify", "--json", "--", str(pack))
    try:
        said = json.loads(ended.stdout)
        compared = said["fill_symbol"] + said["walk_frame"]
    except (ValueError, KeyError, TypeError) as error:
        raise SetUpIncomplete("moonwalk-pack gave no answer", "run `make build`") from error
    told = plain(ended.stderr.decode("utf-8", "replace").strip(), 300)
    return Verified(text, ended.returncode == 0, compared, told)


def _run(*arguments: str) -> subprocess.CompletedProcess[bytes]:
    command = [str(packer()), *arguments]
    return subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, check=False)


def _fetch(at: SymbolBucket, object_key: str, to: Path) -> bool:
    if at.head(object_key) is None:
        return False
    found = at.s3.get_object(Bucket=at.name, Key=object_key)
    with closing(found["Body"]) as body, to.open("wb") as file:
        shutil.copyfileobj(body, file)
    return True


def _sha256(opener: Callable[[], IO[bytes]]) -> str:
    """Hash a text, whatever it is compressed with; a damaged one has no hash that fits."""
    digest = hashlib.sha256()
    try:
        with opened_text(opener) as text:
            while piece := text.read(CHUNK):
                digest.update(piece)
    except (EOFError, OSError) as error:
        return f"damaged: {type(error).__name__}"
    return digest.hexdigest()
