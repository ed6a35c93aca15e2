"""Storage: kept, closed, and announced in the way that the settings choose."""

import json
from typing import Any

from moonwalk.contracts import ledger
from tests.infra.conftest import Synthesise
from tests.infra.templates import Templates, as_list, plain


def bucket(templates: Templates) -> dict[str, Any]:
    return templates.storage.properties("AWS::S3::Bucket")[0]


def test_what_is_stored_outlives_its_stack(templates: Templates) -> None:
    kinds = ("AWS::S3::Bucket", "AWS::DynamoDB::Table", "AWS::Events::EventBus")
    for kind in kinds:
        for resource in templates.storage.of_type(kind).values():
            assert resource["DeletionPolicy"] == "Retain"
            assert resource["UpdateReplacePolicy"] == "Retain"


def test_the_bucket_is_private_encrypted_and_versioned(templates: Templates) -> None:
    found = bucket(templates)
    assert set(found["PublicAccessBlockConfiguration"].values()) == {True}
    assert found["BucketEncryption"]
    assert found["VersioningConfiguration"] == {"Status": "Enabled"}


def test_the_bucket_refuses_connections_without_tls(templates: Templates) -> None:
    policy = templates.storage.properties("AWS::S3::BucketPolicy")[0]
    denied = [
        statement
        for statement in policy["PolicyDocument"]["Statement"]
        if statement["Effect"] == "Deny"
    ]
    assert denied[0]["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
    assert denied[0]["Principal"] == {"AWS": "*"}
    assert len(as_list(denied[0]["Resource"])) == 2


def test_nothing_in_the_bucket_is_kept_for_ever(templates: Templates) -> None:
    rules = bucket(templates)["LifecycleConfiguration"]["Rules"]
    whole = next(rule for rule in rules if "Prefix" not in rule)
    assert whole["ExpirationInDays"]
    assert whole["NoncurrentVersionExpiration"]
    assert whole["AbortIncompleteMultipartUpload"]


def test_the_ledger_has_the_key_the_index_and_the_expiry_that_the_code_uses(
    templates: Templates,
) -> None:
    table = templates.storage.properties("AWS::DynamoDB::Table")[0]
    index = table["GlobalSecondaryIndexes"][0]
    assert [key["AttributeName"] for key in table["KeySchema"]] == [ledger.CRASH_ID]
    assert index["IndexName"] == ledger.IN_FLIGHT_INDEX
    assert [key["AttributeName"] for key in index["KeySchema"]] == [ledger.SHARD, ledger.DUE_AT]
    assert index["Projection"] == {"ProjectionType": "KEYS_ONLY"}
    assert table["TimeToLiveSpecification"]["AttributeName"] == ledger.EXPIRES_AT
    assert table["BillingMode"] == "PAY_PER_REQUEST"
    assert table["PointInTimeRecoverySpecification"]["PointInTimeRecoveryEnabled"] is True
    assert table["DeletionProtectionEnabled"] is True


def test_the_bucket_tells_nobody_unless_asked_to(templates: Templates) -> None:
    assert "NotificationConfiguration" not in bucket(templates)


def test_by_eventbridge_a_rule_leads_raw_crashes_to_the_standard_queue(
    synthesise: Synthesise,
) -> None:
    templates = synthesise(s3_events="eventbridge")
    rules = templates.pipeline.properties("AWS::Events::Rule")
    rule = next(rule for rule in rules if "EventPattern" in rule)
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
    queue = next(
        properties
        for properties in templates.pipeline.properties("AWS::SQS::Queue")
        if properties.get("QueueName")
    )
    manifest = (templates.folder / "manifest.json").read_text(encoding="utf-8")
    assert plain(sent["Queue"]).endswith(f":{queue['QueueName']}")
    assert sent["Filter"]["S3Key"]["Rules"] == [{"Name": "prefix", "Value": "v1/raw_crash/"}]
    assert _dependencies(manifest, "Storage") == {"Pipeline"}
    assert _bucket_may_send(templates)


def _dependencies(manifest: str, stack: str) -> set[str]:
    needed = json.loads(manifest)["artifacts"][stack]["dependencies"]
    return {name for name in needed if not name.endswith(".assets")}


def _bucket_may_send(templates: Templates) -> bool:
    return any(
        statement.get("Principal") == {"Service": "s3.amazonaws.com"}
        and "aws:SourceArn" in str(statement["Condition"])
        for policy in templates.pipeline.properties("AWS::SQS::QueuePolicy")
        for statement in policy["PolicyDocument"]["Statement"]
    )
