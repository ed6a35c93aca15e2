"""The rule that adds up a memory report: what a crashed process used its memory for."""

from collections import Counter
from collections.abc import Mapping
from typing import Any, ClassVar

from moonwalk.rules.general.walked import JSON_DUMP
from moonwalk.rules.reading import find, mapping, quoted
from moonwalk.rules.rule import NOTHING, Crash, Found, Rule

PID = "json_dump.pid"
BYTES = 0
NON_HEAP, HEAP = 0, 1
"""Units and kinds of memory, as reports number them."""
NEEDED = frozenset({"version", "reports", "hasMozMallocUsableSize"})
MEASURED = (
    "gfx-textures",
    "ghost-windows",
    "heap-allocated",
    "host-object-urls",
    "private",
    "resident",
    "resident-unique",
    "system-heap-allocated",
    "vsize",
    "vsize-max-contiguous",
)
DERIVED = (
    "explicit",
    "heap-overhead",
    "heap-unclassified",
    "images",
    "js-main-runtime",
    "top-none-detached",
)
EXPLICIT, JS = "explicit/", "js-main-runtime/"
LARGEST = 10**300
"""Of amounts; sums of larger ones would be no numbers of Python's, or too long to be written."""


class _UnusableError(Exception):
    """A report is not as reports are."""


class MemoryReportExtraction(Rule):
    """Gives the sums of the crashed process's reports (Socorro's 46).

    A report that is not as such reports are gives none of them. F18: so does an amount that is no
    number.
    """

    reads: ClassVar[tuple[str, ...]] = (JSON_DUMP, "memory_report")
    writes: ClassVar[tuple[str, ...]] = ("memory_measures",)

    def applies(self, crash: Crash) -> bool:
        """Say whether there is a report, and the process's number to find its part by."""
        report = mapping(crash.processed.get("memory_report"))
        return find(crash.processed, PID) is not None and report.keys() >= NEEDED

    def act(self, crash: Crash) -> Found:
        """Give the sums in bytes and counts, by their names with `_`."""
        mark = f"(pid {quoted(find(crash.processed, PID))})"
        try:
            measures = _measures(crash.processed["memory_report"]["reports"], mark)
        except _UnusableError:
            return NOTHING
        return Found(fields={"memory_measures": measures})


def _measures(reports: object, mark: str) -> dict[str, Any]:
    if not isinstance(reports, list):
        raise _UnusableError
    sums: Counter[str] = Counter()
    mine = [report for report in reports if mark in _text(report, "process")]
    if not mine:
        raise _UnusableError
    for report in mine:
        _add(sums, report)
    sums["explicit"] = sums["heap-allocated"] + sums["explicit: no heap"]
    sums["heap-unclassified"] = sums["heap-allocated"] - sums["explicit: heap"]
    return {name.replace("-", "_"): sums[name] for name in (*MEASURED, *DERIVED)}


def _add(sums: Counter[str], report: Mapping[str, Any]) -> None:
    path = _text(report, "path")
    if not report.keys() >= {"kind", "units", "amount"}:
        raise _UnusableError
    if path.startswith(EXPLICIT):
        _add_explicit(sums, path, report)
    elif path.startswith(JS):
        sums["js-main-runtime"] += _amount(report)
    elif path in MEASURED:
        sums[path] += _amount(report)


def _add_explicit(sums: Counter[str], path: str, report: Mapping[str, Any]) -> None:
    if report["units"] != BYTES or report["kind"] not in (NON_HEAP, HEAP):
        raise _UnusableError
    amount = _amount(report)
    sums["explicit: heap" if report["kind"] == HEAP else "explicit: no heap"] += amount
    if path.startswith("explicit/images/"):
        sums["images"] += amount
    elif "top(none)/detached" in path:
        sums["top-none-detached"] += amount
    elif path.startswith("explicit/heap-overhead/"):
        sums["heap-overhead"] += amount


def _text(report: object, name: str) -> str:
    value = mapping(report).get(name)
    if not isinstance(value, str):
        raise _UnusableError
    return value


def _amount(report: Mapping[str, Any]) -> Any:
    amount = report["amount"]
    if not isinstance(amount, int | float) or not abs(amount) < LARGEST:
        raise _UnusableError
    return amount
