"""The reconciler's parts."""

from dataclasses import dataclass

from moonwalk.adapters.metrics import EmfMetrics
from moonwalk.composition import common
from moonwalk.environment import Reconciler
from moonwalk.usecases.reconcile import Reconcile


@dataclass(frozen=True, slots=True)
class Reconciling:
    """The use case, and what its entry point does around it."""

    reconcile: Reconcile
    metrics: EmfMetrics


def compose(environment: Reconciler) -> Reconciling:
    """Put the reconciler together."""
    shared = common.parts(environment.common)
    reconcile = Reconcile(
        ledger=shared.ledger,
        requests=shared.requests,
        ending=shared.ending,
        clock=shared.clock,
        metrics=shared.metrics,
        max_put_backs=environment.max_put_backs,
        max_wait=environment.max_wait_seconds,
        patience=environment.put_back_patience_seconds,
    )
    return Reconciling(reconcile, shared.metrics)
