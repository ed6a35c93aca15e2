"""Functions fail as on Lambda, and leave nothing running."""

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from cli.embedded.clock import EmbeddedClock
from cli.embedded.functions import TooManyInvocations
from cli.embedded.server import EmbeddedServer
from tests.integration.embedded.probe import Probe, is_running, wait_until
from tests.integration.embedded.sample import SampleStack


@pytest.fixture
def server(tmp_path: Path, clock: EmbeddedClock) -> Iterator[EmbeddedServer]:
    with EmbeddedServer(tmp_path / "work", clock_file=clock.file) as server:
        yield server


@pytest.fixture
def probe(server: EmbeddedServer, tmp_path: Path) -> Probe:
    return Probe(server, tmp_path / "cdk.out")


def test_more_invocations_than_reserved_are_throttled(
    server: EmbeddedServer, tmp_path: Path
) -> None:
    probe = Probe(server, tmp_path / "cdk.out", ReservedConcurrentExecutions=1)
    meeting = tmp_path / "meeting"
    meeting.mkdir()
    with ThreadPoolExecutor(1) as callers:
        asked = callers.submit(probe.ask, "meet", folder=str(meeting))
        wait_until(lambda: len(list(meeting.iterdir())) == 1)
        with pytest.raises(TooManyInvocations):
            probe.ask("describe")
        client = server.client("lambda")
        with pytest.raises(client.exceptions.TooManyRequestsException):
            client.invoke(FunctionName=probe.name, Payload=probe.event("describe"))
        (meeting / "go").touch()
        asked.result()
    assert probe.ask("describe")["calls"] == 2


def test_an_exception_is_reported_as_lambda_does_and_the_process_goes_on(probe: Probe) -> None:
    before = probe.ask("describe")["pid"]
    error = probe.refused("fail")
    assert error["errorType"] == "ValueError"
    assert error["errorMessage"] == "cannot do that"
    assert "handler.py" in error["stackTrace"][-1]
    assert "function_bootstrap" not in "".join(error["stackTrace"])
    assert probe.ask("describe")["pid"] == before


def test_an_answer_that_is_no_json_is_an_error(probe: Probe) -> None:
    assert probe.refused("bad_answer")["errorType"] == "Runtime.MarshalError"


def test_a_function_that_takes_too_long_is_killed(server: EmbeddedServer, tmp_path: Path) -> None:
    probe = Probe(server, tmp_path / "cdk.out", Timeout=1)
    before = probe.ask("describe")["pid"]
    error = probe.refused("hang")
    assert error["errorType"] == "Sandbox.Timedout"
    assert error["errorMessage"].endswith("Task timed out after 1.00 seconds")
    assert not is_running(before)
    assert probe.ask("describe")["pid"] != before


def test_a_process_that_dies_is_reported_and_replaced(probe: Probe) -> None:
    error = probe.refused("leave")
    assert error["errorType"] == "Runtime.ExitError"
    assert error["errorMessage"].endswith("exit status 7")
    assert probe.ask("describe")["calls"] == 1


def test_a_function_that_cannot_be_imported_says_so(server: EmbeddedServer, tmp_path: Path) -> None:
    stack = SampleStack(tmp_path / "cdk.out")
    stack.function("Broken", "import package_that_is_missing")
    name = stack.deploy(server)["Broken"]
    error = json.loads(server.functions.invoke(name, b"{}").payload)
    assert error["errorType"] == "Runtime.ImportModuleError"
    assert "package_that_is_missing" in error["errorMessage"]


def test_an_unknown_function_is_a_lookup_error(server: EmbeddedServer) -> None:
    with pytest.raises(LookupError, match="nobody"):
        server.functions.invoke("nobody", b"{}")


def test_closing_ends_processes_and_invocations_under_way(
    tmp_path: Path, clock: EmbeddedClock
) -> None:
    meeting = tmp_path / "meeting"
    meeting.mkdir()
    threads = set(threading.enumerate())
    with EmbeddedServer(tmp_path / "work", clock_file=clock.file) as server:
        probe = Probe(server, tmp_path / "cdk.out")
        warm = probe.ask("describe")["pid"]
        with ThreadPoolExecutor(1) as callers:
            event = probe.event("meet", folder=str(meeting))
            asked = callers.submit(server.functions.invoke, probe.name, event)
            wait_until(lambda: list(meeting.iterdir()))
            server.functions.close()
            assert asked.result().error == "Unhandled"
    assert not is_running(warm)
    assert set(threading.enumerate()) <= threads


def test_processes_die_with_a_caller_that_is_killed(tmp_path: Path) -> None:
    script = f"""
import sys, time
from pathlib import Path
from cli.embedded.server import EmbeddedServer
from tests.integration.embedded.probe import Probe
with EmbeddedServer(Path({str(tmp_path / "work")!r})) as server:
    print(Probe(server, Path({str(tmp_path / "cdk.out")!r})).ask("describe")["pid"], flush=True)
    time.sleep(600)
"""
    caller = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
    with caller:
        assert caller.stdout is not None
        function = int(caller.stdout.readline())
        assert is_running(function)
        os.kill(caller.pid, signal.SIGKILL)
    wait_until(lambda: not is_running(function))
