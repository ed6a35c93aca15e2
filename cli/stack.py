"""The crashing thread's stack, as rows to be shown: from whatever a processed crash holds."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

INLINED = "inlined"
"""In place of a trust: the frame shares the registers of the real one below it."""


@dataclass(frozen=True)
class Row:
    """One line of a stack; texts are as the crash has them, not yet fit for a terminal."""

    number: str
    trust: str
    module: str
    function: str
    source: str


@dataclass(frozen=True)
class Stack:
    """A thread and its frames, innermost first."""

    title: str
    rows: tuple[Row, ...]


def crashing_stack(processed: Mapping[str, Any]) -> Stack | None:
    """Give the stack of the crashing thread; None when the walk tells of none."""
    thread = mapping(mapping(processed.get("json_dump")).get("crashing_thread"))
    if not thread:
        return None
    rows = [row for frame in sequence(thread.get("frames")) for row in _rows(mapping(frame))]
    name = thread.get("thread_name")
    number = thread.get("threads_index", "?")
    return Stack(f"thread {number}" + (f" ({name})" if name else ""), tuple(rows))


def mapping(value: object) -> Mapping[str, Any]:
    """Give an object, an empty one for anything else."""
    return value if isinstance(value, dict) else {}


def sequence(value: object) -> list[Any]:
    """Give a list, an empty one for anything else."""
    return value if isinstance(value, list) else []


def _rows(frame: Mapping[str, Any]) -> Iterator[Row]:
    """Give the inlined frames, which are listed innermost first, and then the real one."""
    number, module = _text(frame.get("frame")), _text(frame.get("module"))
    for inline in map(mapping, sequence(frame.get("inlines"))):
        yield Row(number, INLINED, module, _text(inline.get("function")), _source(inline))
    yield Row(number, _text(frame.get("trust")), module, _function(frame), _source(frame))


def _function(frame: Mapping[str, Any]) -> str:
    if frame.get("function"):
        return _text(frame["function"])
    if frame.get("module"):
        return f"{_text(frame['module'])} + {_text(frame.get('module_offset'))}"
    return _text(frame.get("offset"))


def _source(frame: Mapping[str, Any]) -> str:
    file, line = frame.get("file"), frame.get("line")
    if not file:
        return ""
    return f"{_text(file)}:{line}" if line is not None else _text(file)


def _text(value: object) -> str:
    return "" if value is None else str(value)
