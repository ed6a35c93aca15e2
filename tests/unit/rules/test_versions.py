"""Versions of Mozilla's products."""

from typing import Any

import pytest

from moonwalk.rules.mozilla.versions import (
    ESRVersionRewrite,
    FenixVersionRewriteRule,
    MajorVersionRule,
)
from moonwalk.rules.rule import NOTHING
from tests.unit.rules.builders import HUGE, act, crash


def test_nightly_builds_of_fenix_have_one_version() -> None:
    processed = {"product": "Fenix", "version": "Nightly 200312 12:12"}
    found = act(FenixVersionRewriteRule(), crash(processed=processed))
    assert found.fields == {"version": "0.0a1"}
    assert found.notes == ("Changed version from 'Nightly 200312 12:12' to 0.0a1",)


@pytest.mark.parametrize(
    "processed",
    [
        {},
        {"product": "Fenix", "version": "120.0"},
        {"product": "Fenix", "version": ["Nightly "]},
        {"product": "Firefox", "version": "Nightly 200312 12:12"},
        {"product_name": "Fenix", "version": "Nightly 200312 12:12"},
    ],
)
def test_other_versions_stay(processed: dict[str, Any]) -> None:
    assert act(FenixVersionRewriteRule(), crash(processed=processed)) is NOTHING


@pytest.mark.parametrize(
    ("version", "rewritten"), [("115.0", "115.0esr"), ("115.0esr", "115.0esresr"), ("", "esr")]
)
def test_versions_of_extended_support_say_so(version: str, rewritten: str) -> None:
    processed = {"release_channel": "esr", "version": version}
    assert act(ESRVersionRewrite(), crash(processed=processed)).fields == {"version": rewritten}


@pytest.mark.parametrize("channel", ["ESR", "release", None, ["esr"]])
def test_versions_of_other_channels_stay(channel: Any) -> None:
    processed = {"release_channel": channel, "version": "115.0"}
    assert act(ESRVersionRewrite(), crash(processed=processed)) is NOTHING


def test_extended_support_without_a_version_is_noted() -> None:
    found = act(ESRVersionRewrite(), crash(processed={"release_channel": "esr"}))
    assert found.fields == {}
    assert found.notes == ("'version' missing from esr release processed_crash",)


@pytest.mark.parametrize(
    ("raw", "major"),
    [
        ({"Version": "115.0.1"}, 115),
        ({"Version": " 12 .1"}, 12),
        ({"Version": "-3.0"}, -3),
        ({"Version": "115esr"}, 0),
        ({"Version": ""}, 0),
        ({"Version": HUGE}, 0),
        ({"Version": None}, 0),
        ({}, 0),
    ],
)
def test_the_major_version_is_the_number_before_the_first_dot(
    raw: dict[str, Any], major: int
) -> None:
    found = act(MajorVersionRule(), crash(raw))
    assert (found.fields, found.notes) == ({"major_version": major}, ())


@pytest.mark.parametrize("version", [115, 115.0, True, ["115"], {}])
def test_a_version_that_is_no_text_has_no_major_version(version: Any) -> None:
    found = act(MajorVersionRule(), crash({"Version": version}))
    assert (found.fields, found.notes) == ({}, ("Version has an unusable value",))
