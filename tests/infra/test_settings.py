"""Settings: what a deployment may be, and how a mistake is told."""

import ast
import inspect
from dataclasses import FrozenInstanceError, fields
from typing import Any

import pytest

from infra.alarm_settings import AlarmSettings
from infra.settings import Settings, SettingsError
from infra.worker_settings import WorkerSettings
from moonwalk.domain.request import QueueClass

SOURCES = [{"kind": "http", "name": name, "address": "https://a/"} for name in "abcd"]
MANY_SOURCES = [
    {"kind": "http", "name": f"source-{number:02}", "address": "https://a/"} for number in range(30)
]
"""Less than 2,000 bytes by themselves."""


def test_a_source_that_cannot_be_is_told_by_its_name() -> None:
    with pytest.raises(SettingsError, match="symbol_sources: source a: its kind is none of http"):
        Settings.from_context({"moonwalk:symbol_sources": '[{"kind":1,"name":"a","address":"b"}]'})


def test_the_defaults_fit_each_other() -> None:
    assert Settings() == Settings.from_context({})


def test_settings_cannot_be_changed_afterwards() -> None:
    with pytest.raises(FrozenInstanceError):
        Settings().name = "other"  # type: ignore[misc]


def explained_in(source: type) -> set[str]:
    [owner] = ast.parse(inspect.getsource(source)).body
    assert isinstance(owner, ast.ClassDef)
    return {
        statement.target.id
        for statement, following in zip(owner.body, owner.body[1:], strict=False)
        if isinstance(statement, ast.AnnAssign)
        and isinstance(statement.target, ast.Name)
        and isinstance(following, ast.Expr)
        and isinstance(following.value, ast.Constant)
    }


def test_every_setting_says_why_it_is_what_it_is() -> None:
    explained = set().union(*map(explained_in, (WorkerSettings, AlarmSettings, Settings)))
    assert explained == {field.name for field in fields(Settings)}


def test_a_setting_on_the_command_line_wins_and_may_be_text() -> None:
    context = {
        "moonwalk": {"ledger_days": 40, "log_days": 7},
        "moonwalk:ledger_days": "50",
        "moonwalk:keep_walker_output": "true",
        "moonwalk:intake": "s3_event",
    }
    settings = Settings.from_context(context)
    assert (settings.ledger_days, settings.log_days) == (50, 7)
    assert settings.keep_walker_output is True
    assert settings.intake == ("s3_event",)


def test_context_of_others_is_left_alone() -> None:
    assert Settings.from_context({"aws-cdk:something": True}) == Settings()


def test_an_unknown_setting_is_named_with_those_that_exist() -> None:
    with pytest.raises(SettingsError, match=r"no setting 'kill_secs'.*kill_seconds"):
        Settings.from_context({"moonwalk": {"kill_secs": 1}})


