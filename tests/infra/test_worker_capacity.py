"""What workers run on: each of the three, in the architecture that is set."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.infra.conftest import Synthesise
from tests.infra.templates import Template, Templates

THEIRS = {"vpc_id": "vpc-0a1b2c3d", "vpc_subnets": "subnet-0a1b2c3d,subnet-1a2b3c4d"}
MANAGED = {"worker_capacity": "managed-instances", "vpc_public_ip": "false", **THEIRS}


@pytest.fixture(scope="module")
def spot(synthesise: Synthesise) -> Templates:
    return synthesise(worker_capacity="spot", architecture="arm64")


@pytest.fixture(scope="module")
def managed(synthesise: Synthesise) -> Templates:
    return synthesise(**MANAGED, architecture="arm64", name="other")


def only(template: Template, kind: str) -> dict[str, Any]:
    [properties] = template.properties(kind)
    return properties


def test_fargate_is_what_workers_run_on_unless_set(templates: Templates) -> None:
    service = only(templates.heavy_lane, "AWS::ECS::Service")
    task = only(templates.heavy_lane, "AWS::ECS::TaskDefinition")
    assert service["LaunchType"] == "FARGATE"
    assert "CapacityProviderStrategy" not in service
    assert task["RequiresCompatibilities"] == ["FARGATE"]
    assert task["EphemeralStorage"] == {"SizeInGiB": 64}


def test_with_spot_the_first_worker_is_never_called_back(spot: Templates) -> None:
    heavy_lane = spot.heavy_lane
    assert only(heavy_lane, "AWS::ECS::Service")["CapacityProviderStrategy"] == [
        {"CapacityProvider": "FARGATE", "Base": 1, "Weight": 25},
        {"CapacityProvider": "FARGATE_SPOT", "Weight": 75},
    ]
    offered = only(heavy_lane, "AWS::ECS::ClusterCapacityProviderAssociations")
    assert offered["CapacityProviders"] == ["FARGATE", "FARGATE_SPOT"]
    task = only(heavy_lane, "AWS::ECS::TaskDefinition")
    assert task["RuntimePlatform"]["CpuArchitecture"] == "ARM64"
    assert task["ContainerDefinitions"][0]["StopTimeout"] == 120


def test_managed_machines_have_an_nvme_disk_and_use_it(managed: Templates) -> None:
    provider = only(managed.heavy_lane, "AWS::ECS::CapacityProvider")["ManagedInstancesProvider"]
    launched = provider["InstanceLaunchTemplate"]
    wanted = launched["InstanceRequirements"]
    assert launched["LocalStorageConfiguration"] == {"UseLocalStorage": True}
    assert (wanted["LocalStorage"], wanted["LocalStorageTypes"]) == ("required", ["ssd"])
    assert wanted["TotalLocalStorageGB"] == {"Min": 64}
    assert launched["NetworkConfiguration"]["Subnets"] == THEIRS["vpc_subnets"].split(",")


def test_a_managed_machine_is_one_worker_s(managed: Templates) -> None:
    provider = only(managed.heavy_lane, "AWS::ECS::CapacityProvider")["ManagedInstancesProvider"]
    wanted = provider["InstanceLaunchTemplate"]["InstanceRequirements"]
    assert wanted["VCpuCount"] == {"Min": 4, "Max": 4}
    assert wanted["MemoryMiB"] == {"Min": 18432}
    assert wanted["CpuManufacturers"] == ["amazon-web-services"]
    assert wanted["BurstablePerformance"] == "excluded"


def test_a_worker_on_managed_machines_writes_to_their_disk_only(managed: Templates) -> None:
    task = only(managed.heavy_lane, "AWS::ECS::TaskDefinition")
    service = only(managed.heavy_lane, "AWS::ECS::Service")
    container = task["ContainerDefinitions"][0]
    assert task["RequiresCompatibilities"] == ["MANAGED_INSTANCES"]
    assert "EphemeralStorage" not in task
    assert "LaunchType" not in service
    assert [each["Weight"] for each in service["CapacityProviderStrategy"]] == [1]
    assert container["ReadonlyRootFilesystem"] is True
    assert container["User"] == "10001:10001"
    network = service["NetworkConfiguration"]["AwsvpcConfiguration"]
    assert network["AssignPublicIp"] == "DISABLED"


def test_the_machines_role_is_named_as_aws_s_policy_wants_and_once_in_an_account(
    managed: Templates,
) -> None:
    named = [
        role["RoleName"]
        for role in managed.heavy_lane.properties("AWS::IAM::Role")
        if "RoleName" in role
    ]
    profile = only(managed.heavy_lane, "AWS::IAM::InstanceProfile")
    expected = {"Fn::Join": ["", ["ecsInstanceRole-other-", {"Ref": "AWS::Region"}]]}
    assert named == [expected]
    assert profile["InstanceProfileName"] == expected


def test_another_capacity_is_another_service_so_that_it_can_take_the_first_one_s_place(
    templates: Templates, spot: Templates, managed: Templates
) -> None:
    names = [
        only(each.heavy_lane, "AWS::ECS::Service")["ServiceName"]
        for each in (templates, spot, managed)
    ]
    assert names == ["fargate", "spot", "managed-instances"]


def test_cfn_lint_has_nothing_to_say_of_any(
    spot: Templates, managed: Templates, root: Path
) -> None:
    linter = Path(sys.executable).with_name("cfn-lint")
    names = [str(each.folder / "HeavyLane.template.json") for each in (spot, managed)]
    done = subprocess.run([linter, *names], cwd=root, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")
