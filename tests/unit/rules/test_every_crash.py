"""All of Socorro's rules with crashes of any kind: a result always, nothing protected in notes."""

import gzip
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from moonwalk.adapters.json_text import to_json
from moonwalk.adapters.signature import SiggenSignatures
from moonwalk.adapters.signature_lists import SignatureLists
from moonwalk.domain.dumps import DumpName
from moonwalk.domain.outcome import Outcome, OutputFault, WalkResult
from moonwalk.domain.processed_crash import Pass
from moonwalk.domain.request import Ruleset
from moonwalk.rules.processing import Applied, Rules
from moonwalk.rules.profile import named, public_view
from moonwalk.rules.rule import ANY, Crash, Document
from tests.builders import CRASH_ID
from tests.fakes.world import FakeMetrics
from tests.unit.rules.builders import (
    ANY_JSON,
    HUGE,
    JSON_DUMPS,
    NoVersions,
    likely,
    parts,
    socorro_fields,
)

NOW = datetime(2026, 9, 1, 12, 34, 56, 789012, tzinfo=UTC)
SECRET = "pr0tected"
"""Stands in every value that not everybody may see, and in no other."""
MAIN, BROWSER = DumpName("upload_file_minidump"), DumpName("upload_file_minidump_browser")
REPORT = DumpName("memory_report")

SECRETS = st.sampled_from(
    [
        SECRET,
        f"1 {SECRET}",
        f"{SECRET}\0",
        f"https://{SECRET}/",
        [SECRET],
        {SECRET: SECRET},
        json.dumps({"values": [{"message": SECRET}]}),
        json.dumps({"message": SECRET}),
        f"[{SECRET}",
    ]
)
SECRET_LINES = st.sampled_from([SECRET, f"\t{SECRET}", "", "\tat a", f"Caused by: {SECRET}"])
PROTECTED: Mapping[str, st.SearchStrategy[Any]] = {
    **dict.fromkeys(
        (
            "Breadcrumbs",
            "Comments",
            "DumperError",
            "GMPLibraryPath",
            "GleanClientId",
            "ModuleSignatureInfo",
            "PHCAllocStack",
            "PHCBaseAddress",
            "PHCFreeStack",
            "PHCKind",
            "PHCUsableSize",
            "RemoteType",
            "URL",
            "metadata",
            "unheard_of",
        ),
        SECRETS,
    ),
    "JavaStackTrace": st.lists(SECRET_LINES).map(lambda lines: "\n".join(["E: m", *lines])),
    "MozCrashReason": st.sampled_from([f"byte index {SECRET}", [SECRET]]),
}
"""Annotations that are protected, and one that nobody knows."""

ODD = st.one_of(
    ANY_JSON,
    st.sampled_from(
        [
            "0000-00-00T00:00:00",
            "0001-01-01T00:00:00+23:59",
            "9999-12-31T23:59:59.999999-23:59",
            "-62135596801",
            "253402300800",
            "-5",
            '{"deep": ' + "[" * 5_000 + "}",
            "a," * 20_000,
            "Firefox",
            "beta",
            "esr",
        ]
    ),
)
NAMES = sorted({source for place in socorro_fields().places.values() for source in place.sources})
READ = {
    name
    for rules in named("socorro").rulesets.values()
    for rule in rules
    for name in rule.annotations
}
PUBLIC = st.sampled_from(
    sorted({*NAMES, *READ, "a\0b", "\ud800"} - {*PROTECTED, "JavaException", ANY})
)
RAWS = st.builds(
    lambda public, protected: {**public, **protected},
    st.dictionaries(PUBLIC, ODD, max_size=12),
    st.fixed_dictionaries({}, optional=dict(PROTECTED)),
)
OUTPUTS = st.builds(
    lambda output, boot_args, errors: {
        **(output if isinstance(output, dict) else {}),
        "mac_boot_args": boot_args,
        "soft_errors": errors,
        "unheard_of": SECRET,
    },
    JSON_DUMPS,
    SECRETS,
    SECRETS,
)
LOGS = st.sampled_from(["", "ERROR", f"ERROR Name - {SECRET}", f"{SECRET}\n" * 20, "ERROR \ud800"])
WALKS = st.builds(
    WalkResult,
    outcome=st.sampled_from(Outcome),
    json_dump=OUTPUTS,
    output=st.just(b""),
    exit_code=st.sampled_from([None, 0, 1, 86, -6, -9, -11]),
    log=LOGS,
    version=st.just("minidump-stackwalk 0.27.0"),
    wall_seconds=st.just(0.1),
    fault=st.sampled_from([None, *OutputFault]),
)
EARLIER = st.builds(
    lambda fields, more: {**fields, **more},
    st.dictionaries(st.sampled_from(sorted(socorro_fields().places)), ANY_JSON, max_size=8),
    likely(
        json_dump=JSON_DUMPS,
        java_stack_trace=st.just("E\n\tat a"),
        processor_notes=ODD,
        processor_history=st.lists(ANY_JSON, max_size=30),
    ).map(lambda more: more if isinstance(more, dict) else {}),
)


@dataclass(frozen=True, slots=True)
class Given:
    """What a pass begins with."""

    raw: Document
    walks: Mapping[DumpName, WalkResult] = field(default_factory=dict)
    files: Mapping[DumpName, Path] = field(default_factory=dict)
    earlier: Document = field(default_factory=dict)

    def __len__(self) -> int:
        return len(repr((self.raw, self.walks, self.earlier))) + sum(
            len(gzip.decompress(path.read_bytes()))
            for path in self.files.values()
            if path.suffix == ".gz"
        )


