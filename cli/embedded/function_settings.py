"""What a function is, as its template says, and what its processes see of that."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class FunctionSettings:
    """What the template says about a function, with its code unpacked.

    Attributes:
        name: The function's name.
        arn: The function's ARN, without a version.
        handler: `module.function`, as in the template.
        runtime: Lambda's name of the runtime, such as `python3.13`.
        memory: Megabytes; told to the function, not enforced.
        timeout: Seconds after which an invocation is killed.
        environment: The template's environment variables.
        code: Folder of the function's asset.
        layers: Folders of its layers, in the template's order (later ones win, as on Lambda).
        reserved_concurrency: Most invocations at a time, if the template says so.
    """

    name: str
    arn: str
    handler: str
    runtime: str
    memory: int
    timeout: float
    environment: tuple[tuple[str, str], ...]
    code: Path
    layers: tuple[Path, ...]
    reserved_concurrency: int | None


def process_environment(
    settings: FunctionSettings, folder: Path, surroundings: Mapping[str, str]
) -> dict[str, str]:
    """All environment variables of a function's process.

    Lambda's reserved variables win over the template's, which cannot set them there.

    Args:
        settings: The function.
        folder: The process's own folder, with `tmp/` in it.
        surroundings: What all functions get: endpoint, region, credentials.
    """
    layers = list(reversed(settings.layers))
    return {
        **dict(settings.environment),
        **surroundings,
        "AWS_LAMBDA_FUNCTION_NAME": settings.name,
        "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(settings.memory),
        "AWS_LAMBDA_LOG_GROUP_NAME": f"/aws/lambda/{settings.name}",
        "AWS_LAMBDA_LOG_STREAM_NAME": f"[$LATEST]{folder.name}",
        "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
        "AWS_EXECUTION_ENV": f"AWS_Lambda_{settings.runtime}",
        "LAMBDA_TASK_ROOT": str(settings.code),
        "LD_LIBRARY_PATH": os.pathsep.join(str(layer / "lib") for layer in layers),
        "PATH": os.pathsep.join([*(str(layer / "bin") for layer in layers), os.defpath]),
        "TMPDIR": str(folder / "tmp"),
        "_HANDLER": settings.handler,
    }
