"""Where the workers' service is, as those are told who hand work to it."""

from dataclasses import dataclass

from moonwalk.contracts import environment as names
from moonwalk.variables import VariableReader


@dataclass(frozen=True, slots=True)
class WorkerPlace:
    """Names of a cluster and of a service in it."""

    cluster: str
    service: str


def read_worker_place(reader: VariableReader) -> WorkerPlace:
    """Read the names."""
    return WorkerPlace(reader.text(names.WORKER_CLUSTER), reader.text(names.WORKER_SERVICE))
