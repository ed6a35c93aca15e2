"""The heavy lane: nothing comes in, and a worker has time to put down what it holds."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from infra.constructs.worker_service import SCRATCH, USER
from moonwalk.contracts import environment as names
from tests.infra.conftest import Synthesise
from tests.infra.templates import Template, Templates


@pytest.fixture(scope="module")
def heavy_lane(templates: Templates) -> Template:
    return templates.heavy_lane


def container_of(template: Template) -> dict[str, Any]:
    task = template.properties("AWS::ECS::TaskDefinition")[0]
    return dict(task["ContainerDefinitions"][0])


def test_there_is_no_nat_gateway_and_nothing_is_let_in(heavy_lane: Template) -> None:
    assert not heavy_lane.of_type("AWS::EC2::NatGateway")
    assert not heavy_lane.of_type("AWS::EC2::SecurityGroupIngress")
    groups = heavy_lane.properties("AWS::EC2::SecurityGroup")
    assert len(groups) == 1
    assert "SecurityGroupIngress" not in groups[0]


def test_s3_and_the_ledger_are_reached_without_leaving_the_network(heavy_lane: Template) -> None:
    endpoints = heavy_lane.properties("AWS::EC2::VPCEndpoint")
    assert {endpoint["VpcEndpointType"] for endpoint in endpoints} == {"Gateway"}
    assert {"s3" in str(each["ServiceName"]) for each in endpoints} == {True, False}
    assert len(endpoints) == 2


def test_workers_have_an_address_of_their_own(heavy_lane: Template) -> None:
    service = heavy_lane.properties("AWS::ECS::Service")[0]
    network = service["NetworkConfiguration"]["AwsvpcConfiguration"]
    assert network["AssignPublicIp"] == "ENABLED"


def test_a_worker_cannot_write_but_to_its_scratch_and_is_nobody(heavy_lane: Template) -> None:
    container = container_of(heavy_lane)
    assert container["ReadonlyRootFilesystem"] is True
    assert [mount["ContainerPath"] for mount in container["MountPoints"]] == [SCRATCH]
    assert container["User"] == USER
    assert not container["User"].startswith("0")
    assert container["LinuxParameters"]["Capabilities"] == {"Drop": ["ALL"]}


def test_a_worker_that_gets_nowhere_for_minutes_is_replaced(
    heavy_lane: Template, root: Path
) -> None:
    check = container_of(heavy_lane)["HealthCheck"]
    assert check["Command"] == ["CMD", "python", "-m", "worker.health"]
    assert (root / "lambdas" / "worker" / "health.py").is_file()
    assert check["Timeout"] < check["Interval"]
    assert check["Interval"] * check["Retries"] == 180
    assert check["StartPeriod"] == 120
    variables = {each["Name"]: each["Value"] for each in container_of(heavy_lane)["Environment"]}
    assert variables[names.STALL_SECONDS] == "2700"
    assert variables[names.PROBE_SECONDS] == "3"


def test_a_worker_has_all_the_time_there_is_to_stop(heavy_lane: Template) -> None:
    assert container_of(heavy_lane)["StopTimeout"] == 120


def test_the_image_has_the_user_and_the_folder_that_the_task_speaks_of(root: Path) -> None:
    dockerfile = (root / "lambdas" / "worker" / "Dockerfile").read_text(encoding="utf-8")
    assert re.search(rf"^USER {USER}$", dockerfile, re.MULTILINE)
    assert re.search(rf'^VOLUME \["{SCRATCH}"\]$', dockerfile, re.MULTILINE)
    assert f"TMPDIR={SCRATCH}" in dockerfile


def test_what_the_image_is_built_on_can_be_held_by_its_digest(
    synthesise: Synthesise, root: Path
) -> None:
    dockerfile = (root / "lambdas" / "worker" / "Dockerfile").read_text(encoding="utf-8")
    assert re.search(r"^ARG BASE=\S+\nFROM \$\{BASE\}$", dockerfile, re.MULTILINE)
    base = f"python:3.13-slim@sha256:{'a' * 64}"
    manifests = synthesise(worker_base=base).folder.glob("*.assets.json")
    images = [json.loads(each.read_text("utf-8")).get("dockerImages", {}) for each in manifests]
    [image] = [image for found in images for image in found.values()]
    assert image["source"]["dockerBuildArgs"] == {"BASE": base}


def test_workers_fit_into_a_network_that_is_given(synthesise: Synthesise) -> None:
    heavy_lane = synthesise(
        vpc_id="vpc-0a1b", vpc_subnets="subnet-1a,subnet-2b", vpc_public_ip=False
    ).heavy_lane
    service = heavy_lane.properties("AWS::ECS::Service")[0]
    network = service["NetworkConfiguration"]["AwsvpcConfiguration"]
    assert not heavy_lane.of_type("AWS::EC2::VPC")
    assert network["Subnets"] == ["subnet-1a", "subnet-2b"]
    assert network["AssignPublicIp"] == "DISABLED"
    assert heavy_lane.properties("AWS::EC2::SecurityGroup")[0]["VpcId"] == "vpc-0a1b"


def test_arm64_is_one_setting_for_functions_layers_and_workers(synthesise: Synthesise) -> None:
    templates = synthesise(architecture="arm64")
    functions = templates.pipeline.properties("AWS::Lambda::Function")
    layers = templates.pipeline.properties("AWS::Lambda::LayerVersion")
    task = templates.heavy_lane.properties("AWS::ECS::TaskDefinition")[0]
    assert {tuple(each["Architectures"]) for each in functions} == {("arm64",)}
    assert {tuple(each["CompatibleArchitectures"]) for each in layers} == {("arm64",)}
    assert task["RuntimePlatform"]["CpuArchitecture"] == "ARM64"
