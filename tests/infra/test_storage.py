"""Storage: kept, closed, and announced in the way that the settings choose."""

import json
from typing import Any

import pytest

from moonwalk.contracts import ledger, misses
from tests.infra.conftest import Synthesise
from tests.infra.templates import Templates, as_list, plain


def bucket(templates: Templates, name: str = "crashes") -> dict[str, Any]:
    return next(
        properties
        for properties in templates.storage.properties("AWS::S3::Bucket")
        if f"-{name}-" in plain(properties["BucketName"])
    )


def dependencies(templates: Templates, stack: str) -> set[str]:
    manifest = json.loads((templates.folder / "manifest.json").read_text(encoding="utf-8"))
    needed = manifest["artifacts"][stack]["dependencies"]
    return {name for name in needed if not name.endswith(".assets")}


def test_what_is_stored_outlives_its_stack(templates: Templates) -> None:
    kinds = ("AWS::S3::Bucket", "AWS::DynamoDB::Table", "AWS::Events::EventBus")
    for kind in kinds:
        for resource in templates.storage.of_type(kind).values():
            assert resource["DeletionPolicy"] == "Retain"
            assert resource["UpdateReplacePolicy"] == "Retain"


@pytest.mark.parametrize("name", ["crashes", "symbols"])
def test_each_bucket_is_private_encrypted_and_versioned(templates: Templates, name: str) -> None:
    found = bucket(templates, name)
    assert set(found["PublicAccessBlockConfiguration"].values()) == {True}
    assert found["BucketEncryption"]
    assert found["VersioningConfiguration"] == {"Status": "Enabled"}


