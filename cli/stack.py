"""Stacks as rows to be shown: from whatever a processed crash holds, of any size."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

INLINED = "inlined"
"""In place of a trust: the frame shares the registers of the real one below it."""
OUTERMOST = 10
"""Rows that are kept of the far end of a stack that is cut: they tell how the recursion began."""


@dataclass(frozen=True)
class Row:
    """One line of a stack; texts are as the crash has them, not yet fit for a terminal."""

    number: str
    trust: str
    module: str
    function: str
    file: str = ""
    line: str = ""


@dataclass(frozen=True)
class Stack:
    """A thread and its frames, innermost first.

    Attributes:
        number: the thread's place in the dump; None where it does not say.
    """

    number: int | None
    name: str
    rows: tuple[Row, ...]

    @property
    def title(self) -> str:
        """What the thread is called: by its number, and its name if it has one."""
        number = "?" if self.number is None else self.number
        return f"thread {number}" + (f" ({self.name})" if self.name else "")


@dataclass(frozen=True)
class Cut:
    """A stack's rows, no more than somebody wants: both of its ends.

    Attributes:
        left_out: how many rows stood between them.
    """

    inner: Sequence[Row]
    left_out: int
    outer: Sequence[Row]


def cut(rows: Sequence[Row], most: int) -> Cut:
    """Cut a stack in its middle if it has more rows than so many."""
    if len(rows) <= most:
        return Cut(rows, 0, ())
    outer = min(OUTERMOST, most // 2)
    inner = most - outer
    return Cut(rows[:inner], len(rows) - most, rows[len(rows) - outer :])


def crashing_stack(processed: Mapping[str, Any]) -> Stack | None:
    """Give the stack of the crashing thread; None when the walk tells of none.

    Rules may have found another thread to be the one that matters: theirs is taken.
    """
    walked = mapping(processed.get("json_dump"))
    threads = sequence(walked.get("threads"))
    number = _number(processed.get("crashing_thread"))
    if number is not None and number < len(threads):
        return _stack(mapping(threads[number]), number)
    thread = mapping(walked.get("crashing_thread"))
    return _stack(thread, _number(thread.get("threads_index"))) if thread else None


def all_stacks(processed: Mapping[str, Any]) -> Iterator[Stack]:
    """Give the stacks of all threads, in the dump's order."""
    threads = sequence(mapping(processed.get("json_dump")).get("threads"))
    for number, thread in enumerate(threads):
        yield _stack(mapping(thread), number)


def mapping(value: object) -> Mapping[str, Any]:
    """Give an object, an empty one for anything else."""
    return value if isinstance(value, dict) else {}


def sequence(value: object) -> list[Any]:
    """Give a list, an empty one for anything else."""
    return value if isinstance(value, list) else []


def _number(value: object) -> int | None:
    known = isinstance(value, int) and not isinstance(value, bool) and value >= 0
    return value if known else None  # type: ignore[return-value]


def _stack(thread: Mapping[str, Any], number: int | None) -> Stack:
    rows = [row for frame in sequence(thread.get("frames")) for row in _rows(mapping(frame))]
    return Stack(number, _text(thread.get("thread_name")), tuple(rows))


def _rows(frame: Mapping[str, Any]) -> Iterator[Row]:
    """Give the inlined frames, which are listed innermost first, and then the real one."""
    number, module = _text(frame.get("frame")), _text(frame.get("module"))
    for inline in map(mapping, sequence(frame.get("inlines"))):
        yield Row(number, INLINED, module, _text(inline.get("function")), *_source(inline))
    yield Row(number, _text(frame.get("trust")), module, _function(frame), *_source(frame))


def _function(frame: Mapping[str, Any]) -> str:
    if frame.get("function"):
        return _text(frame["function"])
    if frame.get("truncated"):
        return _text(mapping(frame["truncated"]).get("msg"))
    if frame.get("module"):
        return f"{_text(frame['module'])} + {_text(frame.get('module_offset'))}"
    return _unloaded(frame) or _text(frame.get("offset"))


def _unloaded(frame: Mapping[str, Any]) -> str:
    """Name a module that was no longer loaded, for a frame that is in no other."""
    for module in map(mapping, sequence(frame.get("unloaded_modules"))):
        if module.get("module"):
            return f"{_text(module['module'])} (unloaded)"
    return ""


def _source(frame: Mapping[str, Any]) -> tuple[str, str]:
    return _text(frame.get("file")), _text(frame.get("line"))


def _text(value: object) -> str:
    return "" if value is None else str(value)
