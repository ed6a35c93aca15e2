"""AWS's own metrics that alarms and dashboard use; they cost nothing, and need no code of ours."""

from dataclasses import dataclass
from enum import Enum


@dataclass(frozen=True, slots=True)
class AwsDeclaration:
    """A metric that a service of AWS publishes by itself."""

    namespace: str
    name: str
    unit: str
    dimensions: tuple[str, ...]
    meaning: str


class AwsMetric(Enum):
    """Those that are used; any other is missing here on purpose."""

    VISIBLE = AwsDeclaration(
        "AWS/SQS",
        "ApproximateNumberOfMessagesVisible",
        "Count",
        ("QueueName",),
        "Depth of a queue: messages that wait.",
    )
    AGE = AwsDeclaration(
        "AWS/SQS",
        "ApproximateAgeOfOldestMessage",
        "Seconds",
        ("QueueName",),
        "Age of the oldest message; those that were received three times are overlooked.",
    )
    ERRORS = AwsDeclaration(
        "AWS/Lambda",
        "Errors",
        "Count",
        ("FunctionName",),
        "Runs that failed, timed out or ran out of memory.",
    )
    THROTTLES = AwsDeclaration(
        "AWS/Lambda",
        "Throttles",
        "Count",
        ("FunctionName",),
        "Runs refused for want of concurrency.",
    )
    DURATION = AwsDeclaration(
        "AWS/Lambda", "Duration", "Milliseconds", ("FunctionName",), "Time of a function's runs."
    )
    FAILED = AwsDeclaration(
        "AWS/States",
        "ExecutionsFailed",
        "Count",
        ("StateMachineArn",),
        "Workflows that ended without an answer.",
    )
    TIMED_OUT = AwsDeclaration(
        "AWS/States",
        "ExecutionsTimedOut",
        "Count",
        ("StateMachineArn",),
        "Workflows whose time was up.",
    )
    WORKFLOWS_THROTTLED = AwsDeclaration(
        "AWS/States",
        "ExecutionThrottled",
        "Count",
        ("StateMachineArn",),
        "Starts and transitions of workflows that Step Functions held back.",
    )
    DISK_OPERATIONS_LEFT = AwsDeclaration(
        "AWS/EC2",
        "EBSIOBalance%",
        "Percent",
        ("InstanceId",),
        "Credit of a machine for operations on network disks.",
    )
    DISK_BYTES_LEFT = AwsDeclaration(
        "AWS/EC2",
        "EBSByteBalance%",
        "Percent",
        ("InstanceId",),
        "Credit of a machine for bytes of network disks.",
    )
