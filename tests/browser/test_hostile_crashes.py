"""Nothing that a crash says runs, asks anybody, or becomes a part of the page.

The page is looked at as it is, and once more without its policy: then escaping stands alone. That
the tests would notice is shown by a page that escapes nothing.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.browser.chromium import Browser, needs_chromium
from tests.browser.hostile import VALUES, crash, page, value
from tests.browser.listener import Listener, listening

pytestmark = needs_chromium

POLICY = re.compile(r"<meta http-equiv=\"Content-Security-Policy\"[^>]*>")
PARTS = """(() => {
  const all = [...document.querySelectorAll("*")];
  return {
    elements: [...new Set(all.map(each => each.localName))].sort(),
    attributes: [...new Set(all.flatMap(each => each.getAttributeNames()))].sort(),
    styles: document.querySelectorAll("style").length,
    links: [...document.querySelectorAll("a[href]")].map(each => each.href),
    ran: window.ran === true,
    where: location.protocol,
  };
})()"""
LOOKED_AT = 0.15
"""Seconds for which a page may do something after it is all there."""


@pytest.fixture
def listener() -> Iterator[Listener]:
    with listening() as running:
        yield running


def parts(browser: Browser, file: Path) -> dict[str, Any]:
    """Open a page, let it do what it does, and tell what it is made of."""
    browser.open(file)
    # The focus goes where a page wants it, the mouse over everything that it shows.
    for step in range(0, 900, 60):
        browser.ask("Input.dispatchMouseEvent", type="mouseMoved", x=300, y=step)
    waiting = f"new Promise(done => setTimeout(done, {LOOKED_AT * 1000}))"
    browser.ask("Runtime.evaluate", expression=waiting, awaitPromise=True)
    found: dict[str, Any] = browser.evaluate(PARTS)
    return found


def requests(browser: Browser) -> list[str]:
    """Give what was asked for since the page was opened, but for the page itself."""
    urls = [each["request"]["url"] for each in browser.told("Network.requestWillBeSent")]
    return [url for url in urls if not url.startswith(("file:", "data:"))]


def complaints(browser: Browser) -> list[Any]:
    """Give what the browser refused, or found wrong: not even an attempt is to be seen."""
    kinds = ("Log.entryAdded", "Runtime.exceptionThrown", "Page.javascriptDialogOpening")
    return [each for kind in kinds for each in browser.told(kind)]


@pytest.fixture(params=["with its policy", "without its policy"])
def hostile(request: pytest.FixtureRequest, listener: Listener, tmp_path: Path) -> Path:
    """Give the page of a hostile crash of the kind that a test is about."""
    kind, policy = request.node.callspec.params["kind"], request.param == "with its policy"
    made = _page(tmp_path, value(kind, listener.url))
    if not policy:
        without, count = POLICY.subn("", made.read_text(encoding="utf-8"))
        assert count == 1
        made.write_text(without, encoding="utf-8")
    return made


def _page(folder: Path, text: str) -> Path:
    named = {"ProductName": text, "Notes": text * 30, "AbortMessage": text}
    return page(folder, crash(text), named)


@pytest.fixture(scope="module")
def harmless(chromium_page: Browser, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Give what the page of a harmless crash is made of."""
    return parts(chromium_page, _page(tmp_path_factory.mktemp("plain"), "plain"))


@pytest.mark.parametrize("kind", VALUES)
def test_a_hostile_crash_has_the_page_of_a_harmless_one(
    browser: Browser, listener: Listener, harmless: dict[str, Any], hostile: Path, kind: str
) -> None:
    found = parts(browser, hostile)
    assert not found["ran"], kind
    assert found["where"] == "file:"
    assert set(found["elements"]) - set(harmless["elements"]) <= {"details", "summary"}
    assert set(found["attributes"]) <= set(harmless["attributes"])
    assert found["styles"] == 1
    assert all(link.startswith(("https://code.example/", "file:")) for link in found["links"])
    assert listener.asked == requests(browser) == complaints(browser) == []


@pytest.mark.parametrize("kind", ["directions", "controls", "lone surrogates"])
def test_what_would_act_on_the_reader_is_spelled_out(
    browser: Browser, tmp_path: Path, kind: str
) -> None:
    browser.open(_page(tmp_path, value(kind, "http://127.0.0.1")))
    text = browser.evaluate("document.body.textContent + document.title")
    assert re.search(r"\\x1b|\\u202e|\\ud800", text)
    assert not re.search("[\x00\x1b\x7f\x9b\u202e\u2066\u200f\ud800-\udfff]", text)


def _unescaped(folder: Path, text: str, policy: str) -> Path:
    made = folder / "unescaped.html"
    made.write_text(f"<!doctype html><meta charset=utf-8>{policy}<p>{text}", encoding="utf-8")
    return made


def test_a_page_that_escapes_nothing_and_has_no_policy_would_be_noticed(
    browser: Browser, listener: Listener, tmp_path: Path
) -> None:
    text = value("a script", listener.url) + value("an image", listener.url)
    found = parts(browser, _unescaped(tmp_path, text, ""))
    assert found["ran"]
    assert {"/script", "/image"} <= set(listener.asked)
    assert "img" in found["elements"]


def test_the_policy_alone_would_stop_what_was_not_escaped(
    browser: Browser, listener: Listener, tmp_path: Path
) -> None:
    made = page(tmp_path, crash("plain"), {}).read_text(encoding="utf-8")
    found = POLICY.search(made)
    assert found
    kinds = ("a script", "an image", "a drawing", "a style", "a sheet", "a frame", "a form")
    text = "".join(value(name, listener.url) for name in kinds)
    assert not parts(browser, _unescaped(tmp_path, text, found[0]))["ran"]
    assert listener.asked == []
    assert complaints(browser)
