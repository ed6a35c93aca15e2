"""The Python packages of the layer: installed by lock file, trimmed, and compiled beforehand."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from infra.assets import LOCAL
from infra.building.failure import BuildError

PYTHON = "3.13"
"""The runtime of functions and worker."""
MANYLINUX = {"x86_64": "x86_64-manylinux2014", "arm64": "aarch64-manylinux2014"}
"""uv's names of the oldest Linux platform that all wheels of the layer still support."""
SCRIPTS_AND_LOCKS = ("bin", ".lock")
KEPT_OF_METADATA = ("METADATA",)
"""Of a package's metadata, what tells its version at run time."""
EXAMPLES = ("boto3/examples",)


@dataclass(frozen=True, slots=True)
class Target:
    """What parts are built for."""

    profile: str
    architecture: str

    @property
    def is_local(self) -> bool:
        """Whether it is the interpreter and the machine at hand."""
        return self.profile == LOCAL

    @property
    def tag(self) -> str:
        """A word that differs whenever the parts may differ."""
        if self.is_local:
            return f"{sys.implementation.cache_tag}-{sys.platform}"
        return f"{PYTHON}-{self.architecture}-{_compiler(self) or 'source'}"

    @property
    def is_compiled(self) -> bool:
        """Whether there is a Python here that can compile modules for it."""
        return _compiler(self) is not None

    def __str__(self) -> str:
        if self.is_local:
            return "the Python at hand"
        return f"Lambda (Python {PYTHON}, {self.architecture})"


def install_packages(lock: Path, folder: Path, target: Target) -> None:
    """Install what a lock file names, each file checked by its hash.

    Raises:
        BuildError: when a package cannot be had.
    """
    platform = ["--python", sys.executable]
    if not target.is_local:
        platform = ["--python-version", PYTHON, "--python-platform", MANYLINUX[target.architecture]]
    command = [_uv(), "pip", "install", "--quiet", "--target", str(folder), "--require-hashes"]
    options = ["--no-deps", "--only-binary", ":all:", "--link-mode", "copy", "-r", str(lock)]
    done = subprocess.run([*command, *platform, *options], check=False)
    if done.returncode:
        raise BuildError(
            f"the packages of {lock.name} could not be installed (see above); is the package "
            "registry reachable?"
        )
    _trim(folder)
    precompile(folder, target)


def precompile(folder: Path, target: Target) -> None:
    """Compile modules beforehand, because a layer is read-only and would be compiled at each start.

    Compiled files carry neither times nor the path of this machine. Another Python's files cannot
    be made without that Python: then the sources alone are shipped.
    """
    compiler = _compiler(target)
    if compiler is None:
        return
    command = [compiler, "-m", "compileall", "-qq", "-j", "0", "-s", str(folder)]
    options = ["-p", "/opt/python", "--invalidation-mode", "unchecked-hash", str(folder)]
    environment = {**os.environ, "PYTHONHASHSEED": "0"}
    done = subprocess.run([*command, *options], check=False, env=environment)
    if done.returncode:
        raise BuildError(f"the modules in {folder.name} could not be compiled (see above)")


@cache
def _compiler(target: Target) -> str | None:
    if target.is_local or sys.version_info[:2] == tuple(map(int, PYTHON.split("."))):
        return sys.executable
    asked = [_uv(), "python", "find", "--no-project", "--no-python-downloads", PYTHON]
    found = subprocess.run(asked, capture_output=True, text=True, check=False)
    return found.stdout.strip() or None


def _uv() -> str:
    found = shutil.which(
        "uv", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    )
    if found is None:
        raise BuildError("uv is not installed: run `make build`, which installs it in .venv")
    return found


def _trim(folder: Path) -> None:
    for name in (*SCRIPTS_AND_LOCKS, *EXAMPLES):
        _remove([folder / name])
    _remove(folder.rglob("__pycache__"))
    for metadata in folder.glob("*.dist-info"):
        _remove(path for path in metadata.iterdir() if path.name not in KEPT_OF_METADATA)


def _remove(paths: Iterable[Path]) -> None:
    for path in list(paths):
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
