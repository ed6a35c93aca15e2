"""A crash that nobody asks for: the bucket itself announces its raw crash."""

from pathlib import Path

import pytest

from moonwalk.domain.ledger import State
from tests.integration.pipeline.conftest import deployed
from tests.integration.pipeline.pipeline import crash_ids


@pytest.mark.parametrize("way", ["eventbridge", "notification"])
def test_a_raw_crash_in_the_bucket_is_processed_once(tmp_path: Path, way: str) -> None:
    with deployed(tmp_path, s3_events=way) as pipeline:
        [crash_id] = crash_ids(5, 1)
        pipeline.collect(crash_id)
        entry = pipeline.wait_for(lambda: pipeline.ended(crash_id), "no event was ever handled")
        pipeline.send([crash_id])
        pipeline.wait_for(lambda: not pipeline.left_in_queues(), "messages are left in queues")
        assert (entry.state, entry.fence.attempt) == (State.PROCESSED, 1)
        assert pipeline.entry(crash_id) == entry
        assert pipeline.dead_letters() == []
