"""A recorded kernel for each test."""

from pathlib import Path

import pytest

from tests.unit.adapters.vitals.recorded import RecordedKernel


@pytest.fixture
def recorded(tmp_path: Path) -> RecordedKernel:
    return RecordedKernel(tmp_path)
