"""Grants: what each part may do, action by action."""

import pytest

from tests.infra.conftest import Synthesise
from tests.infra.templates import Template, Templates, as_list, plain

TRACES = {"xray:PutTraceSegments", "xray:PutTelemetryRecords"}
LOGS = {"logs:CreateLogStream", "logs:PutLogEvents"}
LEDGER = {"dynamodb:GetItem", "dynamodb:PutItem"}
READ = {"s3:GetObject", "s3:ListBucket"}
CONSUME = {"sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:ChangeMessageVisibility"}
MAPPING = CONSUME | {"sqs:GetQueueAttributes", "sqs:GetQueueUrl"}
"""What Lambda itself needs for an event-source mapping, by the function's role."""
NEEDS = LEDGER | {"dynamodb:UpdateItem", "dynamodb:DeleteItem"}
WALK = READ | NEEDS | {"s3:PutObject", "sqs:SendMessage", "events:PutEvents"}
PACK = READ | {
    "s3:PutObject",
    "s3:PutObjectTagging",
    "s3:PutObjectVersionTagging",
    "s3:DeleteObjectTagging",
    "s3:DeleteObjectVersionTagging",
}
SETTLE = {"dynamodb:Query", "dynamodb:UpdateItem", "dynamodb:DeleteItem"}
WAKE = {"ecs:DescribeServices", "ecs:UpdateService"}
KNOBS = {"ssm:GetParameter"}
KEEP = {"lambda:GetEventSourceMapping", "lambda:UpdateEventSourceMapping"}
START = {"states:StartSyncExecution", "states:StartExecution"}


def actions_of(template: Template, role: str) -> set[str]:
    statements = template.statements_of(role)
    return {action for each in statements for action in as_list(each["Action"])}


def role_of(template: Template, package: str) -> str:
    return str(template.function(package)["Role"]["Fn::GetAtt"][0])


@pytest.mark.parametrize(
    ("package", "expected"),
    [
        ("dispatcher", READ | LEDGER | START | WAKE | MAPPING | KNOBS | {"sqs:SendMessage"}),
        ("walker", WALK | KNOBS),
        ("packer", PACK | MAPPING | NEEDS | WAKE | KNOBS | {"sqs:SendMessage"}),
        ("reconciler", LEDGER | {"dynamodb:Query", "sqs:SendMessage"}),
        ("releaser", SETTLE | KNOBS | {"sqs:SendMessage"}),
        ("keeper", KEEP | KNOBS | WAKE | {"sqs:GetQueueAttributes"}),
    ],
)
def test_each_function_may_do_just_what_it_does(
    templates: Templates, package: str, expected: set[str]
) -> None:
    pipeline = templates.pipeline
    assert actions_of(pipeline, role_of(pipeline, package)) == expected | TRACES | LOGS


def test_a_worker_may_do_just_what_it_does(templates: Templates) -> None:
    task = templates.heavy_lane.properties("AWS::ECS::TaskDefinition")[0]
    actions = actions_of(templates.heavy_lane, task["TaskRoleArn"]["Fn::GetAtt"][0])
    answer = {"states:SendTaskSuccess"}
    assert actions == WALK | PACK | CONSUME | KNOBS | answer | {"ecs:UpdateTaskProtection"}


@pytest.mark.parametrize("package", ["dispatcher", "packer", "keeper"])
def test_who_wakes_workers_can_do_so_for_this_deployment_s_service_only(
    templates: Templates, package: str
) -> None:
    statements = templates.pipeline.statements_of(role_of(templates.pipeline, package))
    [waking] = [each for each in statements if set(as_list(each["Action"])) == WAKE]
    variables = templates.pipeline.function(package)["Environment"]["Variables"]
    told = [variables[f"MOONWALK_WORKER_{name}"] for name in ("CLUSTER", "SERVICE")]
    [service] = templates.heavy_lane.properties("AWS::ECS::Service")
    [cluster] = templates.heavy_lane.properties("AWS::ECS::Cluster")
    assert told == [cluster["ClusterName"], service["ServiceName"]]
    assert plain(waking["Resource"]).endswith(":service/moonwalk-workers/fargate")


