"""Reading synthesised templates as a test wants to."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Resource = dict[str, Any]


@dataclass(frozen=True)
class Template:
    """One stack's template."""

    document: Mapping[str, Any]

    def of_type(self, kind: str) -> dict[str, Resource]:
        """Give the resources of a type, by logical id; `Properties` is there in each."""
        return {
            key: {"Properties": {}, **resource}
            for key, resource in self.document["Resources"].items()
            if resource["Type"] == kind
        }

    def properties(self, kind: str) -> list[dict[str, Any]]:
        """Give the properties of the resources of a type."""
        return [resource["Properties"] for resource in self.of_type(kind).values()]

    def function(self, package: str) -> dict[str, Any]:
        """Give the properties of the function that was made of a package."""
        return next(
            properties
            for properties in self.properties("AWS::Lambda::Function")
            if properties["Handler"].startswith(f"{package}.")
        )

    def statements_of(self, role: str) -> list[dict[str, Any]]:
        """Give what a role's own policies allow."""
        return [
            statement
            for policy in self.properties("AWS::IAM::Policy")
            if {"Ref": role} in policy["Roles"]
            for statement in policy["PolicyDocument"]["Statement"]
        ]

    def definition(self, kind: str) -> dict[str, Any]:
        """Give the definition of the workflow of a type, references written as `<id>`."""
        found = next(
            properties["DefinitionString"]
            for properties in self.properties("AWS::StepFunctions::StateMachine")
            if properties["StateMachineType"] == kind
        )
        return dict(json.loads(plain(found)))


@dataclass(frozen=True)
class Templates:
    """The templates of a deployment."""

    folder: Path
    storage: Template
    pipeline: Template
    heavy_lane: Template
    observability: Template

    @classmethod
    def read(cls, folder: Path) -> "Templates":
        """Read a cloud assembly."""
        found = [
            Template(json.loads((folder / f"{name}.template.json").read_text(encoding="utf-8")))
            for name in ("Storage", "Pipeline", "HeavyLane", "Observability")
        ]
        return cls(folder, *found)

    def __iter__(self) -> Iterator[Template]:
        return iter((self.storage, self.pipeline, self.heavy_lane, self.observability))


def plain(value: Any) -> str:
    """Write a value with intrinsic functions as text, references as `<id>`."""
    match value:
        case {"Ref": name} | {"Fn::ImportValue": name}:
            return f"<{name}>"
        case {"Fn::GetAtt": [name, attribute]}:
            return f"<{name}.{attribute}>"
        case {"Fn::Join": [separator, parts]}:
            return str(separator).join(map(plain, parts))
        case _:
            return str(value)


def as_list(value: Any) -> list[Any]:
    """Give a list where CloudFormation allows a single value in its place."""
    return value if isinstance(value, list) else [value]
