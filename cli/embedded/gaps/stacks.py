"""Gaps of CloudFormation's stacks: change sets, by which the CDK command line deploys."""

import json
from collections.abc import Callable
from typing import Any

from moto.cloudformation.exceptions import CloudFormationError
from moto.cloudformation.models import ChangeSet, CloudFormationBackend, Stack
from moto.cloudformation.parsing import OutputMap, ResourceMap
from moto.cloudformation.responses import CloudFormationResponse
from moto.core.responses import ActionResult

from cli.embedded.patches import Patches

EXECUTED = "EXECUTE_COMPLETE"


class ChangeSetNotFoundError(CloudFormationError):
    """CloudFormation's error for a change set that is not there (any more)."""

    code = "ChangeSetNotFoundException"


def close(patches: Patches) -> None:
    """Let stacks of change sets share their exports, and read templates fast."""
    backend = CloudFormationBackend
    create, execute = backend.create_change_set, backend.execute_change_set
    patches.replace(backend, "create_change_set", _with_imports(create))
    patches.replace(backend, "execute_change_set", _with_exports(execute))
    patches.replace(backend, "delete_change_set", _delete_change_set)
    patches.replace(backend, "describe_change_set", _describe_change_set)
    lookup = ResourceMap.parse_ssm_parameter
    patches.replace(ResourceMap, "parse_ssm_parameter", _or_known_already(lookup))
    # Moto does not know this operation, so there is nothing to put back.
    response: Any = CloudFormationResponse
    response.update_termination_protection = _update_termination_protection
    patches.callback(delattr, response, "update_termination_protection")
    patches.replace(Stack, "parse_template", staticmethod(_json_first(Stack.parse_template)))


def _update_termination_protection(self: CloudFormationResponse) -> ActionResult:
    stack = self.cloudformation_backend.get_stack(self._get_param("StackName"))
    stack.enable_termination_protection = self._get_bool_param("EnableTerminationProtection")
    return ActionResult({"StackId": stack.stack_id})


def _with_imports(create: Callable[..., tuple[str, str]]) -> Callable[..., tuple[str, str]]:
    """Moto gives a stack of a change set nothing to import from."""

    def create_change_set(
        self: CloudFormationBackend, *given: Any, **named: Any
    ) -> tuple[str, str]:
        change_set, stack_id = create(self, *given, **named)
        stack = self.stacks[stack_id]
        stack.cross_stack_resources = self.exports
        stack.resource_map.cross_stack_resources = self.exports
        return change_set, stack_id

    return create_change_set


def _with_exports(execute: Callable[..., None]) -> Callable[..., None]:
    """Moto forgets the outputs of a change set's template, and with them what it exports."""

    def execute_change_set(self: CloudFormationBackend, *given: Any, **named: Any) -> None:
        execute(self, *given, **named)
        for stack in self.stacks.values():
            if isinstance(stack.template, str):
                stack.template_dict = stack.parse_template(stack.template)
                stack.output_map = OutputMap(
                    stack.resource_map, stack.template_dict, stack.stack_id
                )
            self.exports.update({export.name: export for export in stack.exports})
        # As CloudFormation does; moto would mix them up with later ones of the same name.
        for executed in [c for c in self.change_sets.values() if c.execution_status == EXECUTED]:
            del self.change_sets[executed.change_set_id]

    return execute_change_set


def _or_known_already(lookup: Callable[..., Any]) -> Callable[..., Any]:
    """For a parameter that an update leaves as it was, moto takes its value for its name."""

    def parse_ssm_parameter(self: ResourceMap, value: str, value_type: str) -> Any:
        known = value in self.resolved_parameters.values()
        return value if known else lookup(self, value, value_type)

    return parse_ssm_parameter


def _delete_change_set(self: CloudFormationBackend, change_set_name: str) -> None:
    """Deleting what is gone already is no error."""
    for found in _change_sets(self, change_set_name):
        del self.change_sets[found.change_set_id]


def _describe_change_set(self: CloudFormationBackend, change_set_name: str) -> ChangeSet:
    """Moto's error for a change set that is gone is not the one clients wait for."""
    for found in _change_sets(self, change_set_name):
        return found
    raise ChangeSetNotFoundError(f"ChangeSet [{change_set_name}] does not exist")


def _change_sets(backend: CloudFormationBackend, name_or_arn: str) -> list[ChangeSet]:
    known = list(backend.change_sets.values())
    return [c for c in known if name_or_arn in {c.change_set_id, c.change_set_name}]


def _json_first(parse: Callable[[str], dict[str, Any]]) -> Callable[[str], dict[str, Any]]:
    """CDK's templates are JSON, for which moto's YAML parser takes seconds."""

    def parse_template(template: str) -> dict[str, Any]:
        try:
            content: dict[str, Any] = json.loads(template)
        except ValueError:
            return parse(template)
        return content

    return parse_template
