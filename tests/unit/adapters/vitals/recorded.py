"""A kernel whose files are written by a test."""

from pathlib import Path

from moonwalk.adapters.vitals.kernel import Kernel


class RecordedKernel:
    """Folders in the place of /proc and /sys."""

    def __init__(self, root: Path) -> None:
        self.kernel = Kernel(root / "proc", root / "sys")
        for folder in (self.kernel.proc, self.kernel.sys):
            folder.mkdir()

    def proc(self, name: str, content: str) -> None:
        self._write(self.kernel.proc / name, content)

    def sys(self, name: str, content: str) -> None:
        self._write(self.kernel.sys / name, content)

    @staticmethod
    def _write(file: Path, content: str) -> None:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content, encoding="utf-8")
