"""Where things lie in the checkout that this command was installed from."""

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BUILD = ROOT / "build"
LOCAL = BUILD / "local"
"""What the embedded AWS needs and leaves behind."""
ENDPOINT = LOCAL / "endpoint.json"
"""Where `moonwalk up` says how to reach it."""
LOCAL_ASSETS = BUILD / "assets" / "local"
"""Functions and layers built for the interpreter at hand."""
RUN = BUILD / "run"
"""One folder per crash that `moonwalk run` sent: everything that is stored of it."""
STACKWALKER = ROOT / "layers" / "stackwalker" / "target" / "release" / "moonwalk-stackwalker"
PACKER = STACKWALKER.with_name("moonwalk-pack")
PACKS = BUILD / "packs"
"""Packs of the folders of symbols that commands were given."""
EXAMPLE = ROOT / "examples" / "crash"
EXAMPLE_DUMP = EXAMPLE / "upload_file_minidump.dmp"
EXAMPLE_RAW_CRASH = EXAMPLE / "raw_crash.json"
EXAMPLE_SYMBOLS = EXAMPLE / "symbols"


def shown(path: Path) -> str:
    """Give a path as a person would type it here: relative to the working directory if below."""
    try:
        return str(path.resolve().relative_to(Path.cwd()))
    except ValueError:
        return str(path)
