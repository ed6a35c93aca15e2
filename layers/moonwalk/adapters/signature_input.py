"""What a signature is made of: the few parts of a processed crash, right in type and in size.

A crash has hundreds of threads, names of a megabyte, or anything else in their place. What reaches
the rules of signatures is at most a stack of 40 frames of the crashing thread, and of thread 0,
which counts for hangs, and no name or text that is longer than any real one. So a signature takes
seconds at the worst, and milliseconds of what real programs leave behind.
"""

from collections.abc import Mapping
from typing import Any

from moonwalk.rules.reading import elements, find, mapping

FRAMES = 40
"""Of a stack, inlined ones included, that count (siggen)."""
MOST_CHARACTERS = 32_768
"""Of a name or text; the longest function names of C++ that we know have a fifth of it."""
MOST_JSON = 1_000_000
"""Of a text that is JSON: nobody could read the rest of one that was cut."""
MOST_BITS = 10_000
"""Of a number: Python writes none that has many more."""
TEXTS = (
    "hang",
    "js_large_allocation_failure",
    "abort_message",
    "ipc_channel_error",
    "ipc_message_name",
)
TIMEOUT, STATUS = "async_shutdown_timeout", "mdsw_status_string"
TRACE, EXCEPTION = "java_stack_trace", "java_exception"


def crash_data(processed: Mapping[str, Any]) -> dict[str, Any]:
    """Give siggen's crash data; what is of another type than it has to be counts as absent."""
    data: dict[str, Any] = {name: _text(processed.get(name)) for name in TEXTS}
    data[TIMEOUT] = _text(processed.get(TIMEOUT), MOST_JSON)
    data[STATUS] = _scalar(processed.get(STATUS))
    data["oom_allocation_size"] = _whole(processed.get("oom_allocation_size"))
    data["additional_minidumps"] = list(elements(processed.get("additional_minidumps")))
    if "json_dump" in processed:
        number = _writable(_whole(find(processed, "json_dump.crash_info.crashing_thread"))) or 0
        data["crashing_thread"] = number
        data["reason"] = _text(find(processed, "json_dump.crash_info.type"))
        data["os"] = _text(find(processed, "json_dump.system_info.os"))
        data["threads"] = _threads(find(processed, "json_dump.threads"), number)
    data[TRACE] = _text(processed.get(TRACE))
    data[EXCEPTION] = _firsts(processed.get(EXCEPTION))
    return data


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
        "module": _text(frame.get("module")),
        "module_offset": None,
        "offset": _scalar(frame.get("offset")),
        "inlines": [_function(mapping(one)) for one in elements(frame.get("inlines"))[:FRAMES]],
        "unloaded_modules": [{"module": _scalar(mapping(one).get("module"))} for one in unloaded],
    }


def _function(frame: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "function": _text(frame.get("function")),
        "file": _text(frame.get("file")),
        "line": _scalar(frame.get("line")),
    }


def _firsts(value: object, deeper: int = 8) -> Any:
    """Give a Java exception with the first element of each list: the others do not count."""
    if isinstance(value, Mapping) and deeper:
        return {name: _firsts(inner, deeper - 1) for name, inner in value.items()}
    if isinstance(value, list):
        return [_firsts(inner, deeper - 1) for inner in value[:1] if deeper]
    return _scalar(value)


def _text(value: object, most: int = MOST_CHARACTERS) -> str | None:
    return value[:most] if isinstance(value, str) else None


def _scalar(value: object) -> str | float | None:
    """Give what siggen puts into a text as it is, if that is short."""
    if isinstance(value, int):
        return _writable(value)
    return value if isinstance(value, float) else _text(value)


def _whole(value: Any) -> int | None:
    try:
        return int(value)
    except (TypeError, ValueError, OverflowError):
        return None


def _writable(number: int | None) -> int | None:
    return None if number is None or number.bit_length() > MOST_BITS else number
