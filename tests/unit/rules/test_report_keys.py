"""The list of what a crash report consists of."""

from moonwalk.rules.general.report_keys import CrashReportKeysRule
from tests.unit.rules.builders import act, crash

NOTE = "invalidkeys: Crash report contains invalid keys"


def test_names_of_annotations_and_dumps_are_listed_in_code_point_order() -> None:
    found = act(CrashReportKeysRule(), crash({"b": 1, "A-1_": {}, "dump": ""}, dumps=["dump", "m"]))
    assert found.fields == {"crash_report_keys": ["A-1_", "b", "dump", "m"]}
    assert found.notes == ()


def test_names_that_are_no_words_are_left_out_with_one_note() -> None:
    found = act(CrashReportKeysRule(), crash({"a.b": 1, "é": 1, "": 1, "a b": 1, "ok": 1}))
    assert found.fields == {"crash_report_keys": ["ok"]}
    assert found.notes == (NOTE,)


def test_long_names_are_cut_and_noted() -> None:
    found = act(CrashReportKeysRule(), crash({"k" * 101: 1, "k" * 100: 1}))
    assert found.fields == {"crash_report_keys": ["k" * 100]}
    assert found.notes == (NOTE,)


def test_a_line_break_at_the_end_of_a_name_passes() -> None:
    found = act(CrashReportKeysRule(), crash({"a\n": 1}))
    assert (found.fields, found.notes) == ({"crash_report_keys": ["a\n"]}, ())
    assert act(CrashReportKeysRule(), crash({"a\n\n": 1})).notes == (NOTE,)
