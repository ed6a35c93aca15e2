"""What the crashed process used its memory for."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moonwalk.rules.mozilla.memory_measures import DERIVED, MEASURED, MemoryReportExtraction
from moonwalk.rules.rule import NOTHING, Found
from tests.unit.rules.builders import HUGE, act, crash

PID = 11620
NAMES = {name.replace("-", "_") for name in (*MEASURED, *DERIVED)}


def report(
    path: Any, amount: Any = 1, kind: Any = 1, units: Any = 0, **more: Any
) -> dict[str, Any]:
    process = f"Web Content (pid {PID})"
    return {"process": process, "path": path, "amount": amount, "kind": kind, "units": units} | more


def told(*reports: Any, pid: Any = PID) -> Found:
    document = {"version": 1, "hasMozMallocUsableSize": True, "reports": list(reports)}
    processed = {"json_dump": {"pid": pid}, "memory_report": document}
    return act(MemoryReportExtraction(), crash(processed=processed))


def measures(*reports: Any) -> dict[str, Any]:
    found: dict[str, Any] = told(*reports).fields["memory_measures"]
    return {name: value for name, value in found.items() if value}


def test_all_measures_are_there_zero_where_nothing_is_reported() -> None:
    assert told(report("other")).fields["memory_measures"] == dict.fromkeys(NAMES, 0)


@pytest.mark.parametrize("name", MEASURED)
def test_what_is_measured_is_added_up_by_name(name: str) -> None:
    found = measures(report(name, 5, kind=2, units=1), report(name, -2), report(f"{name}/x", 9))
    assert found[name.replace("-", "_")] == 3


def test_explicit_is_the_heap_and_what_lies_outside_it() -> None:
    assert measures(
        report("heap-allocated", 100),
        report("explicit/a", 30, kind=1),
        report("explicit/b", 7, kind=0),
    ) == {"heap_allocated": 100, "explicit": 107, "heap_unclassified": 70}


def test_what_is_not_classified_may_be_less_than_nothing() -> None:
    assert measures(report("explicit/a", 30)) == {"heap_unclassified": -30}


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("explicit/images/content", "images"),
        ("explicit/images/top(none)/detached", "images"),
        ("explicit/window-objects/top(none)/detached/a", "top_none_detached"),
        ("explicit/heap-overhead/bin-unused", "heap_overhead"),
        ("js-main-runtime/realms", "js_main_runtime"),
    ],
)
def test_some_paths_have_a_measure_of_their_own(path: str, name: str) -> None:
    assert measures(report(path, 5, kind=0))[name] == 5


def test_other_processes_do_not_count() -> None:
    other = report("resident", 9) | {"process": f"Main (pid {PID}0)"}
    assert measures(report("resident", 5), other) == {"resident": 5}


@pytest.mark.parametrize(
    "odd",
    [
        report("explicit/a", units=1),
        report("explicit/a", kind=2),
        report("explicit/a", kind=None),
        report("explicit/a", kind=[1]),
        report("explicit/a", amount="1"),
        report("resident", amount=None),
        report("resident", amount=float("nan")),
        report("resident", amount=10**400),
        report("js-main-runtime/a", amount=[]),
        report(5),
        report("other") | {"process": None},
        {"process": f"(pid {PID})"},
        {key: value for key, value in report("other").items() if key != "amount"},
        None,
        "resident",
    ],
)
def test_a_report_with_anything_odd_gives_no_measures(odd: Any) -> None:
    assert told(report("resident", 5), odd) is NOTHING


def test_an_amount_that_nothing_is_made_of_does_not_matter() -> None:
    assert measures(report("other", amount="x"), report("resident", 5)) == {"resident": 5}


def test_a_report_without_the_process_gives_no_measures() -> None:
    assert told(report("resident"), pid=1) is NOTHING
    assert told() is NOTHING


@pytest.mark.parametrize(
    "document",
    [
        None,
        [],
        "version reports hasMozMallocUsableSize",
        {"version": 1, "reports": [report("resident")]},
        {"version": 1, "hasMozMallocUsableSize": True},
        {"version": 1, "hasMozMallocUsableSize": True, "reports": None},
    ],
)
def test_a_document_of_another_kind_gives_no_measures(document: Any) -> None:
    processed = {"json_dump": {"pid": PID}, "memory_report": document}
    assert act(MemoryReportExtraction(), crash(processed=processed)) is NOTHING


@pytest.mark.parametrize("json_dump", [None, {}, {"pid": None}, []])
def test_a_walk_that_does_not_tell_the_process_gives_no_measures(json_dump: Any) -> None:
    document = {"version": 1, "hasMozMallocUsableSize": 1, "reports": [report("resident")]}
    processed = {"json_dump": json_dump, "memory_report": document}
    assert act(MemoryReportExtraction(), crash(processed=processed)) is NOTHING


@given(
    st.lists(
        st.integers()
        | st.floats()
        | st.sampled_from([10**299, -(10**299), 1.7e308, int(HUGE[:4000])])
    )
)
def test_sums_of_any_numbers_can_be_written(amounts: list[Any]) -> None:
    reports = [report(path, amount) for amount in amounts for path in ("resident", "explicit/a")]
    for value in told(*reports).fields.get("memory_measures", {}).values():
        assert len(str(value)) < 400
