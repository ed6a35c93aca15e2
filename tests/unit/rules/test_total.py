"""Rules are total: whatever a crash holds, they give a result that can be stored."""

import json
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from moonwalk.domain.outcome import Outcome, OutputFault, WalkResult
from moonwalk.rules.general.stackwalk import MinidumpStackwalkRule
from moonwalk.rules.profile import named
from moonwalk.rules.rule import ANY, Crash, Rule
from tests.unit.rules.builders import (
    ANY_JSON,
    JSON_DUMPS,
    act,
    crash,
    likely,
    parts,
    several,
    socorro_fields,
)

RULES = tuple(
    dict.fromkeys(
        kind
        for profile in ("default", "socorro")
        for kinds in named(profile).rulesets.values()
        for kind in kinds
    )
)
WORDS = {"without_query": ["a"], "products": ["Firefox"], "channels": ["beta"], "withheld": ["a"]}
LONGEST_NOTE = 2_000
SOURCES = sorted(source for place in socorro_fields().places.values() for source in place.sources)
LINES = st.lists(st.sampled_from(["E: a", "\tat a", "\t... 1", "\tb", "", "Caused by:"]))
ANNOTATIONS: Mapping[str, st.SearchStrategy[Any]] = {
    "Breadcrumbs": st.one_of(ANY_JSON, ANY_JSON.map(json.dumps)),
    "JavaStackTrace": st.one_of(ANY_JSON, LINES.map("\n".join)),
    "ProcessType": st.one_of(ANY_JSON, st.just("plugin")),
    "TelemetryEnvironment": likely(partner=likely(distributionId=ANY_JSON)),
    "metadata": likely(dump_checksums=likely(upload_file_minidump=ANY_JSON)),
}
"""Annotations that rules look into; of any others, they only look at the value."""
FIELDS: Mapping[str, st.SearchStrategy[Any]] = {
    "addons": several(st.one_of(ANY_JSON, st.just("{972ce4c6-7e08-4474-a285-3208198ce6fd}:1"))),
    "crashing_thread": st.one_of(ANY_JSON, st.integers(-3, 3)),
    "json_dump": JSON_DUMPS,
    "memory_report": likely(
        version=ANY_JSON,
        hasMozMallocUsableSize=ANY_JSON,
        reports=several(
            st.fixed_dictionaries(
                {
                    "process": st.one_of(ANY_JSON, st.just("(pid 0)")),
                    "path": st.sampled_from(["explicit/a", "resident", "js-main-runtime/a"]),
                    "units": st.just(0),
                    "kind": st.integers(0, 1),
                    "amount": ANY_JSON,
                }
            )
        ),
    ),
    "os_name": st.one_of(
        ANY_JSON, st.sampled_from(["Windows", "Mac OS X", "Linux", "Android", "unknown"])
    ),
    "os_version": st.one_of(ANY_JSON, st.from_regex(r"[0-9]+\.[0-9]+")),
    "product": st.one_of(ANY_JSON, st.just("Firefox")),
    "release_channel": st.one_of(ANY_JSON, st.just("beta")),
}
"""Fields that rules look into."""
WALKS = st.builds(
    WalkResult,
    outcome=st.sampled_from(Outcome),
    json_dump=st.dictionaries(st.sampled_from(["status", "x"]), ANY_JSON),
    output=st.just(b""),
    exit_code=st.sampled_from([None, 0, 1, 86, -6, -9, -11]),
    log=st.one_of(st.text(), st.sampled_from(["ERROR", "ERROR A\n" * 20, "ERROR \n"])),
    version=st.text(max_size=5),
    wall_seconds=st.just(0.1),
    fault=st.sampled_from([None, *OutputFault]),
)


def crashes(rule: Rule) -> st.SearchStrategy[Crash]:
    """Build crashes of which what the rule looks at has any type."""
    values = {name: ANNOTATIONS.get(name, ANY_JSON) for name in rule.annotations}
    annotations = st.fixed_dictionaries({}, optional=values)
    if ANY in rule.annotations:
        names = st.sampled_from([*SOURCES, "a", "a\0", "a b"])
        annotations = st.dictionaries(names, ANY_JSON, max_size=8)
    fields = {name: FIELDS.get(name, ANY_JSON) for name in rule.reads}
    more = {"other": likely(json_dump=JSON_DUMPS)} if ANY in rule.reads else {}
    names = st.sampled_from(["upload_file_minidump", "upload_file_minidump_b"])
    walks = (
        st.dictionaries(names, WALKS) if isinstance(rule, MinidumpStackwalkRule) else st.just({})
    )
    return st.builds(
        crash,
        raw=annotations,
        processed=st.fixed_dictionaries({}, optional=fields | more),
        walks=walks,
    )


def text(document: Mapping[str, Any]) -> str:
    return json.dumps(document, default=dict)


@pytest.mark.parametrize("kind", RULES, ids=lambda kind: kind.__name__)
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_a_rule_gives_a_result_of_bounded_size_and_changes_nothing_itself(
    kind: type[Rule], data: st.DataObject
) -> None:
    rule = kind.made(parts(WORDS, own_hosts=["b"]))
    given_crash = data.draw(crashes(rule))
    before = text(given_crash.raw), text(given_crash.processed)
    found = act(rule, given_crash)
    assert (text(given_crash.raw), text(given_crash.processed)) == before
    largest = 10 * sum(map(len, (*before, repr(given_crash.walks)))) + 10_000
    assert len(text(found.fields)) + len(text(found.annotations)) < largest
    assert all(len(note) < LONGEST_NOTE for note in found.notes)
    assert ANY in rule.writes or set(found.fields) <= set(rule.writes)
    assert ANY in rule.annotations or set(found.annotations) <= set(rule.annotations)
