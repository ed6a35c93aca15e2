"""Dimensions that several metrics share."""

from moonwalk.domain.lane import Lane
from moonwalk.domain.request import QueueClass
from moonwalk.metrics.declaration import dimension

QUEUE = dimension("queue", QueueClass)
LANE = dimension("lane", Lane)
