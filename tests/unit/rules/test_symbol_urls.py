"""Addresses of symbols that are nobody's business."""

from typing import Any

import pytest

from moonwalk.rules.general.symbol_urls import ModuleURLRewriteRule
from tests.unit.rules.builders import act, crash, parts

RULE = ModuleURLRewriteRule.made(
    parts({"without_query": ["symbols.mozilla.org"]}, own_hosts=["cache.corp", "10.0.0.7"])
)


def rewritten(url: Any, **names: Any) -> tuple[Any, tuple[str, ...]]:
    module = {"filename": "xul.dll", **names, "symbol_url": url}
    found = act(RULE, crash(processed={"json_dump": {"modules": [module], "pid": 1}}))
    changed = found.fields.get("json_dump", {"modules": [module]})
    return changed["modules"][0]["symbol_url"], found.notes


@pytest.mark.parametrize(
    "url",
    [
        "http://localhost/xul.pdb",
        "http://user@LOCALHOST:8000/xul.pdb",
        "https://my.localhost.corp/",
        "http://127.0.0.1:9000/xul.pdb",
        "http://127.9.9.9/",
        "http://[::1]:9000/xul.pdb",
        "http://[::ffff:127.0.0.1]/",
        "https://cache.corp/xul.pdb",
        "https://Bucket.CACHE.corp.:443/xul.pdb",
        "http://10.0.0.7/",
        "http://[bad/",
        5,
        ["http://example.com"],
    ],
)
def test_own_addresses_and_what_is_no_address_are_taken_away_with_a_note(url: Any) -> None:
    assert rewritten(url) == (None, ("Redacting symbol url for module xul.dll",))


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        ("https://symbols.mozilla.org/a/b?key=secret", "https://symbols.mozilla.org/a/b"),
        ("HTTPS://symbols.mozilla.org/a?k=1#f", "https://symbols.mozilla.org/a#f"),
        ("https://symbols.mozilla.org/a?", "https://symbols.mozilla.org/a"),
        ("https://x@Symbols.Mozilla.org:443/a?k", "https://x@Symbols.Mozilla.org:443/a"),
    ],
)
def test_public_servers_lose_the_query_only(url: str, kept: str) -> None:
    assert rewritten(url) == (kept, ())


@pytest.mark.parametrize(
    "url",
    [
        "https://example.com/a?key=1",
        "https://notcache.corporation/",
        "https://mycache.corp/",
        "file:///home/a",
        "no address",
        "",
        None,
    ],
)
def test_other_addresses_stay(url: Any) -> None:
    assert rewritten(url) == (url, ())


@pytest.mark.parametrize(
    ("names", "said"),
    [
        ({"debug_file": "xul.pdb"}, "xul.dll"),
        ({"filename": ""}, ""),
        ({"filename": None, "debug_file": "xul.pdb"}, "xul.pdb"),
        ({"filename": 5}, "unknown"),
    ],
)
def test_the_note_names_the_module(names: dict[str, Any], said: str) -> None:
    assert rewritten("http://localhost", **names)[1] == (f"Redacting symbol url for module {said}",)


def test_modules_of_all_dumps_are_looked_at_and_nothing_else_changes() -> None:
    module = {"filename": "a", "symbol_url": "http://localhost/"}
    processed = {
        "json_dump": {"modules": [{"filename": "b"}, module], "pid": 1},
        "upload_file_minidump_browser": {"json_dump": {"modules": [module]}, "success": True},
    }
    found = act(RULE, crash(processed=processed))
    gone = {"filename": "a", "symbol_url": None}
    assert found.fields == {
        "json_dump": {"modules": [{"filename": "b"}, gone], "pid": 1},
        "upload_file_minidump_browser": {"json_dump": {"modules": [gone]}, "success": True},
    }
    assert len(found.notes) == 2
    assert module["symbol_url"] == "http://localhost/"


@pytest.mark.parametrize(
    "processed",
    [
        {},
        {"json_dump": None},
        {"json_dump": {}},
        {"json_dump": {"modules": None}},
        {"json_dump": {"modules": {"a": 1}}},
        {"json_dump": {"modules": [None, 5, {}]}},
        {"x": {"json_dump": []}, "y": []},
    ],
)
def test_without_modules_nothing_is_written(processed: dict[str, Any]) -> None:
    found = act(RULE, crash(processed=processed))
    assert (found.fields, found.notes) == ({}, ())
