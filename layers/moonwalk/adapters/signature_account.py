"""Tells step by step how a signature came to be: what became of each frame, and of each rule.

It is read off the lines that siggen writes while it works, so that it cannot say anything else
than what was done.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from moonwalk.adapters.signature_input import FRAMES
from moonwalk.domain.signature import Signature

STACK_RULE, WATCHDOG_RULE = "SignatureGenerationRule", "SignatureRunWatchDog"
BY_STACK = f"{STACK_RULE}: using CSignatureTool"
STOP = "not a prefix; stop"
VERDICTS = {
    "empty string; ignoring": "empty: passed over",
    "irrelevant; ignoring": "irrelevant: passed over",
    "prefix; continue iterating": "prefix: taken, and on",
    STOP: "taken: the end",
}
BEFORE, BEGIN, REPEATED, AFTER = "before the sentinel", "sentinel", "repeated", "not looked at"
_CHANGE, _SENTINEL = "change signature: ", 'sentinel; starting at "'
_WINDOWS = "Windows NT"


@dataclass(frozen=True, slots=True)
class FrameStep:
    """What became of a frame.

    Attributes:
        told: what the stack says of it.
        normalised: what signatures are made of.
        verdict: what the lists said.
    """

    told: str
    normalised: str
    verdict: str


@dataclass(frozen=True, slots=True)
class Change:
    """What a rule made of the signature."""

    rule: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Account:
    """How a signature came to be.

    Attributes:
        threads: the stacks that it was made of, by the number of their thread, in order.
        changes: by rules, in order.
    """

    signature: Signature
    threads: tuple[tuple[int, tuple[FrameStep, ...]], ...]
    changes: tuple[Change, ...]


def account(signature: Signature, data: Mapping[str, Any], tool: Any) -> Account:
    """Give the account of a signature.

    Args:
        signature: as it was made.
        data: siggen's crash data, of which it was made.
        tool: siggen's tool for stacks, by which it was made.
    """
    changes = tuple(_changes(signature.debug))
    threads = []
    if BY_STACK in signature.debug:
        numbers = [data.get("crashing_thread") or 0]
        numbers += [0] * any(change.rule == WATCHDOG_RULE for change in changes)
        lines = _lines_by_stack(signature.debug)
        threads = [
            (number, tuple(_frames(_thread(data, number), said, data, tool)))
            for number, said in zip(numbers, lines, strict=False)
        ]
    return Account(signature, tuple(threads), changes)


def _changes(debug: Sequence[str]) -> Iterator[Change]:
    before = ""
    for line in debug:
        rule, _, said = line.partition(": ")
        begin = f'{_CHANGE}"{before}" -> "'
        if said.startswith(begin):
            after = said[len(begin) : -1]
            yield Change(rule, before, after)
            before = after


def _lines_by_stack(debug: Sequence[str]) -> list[list[str]]:
    """Give what the rule for stacks said, once for each stack that it looked at."""
    stacks: list[list[str]] = []
    for line in debug:
        if line == BY_STACK:
            stacks.append([])
        elif stacks and line.startswith(f"{STACK_RULE}: "):
            stacks[-1].append(line.removeprefix(f"{STACK_RULE}: "))
    return stacks


def _thread(data: Mapping[str, Any], number: int) -> Mapping[str, Any]:
    threads = data.get("threads") or []
    found: Mapping[str, Any] = threads[number] if -len(threads) <= number < len(threads) else {}
    return found


def _frames(
    thread: Mapping[str, Any], said: Sequence[str], data: Mapping[str, Any], tool: Any
) -> Iterator[FrameStep]:
    normalised = tool.create_frame_list(dict(thread), data.get("os") == _WINDOWS)
    frames = islice(tool.frame_generator(thread.get("frames", [])), FRAMES)
    for frame, name, verdict in zip(frames, normalised, _verdicts(normalised, said), strict=True):
        yield FrameStep(_told(frame), name, verdict)


def _told(frame: Mapping[str, Any]) -> str:
    if frame["function"]:
        return str(frame["function"])
    if frame["file"] and frame["line"]:
        return f"{frame['file']}:{frame['line']}"
    return str(frame["module"] or frame["offset"] or "")


def _verdicts(normalised: Sequence[str], said: Sequence[str]) -> Iterator[str]:
    """Find the line that was said of each frame; of one that repeats another there is none."""
    begin = next((line for line in said if line.startswith(_SENTINEL)), None)
    first = int(begin.rpartition(" ")[2]) if begin else 0
    lines = [line for line in said if line.startswith(tuple(VERDICTS))]
    at, ended = 0, False
    for number, name in enumerate(normalised):
        if number < first or ended:
            yield BEFORE if number < first else AFTER
            continue
        verdict, _, told = lines[at].partition(": ") if at < len(lines) else ("", "", "")
        if told != f'"{name}"':
            yield REPEATED
            continue
        at, ended = at + 1, verdict == STOP
        sentinel = f"{BEGIN}, " if begin and number == first else ""
        yield sentinel + VERDICTS[verdict]
