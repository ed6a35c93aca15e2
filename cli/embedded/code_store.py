"""Where the code of functions and layers lies unpacked on this machine.

Code reaches the embedded AWS in two ways. Our own deployment names the folders that CDK staged,
so that nothing is zipped; the CDK command line uploads zip files, which are unpacked here once.
"""

import hashlib
import io
import threading
import zipfile
from pathlib import Path

EXECUTABLE_SHIFT = 16


class CodeStore:
    """Finds the folder for a piece of code that was deployed.

    Args:
        cache: Folder for unpacked zip files, named by their SHA-256; may be shared by runs.
    """

    def __init__(self, cache: Path) -> None:
        self._cache = cache
        self._folders: dict[str, Path] = {}
        self._lock = threading.Lock()

    def register(self, key: str, folder: Path) -> None:
        """Let the S3 key of an asset stand for a folder."""
        self._folders[key] = folder

    def folder(self, key: str | None, archive: bytes) -> Path:
        """The folder registered for `key`, or the one that `archive`, a zip file, unpacks to.

        Raises:
            ValueError: The archive is no zip file, or names a file outside of itself.
        """
        if key in self._folders:
            return self._folders[key]
        folder = self._cache / hashlib.sha256(archive).hexdigest()
        with self._lock:
            if not folder.exists():
                _unpack(archive, folder)
        return folder


def _unpack(archive: bytes, folder: Path) -> None:
    """Unpack in a folder beside it first: what is there under its name is complete."""
    partial = folder.with_suffix(".partial")
    try:
        with zipfile.ZipFile(io.BytesIO(archive)) as opened:
            for member in opened.infolist():
                path = Path(opened.extract(member, partial))
                # `extract` forgets the permissions, and layers bring executables.
                if mode := member.external_attr >> EXECUTABLE_SHIFT & 0o777:
                    path.chmod(mode | 0o700 if member.is_dir() else mode)
    except zipfile.BadZipFile as error:
        raise ValueError(f"the code of a function or layer is no zip file: {error}") from error
    partial.mkdir(parents=True, exist_ok=True)
    partial.rename(folder)
