"""Add-ons, and the theme among them."""

from typing import Any

import pytest

from moonwalk.rules.mozilla.addons import MOST, AddonsRule, ThemePrettyNameRule
from moonwalk.rules.rule import NOTHING, Found
from tests.unit.rules.builders import act, crash

THEME = "{972ce4c6-7e08-4474-a285-3208198ce6fd}"


def told(**raw: Any) -> Found:
    return act(AddonsRule(), crash(raw={name.replace("_", "-"): raw[name] for name in raw}))


@pytest.mark.parametrize(
    ("listed", "addons"),
    [
        (
            "a:1,b,,c%3A2,d%20e:1+2",
            ["a:1", "b:NO_VERSION", ":NO_VERSION", "c:2:NO_VERSION", "d e:1 2"],
        ),
        (" a : 1 ", [" a : 1 "]),
        ("a:1", ["a:1"]),
        (",", [":NO_VERSION", ":NO_VERSION"]),
        ("%zz:%", ["%zz:%"]),
        ("%ff:1", ["\ufffd:1"]),
        ("\ud800:1", ["\ud800:1"]),
        ("", []),
        (None, []),
        (0, []),
        ([], []),
    ],
)
def test_add_ons_are_listed_with_versions(listed: Any, addons: list[str]) -> None:
    assert told(Add_ons=listed) == Found(fields={"addons_checked": None, "addons": addons})


def test_an_annotation_of_commas_only_lists_no_more_than_anybody_has() -> None:
    assert len(told(Add_ons="," * 1_000_000).fields["addons"]) == MOST


@pytest.mark.parametrize(
    ("checked", "shown"),
    [("true", True), ("TRUE", True), ("false", False), ("", False), ("1", False)],
)
def test_that_they_were_checked_is_said_by_one_word(checked: str, shown: Any) -> None:
    assert told(EMCheckCompatibility=checked).fields == {"addons_checked": shown, "addons": []}


def test_what_is_no_text_is_noted_and_costs_only_itself() -> None:
    assert told(EMCheckCompatibility=True, Add_ons="a:1") == Found(
        fields={"addons": ["a:1"]}, notes=("EMCheckCompatibility has an unusable value",)
    )
    assert told(EMCheckCompatibility="true", Add_ons=["a:1"]) == Found(
        fields={"addons_checked": True}, notes=("Add-ons has an unusable value",)
    )


@pytest.mark.parametrize(
    ("addon", "shown"),
    [
        (f"{THEME}:1.0", f"{THEME} (default theme):1.0"),
        (f"{THEME}:{THEME}:2", f"{THEME} (default theme):{THEME}:2"),
        (THEME, f"{THEME} (default theme)"),
    ],
)
def test_the_default_theme_is_told_by_name(addon: str, shown: str) -> None:
    addons = ["a:1", addon, f"x{THEME}:1", 5]
    found = act(ThemePrettyNameRule(), crash(processed={"addons": addons}))
    assert found == Found(fields={"addons": ["a:1", shown, f"x{THEME}:1", 5]})
    assert addons[1] == addon


@pytest.mark.parametrize("addons", [["a:1"], [], None, [None, 5], THEME, {THEME: 1}])
def test_without_the_default_theme_the_list_stays(addons: Any) -> None:
    assert act(ThemePrettyNameRule(), crash(processed={"addons": addons})) is NOTHING
    assert act(ThemePrettyNameRule(), crash()) is NOTHING
