"""What a processed crash says at a glance, from whatever its fields hold."""

from collections.abc import Mapping
from typing import Any

from cli.stack import crashing_stack, mapping, sequence
from moonwalk.domain.touched_modules import INCOMPLETE

Facts = list[tuple[str, object]]
"""Names and values in the order of their weight; a value may be None or empty: not known."""
FEW = 5
"""Modules that are named in a sentence."""


def crash_facts(processed: Mapping[str, Any]) -> Facts:
    """Give all facts: which crash, what it is, and what became of it."""
    return [
        ("crash", processed.get("crash_id") or processed.get("uuid")),
        ("signature", processed.get("signature")),
        *what_happened(processed),
        *where(processed),
        *processing(processed),
        *(("note" if at == 0 else " ", line) for at, line in enumerate(notes(processed))),
    ]


def what_happened(processed: Mapping[str, Any]) -> Facts:
    """Give why and where in memory, and what the program said of it itself."""
    reason, address = processed.get("reason"), processed.get("address")
    crash = mapping(mapping(processed.get("json_dump")).get("crash_info"))
    if address and crash.get("address") not in (None, "", address):
        # Such as a null pointer, while the dump tells of the member that was wanted behind it.
        address = f"{address} (the dump says {crash['address']})"
    said = processed.get("moz_crash_reason") or processed.get("abort_message")
    return [
        ("reason", f"{reason} at {address}" if reason and address else reason),
        ("said", said or crash.get("assertion")),
        ("thread", _thread(processed)),
    ]


def where(processed: Mapping[str, Any]) -> Facts:
    """Give which program it was, on which system, and when."""
    program = ("product", "version", "release_channel")
    build = processed.get("build")
    return [
        ("product", _joined(" ", *map(processed.get, program), build and f"(build {build})")),
        ("process", processed.get("process_type")),
        ("system", _system(processed)),
        ("crashed", processed.get("client_crash_date")),
        ("uptime", _uptime(processed.get("uptime"))),
    ]


def processing(processed: Mapping[str, Any]) -> Facts:
    """Give how the walk ended, which symbols it was without, and when it was done."""
    return [
        ("walk", processed.get("mdsw_status_string")),
        ("symbols", incomplete(processed)),
        ("processed", processed.get("completed_datetime")),
    ]


def incomplete(processed: Mapping[str, Any]) -> str | None:
    """Say which symbols may still come; None when it is complete."""
    lacking = [mapping(one) for one in sequence(processed.get(INCOMPLETE))]
    if not lacking:
        return None
    names = [
        f"{one.get('debug_file') or one.get('code_file') or '?'} ({one.get('reason')})"
        for one in lacking[:FEW]
    ]
    more = f" and {len(lacking) - FEW} more" if len(lacking) > FEW else ""
    return f"provisional, without those of {', '.join(names)}{more}"


def notes(processed: Mapping[str, Any]) -> list[str]:
    """Give the notes but for the line that every pass begins with."""
    lines = str(processed.get("processor_notes") or "").splitlines()
    return [line for line in lines if line and not line.startswith(">>>")]


def _thread(processed: Mapping[str, Any]) -> str | None:
    stack = crashing_stack(processed)
    if stack is None:
        return None
    count = len(sequence(mapping(processed.get("json_dump")).get("threads")))
    return stack.title.removeprefix("thread ") + (f" of {count}" if count else "")


def _system(processed: Mapping[str, Any]) -> str:
    told = mapping(mapping(processed.get("json_dump")).get("system_info"))
    name = processed.get("os_name") or told.get("os")
    version = processed.get("os_version") or told.get("os_ver")
    cores = processed.get("cpu_count") or told.get("cpu_count")
    return _joined(
        ", ",
        processed.get("os_pretty_version") or name,
        version,
        processed.get("cpu_arch") or told.get("cpu_arch"),
        cores and f"{cores} CPUs",
    )


def _uptime(seconds: object) -> str | None:
    if not isinstance(seconds, int) or isinstance(seconds, bool) or not 0 <= seconds < 10**10:
        return None
    minutes, left = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    parts = ((hours, "h"), (minutes, "min"), (left, "s"))
    return " ".join(f"{count} {unit}" for count, unit in parts if count) or "0 s"


def _joined(between: str, *values: object) -> str:
    return between.join(str(value).strip() for value in values if value)
