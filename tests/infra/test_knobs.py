"""How far the knobs of a deployment go: to where something else of it would break."""

from typing import Any

import pytest

from infra.knobs import panel_of
from infra.settings import Settings
from infra.settings_relations import executions
from moonwalk.domain.knobs import (
    HEAVY_KILL,
    READ_BY_FUNCTIONS,
    SLOTS,
    Knob,
    KnobQueue,
    concurrency,
)


def settings_of(**changed: Any) -> Settings:
    return Settings.from_context({"moonwalk": changed})


@pytest.mark.parametrize("account", [414, 500, 1000, 100_000])
@pytest.mark.parametrize("queue", READ_BY_FUNCTIONS)
def test_no_queue_can_be_read_by_more_functions_than_the_account_has(
    queue: KnobQueue, account: int
) -> None:
    settings = settings_of(account_concurrency=account)
    usual, least, most = panel_of(settings).ranges[concurrency(queue)]
    field = "packer" if queue is KnobQueue.SYMBOLS else queue
    widened = settings_of(account_concurrency=account, **{f"{field}_concurrency": min(most, 1000)})
    assert least <= usual <= most <= 4 * usual
    assert executions(widened) <= account


def test_reprocessing_cannot_be_widened_beyond_what_fresh_crashes_have() -> None:
    settings = settings_of(account_concurrency=100_000, reprocessing_concurrency=40)
    assert panel_of(settings).ranges[concurrency(KnobQueue.REPROCESSING)].most == 50


def test_every_knob_can_stand_as_the_settings_say() -> None:
    for settings in (settings_of(), settings_of(kill_seconds=199)):
        for knob in panel_of(settings):
            assert isinstance(knob, Knob)
            assert knob.check(knob.default) == knob.default


@pytest.mark.parametrize(
    ("changed", "most"),
    [
        ({}, 2),
        ({"worker_memory_mib": 28672, "worker_scratch_gib": 100}, 3),
        ({"worker_slots": 1, "worker_fresh_slots": 0}, 2),
        ({"worker_slots": 1, "worker_fresh_slots": 0, "worker_memory_mib": 30720}, 2),
    ],
)
def test_a_worker_can_be_given_slots_that_it_has_memory_and_disk_for(
    changed: dict[str, Any], most: int
) -> None:
    slots = panel_of(settings_of(**changed)).ranges[SLOTS]
    assert (slots.least, slots.most) == (1, most)


@pytest.mark.parametrize(
    ("changed", "most"),
    [
        ({}, 2400),
        ({"worker_stall_seconds": 1801}, 1800),
        ({"worker_stall_seconds": 10_000}, 5400),
        ({"worker_stall_seconds": 10_000, "heavy_workflow_hours": 1}, 3300),
    ],
)
def test_a_heavy_walk_can_be_given_what_its_worker_workflow_and_message_bear(
    changed: dict[str, Any], most: int
) -> None:
    assert panel_of(settings_of(**changed)).ranges[HEAVY_KILL].most == most
