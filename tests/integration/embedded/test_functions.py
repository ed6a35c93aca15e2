"""Functions run as on Lambda: by themselves, one thing at a time, and see what they may."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from cli.embedded.clock import EmbeddedClock
from cli.embedded.server import EmbeddedServer
from tests.integration.embedded.probe import Probe, wait_until


@pytest.fixture
def server(tmp_path: Path, clock: EmbeddedClock) -> Iterator[EmbeddedServer]:
    with EmbeddedServer(tmp_path / "work", clock_file=clock.file) as server:
        yield server


@pytest.fixture
def probe(server: EmbeddedServer, tmp_path: Path) -> Probe:
    return Probe(server, tmp_path / "cdk.out")


def test_a_function_sees_its_asset_its_layers_and_the_standard_library_only(probe: Probe) -> None:
    seen = probe.ask("describe")
    root = probe.task_root.parent
    layers = [str(root / f"asset.{name}" / "python") for name in ("Upper", "Lower")]
    assert seen["path"][:3] == [str(probe.task_root), *layers]
    assert not [place for place in seen["path"][3:] if "site-packages" in place or "cli" in place]
    assert seen["folder"] == str(probe.task_root)
    assert str(root / "asset.Lower" / "bin") in seen["executables"]
    assert not [name for name in seen["modules"] if name.startswith(("cli", "moto", "boto"))]


def test_a_later_layer_wins_over_an_earlier_one(probe: Probe) -> None:
    assert probe.ask("layer") == "upper"


def test_nothing_of_the_callers_environment_reaches_a_function(
    monkeypatch: pytest.MonkeyPatch, probe: Probe
) -> None:
    monkeypatch.setenv("SECRET_OF_THE_DEVELOPER", "1")
    monkeypatch.setenv("AWS_PROFILE", "production")
    environment = probe.ask("describe")["environment"]
    assert "SECRET_OF_THE_DEVELOPER" not in environment
    assert "AWS_PROFILE" not in environment
    assert "HOME" not in environment


def test_a_function_gets_the_templates_environment_and_lambdas_own(probe: Probe) -> None:
    environment = probe.ask("describe")["environment"]
    assert environment["FROM_TEMPLATE"] == "yes"
    assert environment["AWS_LAMBDA_FUNCTION_NAME"] == probe.name
    assert environment["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"] == "512"
    assert environment["AWS_EXECUTION_ENV"] == "AWS_Lambda_python3.13"
    assert environment["LAMBDA_TASK_ROOT"] == str(probe.task_root)
    assert environment["AWS_REGION"] == probe.server.region
    assert environment["AWS_ENDPOINT_URL"] == probe.server.endpoint_url


def test_the_context_tells_about_the_invocation(probe: Probe) -> None:
    first, second = probe.ask("describe")["context"], probe.ask("describe")["context"]
    assert first["name"] == probe.name
    assert first["arn"].endswith(f":function:{probe.name}")
    assert first["memory"] == "512"
    assert 0 < first["left"] <= 30_000
    assert first["request"] != second["request"]


def test_a_warm_process_is_used_again_and_keeps_its_scratch_folder(probe: Probe) -> None:
    probe.ask("remember")
    assert probe.ask("recall") == "warm"
    seen = probe.ask("describe")
    assert seen["calls"] == 3


def test_invocations_at_the_same_time_run_in_processes_of_their_own(
    probe: Probe, tmp_path: Path
) -> None:
    meeting = tmp_path / "meeting"
    meeting.mkdir()
    with ThreadPoolExecutor(3) as callers:
        asked = [callers.submit(probe.ask, "meet", folder=str(meeting)) for _ in range(3)]
        wait_until(lambda: len(list(meeting.iterdir())) == 3)
        (meeting / "go").touch()
        assert len({each.result() for each in asked}) == 3


def test_output_is_kept_per_function_and_invocation(probe: Probe) -> None:
    invocation = probe.server.functions.invoke(probe.name, probe.event("fail"))
    assert invocation.log.startswith("asked for fail\n")
    assert "ValueError: cannot do that" in invocation.log
    probe.ask("describe")
    text = probe.server.functions.log_file(probe.name).read_text()
    assert text == invocation.log + "asked for describe\n"


def test_the_api_answers_with_payload_error_and_log(probe: Probe) -> None:
    client = probe.server.client("lambda")
    good = client.invoke(FunctionName=probe.name, Payload=probe.event("layer"), LogType="Tail")
    assert json.loads(good["Payload"].read()) == "upper"
    assert "FunctionError" not in good
    assert good["LogResult"]
    bad = client.invoke(FunctionName=probe.name, Payload=probe.event("fail"))
    assert bad["FunctionError"] == "Unhandled"


def test_an_event_invocation_returns_at_once_and_runs(probe: Probe, tmp_path: Path) -> None:
    meeting = tmp_path / "meeting"
    meeting.mkdir()
    answer = probe.server.client("lambda").invoke(
        FunctionName=probe.name,
        InvocationType="Event",
        Payload=probe.event("meet", folder=str(meeting)),
    )
    assert answer["StatusCode"] == 202
    wait_until(lambda: len(list(meeting.iterdir())) == 1)
    (meeting / "go").touch()
    wait_until(lambda: "meet" in probe.server.functions.log_file(probe.name).read_text())


def test_functions_follow_the_embedded_clock(probe: Probe, clock: EmbeddedClock) -> None:
    before = probe.ask("clock")
    clock.advance(3600)
    assert probe.ask("clock") - before >= 3600
    assert probe.ask("describe")["context"]["left"] > 0