@pytest.fixture(scope="module")
def rules() -> Rules:
    profile = named("socorro")
    signatures = SiggenSignatures(SignatureLists.read(*profile.signature_lists))
    made_of = parts(schema=profile.schema, signatures=signatures, versions=NoVersions())
    return Rules.of(profile, made_of, FakeMetrics())


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = tmp_path_factory.mktemp("reports")
    content = {
        "good.gz": gzip.compress(json.dumps({"a": SECRET}).encode()),
        "none.gz": gzip.compress(SECRET.encode()),
        "list.gz": gzip.compress(json.dumps([SECRET]).encode()),
        "undecodable.gz": gzip.compress(SECRET.encode() + b"\xff"),
        "plain": SECRET.encode(),
        "cut": gzip.compress(SECRET.encode())[:-3],
    }
    for name, each in content.items():
        (folder / name).write_bytes(each)
    return [folder / name for name in content]


def applied(rules: Rules, ruleset: Ruleset, given: Given) -> Applied:
    this_pass = Pass(CRASH_ID, ruleset, NOW, "host")
    prepared = rules.prepare(this_pass, given.raw)
    dumps = (*given.walks, *given.files)
    crash = Crash(CRASH_ID, prepared.crash.raw, {}, dumps, given.walks, given.files)
    return rules.apply(this_pass, prepared, crash, given.earlier)


def checked(rules: Rules, ruleset: Ruleset, given: Given) -> dict[str, Any]:
    """Make a processed crash, and see that it is as all must be."""
    before = repr(given)
    result = applied(rules, ruleset, given)
    processed = result.ended(NOW)
    assert repr(given) == before
    assert (result.prepared.failed, result.ran.failed) == ((), ())
    assert len(to_json(processed)) < 30 * len(given) + 50_000
    assert SECRET not in processed["processor_notes"]
    assert SECRET.encode() not in to_json(public_view("socorro").processed(processed))
    return processed


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_every_crash_has_a_result_and_no_rule_fails(
    rules: Rules, reports: list[Path], data: st.DataObject
) -> None:
    begun = Given(
        raw=data.draw(RAWS),
        walks=data.draw(st.dictionaries(st.sampled_from([MAIN, BROWSER]), WALKS)),
        files=data.draw(st.dictionaries(st.just(REPORT), st.sampled_from(reports))),
        earlier=data.draw(EARLIER),
    )
    processed = checked(rules, Ruleset.DEFAULT, begun)
    assert processed["uuid"]
    assert isinstance(processed["signature"], str)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(earlier=EARLIER)
def test_every_processed_crash_may_have_a_new_signature(rules: Rules, earlier: Any) -> None:
    processed = checked(rules, Ruleset.REGENERATE_SIGNATURE, Given({}, earlier=earlier))
    assert isinstance(processed["signature"], str)


def walk(json_dump: dict[str, Any]) -> WalkResult:
    return WalkResult(Outcome.OK, json_dump, b"", 0, "", "minidump-stackwalk 0.27.0", 0.1)


def nested(levels: int) -> Any:
    value: Any = []
    for _ in range(levels):
        value = [value]
    return value


FRAME = {"frame": 0, "function": "a::b<c>(d)" * 20, "module": "xul.dll", "file": None}
LARGE: Mapping[str, Given] = {
    "a hundred thousand frames": Given(
        {},
        {
            MAIN: walk(
                {
                    "crash_info": {"crashing_thread": 0},
                    "modules": [{"filename": "xul.dll", "debug_id": "A"}] * 10_000,
                    "threads": [{"frames": [FRAME] * 100_000}, {"frames": [FRAME] * 100_000}],
                }
            )
        },
    ),
    "a frame with a hundred thousand inlined functions": Given(
        {},
        {
            MAIN: walk(
                {
                    "crash_info": {"crashing_thread": 0},
                    "threads": [{"frames": [{**FRAME, "inlines": [FRAME] * 100_000}]}],
                }
            )
        },
    ),
    "a function of ten million characters": Given(
        {},
        {
            MAIN: walk(
                {
                    "crash_info": {"crashing_thread": 0},
                    "threads": [{"frames": [{**FRAME, "function": "<(" * 5_000_000}]}],
                }
            )
        },
    ),
    "ten million characters in each annotation": Given(
        dict.fromkeys(
            [
                "AbortMessage",
                "Add-ons",
                "AsyncShutdownTimeout",
                "AvailablePageFile",
                "Breadcrumbs",
                "DOMFissionEnabled",
                "JavaException",
                "JavaStackTrace",
                "MozCrashReason",
                "TelemetryEnvironment",
                "UptimeTS",
                "Version",
            ],
            "a" * 10_000_000,
        )
    ),
    "ten million commas": Given(
        dict.fromkeys(["Add-ons", "UtilityActorsName", "Breadcrumbs"], "," * 10_000_000)
    ),
    "numbers without end": Given(
        dict.fromkeys([*NAMES, "CrashTime", "PHCKind", "PHCBaseAddress", "PHCUsableSize"], HUGE)
    ),
    "walks nested without end": Given(
        {},
        {
            MAIN: walk(
                {
                    "crash_info": {"crashing_thread": 0, "address": nested(50_000)},
                    "mac_crash_info": {"num_records": 1, "records": nested(50_000)},
                    "soft_errors": nested(50_000),
                    "pid": nested(50_000),
                    "system_info": nested(50_000),
                }
            )
        },
    ),
}


@pytest.mark.parametrize("case", LARGE)
def test_large_crashes_have_results_of_bounded_size(rules: Rules, case: str) -> None:
    result = applied(rules, Ruleset.DEFAULT, LARGE[case])
    assert (result.prepared.failed, result.ran.failed) == ((), ())
    processed = result.ended(NOW)
    assert len(processed["signature"]) <= 255
    assert len(processed["processor_notes"]) < 100_000
    assert sum(result.ran.seconds.values()) < 30
    assert to_json(processed)
