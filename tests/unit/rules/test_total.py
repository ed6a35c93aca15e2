"""Rules are total: whatever a crash holds, they give a result that can be stored."""

import json
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from moonwalk.domain.outcome import Outcome, OutputFault, WalkResult
from moonwalk.rules.general.collector_metadata import CollectorMetadataRule
from moonwalk.rules.general.copied_annotations import CopyFromRawCrashRule
from moonwalk.rules.general.crash_info import (
    CrashInconsistenciesRule,
    HasGuardPageAccessRule,
    PossibleBitFlipsRule,
    SoftErrorsRule,
)
from moonwalk.rules.general.crashing_thread import (
    CrashingThreadInfoRule,
    RestoreCrashingThreadRule,
    ThreadCountRule,
)
from moonwalk.rules.general.dates import DatesAndTimesRule
from moonwalk.rules.general.identifier import IdentifierRule
from moonwalk.rules.general.minidump_hash import MinidumpSha256HashRule
from moonwalk.rules.general.nulls import DeNoneRule, DeNullRule
from moonwalk.rules.general.report_keys import CrashReportKeysRule
from moonwalk.rules.general.stackwalk import MinidumpStackwalkRule
from moonwalk.rules.general.symbol_urls import ModuleURLRewriteRule
from moonwalk.rules.general.truncated_stacks import TruncateStacksRule
from moonwalk.rules.mozilla.module_signatures import ConvertModuleSignatureInfoRule
from moonwalk.rules.mozilla.submitted_from import SubmittedFromRule
from moonwalk.rules.mozilla.versions import (
    ESRVersionRewrite,
    FenixVersionRewriteRule,
    MajorVersionRule,
)
from moonwalk.rules.rule import ANY, Crash, Rule
from tests.unit.rules.builders import (
    ANY_JSON,
    JSON_DUMPS,
    act,
    crash,
    likely,
    parts,
    socorro_fields,
)

RULES = (
    CollectorMetadataRule,
    ConvertModuleSignatureInfoRule,
    CopyFromRawCrashRule,
    CrashInconsistenciesRule,
    CrashReportKeysRule,
    CrashingThreadInfoRule,
    DatesAndTimesRule,
    DeNoneRule,
    DeNullRule,
    ESRVersionRewrite,
    FenixVersionRewriteRule,
    HasGuardPageAccessRule,
    IdentifierRule,
    MajorVersionRule,
    MinidumpSha256HashRule,
    MinidumpStackwalkRule,
    ModuleURLRewriteRule,
    PossibleBitFlipsRule,
    RestoreCrashingThreadRule,
    SoftErrorsRule,
    SubmittedFromRule,
    ThreadCountRule,
    TruncateStacksRule,
)
WORDS = {"without_query": ["a"]}
LONGEST_NOTE = 2_000
SOURCES = sorted(source for place in socorro_fields().places.values() for source in place.sources)
METADATA = likely(dump_checksums=likely(upload_file_minidump=ANY_JSON))
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
    values = {name: METADATA if name == "metadata" else ANY_JSON for name in rule.annotations}
    annotations = st.fixed_dictionaries({}, optional=values)
    if ANY in rule.annotations:
        names = st.sampled_from([*SOURCES, "a", "a\0", "a b"])
        annotations = st.dictionaries(names, ANY_JSON, max_size=8)
    fields = {name: JSON_DUMPS if name == "json_dump" else ANY_JSON for name in rule.reads}
    more = {"other": likely(json_dump=JSON_DUMPS)} if ANY in rule.reads else {}
    return st.builds(
        crash,
        raw=annotations,
        processed=st.fixed_dictionaries({}, optional=fields | more),
        walks=st.dictionaries(
            st.sampled_from(["upload_file_minidump", "upload_file_minidump_b"]), WALKS
        ),
    )


def text(document: Mapping[str, Any]) -> str:
    return json.dumps(document, default=dict)


@pytest.mark.parametrize("kind", RULES, ids=lambda kind: kind.__name__)
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
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
