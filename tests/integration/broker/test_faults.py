"""Whatever a source, the disk or a kill does: no wrong byte is given, and the cause is named."""

import os
import random
import subprocess
from pathlib import Path

import pytest

from moonwalk.adapters.broker import Broker
from tests.integration.broker import kills
from tests.integration.broker.client import Walk
from tests.integration.broker.conftest import CONTENTS, LARGE, SMALL, Brokers, kill
from tests.servers.range_server import Answer, RangeServer

SMALL_BYTES, LARGE_BYTES = CONTENTS[f"/{SMALL}"], CONTENTS[f"/{LARGE}"]
OTHER_BYTES = random.Random(2).randbytes(len(LARGE_BYTES))  # noqa: S311 - content, not secrets


def failed(reason: str, told: dict[str, object]) -> bool:
    return (told["kind"], told.get("reason")) == ("failed", reason)


def test_a_pack_that_was_replaced_is_never_mixed(walk: Walk, server: RangeServer) -> None:
    pack = walk.open(LARGE).told["pack"]
    walk.read(pack, (0, 100))
    server.files[f"/{LARGE}"] = OTHER_BYTES
    assert failed("changed", walk.read(pack, (1_000_000, 1_000_100)).told)


def test_a_pack_that_was_replaced_is_read_anew_by_the_next_walk(
    brokers: Brokers, server: RangeServer
) -> None:
    broker = brokers.start(fresh_seconds=0)
    with brokers.walk(broker) as walk:
        walk.read(walk.open(LARGE).told["pack"], (0, 100))
    server.files[f"/{LARGE}"] = OTHER_BYTES
    with brokers.walk(broker) as walk:
        assert walk.read(walk.open(LARGE).told["pack"], (0, 100)).body == OTHER_BYTES[:100]


def test_a_replacement_that_a_walk_met_is_known_to_the_next(
    brokers: Brokers, broker: Broker, server: RangeServer
) -> None:
    with brokers.walk(broker) as walk:
        pack = walk.open(LARGE).told["pack"]
        server.files[f"/{LARGE}"] = OTHER_BYTES
        assert failed("changed", walk.read(pack, (0, 100)).told)
    with brokers.walk(broker) as walk:
        assert walk.read(walk.open(LARGE).told["pack"], (0, 100)).body == OTHER_BYTES[:100]


def test_a_source_that_recovers_is_not_noticed(walk: Walk, server: RangeServer) -> None:
    left = [503, 429, 500]
    server.fault = lambda _path, answer: Answer(left.pop()) if left else answer
    assert walk.open(SMALL).file == SMALL_BYTES
    assert server.count == 4


@pytest.mark.parametrize(
    "fault",
    [
        lambda _path, _answer: Answer(503),
        lambda _path, _answer: Answer(429),
        lambda _path, _answer: Answer(403),
        lambda _path, answer: Answer(200, answer.headers, b"<html>no ranges here</html>"),
        lambda _path, answer: Answer(206, {"ETag": '"1"'}, answer.body),
        lambda _path, answer: Answer(
            206, answer.headers, answer.body[:100], promised=len(answer.body)
        ),
        lambda _path, _answer: Answer(302),
    ],
    ids=["503", "429", "403", "no ranges", "no length", "cut short", "redirect to nowhere"],
)
def test_a_source_that_fails_is_told_from_one_that_has_nothing(
    walk: Walk, server: RangeServer, fault: object
) -> None:
    server.fault = fault  # type: ignore[assignment]
    said = walk.open(SMALL)
    assert failed("source_failed", said.told)
    assert "server" in said.told["message"]
    server.fault = lambda _path, answer: answer
    assert walk.open(SMALL).file == SMALL_BYTES


def test_a_source_that_does_not_answer_is_given_up_in_bounded_time(
    brokers: Brokers, server: RangeServer
) -> None:
    requests = {"timeout_milliseconds": 100, "patience_milliseconds": 300, "retries": 1}
    shared = {"connect_milliseconds": 100, "at_once": 4}
    server.latency_seconds = 60.0
    with brokers.walk(brokers.start(requests=shared | requests)) as walk:
        assert failed("source_failed", walk.open(SMALL).told)


def test_no_redirect_is_followed(walk: Walk, server: RangeServer) -> None:
    with RangeServer(CONTENTS) as elsewhere:
        server.fault = lambda path, _answer: Answer(302, {"Location": elsewhere.url + path})
        assert failed("source_failed", walk.open(SMALL).told)
        assert elsewhere.count == 0


def test_another_version_in_answer_to_a_range_is_refused(walk: Walk, server: RangeServer) -> None:
    pack = walk.open(LARGE).told["pack"]
    server.fault = lambda _path, answer: Answer(
        206, answer.headers | {"ETag": '"another"'}, answer.body
    )
    assert failed("changed", walk.read(pack, (0, 100)).told)


