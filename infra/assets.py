"""Where the deployable parts lie once they are built, and what goes into them."""

from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LAMBDAS = ROOT / "lambdas"
LAYERS = ROOT / "layers"
BUILT = ROOT / "build" / "assets"
LOCAL = "local"
"""Built for the interpreter at hand, for the embedded AWS."""
LAMBDA = "lambda"
"""Built for the runtime of the functions, for deployment."""
NEVER_SHIPPED = ("__pycache__", "*.pyc", "*.pyo", ".*", "tests")
"""What lies beside the code without being a part of it."""


class AssetsMissingError(Exception):
    """Something that has to be built first is not there; the text says how to get it."""


@dataclass(frozen=True, slots=True)
class Assets:
    """The built parts of one profile."""

    folder: Path

    @classmethod
    def of(cls, profile: str, architecture: str) -> "Assets":
        """Name the folder of a profile: `local`, or `lambda` for one of the architectures."""
        return cls(BUILT / (LOCAL if profile == LOCAL else f"{LAMBDA}-{architecture}"))

    @property
    def moonwalk_layer(self) -> Path:
        """The Python package with everything it needs, below `python/`."""
        return self.folder / "layers" / "moonwalk"

    @property
    def stackwalker_layer(self) -> Path:
        """The stackwalker and the packer, in `bin/`."""
        return self.folder / "layers" / "stackwalker"

    @property
    def worker_image(self) -> Path:
        """What the worker's container image is built from."""
        return self.folder / "worker"

    def check(self) -> None:
        """Make sure that everything has been built.

        Raises:
            AssetsMissingError: naming what is missing and the command that makes it.
        """
        for part in (self.moonwalk_layer, self.stackwalker_layer, self.worker_image):
            if not part.is_dir():
                raise AssetsMissingError(
                    f"{part.relative_to(ROOT)} has not been built: run `{self._command}`"
                )

    @property
    def _command(self) -> str:
        if self.folder.name == LOCAL:
            return "make build"
        return f"make lambda-assets ARCH={self.folder.name.removeprefix(f'{LAMBDA}-')}"
