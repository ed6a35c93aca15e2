"""What is asked about one crash beside its ledger entry: its workflow, and the symbols it lacks."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from cli.reachable import Reachable
from cli.stack import mapping, sequence
from moonwalk.domain.failures import DeadLetter
from moonwalk.domain.lane import Lane
from moonwalk.domain.ledger import LedgerEntry
from moonwalk.domain.task import run_name
from moonwalk.domain.touched_modules import INCOMPLETE


@dataclass(frozen=True)
class Workflow:
    """The workflow of the run in force.

    Attributes:
        name: by which its execution, or its lines in the log group of the light lane, are found.
        status: of a Standard workflow, as Step Functions gives it; Express ones keep none.
    """

    name: str
    status: str | None = None


@dataclass(frozen=True)
class Told:
    """All that is known of a crash.

    Attributes:
        lacking: elements of `symbols_incomplete` of the processed crash there is.
    """

    entry: LedgerEntry
    workflow: Workflow
    lacking: list[Mapping[str, Any]]


def tell(pipeline: Reachable, entry: LedgerEntry) -> Told:
    """Ask a deployment about a crash that is in its ledger."""
    return Told(entry, _workflow(pipeline, entry), _lacking(pipeline, entry))


def _workflow(pipeline: Reachable, entry: LedgerEntry) -> Workflow:
    name = run_name(entry.crash_id, entry.ruleset, entry.fence)
    if entry.lane is not Lane.HEAVY:
        return Workflow(name)
    machine = pipeline.heavy_workflow
    execution = f"{machine.replace(':stateMachine:', ':execution:')}:{name}"
    try:
        found = pipeline.client("stepfunctions").describe_execution(executionArn=execution)
    except (BotoCoreError, ClientError):
        # Step Functions forgets executions after 90 days, and who asks may not be allowed to: the
        # ledger's own account stands without it.
        return Workflow(name)
    return Workflow(name, str(found["status"]))


def _lacking(pipeline: Reachable, entry: LedgerEntry) -> list[Mapping[str, Any]]:
    try:
        processed = pipeline.store.processed_crash(entry.crash_id)
    except DeadLetter:
        return []
    return [mapping(each) for each in sequence(mapping(processed).get(INCOMPLETE))]
