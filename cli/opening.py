"""Finds the Moonwalk that a command is meant for: the one that `up` runs, or a deployed one."""

from collections.abc import Callable, Mapping
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from cli.embedded.endpoint import Endpoint, NoEndpointError, read_endpoint
from cli.exits import Unreachable
from cli.places import ENDPOINT
from cli.plain import plain
from cli.reachable import Reachable
from moonwalk.contracts.outputs import StackPart, stack_name

REMEDY = "start one by `moonwalk up`, or name a deployment by --stack"
ANYTHING = "embedded"
"""The embedded AWS looks at no credentials, but clients insist on some."""


def reachable(stack: str | None) -> Reachable:
    """Give a deployed Moonwalk if one is named, else the one that `up` keeps running.

    Raises:
        Unreachable: when there is none.
    """
    return deployed(stack) if stack else attached()


def deployed(name: str) -> Reachable:
    """Find a deployment by its name, with the credentials and the region of the environment.

    Args:
        name: of the deployment, or of one of its stacks.

    Raises:
        Unreachable: when it cannot be found.
    """
    for part in StackPart:
        name = name.removesuffix(f"-{part}")
    shown = f"the deployment {plain(name)}"
    needed = [stack_name(name, part) for part in (StackPart.STORAGE, StackPart.PIPELINE)]
    try:
        stacks = {stack: _outputs(stack) for stack in needed}
    except (BotoCoreError, ClientError) as error:
        raise Unreachable(
            f"{shown} cannot be found: {plain(error)}",
            "look at --stack, at the region and at the credentials",
        ) from error
    return Reachable.of(stacks, _client, name=shown, remedy="look at the credentials' rights")


def attached() -> Reachable:
    """Give the Moonwalk that `up` keeps running on this machine.

    Raises:
        Unreachable: when none is running.
    """
    try:
        endpoint = read_endpoint(ENDPOINT)
    except NoEndpointError as error:
        what, _, remedy = str(error).rpartition(": ")
        raise Unreachable(what, f"{remedy}, or name a deployment by --stack") from error
    name = f"the Moonwalk at {endpoint.endpoint_url}"
    return Reachable.of(endpoint.outputs, _clients(endpoint), name=name, remedy=REMEDY)


def _outputs(stack: str) -> Mapping[str, str]:
    found = boto3.client("cloudformation").describe_stacks(StackName=stack)["Stacks"][0]
    return {output["OutputKey"]: output["OutputValue"] for output in found.get("Outputs", [])}


def _client(service: str) -> Any:
    make: Any = boto3.client
    return make(service)


def _clients(endpoint: Endpoint) -> Callable[[str], Any]:
    session = boto3.session.Session()
    config = Config(proxies={}, retries={"total_max_attempts": 2}, inject_host_prefix=False)
    make: Callable[..., Any] = session.client
    return lambda service: make(
        service,
        region_name=endpoint.region,
        endpoint_url=endpoint.endpoint_url,
        aws_access_key_id=ANYTHING,
        aws_secret_access_key=ANYTHING,
        config=config,
    )
