"""Deploys a cloud assembly to the embedded server, as the CDK command line does, in seconds.

Code of functions and layers is not zipped and uploaded: the server is told where CDK staged it.
"""

import io
import json
import time
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

from cli.embedded.assembly import FileAsset, Stack, read_assembly
from cli.embedded.server import EmbeddedServer

# What `cdk bootstrap` of 2026 leaves behind; templates ask for at least version 6.
BOOTSTRAP_PARAMETER = "/cdk-bootstrap/hnb659fds/version"
BOOTSTRAP_VERSION = "31"
CREATED = "CREATE_COMPLETE"
CREATING = "CREATE_IN_PROGRESS"


class DeploymentError(Exception):
    """A stack could not be created."""


@dataclass(frozen=True)
class Deployment:
    """What was deployed.

    Attributes:
        outputs: Per stack, its outputs by name.
    """

    outputs: Mapping[str, Mapping[str, str]]

    @property
    def stacks(self) -> tuple[str, ...]:
        """Names of the stacks, in the order in which they were created."""
        return tuple(self.outputs)


def deploy(
    assembly: Path, server: EmbeddedServer, parameters: Mapping[str, str] | None = None
) -> Deployment:
    """Create every stack of an assembly.

    Args:
        assembly: Folder that CDK synthesised to.
        server: A running server without these stacks.
        parameters: Values for parameters of the templates, for all stacks that have them.

    Raises:
        AssemblyError: The folder is no cloud assembly.
        DeploymentError: A stack could not be created.
    """
    stacks = read_assembly(assembly)
    _bootstrap(server)
    outputs = {}
    for stack in stacks:
        for asset in stack.assets:
            _publish(server, asset)
        outputs[stack.name] = _create(server, stack, parameters or {})
    return Deployment(outputs)


def _bootstrap(server: EmbeddedServer) -> None:
    server.client("ssm").put_parameter(
        Name=BOOTSTRAP_PARAMETER, Value=BOOTSTRAP_VERSION, Type="String", Overwrite=True
    )


def _publish(server: EmbeddedServer, asset: FileAsset) -> None:
    bucket = asset.bucket.replace("${AWS::AccountId}", server.account)
    bucket = bucket.replace("${AWS::Region}", server.region)
    s3 = server.client("s3")
    location = {"LocationConstraint": server.region}
    owned = ("BucketAlreadyOwnedByYou", "BucketAlreadyExists")
    try:
        s3.create_bucket(Bucket=bucket, CreateBucketConfiguration=location)
    except ClientError as error:
        if error.response["Error"]["Code"] not in owned:
            raise
    if asset.zipped:
        server.code.register(asset.key, asset.path.resolve())
        s3.put_object(Bucket=bucket, Key=asset.key, Body=_EMPTY_ZIP)
    else:
        s3.put_object(Bucket=bucket, Key=asset.key, Body=asset.path.read_bytes())


def _create(server: EmbeddedServer, stack: Stack, given: Mapping[str, str]) -> dict[str, str]:
    cloudformation = server.client("cloudformation")
    try:
        cloudformation.create_stack(
            StackName=stack.name,
            TemplateBody=stack.template,
            Parameters=_parameters(stack, given),
            Capabilities=["CAPABILITY_NAMED_IAM"],
        )
        created = _await(cloudformation, stack.name)
    except ClientError as error:
        reason = error.response["Error"].get("Message") or str(error)
        raise DeploymentError(f"stack {stack.name} could not be created: {reason}") from error
    return {output["OutputKey"]: output["OutputValue"] for output in created.get("Outputs", [])}


def _parameters(stack: Stack, given: Mapping[str, str]) -> list[dict[str, str]]:
    known = json.loads(stack.template).get("Parameters", {})
    values = {**stack.parameters, **{name: given[name] for name in given if name in known}}
    return [{"ParameterKey": key, "ParameterValue": value} for key, value in values.items()]


def _await(cloudformation: Any, name: str) -> dict[str, Any]:
    while True:
        stack: dict[str, Any] = cloudformation.describe_stacks(StackName=name)["Stacks"][0]
        if stack["StackStatus"] == CREATED:
            return stack
        if stack["StackStatus"] != CREATING:
            reason = stack.get("StackStatusReason", stack["StackStatus"])
            raise DeploymentError(f"stack {name} could not be created: {reason}")
        time.sleep(0.05)


def _empty_zip() -> bytes:
    """What stands in the assets bucket for code that the server finds in the assembly."""
    content = io.BytesIO()
    zipfile.ZipFile(content, "w").close()
    return content.getvalue()


_EMPTY_ZIP = _empty_zip()
