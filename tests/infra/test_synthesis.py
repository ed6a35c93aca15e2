"""Synthesis: the same templates by either way, no surprise in them, and no finding unexplained."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from aws_cdk import Stack
from aws_cdk.aws_sqs import Queue

from infra import assets
from infra.app import build_app
from infra.assets import LOCAL, Assets
from infra.node import JSII_NODE
from moonwalk.contracts.outputs import StackPart
from tests.infra.conftest import Synthesise
from tests.infra.snapshot import SNAPSHOT, normalised
from tests.infra.templates import Templates

CLI = Path("node_modules") / "aws-cdk" / "bin" / "cdk"
NO_ACCOUNT = {
    "AWS_EC2_METADATA_DISABLED": "true",
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    "CDK_DISABLE_CLI_TELEMETRY": "true",
}


def environment(**more: str) -> dict[str, str]:
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("AWS_", "CDK_"))}
    return {**kept, **NO_ACCOUNT, **more}


def by_app(root: Path, outdir: Path, **settings: str) -> subprocess.CompletedProcess[str]:
    context = json.dumps({f"moonwalk:{key}": value for key, value in settings.items()})
    return subprocess.run(
        [sys.executable, "app.py"],
        cwd=root,
        env=environment(CDK_OUTDIR=str(outdir), CDK_CONTEXT_JSON=context),
        capture_output=True,
        text=True,
        check=False,
    )


def by_command_line(root: Path, outdir: Path) -> subprocess.CompletedProcess[str]:
    node = os.environ.get("JSII_NODE", "node")
    # The parts are there already: without `--build ''` the command line makes those for Lambda.
    command = [node, str(CLI), "synth", "--quiet", "--no-notices", "--build", ""]
    command += ["--app", f"{sys.executable} app.py"]
    return subprocess.run(
        [*command, "--context", "moonwalk:assets=local", "--output", str(outdir)],
        cwd=root,
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def app_by_itself(
    root: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, subprocess.CompletedProcess[str]]:
    if not Assets.of(LOCAL, "x86_64").worker_image.is_dir():
        pytest.skip("the local parts have not been built: run `make build`")
    outdir = tmp_path_factory.mktemp("app")
    return outdir, by_app(root, outdir, assets=LOCAL)


def test_app_and_command_line_give_the_same_templates(
    root: Path, tmp_path: Path, app_by_itself: tuple[Path, subprocess.CompletedProcess[str]]
) -> None:
    if not (root / CLI).is_file():
        pytest.skip("the CDK command line is not installed: run `make build`")
    ours, _ = app_by_itself
    called = by_command_line(root, tmp_path)
    assert called.returncode == 0, called.stderr
    names = {path.name for path in ours.glob("*.template.json")}
    assert names == {path.name for path in tmp_path.glob("*.template.json")}
    assert len(names) == len(StackPart)
    for name in names:
        assert (ours / name).read_bytes() == (tmp_path / name).read_bytes()


def test_npx_runs_the_command_line_on_the_node_of_the_environment(root: Path) -> None:
    if not (root / CLI).is_file():
        pytest.skip("the CDK command line is not installed: run `make build`")
    asked = ["npx", "--no-install", "--call", "node --version"]
    theirs = subprocess.run(asked, cwd=root, capture_output=True, text=True, check=True)
    ours = subprocess.run(
        [os.environ[JSII_NODE], "--version"], capture_output=True, text=True, check=True
    )
    assert theirs.stdout == ours.stdout


def test_synthesis_by_itself_says_nothing_when_all_is_well(
    app_by_itself: tuple[Path, subprocess.CompletedProcess[str]],
) -> None:
    _, done = app_by_itself
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_a_wrong_setting_is_told_in_one_line(root: Path, tmp_path: Path) -> None:
    done = by_app(root, tmp_path, kill_seconds="0")
    assert done.returncode == 1
    assert done.stderr.splitlines() == [
        "moonwalk: the setting kill_seconds is '0'; it must be a whole number from 1 to 800"
    ]


def test_parts_that_were_not_built_are_told_with_the_command_that_makes_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(assets, "ROOT", tmp_path)
    with pytest.raises(assets.AssetsMissingError, match="run `make build`"):
        assets.Assets(tmp_path / LOCAL).check()
    with pytest.raises(assets.AssetsMissingError, match="run `make lambda-assets ARCH=arm64`"):
        assets.Assets(tmp_path / "lambda-arm64").check()


def test_the_templates_are_as_they_were_last_looked_at(templates: Templates) -> None:
    expected = SNAPSHOT.read_text(encoding="utf-8")
    assert normalised(templates) == expected, (
        "the infrastructure has changed: look at the difference that "
        "`python -m tests.infra.snapshot` makes, and commit it if it is meant"
    )


def test_cfn_lint_has_nothing_to_say(templates: Templates, root: Path) -> None:
    linter = Path(sys.executable).with_name("cfn-lint")
    names = [str(path) for path in sorted(templates.folder.glob("*.template.json"))]
    done = subprocess.run([linter, *names], cwd=root, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")


def test_cdk_nag_stops_what_nobody_has_given_a_reason_for(
    tmp_path: Path, empty_assets: Assets
) -> None:
    app = build_app(outdir=str(tmp_path), assets=empty_assets)
    Queue(Stack(app, "Careless"), "QueueWithoutDeadLetters")
    with pytest.raises(RuntimeError, match="AwsSolutions-SQS3"):
        app.synth()


@pytest.mark.parametrize(
    "settings",
    [
        {"account": "210987654321", "region": "eu-west-1", "name": "other"},
        {"alarm_email": "someone@example.com"},
        {"alarm_topic_arn": "arn:aws:sns:eu-west-1:210987654321:alarms"},
        {"symbol_events": "eventbridge"},
        {"log_days": 400, "deletion_protection": "false", "keep_walker_output": "true"},
    ],
    ids=["account", "email", "topic", "symbols", "others"],
)
def test_no_choice_brings_an_unexplained_finding(
    synthesise: Synthesise, settings: dict[str, str]
) -> None:
    assert synthesise(**settings).pipeline.document["Resources"]
