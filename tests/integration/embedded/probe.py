"""A function that tells what it sees and does what it is told, for tests of the runtime."""

import json
import time
from pathlib import Path
from typing import Any

from cli.embedded.server import EmbeddedServer
from tests.integration.embedded.sample import SampleStack

PATIENCE = 120.0  # seconds a test waits for what must happen; reached only when it fails

PROBE = """
import os, sys, time, tempfile, threading
from pathlib import Path

calls = 0

def handler(event, context):
    global calls
    calls += 1
    print("asked for", event.get("do"))
    return globals()[event["do"]](event, context)

def describe(event, context):
    return {
        "pid": os.getpid(), "calls": calls, "path": sys.path, "environment": dict(os.environ),
        "modules": sorted(sys.modules), "temporary": tempfile.gettempdir(),
        "executables": os.get_exec_path(), "folder": os.getcwd(),
        "context": {"name": context.function_name, "arn": context.invoked_function_arn,
            "request": context.aws_request_id, "memory": context.memory_limit_in_mb,
            "left": context.get_remaining_time_in_millis()},
    }

def layer(event, context):
    import layered
    return layered.ORIGIN

def fail(event, context):
    raise ValueError("cannot do that")

def leave(event, context):
    os._exit(7)

def hang(event, context):
    time.sleep(600)

def bad_answer(event, context):
    return object()

def remember(event, context):
    (Path(tempfile.gettempdir()) / "kept").write_text("warm")

def recall(event, context):
    return (Path(tempfile.gettempdir()) / "kept").read_text()

def meet(event, context):
    folder = Path(event["folder"])
    (folder / str(os.getpid())).touch()
    while not (folder / "go").exists():
        time.sleep(0.01)
    return os.getpid()

def clock(event, context):
    return time.time()
"""


class Probe:
    """The sample function, deployed."""

    def __init__(self, server: EmbeddedServer, folder: Path, **properties: Any) -> None:
        stack = SampleStack(folder)
        lower = stack.asset("Lower", {"python/layered.py": "ORIGIN = 'lower'", "bin/tool": ""})
        upper = stack.asset("Upper", {"python/layered.py": "ORIGIN = 'upper'"})
        stack.add("LowerLayer", "AWS::Lambda::LayerVersion", Content=lower)
        stack.add("UpperLayer", "AWS::Lambda::LayerVersion", Content=upper)
        layers = [{"Ref": "LowerLayer"}, {"Ref": "UpperLayer"}]
        given = {"Layers": layers, "Timeout": 30, "MemorySize": 512}
        given["Environment"] = {"Variables": {"FROM_TEMPLATE": "yes"}}
        stack.function("Probe", PROBE, **given | properties)
        self.server = server
        self.name = stack.deploy(server)["Probe"]
        self.task_root = folder / "asset.Probe"

    def ask(self, do: str, **event: Any) -> Any:
        invocation = self.server.functions.invoke(self.name, self.event(do, **event))
        assert invocation.error is None, invocation
        return json.loads(invocation.payload)

    def refused(self, do: str) -> dict[str, Any]:
        invocation = self.server.functions.invoke(self.name, self.event(do))
        assert invocation.error == "Unhandled"
        answer: dict[str, Any] = json.loads(invocation.payload)
        return answer

    @staticmethod
    def event(do: str, **event: Any) -> bytes:
        return json.dumps({"do": do, **event}).encode()


def wait_until(condition: Any) -> None:
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.01)


def is_running(process: int) -> bool:
    try:
        state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state not in "ZX"
