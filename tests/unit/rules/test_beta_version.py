"""Versions of betas."""

from typing import Any

import pytest

from moonwalk.rules.mozilla.beta_version import BetaVersionRule
from moonwalk.rules.rule import NOTHING, Found
from tests.unit.rules.builders import act, crash, parts

TOLD = {"products": ["Firefox", "Thunderbird"], "channels": ["beta", "aurora"]}
BETA = {"product": "Firefox", "release_channel": "beta", "build": "20260801", "version": "140.0"}
NOTE = 'release channel is {} but no version data was found - added "b0" suffix to version number'


class Asked:
    """A look-up that knows builds by what it is asked, and remembers that."""

    def __init__(self, **known: str) -> None:
        self.known = known
        self.asked: list[tuple[str, str, str]] = []

    def of(self, product: str, channel: str, build_id: str) -> str | None:
        self.asked.append((product, channel, build_id))
        return self.known.get(build_id)


def looked_up(versions: Asked, **fields: Any) -> Found:
    rule = BetaVersionRule.made(parts(TOLD, versions=versions))
    return act(rule, crash(processed=BETA | fields))


def test_a_known_build_has_its_version() -> None:
    found = looked_up(versions := Asked(**{"20260801": "140.0b3"}))
    assert (found.fields, found.notes) == ({"version": "140.0b3"}, ())
    assert versions.asked == [("Firefox", "beta", "20260801")]


@pytest.mark.parametrize("channel", ["beta", "Beta", "AURORA"])
def test_an_unknown_build_is_beta_zero_and_its_channel_is_noted_in_lower_case(
    channel: str,
) -> None:
    found = looked_up(Asked(), release_channel=channel)
    assert found.fields == {"version": "140.0b0"}
    assert found.notes == (NOTE.format(channel.lower()),)


def test_an_empty_version_counts_as_unknown() -> None:
    assert looked_up(Asked(**{"20260801": ""})).fields == {"version": "140.0b0"}


@pytest.mark.parametrize("build", [None, "", " \t", 20260801, ["20260801"]])
def test_nobody_is_asked_without_a_build_id(build: Any) -> None:
    found = looked_up(versions := Asked(), build=build)
    assert found.fields == {"version": "140.0b0"}
    assert versions.asked == []


def test_white_space_around_a_build_id_is_not_part_of_it() -> None:
    looked_up(versions := Asked(), build=" 20260801 ")
    assert versions.asked == [("Firefox", "beta", "20260801")]


@pytest.mark.parametrize(
    ("product", "channel", "build", "asked_for"),
    [
        ("Firefox", "aurora", "20170602", "DevEdition"),
        ("Firefox", "Aurora", "20170601000000", "DevEdition"),
        ("Firefox", "aurora", "20170601", "Firefox"),
        ("Firefox", "aurora", "2016", "Firefox"),
        ("Firefox", "beta", "20170602", "Firefox"),
        ("Thunderbird", "aurora", "20170602", "Thunderbird"),
    ],
)
def test_later_builds_of_firefoxs_aurora_are_the_developer_editions(
    product: str, channel: str, build: str, asked_for: str
) -> None:
    versions = Asked()
    looked_up(versions, product=product, release_channel=channel, build=build)
    assert versions.asked == [(asked_for, channel.lower(), build)]


@pytest.mark.parametrize("version", [None, 140, ["140.0"]])
def test_a_crash_without_a_version_that_nobody_knows_either_has_a_note_only(version: Any) -> None:
    found = looked_up(Asked(), version=version)
    assert found.fields == {}
    assert found.notes == ("'version' missing from beta processed_crash",)


def test_a_crash_without_a_version_takes_the_one_that_is_known() -> None:
    found = looked_up(Asked(**{"20260801": "140.0b3"}), version=None)
    assert found.fields == {"version": "140.0b3"}


@pytest.mark.parametrize(
    "other",
    [
        {"product": "Fenix"},
        {"product": "firefox"},
        {"product": None},
        {"product": ["Firefox"]},
        {"release_channel": "release"},
        {"release_channel": None},
        {"release_channel": ["beta"]},
    ],
)
def test_crashes_of_others_are_left_alone(other: dict[str, Any]) -> None:
    assert looked_up(versions := Asked(), **other) is NOTHING
    assert versions.asked == []


def test_a_profile_that_names_no_products_looks_nothing_up() -> None:
    assert act(BetaVersionRule.made(parts()), crash(processed=BETA)) is NOTHING