@pytest.mark.parametrize("memory_bytes", [0, 1_000_000])
def test_bytes_that_the_disk_lost_are_fetched_again(brokers: Brokers, memory_bytes: int) -> None:
    first = brokers.start(memory_bytes=memory_bytes)
    with brokers.walk(first) as walk:
        walk.read(walk.open(LARGE).told["pack"], (0, 100_000))
    first.close()
    (data,) = brokers.config.cache_folder.glob("*.data")
    with data.open("r+b") as file:
        file.seek(50_000)
        file.write(b"\xff\x00\xff\x00")
    second = brokers.start(memory_bytes=memory_bytes)
    with brokers.walk(second) as walk:
        got = walk.read(walk.open(LARGE).told["pack"], (0, 100_000))
    assert got.body == LARGE_BYTES[:100_000]
    assert second.figures()["disk"]["damaged"] == 1


@pytest.mark.parametrize("ending", ["data", "sums"])
@pytest.mark.parametrize("damage", ["gone", "cut", "empty", "garbage"])
def test_files_that_do_not_fit_together_are_dropped(
    brokers: Brokers, ending: str, damage: str
) -> None:
    first = brokers.start()
    with brokers.walk(first) as walk:
        walk.open(SMALL)
    first.close()
    (file,) = brokers.config.cache_folder.glob(f"*.{ending}")
    content = file.read_bytes()
    if damage == "gone":
        file.unlink()
    else:
        changed = {"cut": content[:-1], "empty": b"", "garbage": b"\xa5" * len(content)}
        file.write_bytes(changed[damage])
    with brokers.walk(brokers.start()) as walk:
        assert _all_of(walk, SMALL) == SMALL_BYTES


def test_a_pack_that_is_damaged_at_its_source_is_fetched_again_once(
    walk: Walk, server: RangeServer
) -> None:
    assert walk.damaged(walk.open(SMALL).told["pack"]).told == {"kind": "done"}
    second = walk.open(SMALL).told["pack"]
    assert server.count == 2
    assert failed("source_failed", walk.damaged(second).told)


def _all_of(walk: Walk, place: str) -> bytes:
    """Read a pack as a walker does: a file that is damaged is told of, and asked for again."""
    said = walk.open(place)
    if said.file is not None and said.file != CONTENTS[f"/{place}"]:
        walk.damaged(said.told["pack"])
        said = walk.open(place)
    if said.file is not None:
        return said.file
    return walk.read(said.told["pack"], (0, said.told["size"])).body


def test_the_disk_is_held_to_its_size_and_the_least_recently_used_goes_first(
    brokers: Brokers, server: RangeServer
) -> None:
    places = [f"p{number}.so/A1/p.pack" for number in range(6)]
    server.files.update({f"/{place}": bytes(100_000) for place in places})
    broker = brokers.start(disk_bytes=450_000, memory_bytes=0)
    with brokers.walk(broker) as walk:
        for place in (*places[:4], places[0], *places[4:]):
            walk.open(place)
    disk = broker.figures()["disk"]
    assert disk["bytes"] <= 450_000
    assert disk["evictions"] == 2
    assert len(list(brokers.config.cache_folder.glob("*.data"))) == 4
    before = server.count
    with brokers.walk(broker) as walk:
        walk.read(walk.open(places[5]).told["pack"], (0, 100_000))
    assert server.count == before


def test_without_a_disk_packs_are_read_all_the_same(brokers: Brokers) -> None:
    with brokers.walk(brokers.start(disk_bytes=0)) as walk:
        said = walk.open(SMALL)
        assert not said.told["whole"]
        assert walk.read(said.told["pack"], (0, said.told["size"])).body == SMALL_BYTES
    assert not brokers.config.cache_folder.exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="mounting a small disk needs root")
def test_a_full_disk_is_no_reason_to_fail(brokers: Brokers, tmp_path: Path) -> None:
    place = tmp_path / "full"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=64k", "none", str(place)]
    mounted = subprocess.run(mount, check=False)
    if mounted.returncode:
        pytest.skip("this machine does not let us mount a disk")
    try:
        broker = brokers.start(cache_folder=place)
        with brokers.walk(broker) as walk:
            got = walk.read(walk.open(LARGE).told["pack"], (0, 500_000))
        assert got.body == LARGE_BYTES[:500_000]
        assert broker.figures()["disk"]["refused"] > 0
        broker.close()
    finally:
        subprocess.run(["umount", str(place)], check=True)


def test_a_broker_that_is_killed_is_started_again(brokers: Brokers, broker: Broker) -> None:
    with brokers.walk(broker) as walk:
        walk.open(SMALL)
        kill(broker)
        with pytest.raises(ConnectionError):
            walk.open(SMALL)
    with brokers.walk(broker) as walk:
        assert walk.open(SMALL).file == SMALL_BYTES


def test_no_kill_leaves_a_byte_that_is_wrong(binary: Path) -> None:
    assert binary.exists()
    figures, _ = kills.measured(30, seed=3)
    assert figures["kills"] == 30
    assert figures["reads"] > 0
    assert figures["damage"] > 0
    assert figures["served"] == 0
