"""Rules for what is on the crashing thread's stack."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from moonwalk.rules.general.walked import JSON_DUMP
from moonwalk.rules.reading import elements, find, mapping, text, thread
from moonwalk.rules.rule import NOTHING, Crash, Found, Rule

NOT_OF_A_NAME = re.compile(r"[^a-zA-Z0-9_\.-]", re.IGNORECASE)
NOT_OF_AN_ID = re.compile(r"[^a-f0-9]", re.IGNORECASE)
"""What is taken out of modules' names and ids, as Socorro does it."""


def frames(crash: Crash) -> Iterator[Mapping[str, Any]]:
    """Give the frames of the crashing thread; none where there is no such thread."""
    crashed = thread(crash.processed.get(JSON_DUMP), crash.processed.get("crashing_thread"))
    return map(mapping, elements(crashed.get("frames")))


class TopMostFilesRule(Rule):
    """Names the first source file on the crashing stack, inlined functions first (42)."""

    reads: ClassVar[tuple[str, ...]] = (JSON_DUMP, "crashing_thread")
    writes: ClassVar[tuple[str, ...]] = ("topmost_filenames",)

    def act(self, crash: Crash) -> Found:
        """Give the file, as the symbols say it."""
        files = (file for frame in frames(crash) for file in _files(frame))
        first = next((file for file in files if file), None)
        return Found(fields={"topmost_filenames": first}) if first else NOTHING


def _files(frame: Mapping[str, Any]) -> Iterator[str | None]:
    for inline in elements(frame.get("inlines")):
        yield text(mapping(inline).get("file"))
    yield text(frame.get("file"))


class ModulesInStackRule(Rule):
    """Lists the modules on the crashing stack, each with its debug id (Socorro's 43).

    F18: what is null counts as absent; a module without a name is skipped.
    """

    reads: ClassVar[tuple[str, ...]] = (JSON_DUMP, "crashing_thread")
    writes: ClassVar[tuple[str, ...]] = ("modules_in_stack",)

    def applies(self, crash: Crash) -> bool:
        """Say whether the main minidump was walked."""
        return JSON_DUMP in crash.processed

    def act(self, crash: Crash) -> Found:
        """Give `name/debug id` of each, sorted and joined by `;`."""
        on_stack = {name for frame in frames(crash) if (name := text(frame.get("module")))}
        loaded = map(mapping, elements(find(crash.processed, "json_dump.modules")))
        by_name = {
            name: text(module.get("debug_id")) or ""
            for module in loaded
            if (name := text(module.get("filename"))) in on_stack
        }
        listed = {
            f"{NOT_OF_A_NAME.sub('', name)}/{NOT_OF_AN_ID.sub('', debug_id)}"
            for name, debug_id in by_name.items()
        }
        return Found(fields={"modules_in_stack": ";".join(sorted(listed))}) if listed else NOTHING
