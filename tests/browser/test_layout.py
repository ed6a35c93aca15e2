"""The page is readable: light and dark, on a phone, without scripts, and of any size."""

from pathlib import Path
from typing import Any

import pytest

from tests.browser.chromium import Browser, needs_chromium
from tests.browser.hostile import page

pytestmark = needs_chromium

WORD = "a" * 300
"""Wider than any phone, and without a place to break."""
FRAME = {
    "frame": 0,
    "module": "libdarkroom.so.1",
    "function": "darkroom::Convolution<darkroom::Sharpening<2> >::apply(darkroom::Tile&)",
    "file": "/src/darkroom/filters.hpp",
    "line": 48,
    "trust": "frame_pointer",
    "inlines": [{"function": "darkroom::sample(int)", "file": "/else/tile.hpp", "line": 3}],
}
NARROW = (320, 390)
LEAST_CONTRAST = 4.5
"""As WCAG asks for of text of this size (level AA)."""
CONTRASTS = """(() => {
  const channels = colour => colour.match(/[\\d.]+/g).map(Number);
  const light = colour => channels(colour).slice(0, 3).map(c => c / 255)
    .map(c => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
    .reduce((sum, c, at) => sum + c * [0.2126, 0.7152, 0.0722][at], 0);
  const behind = each => {
    const colour = getComputedStyle(each).backgroundColor;
    return (channels(colour)[3] ?? 1) > 0 || !each.parentElement ? colour
      : behind(each.parentElement);
  };
  return [...document.body.querySelectorAll("*")]
    .filter(each => [...each.childNodes].some(node => node.nodeType === 3 && node.data.trim()))
    .filter(each => each.checkVisibility({visibilityProperty: true}))
    .map(each => {
      const [one, other] = [light(getComputedStyle(each).color), light(behind(each))];
      const ratio = (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
      return [each.className || each.localName, ratio];
    });
})()"""


def crash(text: str = "text", threads: int = 3, frames: int = 3) -> dict[str, Any]:
    weak = FRAME | {"trust": "scan", "inlines": None, "function": text, "module": text}
    stack = [FRAME, weak, *[FRAME] * (frames - 2)]
    module = dict.fromkeys(("filename", "version", "debug_file", "debug_id", "base_addr"), text)
    states = ("loaded_symbols", "missing_symbols", "corrupt_symbols", "symbol_url")
    return {
        **dict.fromkeys(("signature", "reason", "product", "version", "crash_id"), text),
        "processor_notes": f">>> Start\n{text}",
        "crashing_thread": 0,
        "symbols_incomplete": [{"debug_file": text, "debug_id": "1", "reason": "pending"}],
        "json_dump": {
            "modules": [module | {state: True} for state in states],
            "threads": [{"thread_name": text, "frames": stack}] * threads,
        },
    }


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("text", ["text", WORD], ids=["of words", "of one long word"])
@pytest.mark.parametrize("width", [*NARROW, 800, 1200])
def test_the_page_never_scrolls_sideways(
    browser: Browser, tmp_path: Path, width: int, text: str, scheme: str
) -> None:
    browser.look(width, scheme=scheme)
    browser.open(page(tmp_path, crash(text), {"Notes": text, "AbortMessage": text}))
    browser.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
    assert browser.evaluate("innerWidth") == width
    assert browser.evaluate("document.documentElement.scrollWidth") <= width
    beyond = "[...document.body.querySelectorAll('*')].filter(e => e.scrollWidth > innerWidth)"
    assert browser.evaluate(f"{beyond}.length") == 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_stands_out_from_its_background(
    browser: Browser, tmp_path: Path, scheme: str
) -> None:
    browser.look(1200, scheme=scheme)
    browser.open(page(tmp_path, crash(), {"Notes": "text"}))
    browser.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
    found = browser.evaluate(CONTRASTS)
    assert len(found) > 50
    assert [each for each in found if each[1] < LEAST_CONTRAST] == []


def test_the_page_is_dark_where_the_reader_wants_it_dark(browser: Browser, tmp_path: Path) -> None:
    browser.open(page(tmp_path, crash(), {}))
    colour = "getComputedStyle(document.body).backgroundColor"
    light = browser.evaluate(colour)
    browser.look(1200, scheme="dark")
    assert browser.evaluate(colour) != light


def test_threads_unfold_and_links_are_there_without_scripts(
    browser: Browser, tmp_path: Path
) -> None:
    browser.ask("Emulation.setScriptExecutionDisabled", value=True)
    try:
        browser.open(page(tmp_path, crash(), {}))
        folded = "document.querySelector('#threads details')"
        assert not browser.evaluate(f"{folded}.open")
        _click(browser, f"{folded}.querySelector('summary')")
        assert browser.evaluate(f"{folded}.open")
        assert browser.evaluate(f"{folded}.querySelector('a.place').href").startswith("https://")
    finally:
        browser.ask("Emulation.setScriptExecutionDisabled", value=False)


def _click(browser: Browser, element: str) -> None:
    browser.evaluate(f"{element}.scrollIntoView({{block: 'center'}})")
    x, y = browser.evaluate(
        f"(box => [box.x + 30, box.y + box.height / 2])({element}.getBoundingClientRect())"
    )
    for kind in ("mousePressed", "mouseReleased"):
        browser.ask("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1)


def test_a_hundred_thousand_frames_in_hundreds_of_threads_are_shown_bounded(
    browser: Browser, tmp_path: Path
) -> None:
    browser.open(page(tmp_path, crash(threads=400, frames=250), {}))
    assert browser.evaluate("document.querySelectorAll('#threads details').length") >= 399
    assert browser.evaluate("document.querySelectorAll('li').length") <= 10_001
    assert "are not on this page" in browser.evaluate("document.body.textContent")
