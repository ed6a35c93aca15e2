"""What a real broker tells of all walks, as metrics."""

from moonwalk.adapters.broker_figures import BrokerFigures
from moonwalk.domain.lane import Lane
from moonwalk.metrics import Metric
from tests.fakes import FakeMetrics
from tests.integration.broker.conftest import CONTENTS, SMALL, Brokers, kill

CHUNK = 4096
"""What is kept is counted in whole ones."""


def test_a_pack_that_was_fetched_is_counted_once_and_told_as_what_is_kept(
    brokers: Brokers,
) -> None:
    broker, metrics = brokers.start(), FakeMetrics()
    told = BrokerFigures(broker, metrics, Lane.HEAVY)
    told.tell()
    assert metrics.recorded == []
    length = len(CONTENTS[f"/{SMALL}"])
    with brokers.walk(broker) as walk:
        walk.open(SMALL)
    told.tell()
    assert metrics.total(Metric.BROKER_OPENS, lane="heavy") == 1
    assert metrics.total(Metric.BROKER_SOURCE_BYTES, source="http") == length
    assert metrics.total(Metric.BROKER_REQUESTS, source="http") == 1
    assert metrics.total(Metric.BROKER_FETCH_TIME) > 0
    assert metrics.total(Metric.CACHE_FILES) == 1
    on_disk = -(-length // CHUNK) * CHUNK
    assert metrics.total(Metric.CACHE_USAGE) == metrics.total(Metric.CACHE_MAX) == on_disk
    told.tell()
    assert metrics.total(Metric.BROKER_SOURCE_BYTES) == length
    kill(broker)
    told.tell()
    assert not broker.runs
