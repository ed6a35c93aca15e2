"""Settings of rules: what they are told, what they may read, and where what is public goes."""

from typing import Any

import pytest

from moonwalk.contracts import environment as names
from moonwalk.contracts import outputs
from tests.infra.conftest import Synthesise
from tests.infra.templates import Template, Templates, as_list, plain

PUBLIC_CRASHES = "/v1/crash_report/*"


def buckets(templates: Templates) -> dict[str, dict[str, Any]]:
    found = templates.storage.properties("AWS::S3::Bucket")
    return {plain(each["BucketName"]).split("-")[1]: each for each in found}


def told(templates: Templates) -> dict[str, Any]:
    variables = templates.pipeline.function("walker")["Environment"]["Variables"]
    return {name: plain(value) for name, value in variables.items()}


def roles(templates: Templates) -> list[tuple[Template, str]]:
    walker = templates.pipeline.function("walker")["Role"]["Fn::GetAtt"][0]
    task = templates.heavy_lane.properties("AWS::ECS::TaskDefinition")[0]
    worker = task["TaskRoleArn"]["Fn::GetAtt"][0]
    return [(templates.pipeline, walker), (templates.heavy_lane, worker)]


def grants(templates: Templates) -> list[set[tuple[str, str]]]:
    """Give action and resource of all that a walker and a worker may do."""
    return [
        {
            (action, plain(resource))
            for statement in template.statements_of(role)
            for action in as_list(statement["Action"])
            for resource in as_list(statement["Resource"])
        }
        for template, role in roles(templates)
    ]


def test_what_is_public_is_not_stored_apart_unless_it_is_asked_for(templates: Templates) -> None:
    assert set(buckets(templates)) == {"crashes", "symbols"}
    assert told(templates)[names.PUBLIC_BUCKET] == ""
    for granted in grants(templates):
        assert not [place for _, place in granted if place.endswith(PUBLIC_CRASHES)]


def test_what_is_public_has_a_closed_and_forgetful_bucket_of_its_own(
    synthesise: Synthesise,
) -> None:
    asked = synthesise(public_crashes=True, processed_days=90)
    found = buckets(asked)["public"]
    assert set(found["PublicAccessBlockConfiguration"].values()) == {True}
    assert found["BucketEncryption"]
    assert found["VersioningConfiguration"] == {"Status": "Enabled"}
    [rule] = found["LifecycleConfiguration"]["Rules"]
    assert rule["ExpirationInDays"] == 90
    assert rule["NoncurrentVersionExpiration"]
    assert outputs.PUBLIC_BUCKET in asked.storage.document["Outputs"]
    assert "-public-" in told(asked)[names.PUBLIC_BUCKET]


def test_both_lanes_may_write_what_is_public_and_nothing_else_of_that_bucket(
    synthesise: Synthesise,
) -> None:
    for granted in grants(synthesise(public_crashes=True)):
        public = {(action, place) for action, place in granted if "-public-" in place}
        assert {action for action, place in public if place.endswith(PUBLIC_CRASHES)} == {
            "s3:GetObject",
            "s3:PutObject",
        }
        assert {action for action, place in public if "/" not in place} == {"s3:ListBucket"}


@pytest.mark.parametrize("address", ["s3://lists", "lists", "s3://a b/", "https://x/"])
def test_lists_lie_below_a_prefix_in_s3(synthesise: Synthesise, address: str) -> None:
    with pytest.raises(ValueError, match="signature_lists"):
        synthesise(signature_lists=address)


def test_lists_of_a_team_s_own_may_be_read_and_nothing_beside_them(synthesise: Synthesise) -> None:
    asked = synthesise(signature_lists="s3://our-lists/signature/")
    assert told(asked)[names.SIGNATURE_LISTS] == "s3://our-lists/signature/"
    for granted in grants(asked):
        there = {(action, place) for action, place in granted if "our-lists" in place}
        assert there == {
            ("s3:GetObject", "arn:<AWS::Partition>:s3:::our-lists/signature/*"),
            ("s3:ListBucket", "arn:<AWS::Partition>:s3:::our-lists"),
        }


def test_a_table_of_versions_in_s3_may_be_read(synthesise: Synthesise) -> None:
    asked = synthesise(versions="s3://our-tables/betas.json")
    assert told(asked)[names.VERSIONS] == "s3://our-tables/betas.json"
    for granted in grants(asked):
        there = {(action, place) for action, place in granted if "our-tables" in place}
        assert there == {("s3:GetObject", "arn:<AWS::Partition>:s3:::our-tables/betas.json")}


def test_a_server_of_versions_needs_no_permission(synthesise: Synthesise) -> None:
    asked = synthesise(versions="https://versions.example.org/v/")
    assert told(asked)[names.VERSIONS] == "https://versions.example.org/v/"
    assert grants(asked) == grants(synthesise())


def test_the_profile_is_a_setting(synthesise: Synthesise) -> None:
    assert told(synthesise())[names.PROFILE] == "default"
    assert told(synthesise(profile="socorro"))[names.PROFILE] == "socorro"
    with pytest.raises(ValueError, match="profile"):
        synthesise(profile="unknown")