@pytest.mark.parametrize(
    ("key", "value", "allowed"),
    [
        ("kill_seconds", 0, "a whole number from 1 to 800"),
        ("kill_seconds", "soon", "a whole number"),
        ("kill_seconds", 1.5, "a whole number"),
        ("kill_seconds", True, "a whole number"),
        ("architecture", "mips", "one of x86_64, arm64"),
        ("log_days", 8, "one of 30, 1, 3"),
        ("deletion_protection", "perhaps", "true or false"),
        ("intake", [], "one or more of text, s3_event"),
        ("intake", ["fax"], "one or more of text, s3_event"),
        ("intake", 7, "one or more of text, s3_event"),
        ("name", "Moon Walk", "1-20 of a-z"),
        ("account", "12", "12 digits"),
        ("alarm_topic_arn", "moonwalk", "the ARN of an SNS topic"),
        ("runbook", f"https://{'a' * 400}/", "a path or an address, without #, of 400 characters"),
        ("worker_base", "python:3.13@sha256:abc", "an image with Python 3.13"),
        ("vpc_subnets", ["here"], "a list of subnet ids"),
        ("symbol_sources", 7, "a list of sources"),
        ("symbol_scopes", ["Reader"], "an object with a list of products"),
        ("symbol_scopes", {"../x": ["Reader"]}, "an object with a list of products"),
        ("symbol_scopes", {"a": ["Reader"], "b": ["Reader"]}, "none of them twice"),
        ("symbol_uploaders", "all", "an object with a list of ARNs"),
        ("symbol_uploaders", {"default": []}, "an object with a list of ARNs"),
        ("symbol_uploaders", {"default": ["*"]}, "an object with a list of ARNs"),
        (
            "symbol_uploaders",
            {"../x": ["arn:aws:iam::123456789012:root"]},
            "an object with a list of ARNs",
        ),
    ],
)
def test_a_bad_value_is_named_with_what_is_allowed(key: str, value: Any, allowed: str) -> None:
    with pytest.raises(SettingsError) as caught:
        Settings.from_context({"moonwalk": {key: value}})
    message = str(caught.value)
    assert key in message
    assert repr(value) in message or key in {"symbol_sources", "symbol_scopes"}
    assert allowed in message


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"kill_seconds": 200}, r"kill_seconds \(200\) must be below walker_seconds \(200\)"),
        ({"walker_seconds": 240}, r"walker_seconds \(240\) must be below workflow_seconds"),
        ({"walker_seconds": 230}, r"workflow_seconds \(240\) must leave 30 seconds for retries"),
        ({"dispatcher_seconds": 240}, r"workflow_seconds \(240\) must be below dispatcher_seconds"),
        ({"due_seconds": 300}, r"dispatcher_seconds \(300\) must be below due_seconds \(300\)"),
        ({"visibility_seconds": 1799}, r"at least 6 times dispatcher_seconds, that is 1800"),
        ({"heavy_kill_seconds": 3600, "heavy_workflow_hours": 1}, "heavy_kill_seconds"),
        (
            {"heavy_kill_seconds": 5401, "worker_stall_seconds": 6000},
            r"heavy_kill_seconds \(5401\) must be at most 5400: .* walks_at_once \(2\)",
        ),
        ({"worker_stall_seconds": 1800}, r"must be below worker_stall_seconds \(1800\)"),
        ({"max_tries": 60}, r"max_tries \(60\) must be below max_receives \(60\)"),
        ({"message_days": 13, "dead_letter_days": 13}, "message_days"),
        ({"ledger_days": 14}, r"dead_letter_days \(14\) must be below ledger_days \(14\)"),
        ({"processed_days": 181}, r"processed_days \(181\) must be at most crash_days \(180\)"),
        ({"light_limit_mib": 512}, r"walker_tmp_mib \(1536\) must hold light_limit_mib"),
        ({"walker_packs_mib": 2048}, r"walker_tmp_mib \(1536\) must hold .* walker_packs_mib"),
        ({"heavy_pack_memory_mib": 4096}, r"4 walks of .* heavy_pack_memory_mib \(4096\)"),
        ({"worker_slot_memory_mib": 7169}, r"\(7169\) must be at most what a crash may use"),
        ({"worker_slot_scratch_mib": 9728}, r"must hold .* worker_slot_scratch_mib for each"),
        ({"worker_fresh_slots": 2}, r"worker_fresh_slots \(2\) must be below worker_slots \(2\)"),
        ({"worker_priority_slots": 2}, "worker_priority_slots"),
        ({"heavy_symbol_text_mib": 10240}, r"\(64\) must hold .* twice heavy_symbol_text_mib"),
        ({"heavy_symbol_text_mib": 1024, "heavy_symbol_upload_mib": 1024}, r"symbol_upload_mib"),
        ({"worker_packs_gib": 40}, r"worker_scratch_gib \(64\) must hold worker_packs_gib"),
        ({"walker_memory_mib": 1536}, "light_walk_memory_mib"),
        ({"pack_kill_seconds": 890, "packer_seconds": 800}, "pack_kill_seconds"),
        ({"packer_visibility_seconds": 5399}, r"at least 6 times packer_seconds, that is 5400"),
        ({"pack_memory_mib": 400}, r"packer_memory_mib \(512\) must hold pack_memory_mib"),
        ({"pack_absent_seconds": 71}, r"at most symbol_release_after_seconds \(70\)"),
        ({"crash_days": 13, "processed_days": 13}, r"must be at most crash_days \(13\)"),
        ({"symbol_release_days": 31}, r"must be at most ledger_days \(30\)"),
        ({"symbol_text_mib": 2049}, r"packer_tmp_mib \(4096\) must hold twice symbol_text_mib"),
        ({"symbol_upload_mib": 2049}, "symbol_upload_mib"),
        ({"symbol_sources": SOURCES}, r"packer_seconds \(900\) must hold symbol_fetch_seconds"),
        ({"symbol_scopes": {"a": [f"{n:0100}" for n in range(20)]}}, "at most 2000 bytes as JSON"),
        ({"symbol_sources": MANY_SOURCES}, "the sources' names once more, must take at most 2000"),
        ({"worker_cpu": 256}, r"must be whole GiB from 1024 to 2048 for worker_cpu 256"),
        (
            {"worker_slots": 3, "worker_slot_scratch_mib": 99},
            r"must hold 6 walks of heavy_walk_memory_mib",
        ),
        ({"reprocessing_concurrency": 51}, "or bulk work starves fresh work"),
        ({"intake": "text", "s3_events": "eventbridge"}, "needs s3_event in intake"),
        ({"vpc_id": "vpc-1"}, "vpc_id and vpc_subnets must be given together"),
        ({"worker_count": 21}, r"worker_count \(21\) must be at most worker_most \(20\)"),
        ({"worker_on_demand": 21}, r"worker_on_demand \(21\) must be at most worker_most"),
        ({"worker_lag_seconds": 3601}, r"at most worker_bulk_lag_seconds \(3600\)"),
        ({"worker_crash_seconds": 60}, r"must be below worker_lag_seconds \(60\)"),
        ({"worker_capacity": "managed-instances"}, "needs vpc_id, vpc_subnets and vpc_public_ip"),
        ({"account_concurrency": 413}, "80 dispatchers, 320 crashes, .* that is 414"),
    ],
)
def test_settings_that_do_not_fit_each_other_are_told_with_their_values(
    changed: dict[str, Any], message: str
) -> None:
    with pytest.raises(SettingsError, match=message):
        Settings.from_context({"moonwalk": changed})


def test_bulk_work_takes_less_at_a_time_than_fresh_work() -> None:
    in_flight = {queue: Settings().pace(queue) for queue in QueueClass}
    bulk, fresh = in_flight[QueueClass.REPROCESSING], in_flight[QueueClass.STANDARD]
    assert bulk.batch * bulk.concurrency < fresh.batch * fresh.concurrency


def test_the_heavy_lane_is_looked_after_when_its_workflow_has_ended() -> None:
    settings = Settings.from_context({"moonwalk": {"heavy_workflow_hours": 2}})
    assert settings.heavy_due_seconds > 2 * 3600
