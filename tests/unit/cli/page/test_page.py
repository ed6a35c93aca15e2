"""The page of a crash: one bounded file of well-formed HTML, escaped whatever the crash holds."""

import base64
import hashlib
import time
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cli.page.page import page
from cli.page.view import MOST_FRAMES, MOST_THREADS
from cli.sources import SourceBrowsers

VOID = frozenset({"meta", "link"})
SOURCES = SourceBrowsers.read(["/src/=https://code.example/{path}#L{line}"], {})
FRAME = {
    "frame": 0,
    "module": "app",
    "function": "outer<int>(a & b)",
    "file": "/src/a.cpp",
    "line": 7,
    "trust": "cfi",
    "inlines": [{"function": "inner", "file": "/else/b.hpp", "line": 3}],
}


class Read(HTMLParser):
    """Reads a page: its elements with their attributes, its texts, and whether it is balanced."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.open: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] != "style" and data.strip():
            self.texts.append(data.strip())

    @property
    def attributes(self) -> set[tuple[str, str]]:
        return {(tag, name) for tag, attributes in self.elements for name in attributes}

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for found, attributes in self.elements if found == tag]


def crash(*threads: list[Any], **fields: Any) -> dict[str, Any]:
    walked = {"threads": [{"thread_name": "t", "frames": frames} for frames in threads]}
    return {"signature": "sig", "crashing_thread": 0, "json_dump": walked, **fields}


def read(processed: Any, annotations: Any = None, browsers: SourceBrowsers = SOURCES) -> Read:
    made = Read(page(processed, annotations or {}, browsers))
    assert made.open == []
    return made


def test_the_facts_come_first_and_the_signature_is_the_title() -> None:
    made = read(crash([FRAME], reason="SIGSEGV", address="0x8"))
    assert made.texts[0] == "sig"
    assert made.texts.index("SIGSEGV at 0x8") < made.texts.index("outer<int>(a & b)")


def test_inlined_frames_are_set_off_and_weak_ones_marked() -> None:
    weak = FRAME | {"trust": "scan", "inlines": None}
    kinds = [each.get("class") for each in read(crash([FRAME, weak])).all("li")]
    assert kinds == ["inlined", "real", "weak"]


def test_file_and_line_lead_to_the_source_browser_where_one_is_known() -> None:
    made = read(crash([FRAME]))
    places = [each["href"] for each in made.all("a") if each.get("class") == "place"]
    assert places == ["https://code.example/a.cpp#L7"]
    assert "/else/b.hpp:3" in made.texts


def test_modules_annotations_notes_and_symbols_that_may_come_are_on_the_page() -> None:
    told = {
        "processor_notes": ">>> Start\na note",
        "symbols_incomplete": [{"debug_file": "app.pdb", "reason": "pending"}],
    }
    processed = crash([FRAME], **told)
    processed["json_dump"]["modules"] = [{"filename": "app", "loaded_symbols": True}]
    made = read(processed, {"Name": "value"})
    assert {"a note", "app", "loaded", "Name", "value"} <= set(made.texts)
    assert any("app.pdb (pending)" in text for text in made.texts)


def test_a_page_holds_no_script_and_asks_nobody_for_anything() -> None:
    made = read(crash([FRAME]))
    loading = {"src", "srcset", "action", "background", "data", "formaction", "poster", "style"}
    assert not {name for _, name in made.attributes if name in loading or name.startswith("on")}
    assert not {"script", "iframe", "object", "embed", "form", "img"} & {
        tag for tag, _ in made.elements
    }
    assert all(each["href"].startswith("data:") for each in made.all("link") if each["href"])


def test_the_policy_allows_this_style_and_nothing_else() -> None:
    text = page(crash([FRAME]), {}, SOURCES)
    style = text.partition("<style>")[2].partition("</style>")[0]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    (policy,) = [
        each["content"] or ""
        for each in Read(text).all("meta")
        if each.get("http-equiv") == "Content-Security-Policy"
    ]
    assert policy.startswith("default-src 'none'; ")
    assert f"style-src 'sha256-{digest}';" in policy


def test_many_threads_and_frames_are_cut_and_the_page_says_so() -> None:
    begun = time.process_time()
    made = read(crash(*([[FRAME] * 100_000] + [[FRAME]] * (MOST_THREADS + 50))))
    assert time.process_time() - begun < 30
    assert len(made.all("li")) <= MOST_FRAMES
    said = [text for text in made.texts if text.endswith("has them.") or "more" in text]
    assert any("199500 more frames are not on this page" in text for text in said)
    assert any("50 more threads are not on this page" in text for text in said)


def test_a_hundred_thousand_frames_in_hundreds_of_threads_are_bounded_and_say_so() -> None:
    made = read(crash(*[[FRAME] * 250] * 400))
    assert len(made.all("li")) == MOST_FRAMES
    assert any("more frames are not on this page" in text for text in made.texts)


def test_the_innermost_frames_of_a_long_stack_are_seen_and_the_rest_folded() -> None:
    made = read(crash([FRAME | {"inlines": None, "frame": number} for number in range(100)]))
    assert "60 more frames" in made.texts
    assert len(made.all("li")) == 100


texts = st.text(max_size=20) | st.sampled_from(
    ['"><script>alert(1)</script>', "</style><script>", "' onx=1 '", "javascript:alert(1)", "\x00"]
)


@settings(max_examples=30, deadline=None)
@given(texts, st.dictionaries(texts, texts | st.integers() | st.none(), max_size=3))
def test_no_text_whatever_changes_what_a_page_is_made_of(
    text: str, annotations: dict[str, Any]
) -> None:
    def made(value: str, named: dict[str, Any]) -> Read:
        named_frame = dict.fromkeys(("module", "function", "file", "trust"), value) | {"frame": 0}
        processed = crash([named_frame | {"inlines": [named_frame]}], reason=value, address=value)
        processed["json_dump"]["modules"] = [
            dict.fromkeys(("filename", "version", "debug_file", "debug_id", "base_addr"), value)
        ]
        return read(processed | {"signature": value, "processor_notes": value}, named)

    plain, odd = made("a", {"a": "b"}), made(text, annotations)
    assert odd.attributes <= plain.attributes
    assert {tag for tag, _ in odd.elements} <= {tag for tag, _ in plain.elements}


@pytest.mark.parametrize("odd", [{}, {"json_dump": {"threads": [None]}}, {"signature": None}])
def test_a_crash_without_a_stack_has_a_page_that_says_so(odd: dict[str, Any]) -> None:
    assert "No crashing thread" in read(odd).texts
