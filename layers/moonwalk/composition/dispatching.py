"""The dispatcher's parts."""

from dataclasses import dataclass

from moonwalk.adapters import aws
from moonwalk.adapters.metrics import EmfMetrics
from moonwalk.adapters.queues import SqsVisibility
from moonwalk.adapters.s3 import S3CrashStore
from moonwalk.adapters.workflows import SfnWorkflows
from moonwalk.composition import common, turning
from moonwalk.environment import Dispatcher
from moonwalk.usecases.dispatch import Dispatch, Times
from moonwalk.usecases.inbox import Inbox


@dataclass(frozen=True, slots=True)
class Dispatching:
    """The use case, and what its entry point does around it."""

    dispatch: Dispatch
    visibility: SqsVisibility
    metrics: EmfMetrics


def compose(environment: Dispatcher) -> Dispatching:
    """Put the dispatcher together."""
    shared = common.parts(environment.common)
    workflows = SfnWorkflows(
        waiting=aws.waiting_stepfunctions(environment.workflow_seconds),
        starting=aws.stepfunctions(),
        light=environment.light_workflow,
        heavy=environment.heavy_workflow,
    )
    dispatch = Dispatch(
        inbox=Inbox(environment.intake),
        store=S3CrashStore(aws.s3(), environment.crash_bucket),
        ledger=shared.ledger,
        workflows=workflows,
        dead_letters=shared.dead_letters,
        ending=shared.ending,
        wake=common.waking(environment.workers, shared.clock, shared.metrics),
        clock=shared.clock,
        metrics=shared.metrics,
        knobs=turning.knobs(environment.knobs, shared.metrics),
        times=Times(environment.due_after_seconds, environment.heavy_due_after_seconds),
        max_tries=environment.max_tries,
    )
    return Dispatching(dispatch, shared.visibility, shared.metrics)
