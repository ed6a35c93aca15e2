"""The stackwalker's binaries, built for Lambda's old glibc; `make` has built this machine's so."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from infra.assets import LAYERS, ROOT
from infra.building.failure import BuildError
from infra.building.packages import Target

WORKSPACE = LAYERS / "stackwalker"
BINARIES = ("moonwalk-stackwalker", "moonwalk-broker", "moonwalk-pack")
"""What is in the layer: the program that walks, the one that fetches packs for it, and the one that
makes them."""
GLIBC = "2.34"
"""What Amazon Linux 2023 has, on which Lambda's Python 3.13 runs."""
TRIPLES = {"x86_64": "x86_64-unknown-linux-gnu", "arm64": "aarch64-unknown-linux-gnu"}
_LOCAL = WORKSPACE / "target" / "release"
_TARGETS = WORKSPACE / "target"


def stackwalker_inputs(target: Target) -> list[Path]:
    """List what the binaries in the layer are made of.

    Raises:
        BuildError: when one is a binary that has not been built.
    """
    if not target.is_local:
        return [WORKSPACE / "Cargo.toml", WORKSPACE / "Cargo.lock", WORKSPACE / "crates"]
    binaries = [_LOCAL / name for name in BINARIES]
    for binary in binaries:
        if not binary.is_file():
            raise BuildError(f"{binary.relative_to(ROOT)} has not been built: run `make build`")
    return binaries


def built_stackwalker(target: Target) -> list[Path]:
    """Give the binaries for a target, built if need be.

    Raises:
        BuildError: when a tool is missing, or the build fails.
    """
    if target.is_local:
        return [_LOCAL / name for name in BINARIES]
    triple = TRIPLES[target.architecture]
    _need_target(triple)
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    if shutil.which("cargo-zigbuild", path=path) is None:
        raise BuildError("cargo-zigbuild is not installed: run `make build`")
    chosen = [word for name in BINARIES for word in ("--bin", name)]
    command = ["cargo", "zigbuild", "--release", "--locked", *chosen]
    where = ["--target", f"{triple}.{GLIBC}", "--target-dir", str(_TARGETS)]
    done = subprocess.run(
        [*command, *where], cwd=WORKSPACE, env={**os.environ, "PATH": path}, check=False
    )
    if done.returncode:
        raise BuildError(f"the stackwalker could not be built for {target} (see above)")
    return [_TARGETS / triple / "release" / name for name in BINARIES]


def _need_target(triple: str) -> None:
    """Look for the standard library of a target, which rustup installs."""
    if shutil.which("rustc") is None:
        raise BuildError("Rust is not installed: see https://rustup.rs")
    asked = ["rustc", "--print", "target-libdir", "--target", triple]
    found = subprocess.run(asked, cwd=WORKSPACE, capture_output=True, text=True, check=False)
    if not Path(found.stdout.strip() or "missing").is_dir():
        raise BuildError(f"Rust cannot build for {triple} yet: run `rustup target add {triple}`")
