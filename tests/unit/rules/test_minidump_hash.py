"""The checksum of the main minidump."""

from typing import Any

import pytest

from moonwalk.rules.general.minidump_hash import MinidumpSha256HashRule
from tests.unit.rules.builders import act, crash


def raw(checksums: Any) -> dict[str, Any]:
    return {"metadata": {"dump_checksums": checksums}}


@pytest.mark.parametrize(
    ("annotations", "checksum"),
    [
        (raw({"upload_file_minidump": "abc"}), "abc"),
        (raw({"upload_file_minidump": None}), None),
        (raw({"upload_file_minidump_browser": "abc"}), ""),
        ({"metadata": {}}, ""),
        ({}, ""),
    ],
)
def test_the_collectors_checksum_is_copied_and_empty_where_there_is_none(
    annotations: dict[str, Any], checksum: str | None
) -> None:
    found = act(MinidumpSha256HashRule(), crash(annotations))
    assert (found.fields, found.notes) == ({"minidump_sha256_hash": checksum}, ())


@pytest.mark.parametrize(
    "annotations",
    [
        {"metadata": "text"},
        {"metadata": [1]},
        raw(None),
        raw("abc"),
        raw({"upload_file_minidump": 5}),
        raw({"upload_file_minidump": {"a": 1}}),
    ],
)
def test_metadata_of_another_form_have_a_note_and_no_field(annotations: dict[str, Any]) -> None:
    found = act(MinidumpSha256HashRule(), crash(annotations))
    assert (found.fields, found.notes) == ({}, ("metadata has an unusable value",))
