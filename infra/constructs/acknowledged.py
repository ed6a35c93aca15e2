"""Findings of cdk-nag that are known and accepted, each with its reason."""

from typing import Any

from aws_cdk import Acknowledgment, Stack, Validations
from constructs import Construct

ANY_RESOURCE = "AwsSolutions-IAM5[Resource::*]"


def acknowledge(construct: Construct, reason: str, *findings: str) -> None:
    """Accept findings on a construct and all that is in it, for one reason."""
    for finding in findings:
        Validations.of(construct).acknowledge(Acknowledgment(id=finding, reason=reason))


def acknowledge_below(construct: Construct, reason: str, *arns: str) -> None:
    """Accept that a policy names everything below a place rather than one thing."""
    for arn in arns:
        place = _as_cdk_nag_writes(Stack.of(construct).resolve(arn))
        acknowledge(construct, reason, f"AwsSolutions-IAM5[Resource::{place}]")


def _as_cdk_nag_writes(resolved: Any) -> str:
    """Write an ARN with its references in angle brackets."""
    match resolved:
        case str():
            return resolved
        case {"Ref": name}:
            return f"<{name}>"
        case {"Fn::GetAtt": [name, attribute]}:
            return f"<{name}.{attribute}>"
        case {"Fn::Join": [separator, parts]}:
            return str(separator).join(map(_as_cdk_nag_writes, parts))
        case _:
            raise ValueError(f"no name that cdk-nag would give to {resolved!r}")
