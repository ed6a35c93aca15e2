"""The cloud assembly for the embedded AWS, synthesised only when what it follows from has changed.

A synthesis takes about ten seconds, most of them for starting Node.js; nobody should wait for it
twice. An assembly has its fingerprint for its name, so a new one never pulls the functions out from
under an embedded AWS that still runs the one before.
"""

import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from cli.exits import SetUpIncomplete
from cli.places import LOCAL, LOCAL_ASSETS, ROOT, shown
from cli.plain import plain

ASSEMBLIES = LOCAL / "assemblies"
"""One folder per fingerprint."""
LOG = LOCAL / "synthesis.log"
KEPT = 3
"""Assemblies, the newest: those of commands that may still be running among them."""
MANIFEST = "manifest.json"
"""What CDK writes last into an assembly."""

PROFILE: Mapping[str, object] = {
    "moonwalk:assets": "local",
    "moonwalk:keep_walker_output": True,
    "moonwalk:deletion_protection": False,
    "moonwalk:worker_slot_memory_mib": 512,
    "moonwalk:worker_slot_scratch_mib": 512,
}
"""Context by which the embedded AWS differs from a deployment."""

_SOURCES = ("app.py", "cdk.json", "infra", "lambdas", "layers/moonwalk", "requirements")
"""All that is read to make an assembly; built assets come in by the stamps of their builds."""
_FINGERPRINT_LENGTH = 16


def local_assembly(synthesising: Callable[[], None] = lambda: None) -> Path:
    """Give the folder of the assembly for the embedded AWS, making it when there is none yet.

    Args:
        synthesising: called before the synthesis, if there has to be one.

    Raises:
        SetUpIncomplete: when the assets have not been built or the synthesis fails.
    """
    if not LOCAL_ASSETS.is_dir():
        raise SetUpIncomplete(f"{shown(LOCAL_ASSETS)} has not been built", "run `make build`")
    with _one_at_a_time():
        assembly = ASSEMBLIES / fingerprint()
        if not (assembly / MANIFEST).is_file():
            synthesising()
            _synthesise(assembly)
            _forget_old()
        os.utime(assembly)
        return assembly


def fingerprint() -> str:
    """Give a hash of everything that the assembly follows from, by names and contents."""
    digest = hashlib.sha256(json.dumps(PROFILE).encode())
    for path in _inputs():
        digest.update(f"{path.relative_to(ROOT)}\0".encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:_FINGERPRINT_LENGTH]


def _inputs() -> Iterator[Path]:
    for name in _SOURCES:
        source = ROOT / name
        found = sorted(source.rglob("*")) if source.is_dir() else [source]
        yield from (path for path in found if path.is_file() and path.suffix != ".pyc")
    yield from sorted(LOCAL_ASSETS.rglob("*.stamp"))


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    LOCAL.mkdir(parents=True, exist_ok=True)
    with (LOCAL / "synthesis.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _synthesise(assembly: Path) -> None:
    shutil.rmtree(assembly, ignore_errors=True)
    context = json.dumps(PROFILE)
    environment = {**os.environ, "CDK_OUTDIR": str(assembly), "CDK_CONTEXT_JSON": context}
    with LOG.open("wb") as log:
        ended = subprocess.run(
            [sys.executable, "app.py"],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            check=False,
        )
    if ended.returncode or not (assembly / MANIFEST).is_file():
        shutil.rmtree(assembly, ignore_errors=True)
        raise SetUpIncomplete(
            f"the templates could not be synthesised: {_last_line(LOG)}", f"see {shown(LOG)}"
        )


def _last_line(log: Path) -> str:
    lines = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
    return plain(lines[-1], 300) if lines else "it said nothing"


def _forget_old() -> None:
    """Remove all but the newest assemblies; using one makes it new."""
    found = [path for path in ASSEMBLIES.iterdir() if path.is_dir()]
    for old in sorted(found, key=lambda path: path.stat().st_mtime)[:-KEPT]:
        shutil.rmtree(old, ignore_errors=True)
