"""Work in threads gives its results in order, raises what went wrong, and stops no exit."""

import subprocess
import sys
import threading
import time

import pytest

from cli.side_by_side import side_by_side
from tests.integration.stackwalker_support import ROOT

HUNG = """
import os, signal, threading, time
from cli.side_by_side import side_by_side
signal.signal(signal.SIGINT, signal.default_int_handler)
threading.Timer(0.3, lambda: os.kill(os.getpid(), signal.SIGINT)).start()
side_by_side(lambda _: time.sleep(100), [1, 2, 3], 2)
"""


def test_results_come_in_the_order_of_the_items() -> None:
    def slow(item: int) -> int:
        time.sleep(0.05 if item == 0 else 0)
        return item * 2

    assert side_by_side(slow, [0, 1, 2, 3], 2) == [0, 2, 4, 6]
    assert side_by_side(slow, [], 2) == []


def test_no_more_than_so_many_are_under_way() -> None:
    lock, under_way, most = threading.Lock(), [0], [0]

    def count(_item: int) -> None:
        with lock:
            under_way[0] += 1
            most[0] = max(most[0], under_way[0])
        time.sleep(0.02)
        with lock:
            under_way[0] -= 1

    side_by_side(count, range(8), 3)
    assert most[0] == 3


def test_what_goes_wrong_is_raised_to_the_caller() -> None:
    def fail(item: int) -> int:
        if item == 2:
            raise LookupError("two")
        return item

    with pytest.raises(LookupError, match="two"):
        side_by_side(fail, [1, 2, 3], 2)


def test_ctrl_c_ends_the_command_whatever_is_under_way() -> None:
    started = time.monotonic()
    ended = subprocess.run(
        [sys.executable, "-c", HUNG], cwd=ROOT, capture_output=True, check=False, timeout=50
    )
    assert time.monotonic() - started < 40
    assert b"KeyboardInterrupt" in ended.stderr