def test_the_keeper_changes_the_mappings_of_this_deployment_and_nobody_writes_knobs(
    templates: Templates,
) -> None:
    pipeline = templates.pipeline
    [change] = [
        each
        for each in pipeline.statements_of(role_of(pipeline, "keeper"))
        if set(as_list(each["Action"])) >= KEEP
    ]
    places = as_list(change["Resource"])
    assert len(places) == len(pipeline.of_type("AWS::Lambda::EventSourceMapping"))
    assert all(":event-source-mapping:" in plain(place) for place in places)
    everything = [role_of(pipeline, package) for package in ("dispatcher", "walker", "keeper")]
    assert not any("ssm:PutParameter" in actions_of(pipeline, role) for role in everything)


def test_no_template_has_the_parameter_with_what_is_turned(templates: Templates) -> None:
    made = [
        parameter["Name"]
        for template in templates
        for parameter in template.properties("AWS::SSM::Parameter")
    ]
    assert made == ["/moonwalk/moonwalk/knob-panel"]


def test_the_packer_cannot_touch_the_entry_of_a_crash(templates: Templates) -> None:
    statements = templates.pipeline.statements_of(role_of(templates.pipeline, "packer"))
    on_items = [each for each in statements if "dynamodb:PutItem" in as_list(each["Action"])]
    keys = {"dynamodb:LeadingKeys": ["symbol-*"]}
    assert [each["Condition"] for each in on_items] == [{"ForAllValues:StringLike": keys}]


def test_the_packer_tells_news_and_reads_no_crash_s_misses(templates: Templates) -> None:
    statements = templates.pipeline.statements_of(role_of(templates.pipeline, "packer"))
    [told] = [each for each in statements if "-misses" in plain(each["Resource"])]
    keys = {"dynamodb:LeadingKeys": ["arrivals"]}
    assert as_list(told["Action"]) == ["dynamodb:UpdateItem"]
    assert told["Condition"] == {"ForAllValues:StringEquals": keys}


def test_who_asks_for_symbols_reads_packs_and_changes_nothing_but_its_account(
    synthesise: Synthesise,
) -> None:
    source = {"kind": "http", "name": "server", "address": "https://symbols.example.org/"}
    pipeline = synthesise(symbol_sources=[source]).pipeline
    expected = READ | NEEDS | SETTLE | {"sqs:SendMessage"}
    assert actions_of(pipeline, role_of(pipeline, "asker")) == expected | TRACES | LOGS


def test_a_bucket_among_the_sources_is_read_below_its_prefix(synthesise: Synthesise) -> None:
    source = {"kind": "s3", "name": "theirs", "address": "their-symbols/v1"}
    pipeline = synthesise(symbol_sources=[source]).pipeline
    resources = {
        plain(resource)
        for statement in pipeline.statements_of(role_of(pipeline, "packer"))
        for resource in as_list(statement["Resource"])
    }
    assert {
        "arn:<AWS::Partition>:s3:::their-symbols",
        "arn:<AWS::Partition>:s3:::their-symbols/v1/*",
    } <= resources


def test_no_policy_allows_a_whole_family_of_actions(templates: Templates) -> None:
    for template in templates:
        for policy in template.properties("AWS::IAM::Policy"):
            for statement in policy["PolicyDocument"]["Statement"]:
                assert not any("*" in action for action in as_list(statement["Action"]))


def test_only_traces_log_delivery_and_registry_tokens_are_allowed_on_everything(
    templates: Templates,
) -> None:
    unnamed = {
        action
        for template in templates
        for policy in template.properties("AWS::IAM::Policy")
        for statement in policy["PolicyDocument"]["Statement"]
        if "*" in as_list(statement["Resource"])
        for action in as_list(statement["Action"])
    }
    assert {action.partition(":")[0] for action in unnamed} == {"xray", "logs", "ecr"}


def test_nothing_that_others_stored_can_be_overwritten(templates: Templates) -> None:
    places = {
        plain(resource).partition("/")[2]
        for template in templates
        for policy in template.properties("AWS::IAM::Policy")
        for statement in policy["PolicyDocument"]["Statement"]
        if "s3:PutObject" in as_list(statement["Action"])
        for resource in as_list(statement["Resource"])
    }
    assert places == {"v1/processed_crash/*", "v1/stackwalk/*", "packs/*", "changes/*"}


def test_no_role_has_a_policy_that_aws_manages(templates: Templates) -> None:
    for template in templates:
        for role in template.properties("AWS::IAM::Role"):
            assert "ManagedPolicyArns" not in role
