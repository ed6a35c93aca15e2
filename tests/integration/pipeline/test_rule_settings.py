"""What settings say of rules holds in a deployment: profile, lists, versions, what is public."""

import json
from collections.abc import Iterator

import pytest

from moonwalk.contracts import outputs, storage
from moonwalk.domain.crash_id import CrashId
from moonwalk.domain.dumps import MAIN_MINIDUMP, DumpName
from moonwalk.domain.ledger import LedgerEntry, State
from moonwalk.domain.request import QueueClass
from tests.integration.pipeline.conftest import deployed
from tests.integration.pipeline.pipeline import Pipeline, crash_ids

TEAM = "team-rules"
"""A bucket of the team's own, as settings name it."""
PASSED_OVER = "darkroom::"
"""What all frames of the example's own code begin with."""
BETA = {
    "ProductName": "Firefox",
    "ReleaseChannel": "beta",
    "Version": "130.0",
    "BuildID": "20240801120000",
    "URL": "https://example.com/private",
}
BUILT_AS = "130.0b4"


@pytest.fixture(scope="module")
def pipeline(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pipeline]:
    settings = {
        "profile": "socorro",
        "public_crashes": True,
        "signature_lists": f"s3://{TEAM}/lists/",
        "versions": f"s3://{TEAM}/versions.json",
    }
    with deployed(tmp_path_factory.mktemp("rules"), **settings) as made:
        s3 = made.aws.client("s3")
        location = {"LocationConstraint": s3.meta.region_name}
        s3.create_bucket(Bucket=TEAM, CreateBucketConfiguration=location)
        lists = "lists/irrelevant_signature_re.txt"
        s3.put_object(Bucket=TEAM, Key=lists, Body=f"{PASSED_OVER}\n".encode())
        build = ":".join((BETA["ProductName"], BETA["ReleaseChannel"], BETA["BuildID"]))
        s3.put_object(Bucket=TEAM, Key="versions.json", Body=json.dumps({build: BUILT_AS}))
        yield made


def beta(pipeline: Pipeline, seed: int) -> CrashId:
    """Give a beta's crash that has been processed."""
    [made] = crash_ids(seed, 1)
    pipeline.collect(made, {"uuid": made.text, **BETA})
    pipeline.send([made])
    pipeline.wait_until_ended([made])
    return made


@pytest.fixture(scope="module")
def crash_id(pipeline: Pipeline) -> CrashId:
    return beta(pipeline, 71)


def test_the_profile_reads_annotations_as_its_products_mean_them(
    pipeline: Pipeline, crash_id: CrashId
) -> None:
    entry = pipeline.entry(crash_id)
    assert entry
    assert entry.state is State.PROCESSED
    processed = pipeline.processed(crash_id)
    assert (processed["product"], processed["release_channel"]) == ("Firefox", "beta")


def test_a_version_is_looked_up_in_the_teams_table(pipeline: Pipeline, crash_id: CrashId) -> None:
    assert pipeline.processed(crash_id)["version"] == BUILT_AS


def test_the_teams_lists_are_over_the_profiles(pipeline: Pipeline, crash_id: CrashId) -> None:
    processed = pipeline.processed(crash_id)
    frames = processed["json_dump"]["crashing_thread"]["frames"]
    assert any((frame["function"] or "").startswith(PASSED_OVER) for frame in frames)
    assert not processed["signature"].startswith(PASSED_OVER)


def test_what_is_public_is_stored_apart_without_what_is_not(
    pipeline: Pipeline, crash_id: CrashId
) -> None:
    bucket = pipeline.outputs[outputs.PUBLIC_BUCKET]
    public = json.loads(pipeline.stored(storage.public_crash(crash_id), bucket))
    assert pipeline.processed(crash_id)["url"] == BETA["URL"]
    assert public["signature"] == pipeline.processed(crash_id)["signature"]
    assert BETA["URL"] not in json.dumps(public)


def test_a_signature_is_made_anew_without_the_dump(pipeline: Pipeline) -> None:
    crash_id = beta(pipeline, 72)
    before = pipeline.processed(crash_id)
    pipeline.put(
        storage.processed_crash(crash_id), json.dumps({**before, "signature": "of old lists"})
    )
    pipeline.aws.client("s3").delete_object(
        Bucket=pipeline.outputs[outputs.CRASH_BUCKET],
        Key=storage.dump(crash_id, DumpName(MAIN_MINIDUMP)),
    )
    pipeline.send([f"{crash_id}:regenerate_signature"], QueueClass.REPROCESSING)

    def ended() -> LedgerEntry | None:
        entry = pipeline.ended(crash_id)
        return entry if entry and entry.fence.attempt == 2 else None

    entry = pipeline.wait_for(ended, "the signature is not made anew")
    after = pipeline.processed(crash_id)
    assert entry.state is State.PROCESSED
    assert after["signature"] == before["signature"]
    assert after["json_dump"] == before["json_dump"]
    assert len(after["processor_history"]) == len(before["processor_history"]) + 1
