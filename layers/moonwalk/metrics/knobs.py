"""Metrics of what on-call has turned."""

from moonwalk.metrics.declaration import Unit, counter, dimension, gauge

KNOBS_TURNED = gauge(
    "knobs.turned", Unit.COUNT, "Knobs that stand elsewhere than the settings say."
)
QUEUES_PAUSED = gauge("knobs.paused", Unit.COUNT, "Queues that are paused by a knob.")
KNOBS_TROUBLE = counter(
    "knobs.trouble",
    "Looks at the knobs that could not be followed, by why.",
    dimension("why", "unreachable", "unreadable", "refused"),
)