def test_each_bucket_refuses_connections_without_tls(templates: Templates) -> None:
    policies = templates.storage.properties("AWS::S3::BucketPolicy")
    assert len(policies) == len(templates.storage.of_type("AWS::S3::Bucket"))
    for policy in policies:
        denied = [
            statement
            for statement in policy["PolicyDocument"]["Statement"]
            if statement["Effect"] == "Deny"
        ]
        assert denied[0]["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
        assert denied[0]["Principal"] == {"AWS": "*"}
        assert len(as_list(denied[0]["Resource"])) == 2


def test_symbols_and_packs_are_kept_and_what_was_replaced_is_not(templates: Templates) -> None:
    [rule] = bucket(templates, "symbols")["LifecycleConfiguration"]["Rules"]
    assert rule["NoncurrentVersionExpiration"] == {"NoncurrentDays": 90}
    assert rule["AbortIncompleteMultipartUpload"]
    assert not {"ExpirationInDays", "ExpirationDate", "Transitions"} & rule.keys()


def test_nothing_in_the_crash_bucket_is_kept_for_ever(templates: Templates) -> None:
    rules = bucket(templates)["LifecycleConfiguration"]["Rules"]
    whole = next(rule for rule in rules if "Prefix" not in rule)
    assert whole["ExpirationInDays"]
    assert whole["NoncurrentVersionExpiration"]
    assert whole["AbortIncompleteMultipartUpload"]


def table_of(templates: Templates, name: str) -> dict[str, Any]:
    return next(
        properties
        for properties in templates.storage.properties("AWS::DynamoDB::Table")
        if properties["TableName"] == f"moonwalk-{name}"
    )


def test_the_table_of_misses_has_the_keys_and_the_expiry_that_the_code_uses(
    templates: Templates,
) -> None:
    table = table_of(templates, "misses")
    keys = {key["AttributeName"]: key["KeyType"] for key in table["KeySchema"]}
    assert keys == {misses.PARTITION: "HASH", misses.SORT: "RANGE"}
    assert table["TimeToLiveSpecification"]["AttributeName"] == misses.EXPIRES_AT
    assert table["BillingMode"] == "PAY_PER_REQUEST"
    assert table["DeletionProtectionEnabled"] is True


def test_the_ledger_has_the_key_the_index_and_the_expiry_that_the_code_uses(
    templates: Templates,
) -> None:
    table = table_of(templates, "ledger")
    index = table["GlobalSecondaryIndexes"][0]
    assert [key["AttributeName"] for key in table["KeySchema"]] == [ledger.CRASH_ID]
    assert index["IndexName"] == ledger.IN_FLIGHT_INDEX
    assert [key["AttributeName"] for key in index["KeySchema"]] == [ledger.SHARD, ledger.DUE_AT]
    assert index["Projection"] == {"ProjectionType": "KEYS_ONLY"}
    assert table["TimeToLiveSpecification"]["AttributeName"] == ledger.EXPIRES_AT
    assert table["BillingMode"] == "PAY_PER_REQUEST"
    assert table["PointInTimeRecoverySpecification"]["PointInTimeRecoveryEnabled"] is True
    assert table["DeletionProtectionEnabled"] is True


def test_the_symbol_bucket_tells_the_symbol_queue_which_is_made_first(templates: Templates) -> None:
    told = bucket(templates, "symbols")["NotificationConfiguration"]["QueueConfigurations"]
    prefixes = [each["Filter"]["S3Key"]["Rules"] for each in told]
    assert prefixes == [
        [{"Name": "prefix", "Value": "v1/"}],
        [{"Name": "prefix", "Value": "scopes/"}],
    ]
    named = {each.get("QueueName") for each in templates.pipeline.properties("AWS::SQS::Queue")}
    assert {plain(each["Queue"]).rpartition(":")[2] for each in told} == {"moonwalk-symbols"}
    assert "moonwalk-symbols" in named
    assert dependencies(templates, "Storage") == {"Pipeline"}
    assert _bucket_may_send(templates, "symbols")


def test_by_eventbridge_a_rule_leads_uploads_to_the_symbol_queue(synthesise: Synthesise) -> None:
    templates = synthesise(symbol_events="eventbridge")
    rules = templates.pipeline.properties("AWS::Events::Rule")
    [rule] = [each for each in rules if each.get("EventPattern", {}).get("source") == ["aws.s3"]]
    assert bucket(templates, "symbols")["NotificationConfiguration"] == {
        "EventBridgeConfiguration": {"EventBridgeEnabled": True}
    }
    keys = rule["EventPattern"]["detail"]["object"]["key"]
    assert keys == [{"prefix": "v1/"}, {"prefix": "scopes/"}]
    assert plain(rule["Targets"][0]["Arn"]).startswith("<SymbolsUploadsQueue")
    assert dependencies(templates, "Pipeline") == {"Storage"}
    assert not _bucket_may_send(templates, "symbols")


def test_who_may_upload_for_one_scope_may_write_below_its_prefix_only(
    synthesise: Synthesise,
) -> None:
    builder = "arn:aws:iam::123456789012:role/builds"
    granted = _granted(synthesise(symbol_uploaders={"moon": [builder]}), builder)
    assert granted == {
        "s3:PutObject": {"scopes/moon/v1/*"},
        "s3:AbortMultipartUpload": {"scopes/moon/v1/*"},
        "s3:GetObject": {"scopes/moon/v1/*", "packs/1/moon/*"},
        "s3:GetObjectTagging": {"scopes/moon/v1/*", "packs/1/moon/*"},
        "s3:ListBucket": {""},
    }


def test_nobody_is_let_into_the_symbol_bucket_by_its_policy_unless_named(
    templates: Templates,
) -> None:
    policies = templates.storage.properties("AWS::S3::BucketPolicy")
    statements = [one for each in policies for one in each["PolicyDocument"]["Statement"]]
    assert {each["Effect"] for each in statements} == {"Deny"}


def _granted(templates: Templates, principal: str) -> dict[str, set[str]]:
    """Give what the buckets' policies allow a principal: actions, and below which prefixes."""
    found: dict[str, set[str]] = {}
    for policy in templates.storage.properties("AWS::S3::BucketPolicy"):
        for each in policy["PolicyDocument"]["Statement"]:
            if each["Effect"] == "Allow" and each["Principal"] == {"AWS": principal}:
                places = {plain(one).partition("/")[2] for one in as_list(each["Resource"])}
                for action in as_list(each["Action"]):
                    found.setdefault(action, set()).update(places)
    return found


def test_the_crash_bucket_tells_nobody_unless_asked_to(templates: Templates) -> None:
    assert "NotificationConfiguration" not in bucket(templates)


def test_by_eventbridge_a_rule_leads_raw_crashes_to_the_standard_queue(
    synthesise: Synthesise,
) -> None:
    templates = synthesise(s3_events="eventbridge")
    rules = templates.pipeline.properties("AWS::Events::Rule")
    [rule] = [each for each in rules if each.get("EventPattern", {}).get("source") == ["aws.s3"]]
    assert bucket(templates)["NotificationConfiguration"] == {
        "EventBridgeConfiguration": {"EventBridgeEnabled": True}
    }
    assert rule["EventPattern"]["detail"]["object"] == {"key": [{"prefix": "v1/raw_crash/"}]}
    assert plain(rule["Targets"][0]["Arn"]).startswith("<IntakeStandardQueue")


def test_by_notification_the_bucket_sends_to_the_standard_queue_which_is_made_first(
    synthesise: Synthesise,
) -> None:
    templates = synthesise(s3_events="notification")
    sent = bucket(templates)["NotificationConfiguration"]["QueueConfigurations"][0]
    named = {each.get("QueueName") for each in templates.pipeline.properties("AWS::SQS::Queue")}
    assert plain(sent["Queue"]).rpartition(":")[2] == "moonwalk-standard"
    assert "moonwalk-standard" in named
    assert sent["Filter"]["S3Key"]["Rules"] == [{"Name": "prefix", "Value": "v1/raw_crash/"}]
    assert dependencies(templates, "Storage") == {"Pipeline"}
    assert _bucket_may_send(templates, "crashes")


def _bucket_may_send(templates: Templates, name: str) -> bool:
    return any(
        statement.get("Principal") == {"Service": "s3.amazonaws.com"}
        and f"-{name}-" in plain(statement["Condition"]["ArnEquals"]["aws:SourceArn"])
        for policy in templates.pipeline.properties("AWS::SQS::QueuePolicy")
        for statement in policy["PolicyDocument"]["Statement"]
    )
