"""Cloud assemblies written by hand, so that tests of the embedded AWS need no synthesis."""

import json
from pathlib import Path
from typing import Any

from cli.embedded.deployment import deploy
from cli.embedded.server import EmbeddedServer

BUCKET = "cdk-hnb659fds-assets-${AWS::AccountId}-${AWS::Region}"
ROLE = {
    "Type": "AWS::IAM::Role",
    "Properties": {"AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": []}},
}
ROLE_ARN = {"Fn::GetAtt": ["Role", "Arn"]}
BOOTSTRAP = {
    "Type": "AWS::SSM::Parameter::Value<String>",
    "Default": "/cdk-bootstrap/hnb659fds/version",
}


class SampleStack:
    """A stack whose every resource is an output too, by its reference.

    Args:
        assembly: Folder of the cloud assembly; several stacks may share it.
        name: The stack's name.
    """

    def __init__(self, assembly: Path, name: str = "Sample") -> None:
        self.name = name
        self.resources: dict[str, Any] = {"Role": ROLE}
        self.outputs: dict[str, Any] = {}
        self.parameters: dict[str, Any] = {"BootstrapVersion": BOOTSTRAP}
        self._assembly = assembly
        self._assets: dict[str, Any] = {}
        assembly.mkdir(exist_ok=True)

    def add(self, logical_id: str, kind: str, **properties: Any) -> None:
        """Adds a resource and its output."""
        self.resources[logical_id] = {"Type": kind, "Properties": properties}
        self.outputs[logical_id] = {"Value": {"Ref": logical_id}}

    def asset(self, logical_id: str, files: dict[str, str]) -> dict[str, Any]:
        """Stages a folder; what names it as the code of a function or layer."""
        folder = self._assembly / f"asset.{logical_id}"
        for name, content in files.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(content)
        key = f"{logical_id}.zip"
        self._assets[logical_id] = {
            "source": {"path": folder.name, "packaging": "zip"},
            "destinations": {"current": {"bucketName": BUCKET, "objectKey": key}},
        }
        return {"S3Bucket": {"Fn::Sub": BUCKET}, "S3Key": key}

    def function(self, logical_id: str, source: str, **properties: Any) -> None:
        """Adds a function whose `handler.py` is `source`."""
        given = {"Handler": "handler.handler", "Runtime": "python3.13", "Role": ROLE_ARN}
        code = self.asset(logical_id, {"handler.py": source})
        self.add(logical_id, "AWS::Lambda::Function", **given | {"Code": code} | properties)

    def state_machine(self, logical_id: str, definition: dict[str, Any], kind: str) -> None:
        """Adds a workflow; `${Name}` in its definition is the ARN of the function `Name`."""
        text = {"Fn::Sub": json.dumps(definition)}
        for name, resource in self.resources.items():
            if resource["Type"] == "AWS::Lambda::Function":
                arn = "${" + name + ".Arn}"
                text["Fn::Sub"] = text["Fn::Sub"].replace("${" + name + "}", arn)
        self.add(
            logical_id,
            "AWS::StepFunctions::StateMachine",
            DefinitionString=text,
            RoleArn=ROLE_ARN,
            StateMachineType=kind,
        )

    def write(self, *, after: tuple[str, ...] = ()) -> None:
        """Writes the stack into the assembly, to be deployed after the named ones."""
        template = {
            "Parameters": self.parameters,
            "Resources": self.resources,
            "Outputs": self.outputs,
        }
        assets = f"{self.name}.assets"
        artifacts = {
            self.name: {
                "type": "aws:cloudformation:stack",
                "properties": {"templateFile": f"{self.name}.template.json"},
                "dependencies": [assets, *after],
            },
            assets: {"type": "cdk:asset-manifest", "properties": {"file": f"{assets}.json"}},
        }
        self._write(f"{self.name}.template.json", template)
        self._write(f"{assets}.json", {"version": "48.0.0", "files": self._assets})
        manifest = self._assembly / "manifest.json"
        known = json.loads(manifest.read_text())["artifacts"] if manifest.exists() else {}
        self._write("manifest.json", {"version": "48.0.0", "artifacts": artifacts | known})

    def deploy(self, server: EmbeddedServer) -> dict[str, str]:
        """Writes and deploys the stack alone; its outputs."""
        self.write()
        return dict(deploy(self._assembly, server).outputs[self.name])

    def _write(self, name: str, content: dict[str, Any]) -> None:
        (self._assembly / name).write_text(json.dumps(content))
