"""A cloud assembly is deployed as it is meant: in order, with its parameters, or with a reason."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from cli.embedded.assembly import AssemblyError
from cli.embedded.code_store import CodeStore
from cli.embedded.deployment import DeploymentError, deploy
from cli.embedded.server import EmbeddedServer
from tests.integration.embedded.sample import SampleStack


@pytest.fixture
def server(tmp_path: Path) -> Iterator[EmbeddedServer]:
    with EmbeddedServer(tmp_path / "work") as server:
        yield server


@pytest.fixture
def assembly(tmp_path: Path) -> Path:
    return tmp_path / "cdk.out"


def test_a_stack_comes_after_those_it_depends_on(server: EmbeddedServer, assembly: Path) -> None:
    storage, pipeline = SampleStack(assembly, "Storage"), SampleStack(assembly, "Pipeline")
    storage.add("Queue", "AWS::SQS::Queue")
    storage.outputs["Queue"]["Export"] = {"Name": "Storage:Queue"}
    storage.write()
    pipeline.add("Queue", "AWS::SQS::Queue")
    pipeline.outputs["Imported"] = {"Value": {"Fn::ImportValue": "Storage:Queue"}}
    pipeline.write(after=("Storage",))
    deployment = deploy(assembly, server)
    assert deployment.stacks == ("Storage", "Pipeline")
    outputs = deployment.outputs
    assert outputs["Pipeline"]["Imported"] == outputs["Storage"]["Queue"]


def test_given_parameters_reach_the_stacks_that_have_them(
    server: EmbeddedServer, assembly: Path
) -> None:
    stack = SampleStack(assembly)
    stack.parameters["Threshold"] = {"Type": "String", "Default": "none"}
    stack.add("Queue", "AWS::SQS::Queue")
    stack.outputs["Threshold"] = {"Value": {"Ref": "Threshold"}}
    stack.write()
    deployment = deploy(assembly, server, {"Threshold": "512", "Unknown": "1"})
    assert deployment.outputs["Sample"]["Threshold"] == "512"


def test_a_resource_that_cannot_be_made_is_named_with_the_reason(
    server: EmbeddedServer, assembly: Path
) -> None:
    stack = SampleStack(assembly)
    stack.add("Queue", "AWS::SQS::Queue", QueueName="no such name!")
    with pytest.raises(DeploymentError, match=r"Sample could not .*resource Queue .*characters"):
        stack.deploy(server)


def test_resources_that_need_no_emulation_are_accepted(
    server: EmbeddedServer, assembly: Path
) -> None:
    stack = SampleStack(assembly)
    stack.add("Alarm", "AWS::CloudWatch::Alarm", Threshold=1)
    rule = {"Fn::Sub": "ALARM(${Alarm.Arn})"}
    stack.add("Both", "AWS::CloudWatch::CompositeAlarm", AlarmRule=rule)
    stack.add("Tries", "AWS::Lambda::EventInvokeConfig", MaximumRetryAttempts=0)
    assert "Alarm" in stack.deploy(server)


def test_a_folder_without_an_assembly_is_refused(server: EmbeddedServer, tmp_path: Path) -> None:
    with pytest.raises(AssemblyError, match=r"manifest\.json"):
        deploy(tmp_path / "nowhere", server)


def test_code_that_is_no_zip_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no zip file"):
        CodeStore(tmp_path).folder("key", b"text")
