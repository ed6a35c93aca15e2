"""Work in threads that do not outlive Ctrl-C; those of a pool would be waited for to their end."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from queue import Empty, SimpleQueue
from typing import TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")


def side_by_side(
    work: Callable[[Item], Result], items: Sequence[Item], at_once: int
) -> list[Result]:
    """Do the work for each item, so many at a time; give the results in the items' order.

    The first error in that order is raised; what is under way then ends with the process.
    """
    waiting: SimpleQueue[tuple[Item, Future[Result]]] = SimpleQueue()
    futures: list[Future[Result]] = [Future() for _ in items]
    for pair in zip(items, futures, strict=True):
        waiting.put(pair)
    for number in range(min(at_once, len(items))):
        name = f"side-by-side-{number}"
        threading.Thread(target=_work_off, args=(work, waiting), name=name, daemon=True).start()
    return [future.result() for future in futures]


def _work_off(
    work: Callable[[Item], Result], waiting: "SimpleQueue[tuple[Item, Future[Result]]]"
) -> None:
    while True:
        try:
            item, future = waiting.get_nowait()
        except Empty:
            return
        try:
            future.set_result(work(item))
        except BaseException as error:  # noqa: BLE001 - it is raised where the result is awaited
            future.set_exception(error)
