"""A command of AWS's command line, done by the SDK that is under it.

The real one would be a large dependency more for a dozen calls. Options become parameters by the
service's own model, so a wrong name, a missing one or a wrong type fails here.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import jmespath  # type: ignore[import-untyped]
from botocore import xform_name
from botocore.model import Shape

Client = Callable[[str], Any]


def run(client: Client, words: Sequence[str]) -> Any:
    """Do `SERVICE OPERATION --OPTION VALUE…`; give the answer, or what `--query` picks of it."""
    service, operation, *rest = words
    if (service, operation) == ("logs", "tail"):
        group, *rest = rest
        return _tail(client("logs"), group, _options(rest))
    options = _options(rest)
    query = options.pop("query", None)
    method = operation.replace("-", "_")
    made = client(service)
    model = made.meta.service_model.operation_model(made.meta.method_to_api_mapping[method])
    members = model.input_shape.members if model.input_shape else {}
    shapes = {xform_name(name, "-"): (name, shape) for name, shape in members.items()}
    named = {
        shapes[option][0]: _value(shapes[option][1], given) for option, given in options.items()
    }
    answer = getattr(made, method)(**named)
    return jmespath.search(query[0], answer) if query else answer


def _options(words: Sequence[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for word in words:
        if word.startswith("--"):
            found[word.removeprefix("--")] = []
        else:
            list(found.values())[-1].append(word)
    return found


def _value(shape: Shape, given: list[str]) -> Any:
    if shape.type_name == "list":
        return given
    if shape.type_name == "boolean":
        return True
    [only] = given
    return {"integer": int, "double": float}.get(shape.type_name, str)(only)


def _tail(logs: Any, group: str, options: Mapping[str, list[str]]) -> Any:
    """Read a group's log as `logs tail` does, which is no operation of its own."""
    pattern = "".join(options.get("filter-pattern", []))
    return logs.filter_log_events(logGroupName=group, filterPattern=pattern)
