"""Profiles: folders that say which rules make a processed crash, and of which fields."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from moonwalk.domain.request import Ruleset
from moonwalk.rules import profile
from moonwalk.rules.general.copied_annotations import CopyFromRawCrashRule
from moonwalk.rules.general.nulls import DeNullRule
from moonwalk.rules.profile import UnusableProfileError
from moonwalk.rules.rule import ANY, Parts
from tests.unit.rules.builders import parts

HEAD = "path\ttype\tpermission\tsource_annotation\tdefault\n"
PROFILES = sorted(path.parent.name for path in profile.FOLDER.glob("*/profile.toml"))
RULESETS = """
[rulesets]
before_walk = ["general.nulls.DeNullRule"]
default = ["general.copied_annotations.CopyFromRawCrashRule"]
regenerate_signature = []

[rules.DeNullRule]
word = "said"
"""


def folder(at: Path, rulesets: str = RULESETS, fields: str = "a\tstring\tpublic\tA\t\n") -> Path:
    (at / "profile.toml").write_text(rulesets, encoding="utf-8")
    (at / "fields.tsv").write_text(HEAD + fields, encoding="utf-8")
    (at / "annotations.tsv").write_text(HEAD + "A\tstring\tpublic\n", encoding="utf-8")
    return at


def test_a_profile_lists_rules_that_are_made_in_its_order_with_what_it_tells_them(
    tmp_path: Path,
) -> None:
    read = profile.read(folder(tmp_path))
    told: list[Mapping[str, Any]] = []

    def remembered(words: Mapping[str, Any]) -> Parts:
        told.append(words)
        return parts(words)

    assert [type(rule) for rule in read.before_walk(remembered)] == [DeNullRule]
    assert [type(rule) for rule in read.rules(Ruleset.DEFAULT, remembered)] == [
        CopyFromRawCrashRule
    ]
    assert read.rules(Ruleset.REGENERATE_SIGNATURE, remembered) == ()
    assert told == [{"word": "said"}, {}]


def test_rows_of_another_table_can_stand_below_a_place(tmp_path: Path) -> None:
    fields = "one\tobject\tpublic\none.*\tmore.tsv\ntwo\tobject\tpublic\ntwo.*\tmore.tsv\n"
    (tmp_path / "more.tsv").write_text(
        HEAD + "x\tinteger\tpublic\nx2\tobject\tprotected\nx2.y\tnull\tpublic\n", encoding="utf-8"
    )
    schema = profile.read(folder(tmp_path, fields=fields)).schema
    assert list(schema.places) == ["one", "two"]
    assert schema.fits("two", {"x": 1, "x2": {"y": None}})
    assert not schema.fits("two", {"x": 1, "x2": {"y": 1}})
    assert schema.public({"one": {"x": 1, "x2": {"y": None}}}) == {"one": {"x": 1}}


@pytest.mark.parametrize(
    ("rulesets", "said"),
    [
        ("", "has no before_walk, default, regenerate_signature"),
        ("[rulesets", "cannot be read"),
        (RULESETS.replace("DeNullRule", "Unknown", 1), "there is no rule general.nulls.Unknown"),
        (RULESETS.replace("general.nulls", "general.none", 1), "there is no rule general.none"),
        (RULESETS.replace("DeNullRule", "NUL", 1), "general.nulls.NUL is no rule"),
        (RULESETS.replace("DeNullRule", "Count", 1), "general.nulls.Count is no rule"),
    ],
)
def test_a_profile_that_cannot_be_followed_is_refused(
    tmp_path: Path, rulesets: str, said: str
) -> None:
    with pytest.raises(UnusableProfileError, match=said):
        profile.read(folder(tmp_path, rulesets))


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ("a\ttext\tpublic\n", "fields.tsv cannot be read: a has a type 'text'"),
        ("a\tobject\tpublic\na.*\tmissing.tsv\n", "fields.tsv cannot be read"),
    ],
)
def test_a_table_that_cannot_be_followed_is_refused(tmp_path: Path, fields: str, said: str) -> None:
    with pytest.raises(UnusableProfileError, match=said):
        profile.read(folder(tmp_path, fields=fields))


def test_a_profile_that_is_not_there_is_told_with_those_that_are() -> None:
    with pytest.raises(UnusableProfileError, match=f"'other'; there are: {', '.join(PROFILES)}"):
        profile.named("other")


@pytest.mark.parametrize("name", PROFILES)
def test_every_profiles_tables_can_be_read(name: str) -> None:
    view = profile.public_view(name)
    assert "json_dump" in view.fields.places
    assert not view.annotations.places["metadata"].public


@pytest.mark.parametrize("name", PROFILES)
def test_every_field_that_a_rule_sets_has_a_place_in_the_profiles_schema(name: str) -> None:
    read = profile.named(name)
    kinds = {kind for kinds in read.rulesets.values() for kind in kinds}
    fields = {field for kind in kinds for field in kind.writes} - {ANY}
    assert fields - set(read.schema.places) == set()


@pytest.mark.parametrize("name", PROFILES)
def test_a_profile_tells_words_only_to_rules_that_it_lists(name: str) -> None:
    read = profile.named(name)
    listed = {kind.__name__ for kinds in read.rulesets.values() for kind in kinds}
    assert set(read.told) <= listed


def test_the_default_profile_has_nothing_of_mozillas() -> None:
    kinds = [kind for kinds in profile.named("default").rulesets.values() for kind in kinds]
    assert [kind for kind in kinds if ".general." not in kind.__module__] == []
