"""What a disk is called."""

from typing import Any

import pytest

from moonwalk.domain.disk_kind import DiskKind, kind_of

FAST = {"file_system": "xfs", "model": "", "direct": True, "sequential": 2e9, "latency": 0.0001}
MIB = 1 << 20


@pytest.mark.parametrize(
    ("changed", "kind"),
    [
        ({}, DiskKind.NVME),
        ({"sequential": 500 * MIB}, DiskKind.NETWORK),
        ({"latency": 0.0006}, DiskKind.NETWORK),
        ({"sequential": 120 * MIB, "latency": 0.0008}, DiskKind.NETWORK),
        ({"file_system": "tmpfs"}, DiskKind.MEMORY),
        ({"direct": False}, DiskKind.MEMORY),
        ({"model": "Amazon EC2 NVMe Instance Storage", "latency": 0.002}, DiskKind.NVME),
        ({"model": "Amazon Elastic Block Store"}, DiskKind.NETWORK),
        ({"model": "Amazon Elastic Block Store", "direct": False}, DiskKind.MEMORY),
    ],
)
def test_a_disk_is_what_it_says_and_else_what_it_behaves_like(
    changed: dict[str, Any], kind: DiskKind
) -> None:
    assert kind_of(**{**FAST, **changed}) is kind
