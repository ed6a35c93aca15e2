"""Links to source browsers lead to the template's host only, whatever a file's name holds."""

from urllib.parse import urlsplit

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cli.exits import UsageError
from cli.sources import LONGEST_LINK, SourceBrowsers, place, short
from moonwalk.rules.profile import source_browsers

HG = "hg:hg.mozilla.org/mozilla-central:dom/base/nsDocument.cpp:abc123"
MOZILLA = SourceBrowsers.read((), source_browsers("socorro"))
OWN = SourceBrowsers.read(["/src/=https://code.example/tree/{path}#L{line}"], {})


def test_a_file_in_version_control_is_shown_by_its_path() -> None:
    assert short(HG) == "dom/base/nsDocument.cpp"
    assert place(HG, "12") == "dom/base/nsDocument.cpp:12"


@pytest.mark.parametrize("file", ["/src/a.cpp", r"c:\build\a.cpp", "a:b:c:d", "", "hg:a:b"])
def test_any_other_file_is_shown_as_it_is_called(file: str) -> None:
    assert short(file) == file


def test_a_position_without_a_line_is_the_file() -> None:
    assert (place("a.cpp", ""), place("", "7")) == ("a.cpp", "")


@pytest.mark.parametrize(
    ("file", "link"),
    [
        (HG, "https://hg.mozilla.org/mozilla-central/file/abc123/dom/base/nsDocument.cpp#l12"),
        (
            "git:github.com/rust-lang/rust:library/core/src/x.rs:f00",
            "https://github.com/rust-lang/rust/blob/f00/library/core/src/x.rs#L12",
        ),
        (
            "s3:gecko-generated-sources:0a1b/dom/X.cpp:",
            "https://gecko-generated-sources.s3.amazonaws.com/0a1b/dom/X.cpp",
        ),
    ],
)
def test_mozillas_files_are_linked_to_where_they_are_browsed(file: str, link: str) -> None:
    assert MOZILLA.link(file, "12") == link


def test_files_below_a_folder_are_linked_by_a_template_of_ones_own() -> None:
    assert OWN.link("/src/a b.cpp", "3") == "https://code.example/tree/a%20b.cpp#L3"
    assert OWN.link("/elsewhere/a.cpp", "3") is None


def test_without_a_line_a_link_leads_to_the_file() -> None:
    assert OWN.link("/src/a.cpp", "") == "https://code.example/tree/a.cpp"


def test_the_longest_prefix_wins_and_the_command_line_over_the_profile() -> None:
    known = {"/src/": "https://one.example/{path}"}
    given_here = ["/src/=https://two.example/{path}", "/src/own/=https://three.example/{path}"]
    browsers = SourceBrowsers.read(given_here, known)
    assert browsers.link("/src/a", "") == "https://two.example/a"
    assert browsers.link("/src/own/a", "") == "https://three.example/a"


@pytest.mark.parametrize(
    "file",
    [
        "/src/../../other/a.cpp",
        "/src/./a",
        "/src/",
        "/src/a:b:c:d",
        "/src/\ud800",
        "/src/" + "a" * 2000,
    ],
)
def test_a_name_that_would_leave_its_folder_or_lacks_a_part_gets_no_link(file: str) -> None:
    assert OWN.link(file, "1") is None


@pytest.mark.parametrize(
    "given_here",
    [
        "no template",
        "=https://a.example/",
        "p=",
        "p=javascript:alert({path})",
        "p=//a.example/{path}",
        "p=https:///{path}",
        "p=https://{path}/x",
        "p=https://a.example/{user}",
        "p=https://a.example/{",
        "p=https://a.example/{path.__class__}",
        "p=https://[a/{path}",
    ],
)
def test_a_template_that_is_no_web_address_of_one_host_is_refused(given_here: str) -> None:
    with pytest.raises(UsageError):
        SourceBrowsers.read([given_here], {})


@given(st.text(), st.text(max_size=8))
@example('"><script>alert(1)</script>', "1")
@example("@evil.example/", "1")
@example("javascript:alert(1)", "1")
@example("a", '1#"onclick=')
def test_no_name_whatever_leads_elsewhere_or_breaks_out(name: str, line: str) -> None:
    link = OWN.link(f"/src/{name}", line)
    if link is not None:
        address = urlsplit(link)
        assert (address.scheme, address.netloc) == ("https", "code.example")
        assert address.path.startswith("/tree/")
        assert not set(link) & set("\"'<> \n\\")
        assert link.isascii()
        assert len(link) <= LONGEST_LINK
