"""The default profile: uploads of any application with Breakpad or Crashpad."""

import json
from typing import Any

import pytest

from moonwalk.rules import profile
from moonwalk.rules.general.copied_annotations import CopyFromRawCrashRule
from tests.unit.rules.builders import act, crash, parts

VIEW = profile.public_view("default")
RULE = CopyFromRawCrashRule.made(parts(schema=VIEW.fields))

CHROMIUM = {
    "prod": "Darkroom_Linux",
    "ver": "1.4.2",
    "guid": "c0ffee",
    "channel": "beta",
    "plat": "Linux",
    "ptype": "renderer",
    "lsb-release": "Debian GNU/Linux 13",
    "num-switches": "2",
}
ELECTRON = {
    "_productName": "Darkroom",
    "_companyName": "Moonwalk",
    "_version": "1.4.2",
    "prod": "Electron",
    "ver": "40.1.0",
    "guid": "c0ffee",
    "platform": "linux",
    "process_type": "renderer",
    "ptype": "renderer",
}
BREAKPAD = {
    "prod": "Darkroom",
    "ver": "1.4.2",
    "guid": "c0ffee",
    "ptime": "1900",
    "ctime": "1900",
    "email": "ansel@example.com",
    "comments_": "I was in the bath",
}
SOCORRO = {"ProductName": "Darkroom", "Version": "1.4.2", "ReleaseChannel": "beta"}


@pytest.mark.parametrize(
    ("raw", "fields"),
    [
        pytest.param(
            CHROMIUM,
            {
                "client_id": "c0ffee",
                "linux_distribution": "Debian GNU/Linux 13",
                "platform": "Linux",
                "process_type": "renderer",
                "product": "Darkroom_Linux",
                "release_channel": "beta",
                "version": "1.4.2",
            },
            id="chromium",
        ),
        pytest.param(
            ELECTRON,
            {
                "client_id": "c0ffee",
                "platform": "linux",
                "process_type": "renderer",
                "product": "Darkroom",
                "vendor": "Moonwalk",
                "version": "1.4.2",
            },
            id="electron",
        ),
        pytest.param(
            BREAKPAD,
            {
                "client_id": "c0ffee",
                "product": "Darkroom",
                "user_comments": "I was in the bath",
                "user_email": "ansel@example.com",
                "version": "1.4.2",
            },
            id="breakpad",
        ),
        pytest.param(
            SOCORRO,
            {"product": "Darkroom", "release_channel": "beta", "version": "1.4.2"},
            id="socorro",
        ),
    ],
)
def test_what_a_client_sends_is_found_under_its_own_names(
    raw: dict[str, Any], fields: dict[str, Any]
) -> None:
    found = act(RULE, crash(raw))
    assert (found.fields, found.notes) == (fields, ())


@pytest.mark.parametrize("raw", [CHROMIUM, ELECTRON, BREAKPAD, {"Notes": "c0ffee"}])
def test_what_tells_of_a_user_is_not_public(raw: dict[str, Any]) -> None:
    fields = act(RULE, crash(raw)).fields
    shown = json.dumps([VIEW.processed(fields), VIEW.raw(raw)])
    assert not any(secret in shown for secret in ("c0ffee", "ansel", "bath"))
    assert ("1.4.2" in shown) == ("ver" in raw)


def test_annotations_that_the_profile_does_not_know_are_not_public() -> None:
    assert VIEW.raw({"num-switches": "2", "switch-1": "--user=ansel"}) == {}


def test_every_annotation_that_is_copied_is_known_and_as_public_as_its_field() -> None:
    for name, place in VIEW.fields.places.items():
        for source in place.sources:
            assert VIEW.annotations.places[source].public == place.public, name
