"""Metrics of what a worker takes, and why it does not."""

from moonwalk.metrics.declaration import counter, dimension

SHORT_OF = counter(
    "worker.short_of",
    "Minutes in which a worker took no more, as too little was free of a resource.",
    dimension("resource", "memory", "scratch"),
)
