"""What the dispatcher must not pay for at its start."""

import subprocess
import sys

DISPATCHERS = ("aws", "s3", "dynamodb", "queues", "workflows", "metrics", "clock")
UNWANTED = ("siggen", "glom", "pydantic", "moonwalk.adapters.walker", "moonwalk.adapters.events")


def test_the_dispatchers_adapters_load_neither_siggen_nor_pydantic_nor_the_walker() -> None:
    imports = "\n".join(f"import moonwalk.adapters.{name}" for name in DISPATCHERS)
    script = f"{imports}\nimport moonwalk.environment, sys\nprint(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", script], check=True, capture_output=True, text=True
    ).stdout.split()
    assert "moonwalk.adapters.s3" in loaded
    assert not set(UNWANTED) & set(loaded)
