"""Runs a function by the clock, one round after the other."""

from aws_cdk import Duration
from aws_cdk.aws_events import Rule, Schedule
from aws_cdk.aws_events_targets import LambdaFunction
from aws_cdk.aws_lambda import IFunction
from constructs import Construct


def run_every(scope: Construct, interval: Duration, function: IFunction) -> None:
    """Run a function at an interval.

    A round that was missed is made up for by the next one: neither clock nor Lambda tries it again.
    """
    function.configure_async_invoke(retry_attempts=0, max_event_age=interval)
    target = LambdaFunction(function, retry_attempts=0, max_event_age=interval)
    Rule(scope, "Schedule", schedule=Schedule.rate(interval), targets=[target])
