"""What rules declare is true: they read and set no more, whatever crash they are given."""

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from moonwalk.domain.outcome import WalkResult
from moonwalk.domain.request import Ruleset
from moonwalk.rules import profile
from moonwalk.rules.rule import ANY, Crash, Found, Rule
from tests.fakes import walked
from tests.unit.rules.builders import ANY_JSON, JSON_DUMPS, crash
from tests.unit.rules.spying import Watched, undeclared

PROFILES = sorted(path.parent.name for path in profile.FOLDER.glob("*/profile.toml"))


def sources(name: str) -> list[str]:
    """Give all annotations that rules of a profile know."""
    chosen = profile.named(name)
    rules = [*chosen.rulesets["before_walk"], *chosen.rulesets["default"]]
    named = {annotation for rule in rules for annotation in rule.annotations}
    places = chosen.schema.places.values()
    return sorted(named | {source for place in places for source in place.sources} - {ANY})


@pytest.mark.parametrize("ruleset", Ruleset)
@pytest.mark.parametrize("name", PROFILES)
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_rules_read_and_set_what_they_declare_and_no_more(
    name: str, ruleset: Ruleset, data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    report = tmp_path_factory.getbasetemp() / "memory_report"
    report.write_bytes(b"none")
    likely = st.sampled_from(["1", "parent", "plugin", "Firefox", "beta", "esr", "2.0", "a\0"])
    raw = data.draw(st.dictionaries(st.sampled_from(sources(name)), st.one_of(likely, ANY_JSON)))
    json_dump = data.draw(JSON_DUMPS)
    walk: WalkResult = replace(walked(), json_dump=json_dump if isinstance(json_dump, dict) else {})
    walks = {"upload_file_minidump": walk, "upload_file_minidump_b": walk}
    given_crash = crash(
        raw=raw, walks=walks, dumps=["memory_report"], files={"memory_report": report}
    )
    assert undeclared(name, ruleset, given_crash) == []


class Liar(Rule):
    """Does what it has not declared."""

    def act(self, crash: Crash) -> Found:
        """Do it."""
        return Found(fields={"c": crash.raw["a"]}, dropped=frozenset({"b"} - set(crash.processed)))


def test_what_was_not_declared_is_found_out() -> None:
    found: list[str] = []
    Watched(Liar(), lambda _, said: found.append(said)).act(crash(raw={"a": 1}))
    assert sorted(found) == [
        "Liar reads the annotation a",
        "Liar reads the field *",
        "Liar sets the annotation b",
        "Liar sets the field c",
    ]
