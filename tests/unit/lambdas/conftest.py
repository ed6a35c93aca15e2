"""What the tests of several entry points need: an environment, and a worker that does not wait."""

import pytest

from lambdas.worker import shift
from tests.unit.test_environment import COMPLETE


@pytest.fixture
def deployed_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Set the variables that handlers read when they are imported for the first time."""
    for name, value in COMPLETE.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    monkeypatch.delenv("AWS_PROFILE", raising=False)
    monkeypatch.setenv("POWERTOOLS_TRACE_DISABLED", "true")


@pytest.fixture
def quick_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a worker's shift look again at once, where it would wait for seconds."""
    monkeypatch.setattr(shift, "TROUBLE_WAIT_SECONDS", 0.0)
    monkeypatch.setattr(shift, "LOOK_SECONDS", 0.01)
