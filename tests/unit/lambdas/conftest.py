"""An environment in which every handler can be imported; it reaches no AWS."""

import pytest

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
