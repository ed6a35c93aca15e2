"""Gaps of CloudFormation: resource types and properties that moto leaves out of a template."""

from collections.abc import Callable
from operator import attrgetter
from typing import Any

from moto.awslambda.models import LambdaFunction, LayerVersion
from moto.cloudformation import parsing
from moto.cloudformation.exceptions import (
    CloudFormationError,
    UnformattedGetAttTemplateException,
    ValidationError,
)
from moto.core.common_models import CloudFormationModel
from moto.events.models import EventBus
from moto.s3.models import FakeBucket, s3_backends
from moto.stepfunctions import models as stepfunctions_models
from moto.stepfunctions.models import StateMachine
from moto.stepfunctions.parser.models import stepfunctions_parser_backends
from moto.utilities.utils import get_partition

from cli.embedded.patches import Patches

# Types that moto does not make and that nothing running locally needs; moto would warn about
# each one. Any other type still gets moto's warning, which tests turn into an error.
NOT_EMULATED = {
    "AWS::ApplicationAutoScaling::ScalableTarget": "no containers are scaled here",
    "AWS::ApplicationAutoScaling::ScalingPolicy": "no containers are scaled here",
    "AWS::CDK::Metadata": "statistics for the makers of CDK",
    "AWS::CloudWatch::Alarm": "nothing publishes the metrics alarms look at",
    "AWS::CloudWatch::CompositeAlarm": "nothing publishes the metrics alarms look at",
    "AWS::CloudWatch::Dashboard": "nothing publishes the metrics dashboards show",
    "AWS::Lambda::EventInvokeConfig": "what failed is never tried again here",
    "AWS::S3::BucketPolicy": "permissions are not enforced here",
    "AWS::SNS::TopicPolicy": "permissions are not enforced here",
    "AWS::SQS::QueuePolicy": "permissions are not enforced here",
}

# What a reference to such a resource stands for; moto would put in the resource itself.
REFERENCES: dict[Any, str] = {LayerVersion: "arn", EventBus: "name"}
# Moto's own words for what is wrong with a template.
KNOWN_REASONS = (CloudFormationError, UnformattedGetAttTemplateException)


def close(patches: Patches) -> None:
    """Let stacks have everything of their templates that local runs need."""
    known = parsing.resource_class_from_type
    patches.replace(parsing, "resource_class_from_type", _with_placeholders(known))
    creator = parsing.parse_and_create_resource
    patches.replace(parsing, "parse_and_create_resource", _with_reasons(creator))
    for kind, attribute in REFERENCES.items():
        kind.physical_resource_id = property(attrgetter(attribute))
        patches.callback(delattr, kind, "physical_resource_id")
    patches.replace(LambdaFunction, "create_from_cloudformation_json", _function_creator())
    patches.replace(FakeBucket, "create_from_cloudformation_json", _bucket_creator())
    # A template's state machines land in the backend that does not execute them.
    patches.replace(stepfunctions_models, "stepfunctions_backends", stepfunctions_parser_backends)
    patches.replace(StateMachine, "create_from_cloudformation_json", _create_state_machine)


class NotEmulated(CloudFormationModel):
    """A resource that has a name and does nothing."""

    def __init__(self, name: str, kind: str) -> None:
        self.physical_resource_id = name
        self._kind = kind

    @staticmethod
    def cloudformation_type() -> str:
        """A type of its own: moto lists all classes by their type."""
        return "Moonwalk::Embedded::NotEmulated"

    @classmethod
    def has_cfn_attr(cls, attr: str) -> bool:  # noqa: ARG003 - moto's interface
        """Every attribute can be asked for."""
        return True

    def get_cfn_attribute(self, attribute: str) -> str:
        """A value that can be told apart, for templates that hand it on."""
        return f"{self.physical_resource_id}.{attribute}"

    @classmethod
    def create_from_cloudformation_json(
        cls, resource_name: str, *_: Any, **given: Any
    ) -> "NotEmulated":
        """Make it; there is nothing to take from its properties."""
        return cls(resource_name, given.get("ResourceType", ""))

    @classmethod
    def update_from_cloudformation_json(cls, original_resource: Any, *_: Any, **_given: Any) -> Any:
        """Leave it as it is."""
        return original_resource

    @classmethod
    def delete_from_cloudformation_json(cls, *_: Any) -> None:
        """Nothing was made that would have to go."""

    def is_created(self) -> bool:
        """It is there at once."""
        return True


