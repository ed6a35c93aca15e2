"""What a signature is made of: the few parts of a processed crash, right in type and in size.

A crash has hundreds of threads, names of a megabyte, or anything else in their place. What reaches
the rules of signatures is at most a stack of 40 frames of the crashing thread, and of thread 0,
which counts for hangs.
"""

from collections.abc import Mapping
from typing import Any

from moonwalk.rules.reading import elements, find, mapping

FRAMES = 40
"""Of a stack, inlined ones included, that count (siggen)."""
MOST_CHARACTERS = 65_536
"""Of a name or text; the longest function names of C++ that we know have a tenth of it."""
TEXTS = (
    "hang",
    "js_large_allocation_failure",
    "abort_message",
    "mdsw_status_string",
    "async_shutdown_timeout",
    "ipc_channel_error",
    "ipc_message_name",
)
JSON_TEXT = "async_shutdown_timeout"
"""Not cut, as nobody could read it then."""
JAVA = ("java_exception", "java_stack_trace")


def crash_data(processed: Mapping[str, Any]) -> dict[str, Any]:
    """Give siggen's crash data; what is of another type than it has to be counts as absent."""
    data: dict[str, Any] = {name: _text(processed.get(name), name) for name in TEXTS}
    data["oom_allocation_size"] = _whole(processed.get("oom_allocation_size"))
    data["additional_minidumps"] = list(elements(processed.get("additional_minidumps")))
    if "json_dump" in processed:
        number = find(processed, "json_dump.crash_info.crashing_thread")
        data["crashing_thread"] = number
        data["reason"] = _text(find(processed, "json_dump.crash_info.type"))
        data["os"] = _text(find(processed, "json_dump.system_info.os"))
        data["threads"] = _threads(find(processed, "json_dump.threads"), _whole(number) or 0)
    return data | {name: processed[name] for name in JAVA if name in processed}


def _threads(threads: object, crashed: int) -> list[dict[str, Any]]:
    """Give as many threads as there are, with the frames of those only that count."""
    listed = elements(threads)
    counting = {crashed, crashed + len(listed), 0}
    return [_thread(each) if at in counting else {} for at, each in enumerate(listed)]


def _thread(thread: object) -> dict[str, Any]:
    frames = elements(mapping(thread).get("frames"))[:FRAMES]
    return {
        "frames": [_frame(mapping(frame)) for frame in frames],
        "last_error_value": _text(mapping(thread).get("last_error_value")) or "",
    }


def _frame(frame: Mapping[str, Any]) -> dict[str, Any]:
    unloaded = elements(frame.get("unloaded_modules"))[:1]
    return {
        **_function(frame),
        **{name: _text(frame.get(name)) for name in ("module", "module_offset", "offset")},
        "inlines": [_function(mapping(one)) for one in elements(frame.get("inlines"))[:FRAMES]],
        "unloaded_modules": [{"module": _text(mapping(one).get("module"))} for one in unloaded],
    }


def _function(frame: Mapping[str, Any]) -> dict[str, Any]:
    line = frame.get("line")
    return {
        "function": _text(frame.get("function")),
        "file": _text(frame.get("file")),
        "line": line if isinstance(line, int) else None,
    }


def _text(value: object, name: str = "") -> str | None:
    if not isinstance(value, str):
        return None
    return value if name == JSON_TEXT else value[:MOST_CHARACTERS]


def _whole(value: Any) -> int | None:
    try:
        return int(value)
    except (TypeError, ValueError, OverflowError):
        return None
