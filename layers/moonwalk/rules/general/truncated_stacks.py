"""The rule that shortens stacks of endless recursion."""

from collections.abc import Mapping
from typing import Any, ClassVar

from moonwalk.metrics import Metric
from moonwalk.rules.general.walked import JSON_DUMP, outputs
from moonwalk.rules.reading import elements, mapping
from moonwalk.rules.rule import ANY, Count, Crash, Found, Rule

MOST_FRAMES = 500
FIRST = MOST_FRAMES // 2
LAST = MOST_FRAMES - FIRST - 1


class TruncateStacksRule(Rule):
    """Keeps the first 250 and the last 249 frames of longer stacks, a marker between (15).

    Of each output, the crashing thread and then all threads. The marker tells one frame fewer
    than went; readers of old crashes know it so. F18: null is no list.
    """

    reads: ClassVar[tuple[str, ...]] = (JSON_DUMP, ANY)
    writes: ClassVar[tuple[str, ...]] = (JSON_DUMP, ANY)

    def act(self, crash: Crash) -> Found:
        """Give the outputs that had such stacks."""
        fields: dict[str, Any] = {}
        cuts = _Cuts()
        for walked in outputs(crash.processed):
            changes = cuts.of(walked.path, walked.json_dump)
            if changes:
                fields |= walked.changed(crash.processed, changes)
        return Found(fields=fields, notes=tuple(cuts.notes), counts=tuple(cuts.counts))


class _Cuts:
    """What was cut so far."""

    def __init__(self) -> None:
        self.notes: list[str] = []
        self.counts: list[Count] = []

    def of(self, path: str, json_dump: Mapping[str, Any]) -> dict[str, Any]:
        """Give the parts of an output that were cut."""
        changes: dict[str, Any] = {}
        crashing = mapping(json_dump.get("crashing_thread"))
        if _is_long(crashing):
            changes["crashing_thread"] = self._cut(
                crashing, f"{path}.crashing_thread.frames:", "->"
            )
        threads = elements(json_dump.get("threads"))
        if any(map(_is_long, threads)):
            changes["threads"] = [
                self._cut(thread, f"{path}.threads[{number}].frames:", ">")
                if _is_long(thread)
                else thread
                for number, thread in enumerate(threads)
            ]
        return changes

    def _cut(self, thread: Mapping[str, Any], place: str, arrow: str) -> dict[str, Any]:
        frames = thread["frames"]
        size = len(frames)
        self.notes.append(f"TruncateStacksRule: truncated {place} {size} {arrow} {MOST_FRAMES}")
        self.counts += [Count(Metric.STACK_SIZE, size), Count(Metric.STACKS_TRUNCATED)]
        marker = {"truncated": {"msg": f"{size - MOST_FRAMES:,} frames truncated"}}
        kept = [*frames[:FIRST], marker, *frames[-LAST:]]
        return {**thread, "frames": kept, "truncated": True}


def _is_long(thread: object) -> bool:
    return len(elements(mapping(thread).get("frames"))) > MOST_FRAMES