def _with_placeholders(known: Callable[[str], Any]) -> Callable[[str], Any]:
    def resource_class(kind: str) -> Any:
        return NotEmulated if kind in NOT_EMULATED else known(kind)

    return resource_class


def _with_reasons(create: Callable[..., Any]) -> Callable[..., Any]:
    """A resource that cannot be made fails its stack with a reason, not with a server error."""

    def create_or_say_why(
        logical_id: str, resource: dict[str, Any], *given: Any, **named: Any
    ) -> Any:
        try:
            return create(logical_id, resource, *given, **named)
        except KNOWN_REASONS:
            raise
        except Exception as error:
            what = f"resource {logical_id} ({resource['Type']})"
            reason = getattr(error, "message", "") or f"{type(error).__name__}: {error}"
            raise ValidationError(message=f"{what}: {reason}") from error

    return create_or_say_why


def _function_creator() -> Callable[..., Any]:
    """Moto drops a function's layers when a template creates it, though not when it updates it."""
    create = LambdaFunction.create_from_cloudformation_json

    def create_with_layers(
        name: str, template: dict[str, Any], account: str, region: str, **given: Any
    ) -> Any:
        made = create(name, template, account, region, **given)
        wanted = {"Layers": template["Properties"].get("Layers", [])}
        made.update_configuration(wanted)
        return made

    return create_with_layers


def _bucket_creator() -> Callable[..., Any]:
    """Moto drops a bucket's notifications and versioning when a template creates it."""
    create = FakeBucket.create_from_cloudformation_json

    def create_with_notifications(
        name: str, template: dict[str, Any], account: str, region: str, **given: Any
    ) -> Any:
        made = create(name, template, account, region, **given)
        properties = template.get("Properties", {})
        backend = s3_backends[account][get_partition(region)]
        if status := properties.get("VersioningConfiguration", {}).get("Status"):
            backend.put_bucket_versioning(name, status)
        if notifications := properties.get("NotificationConfiguration"):
            backend.put_bucket_notification_configuration(name, _notifications(notifications))
        return made

    return create_with_notifications


def _notifications(properties: dict[str, Any]) -> dict[str, Any]:
    """A template's notification configuration in the words of S3's XML, as moto stores it."""
    queues = [
        {
            "Queue": queue["Queue"],
            "Event": [queue["Event"]],
            "Filter": {"S3Key": {"FilterRule": _filter_rules(queue)}},
        }
        for queue in properties.get("QueueConfigurations", [])
    ]
    bridge = properties.get("EventBridgeConfiguration")
    if bridge is not None and str(bridge.get("EventBridgeEnabled", True)).lower() != "true":
        bridge = None
    return {"QueueConfiguration": queues, "EventBridgeConfiguration": bridge}


def _filter_rules(queue: dict[str, Any]) -> list[dict[str, str]]:
    rules = queue.get("Filter", {}).get("S3Key", {}).get("Rules", [])
    return [{"Name": rule["Name"].lower(), "Value": rule["Value"]} for rule in rules]


def _create_state_machine(
    name: str, template: dict[str, Any], account: str, region: str, **_: Any
) -> StateMachine:
    """Moto forgets the type of a template's state machine: all would be Standard ones."""
    properties = template["Properties"]
    definition = properties["DefinitionString"]
    for key, value in properties.get("DefinitionSubstitutions", {}).items():
        definition = definition.replace("${" + key + "}", str(value))
    return stepfunctions_parser_backends[account][region].create_state_machine(
        name=properties.get("StateMachineName", name),
        definition=definition,
        roleArn=properties["RoleArn"],
        sm_type=properties.get("StateMachineType"),
    )
