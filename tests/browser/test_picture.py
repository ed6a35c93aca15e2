"""The picture in the documentation: the page of the example crash, as our own program makes it."""

import base64
import json
import os
import struct
from pathlib import Path
from typing import Any

from typer.testing import CliRunner

from cli import main
from cli.places import EXAMPLE_DUMP, EXAMPLE_RAW_CRASH, EXAMPLE_SYMBOLS, ROOT
from moonwalk.domain.dumps import MAIN_MINIDUMP
from tests.browser.chromium import Browser, needs_chromium
from tests.integration.stackwalker_support import needs_stackwalker

pytestmark = [needs_chromium, needs_stackwalker]

PICTURE = ROOT / "docs" / "images" / "report.png"
SIZE = (1080, 1220)
LARGEST = 200_000
WANTED = "MOONWALK_PICTURE"
"""Set, it has the picture taken anew. Fonts differ: else each machine would take another."""
SOURCE = "/src/=https://code.example/{path}#L{line}"


def moonwalk(*arguments: str | Path) -> str:
    ended = CliRunner().invoke(main.app, list(map(str, arguments)))
    assert ended.exit_code == 0, ended.exception
    return ended.stdout


def processed(folder: Path) -> dict[str, Any]:
    """Walk the example crash and process it, as if it were a moment after it was submitted."""
    raw = json.loads(EXAMPLE_RAW_CRASH.read_text(encoding="utf-8"))
    walked = folder / "walked.json"
    moonwalk("walk", EXAMPLE_DUMP, f"--symbols={EXAMPLE_SYMBOLS}", "-o", walked)
    made: dict[str, Any] = json.loads(
        moonwalk(
            "process",
            f"--raw={EXAMPLE_RAW_CRASH}",
            f"--crash-id={raw['uuid']}",
            f"--dump={MAIN_MINIDUMP}={EXAMPLE_DUMP}",
            f"--stackwalk={MAIN_MINIDUMP}={walked}",
            "--now=2026-09-23T10:00:19+00:00",
            "--host=example",
        )
    )
    return made


def size(picture: bytes) -> tuple[int, int]:
    """Give width and height of a PNG."""
    assert picture.startswith(b"\x89PNG\r\n\x1a\n")
    width, height = struct.unpack(">II", picture[16:24])
    return width, height


def test_the_page_of_the_example_crash_makes_the_picture(browser: Browser, tmp_path: Path) -> None:
    crash, page = tmp_path / "processed_crash.json", tmp_path / "report.html"
    crash.write_text(json.dumps(processed(tmp_path)), encoding="utf-8")
    raw = f"--raw-crash={EXAMPLE_RAW_CRASH}"
    moonwalk("show", crash, "--html", "-o", page, raw, f"--source={SOURCE}")
    browser.look(*SIZE)
    browser.open(page)
    text = browser.evaluate("document.body.innerText")
    assert "SIGSEGV / SEGV_MAPERR" in text
    assert "Darkroom 1.4.2" in text
    assert "tiled_image.hpp:34" in text
    picture = base64.b64decode(browser.ask("Page.captureScreenshot")["data"])
    assert size(picture) == SIZE
    assert len(picture) < LARGEST
    if os.environ.get(WANTED):
        PICTURE.parent.mkdir(exist_ok=True)
        PICTURE.write_bytes(picture)


def test_the_picture_in_the_documentation_is_one_of_that_size_and_small() -> None:
    picture = PICTURE.read_bytes()
    assert size(picture) == SIZE
    assert len(picture) < LARGEST
