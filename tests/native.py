"""Programs with debugging information, made by the compiler that cross-builds the stackwalker."""

import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from cli.symbols.native import PROGRAM

needs_dump_syms = pytest.mark.skipif(
    shutil.which(PROGRAM) is None, reason=f"{PROGRAM} is not on PATH"
)
needs_compiler = pytest.mark.skipif(
    importlib.util.find_spec("ziglang") is None, reason="there is no compiler: ziglang"
)

SOURCE = """
volatile int seen;
static inline int noted(int x) { seen = x; return 2 * x; }
int helper(int x) { return noted(x) + 1; }
"""
BUILD_ID = "00112233445566778899aabbccddeeff01234567"
GUID = "33221100554477668899AABBCCDDEEFF"
"""The beginning of the build id, written as a GUID."""


def compiled(file: Path, target: str, *flags: str) -> Path:
    """Compile a library that needs no other."""
    file.parent.mkdir(exist_ok=True)
    source = file.with_name("helper.c")
    source.write_text(SOURCE, encoding="utf-8")
    command = [sys.executable, "-m", "ziglang", "cc", "-target", target, "-g", "-O1"]
    caches = {f"ZIG_{kind}_CACHE_DIR": str(file.parent / kind) for kind in ("GLOBAL", "LOCAL")}
    subprocess.run(
        [*command, "-shared", "-nostdlib", *flags, "-o", file, source],
        check=True,
        env=os.environ | caches,
    )
    return file
