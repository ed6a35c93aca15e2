"""A hundred messages of every kind, good and bad, on all queues at the same time."""

from datetime import datetime

from moonwalk.contracts import dead_letters as attributes
from moonwalk.contracts import storage
from moonwalk.domain.crash_id import CrashId
from moonwalk.domain.dumps import MAIN_MINIDUMP
from moonwalk.domain.ledger import State
from moonwalk.domain.request import QueueClass
from tests.integration.pipeline.conftest import SETTINGS
from tests.integration.pipeline.pipeline import EXAMPLE_DUMP, Pipeline, crash_ids

GOOD, ODD, BAD = 60, 4, 5
SECONDS = 30.0
"""Two, where nothing else runs on the machine."""


def test_every_good_crash_is_processed_once_and_every_bad_one_is_accounted_for(
    pipeline: Pipeline,
) -> None:
    ids = crash_ids(1, GOOD + ODD + BAD)
    good, odd, bad = ids[:GOOD], ids[GOOD : GOOD + ODD], ids[GOOD + ODD :]
    for crash_id in good:
        pipeline.collect(crash_id)
    odd_status = collect_odd(pipeline, odd)
    bad_reason = collect_bad(pipeline, bad)
    bodies = [*map(str, good + odd), *bad_reason, *map(str, good[:14]), "test"]
    queues = list(QueueClass)
    shares = {queue: bodies[number :: len(queues)] for number, queue in enumerate(queues)}
    for queue, share in shares.items():
        pipeline.send(share, queue)
    pipeline.send([f"{crash_id}:default" for crash_id in good[-10:]], QueueClass.PRIORITY)
    assert len(bodies) + 10 == 100

    pipeline.wait_until_ended(good + odd, seconds=240)
    pipeline.wait_for(lambda: not pipeline.left_in_queues(), "messages are left in queues")

    for crash_id in good + odd:
        entry = pipeline.entry(crash_id)
        assert entry
        assert entry.state is State.PROCESSED
        asked_again = shares[QueueClass.REPROCESSING].count(crash_id.text)
        assert 1 <= entry.fence.attempt <= 1 + asked_again, "a duplicate was run"
    for crash_id in good:
        assert pipeline.processed(crash_id)["signature"].startswith("darkroom::")
    for crash_id, status in odd_status.items():
        processed = pipeline.processed(crash_id)
        assert (processed["success"], processed["mdsw_status_string"]) == (False, status)
    laid_aside = [(queue, laid) for queue in queues for laid in pipeline.dead_letters(queue)]
    assert {laid["body"]: laid[attributes.REASON] for _, laid in laid_aside} == bad_reason
    for queue, laid in laid_aside:
        assert datetime.fromisoformat(laid[attributes.FIRST_SEEN]).tzinfo
        assert (laid[attributes.ORIGIN], laid[attributes.TRIES]) == (queue, "1"), "tried in vain"


def test_a_wrong_request_is_laid_aside_within_seconds_and_its_neighbours_go_their_way(
    pipeline: Pipeline,
) -> None:
    assert SETTINGS["reprocessing_batch"] == 2
    good, odd, missing = crash_ids(3, 3)
    pipeline.collect(good)
    pipeline.collect(odd, **{MAIN_MINIDUMP: b"no minidump"})
    pipeline.send([missing, good, odd, "hello"], QueueClass.REPROCESSING)
    pipeline.wait_until_ended([good, odd], seconds=SECONDS)
    pipeline.wait_for(lambda: not pipeline.left_in_queues(), "a message stays", SECONDS)
    for crash_id in (good, odd):
        entry = pipeline.entry(crash_id)
        assert entry
        assert (entry.state, entry.fence.attempt) == (State.PROCESSED, 1)
    laid_aside = pipeline.dead_letters(QueueClass.REPROCESSING)
    assert {laid[attributes.REASON] for laid in laid_aside} == {"raw_crash_missing", "bad_crash_id"}
    assert [laid[attributes.TRIES] for laid in laid_aside] == ["1", "1"]


def collect_odd(pipeline: Pipeline, ids: list[CrashId]) -> dict[CrashId, str]:
    """Store minidumps that are none, or not whole; give the status each must end with."""
    whole = EXAMPLE_DUMP.read_bytes()
    contents = {
        b"": "EmptyMinidump",
        whole[:20]: "MissingHeader",
        whole[:40]: "MissingDirectory",
        b"# Not a minidump at all, but a text of some length.\n" * 20: "HeaderMismatch",
    }
    for crash_id, content in zip(ids, contents, strict=True):
        pipeline.collect(crash_id, **{MAIN_MINIDUMP: content})
    return dict(zip(ids, contents.values(), strict=True))


def collect_bad(pipeline: Pipeline, ids: list[CrashId]) -> dict[str, str]:
    """Store crashes that are not whole; give the messages that must be laid aside, and why."""
    missing, not_json, no_dump, bad_name, fine = ids
    pipeline.collect(fine)
    for crash_id, names, raw_crash in (
        (not_json, "[]", "{this is no JSON"),
        (no_dump, '["upload_file_minidump", "memory_report"]', "{}"),
        (bad_name, '["../x"]', "{}"),
    ):
        pipeline.put(storage.dump_names(crash_id), names)
        pipeline.put(storage.raw_crash(crash_id), raw_crash)
    return {
        f"{missing}:default": "raw_crash_missing",
        f"{not_json}:default": "raw_crash_unreadable",
        f"{no_dump}:default": "dump_missing",
        f"{bad_name}:default": "bad_dump_name",
        f"{fine}:magic": "unknown_ruleset",
        "hello": "bad_crash_id",
        f"bp-{fine}": "bad_crash_id",
        '{"Records": []': "bad_message",
        f"{fine}"[:-1] + "x": "bad_crash_id",
        '{"schema": 7}': "bad_message",
        "é" * 40: "bad_crash_id",
    }
