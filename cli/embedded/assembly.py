"""Reads a CDK cloud assembly (`cdk.out`): which stacks, in which order, with which assets."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

# Kinds of artifacts in manifest.json.
STACK = "aws:cloudformation:stack"
ASSETS = "cdk:asset-manifest"


class AssemblyError(Exception):
    """The folder holds no cloud assembly that can be deployed."""


@dataclass(frozen=True)
class FileAsset:
    """A file or folder that a deployment puts in the assets bucket.

    Attributes:
        path: What CDK staged.
        zipped: Whether the object is a zip of the folder, as code of functions and layers is.
        bucket: Name of the bucket, with CDK's placeholders for account and region.
        key: The object's key.
    """

    path: Path
    zipped: bool
    bucket: str
    key: str


@dataclass(frozen=True)
class Stack:
    """A stack to be deployed.

    Attributes:
        name: Its name in CloudFormation.
        template: The template's text.
        parameters: Parameters that the assembly itself gives.
        assets: What must be uploaded before.
    """

    name: str
    template: str
    parameters: dict[str, str]
    assets: tuple[FileAsset, ...]


def read_assembly(folder: Path) -> list[Stack]:
    """The stacks of an assembly, each after those it depends on.

    Raises:
        AssemblyError: No manifest, or one that names files that are not there.
    """
    artifacts = _json(folder / "manifest.json").get("artifacts", {})
    return [
        _stack(folder, artifacts, name)
        for name in _in_dependency_order(artifacts)
        if artifacts[name]["type"] == STACK
    ]


def _json(file: Path) -> dict[str, Any]:
    try:
        content: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise AssemblyError(f"{file} is no part of a cloud assembly: {error}") from error
    return content


def _in_dependency_order(artifacts: dict[str, Any]) -> Iterator[str]:
    done: set[str] = set()

    def visit(name: str) -> Iterator[str]:
        if name in done or name not in artifacts:
            return
        done.add(name)
        for dependency in artifacts[name].get("dependencies", []):
            yield from visit(dependency)
        yield name

    for name in artifacts:
        yield from visit(name)


def _stack(folder: Path, artifacts: dict[str, Any], name: str) -> Stack:
    artifact = artifacts[name]
    properties = artifact["properties"]
    manifests = [
        folder / artifacts[dependency]["properties"]["file"]
        for dependency in artifact.get("dependencies", [])
        if artifacts.get(dependency, {}).get("type") == ASSETS
    ]
    template = folder / properties["templateFile"]
    if not template.is_file():
        raise AssemblyError(f"the template {template} of stack {name} is missing; synthesise again")
    return Stack(
        name=properties.get("stackName", name),
        template=template.read_text(encoding="utf-8"),
        parameters=dict(properties.get("parameters", {})),
        assets=tuple(asset for file in manifests for asset in _file_assets(folder, file, template)),
    )


def _file_assets(folder: Path, manifest: Path, template: Path) -> Iterator[FileAsset]:
    """File assets of a manifest, but for the stack's template, which is deployed as text."""
    for asset in _json(manifest).get("files", {}).values():
        source = asset["source"]
        path = folder / source.get("path", "")
        if "path" not in source or path == template:
            continue
        for destination in asset["destinations"].values():
            yield FileAsset(
                path=path,
                zipped=source.get("packaging") == "zip",
                bucket=destination["bucketName"],
                key=destination["objectKey"],
            )
