"""The rule that names the modules whose symbols were looked for and not found."""

from collections.abc import Mapping
from typing import Any, ClassVar

from moonwalk.rules.general.crashing_stack import NOT_OF_A_NAME, NOT_OF_AN_ID
from moonwalk.rules.general.walked import JSON_DUMP
from moonwalk.rules.reading import elements, find, mapping, text
from moonwalk.rules.rule import NOTHING, Crash, Found, Rule

NO_DEBUG_ID = "0" * 33


class MissingSymbolsRule(Rule):
    """Lists modules without symbols as `name/version/debug id/code id` (Socorro's 44).

    One that is loaded twice is listed twice. F18: a debug id that is null is all zeros.
    """

    reads: ClassVar[tuple[str, ...]] = (JSON_DUMP,)
    writes: ClassVar[tuple[str, ...]] = ("missing_symbols",)

    def act(self, crash: Crash) -> Found:
        """Give the modules, sorted and joined by `;`."""
        modules = map(mapping, elements(find(crash.processed, "json_dump.modules")))
        missing = sorted(
            _told(module)
            for module in modules
            if text(module.get("filename")) and module.get("missing_symbols") is True
        )
        return Found(fields={"missing_symbols": ";".join(missing)}) if missing else NOTHING


def _told(module: Mapping[str, Any]) -> str:
    version = text(module.get("version")) or "None"
    debug_id = text(module.get("debug_id"))
    code_id = NOT_OF_AN_ID.sub("", text(module.get("code_id")) or "")
    parts = [
        NOT_OF_A_NAME.sub("", module["filename"]),
        version.replace("/", "\\/"),
        NOT_OF_AN_ID.sub("", NO_DEBUG_ID if debug_id is None else debug_id),
    ]
    return "/".join([*parts, code_id] if code_id else parts)
