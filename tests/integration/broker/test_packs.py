"""What a walker asks for is what the source has, and is asked for once."""

import resource
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from moonwalk.adapters.broker import Broker
from tests.integration.broker.client import Walk
from tests.integration.broker.conftest import CONTENTS, LARGE, SMALL, Brokers
from tests.servers.range_server import RangeServer

SMALL_BYTES, LARGE_BYTES = CONTENTS[f"/{SMALL}"], CONTENTS[f"/{LARGE}"]


def test_a_temporary_folder_with_a_long_name_is_no_obstacle(
    brokers: Brokers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    deep = tmp_path / ("x" * 100) / ("y" * 100)
    deep.mkdir(parents=True)
    monkeypatch.setattr(tempfile, "tempdir", str(deep))
    with brokers.walk(brokers.start()) as walk:
        assert walk.open(SMALL).file == SMALL_BYTES


def test_a_small_pack_comes_as_a_file_after_one_request(walk: Walk, server: RangeServer) -> None:
    said = walk.open(SMALL)
    assert said.told == {
        "kind": "opened",
        "pack": 0,
        "size": len(SMALL_BYTES),
        "origin": None,
        "whole": True,
    }
    assert said.file == SMALL_BYTES
    assert server.count == 1


def test_a_large_pack_comes_with_its_end_and_is_read_by_range(walk: Walk) -> None:
    opened = walk.open(LARGE)
    assert not opened.told["whole"]
    assert opened.body == LARGE_BYTES[-65536:]
    said = walk.read(opened.told["pack"], (0, 1), (4095, 4097), (2_999_990, 3_000_000), (7, 7))
    parts = [LARGE_BYTES[0:1], LARGE_BYTES[4095:4097], LARGE_BYTES[2_999_990:3_000_000]]
    assert said.body == b"".join(parts)


def test_near_ranges_are_one_request_and_far_ones_are_not(walk: Walk, server: RangeServer) -> None:
    pack = walk.open(LARGE).told["pack"]
    before = server.count
    walk.read(pack, (0, 100), (8192, 9000), (16_000, 17_000))
    assert server.count == before + 1
    walk.read(pack, (500_000, 500_100), (1_500_000, 1_500_100))
    assert server.count == before + 3


def test_nothing_new_is_nothing_asked(
    brokers: Brokers, broker: Broker, server: RangeServer
) -> None:
    for number in range(3):
        with brokers.walk(broker, f"walk {number}") as walk:
            walk.open(SMALL)
            walk.read(walk.open(LARGE).told["pack"], (0, 50_000))
            assert walk.open("absent.so/C3/absent.so.pack").told == {"kind": "absent"}
        if number == 0:
            first = server.count
    assert server.count == first


def test_what_is_not_there_is_asked_for_again_after_its_time(
    brokers: Brokers, server: RangeServer
) -> None:
    with brokers.walk(brokers.start(absent_seconds=0)) as walk:
        assert walk.open("new.so/D4/new.so.pack").told == {"kind": "absent"}
        server.files["/new.so/D4/new.so.pack"] = b"a pack that came later"
        assert walk.open("new.so/D4/new.so.pack").file == b"a pack that came later"


def test_a_walk_that_is_done_again_is_not_told_of_an_absence_from_before(
    brokers: Brokers, broker: Broker, server: RangeServer
) -> None:
    place = "new.so/D4/new.so.pack"
    with brokers.walk(broker) as walk:
        assert walk.open(place).told == {"kind": "absent"}
        server.files[f"/{place}"] = b"a pack that came later"
        assert walk.open(place).told == {"kind": "absent"}
    with brokers.walk(broker, anew=True) as walk:
        assert walk.open(place).file == b"a pack that came later"


def test_a_walk_that_is_done_again_looks_once_for_what_is_absent_still(
    brokers: Brokers, broker: Broker, server: RangeServer
) -> None:
    place = "new.so/D4/new.so.pack"
    with brokers.walk(broker) as walk:
        walk.open(place)
    with brokers.walk(broker, anew=True) as walk:
        for _ in range(3):
            assert walk.open(place).told == {"kind": "absent"}
    assert server.count == 2


def test_many_that_want_the_same_wait_for_one_request(
    brokers: Brokers, broker: Broker, server: RangeServer
) -> None:
    server.latency_seconds = 0.3
    got: list[bytes | None] = []

    def want(number: int) -> None:
        with brokers.walk(broker, f"walk {number}") as walk:
            got.append(walk.open(SMALL).file)

    threads = [threading.Thread(target=want, args=(number,)) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert got == [SMALL_BYTES] * 20
    assert server.count == 1


def test_a_pack_that_a_second_walk_reads_on_is_fetched_as_a_whole(
    brokers: Brokers, broker: Broker
) -> None:
    for number in range(2):
        with brokers.walk(broker, f"walk {number}") as walk:
            at = number * 1_000_000
            walk.read(walk.open(LARGE).told["pack"], (at, at + 1))
    for _ in range(200):
        with brokers.walk(broker, "later") as walk:
            said = walk.open(LARGE)
        if said.told["whole"]:
            break
        threading.Event().wait(0.05)
    assert said.file == LARGE_BYTES


@pytest.fixture
def few_files() -> Iterator[int]:
    """How many files a process that is started now can have open: fewer than there are packs."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    few = 160
    resource.setrlimit(resource.RLIMIT_NOFILE, (few, hard))
    yield few
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_there_may_be_more_packs_than_a_process_can_have_files_open(
    brokers: Brokers, server: RangeServer, few_files: int
) -> None:
    places = [f"p{number}.so/A1/p.pack" for number in range(2 * few_files)]
    server.files.update({f"/{place}": place.encode() for place in places})
    first = brokers.start()
    for place in places:
        with brokers.walk(first) as walk:
            assert walk.open(place).file == place.encode()
    assert first.figures()["disk"]["refused"] == 0
    first.close()
    second = brokers.start()
    for place in places[::20]:
        with brokers.walk(second) as walk:
            assert walk.open(place).file == place.encode()
    assert second.figures()["disk"]["packs"] == len(places)
    assert second.figures()["sources"]["server"]["bytes"] == 0


@pytest.mark.parametrize(
    "key",
    [
        ("..", "A1", "x.sym"),
        ("a/b", "A1", "x.sym"),
        ("a\\b", "A1", "x.sym"),
        ("a\0b", "A1", "x.sym"),
        ("", "A1", "x.sym"),
        ("x" * 4096, "A1", "x.sym"),
        ("x", "..", "x.sym"),
        ("x", "A1", ".."),
    ],
)
def test_a_name_that_leads_elsewhere_is_asked_of_nobody(
    walk: Walk, server: RangeServer, key: tuple[str, str, str]
) -> None:
    debug_file, debug_id, name = key
    said = walk.ask(kind="open", debug_file=debug_file, debug_id=debug_id, name=name)
    assert said.told == {"kind": "absent"}
    assert server.count == 0


def test_odd_but_honest_names_are_found_under_their_own_name(
    walk: Walk, server: RangeServer
) -> None:
    server.files["/a%20b%23%25%C3%A9.so/A1/x.pack"] = b"odd"
    said = walk.ask(kind="open", debug_file="a b#%é.so", debug_id="A1", name="x.sym")
    assert said.file == b"odd"


def test_figures_tell_what_a_walk_cost_once(brokers: Brokers, broker: Broker) -> None:
    with brokers.walk(broker, "mine") as walk:
        walk.open(SMALL)
        walk.open(SMALL)
        walk.open("absent.so/C3/absent.so.pack")
    figures = broker.figures("mine")
    assert (figures["opens"], figures["requests"], figures["absent"]) == (3, 2, 1)
    assert figures["source_bytes"] == len(SMALL_BYTES)
    assert broker.figures("mine") == {}
    assert broker.figures()["sources"]["server"]["requests"] == 2


def test_a_broker_sees_of_the_environment_its_credentials_only(
    brokers: Brokers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "a key")
    monkeypatch.setenv("MOONWALK_SECRET", "not for a broker")
    broker = brokers.start()
    broker.figures()
    assert broker._running
    seen = Path(f"/proc/{broker._running.process.pid}/environ").read_bytes().decode()
    assert "AWS_ACCESS_KEY_ID=a key" in seen
    assert "MALLOC_ARENA_MAX=1" in seen
    assert "not for a broker" not in seen
