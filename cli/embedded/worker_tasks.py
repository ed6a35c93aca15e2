"""What a deployed service of workers runs, and how many of them.

What the task definition names as its image is, before it is built, a folder in the assembly: its
packages, its binaries and the worker. A process on those folders needs no container engine.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any


class WorkerImageError(Exception):
    """The deployed task names an image that is not in the assembly."""


@dataclass(frozen=True)
class WorkerTask:
    """What a deployed service runs.

    Attributes:
        image: Folder that the image is built from: `app`, `python` and `bin` in it.
        environment: The container's environment variables.
        desired: Says how many the service wants to run now.
    """

    image: Path
    environment: Mapping[str, str]
    desired: Callable[[], int]


def deployed_tasks(client: Callable[[str], Any], assembly: Path) -> list[WorkerTask]:
    """The tasks of all deployed services, one container each.

    Raises:
        WorkerImageError: An image's folder is not there.
    """
    ecs = client("ecs")
    tasks = []
    for cluster in ecs.list_clusters()["clusterArns"]:
        names = ecs.list_services(cluster=cluster)["serviceArns"]
        services = ecs.describe_services(cluster=cluster, services=names) if names else {}
        for service in services.get("services", []):
            described = ecs.describe_task_definition(taskDefinition=service["taskDefinition"])
            (container,) = described["taskDefinition"]["containerDefinitions"]
            environment = {e["name"]: e["value"] for e in container["environment"]}
            image = _image_folder(assembly, container["image"])
            tasks.append(WorkerTask(image, environment, _count_of(ecs, service)))
    return tasks


def _count_of(ecs: Any, service: Mapping[str, Any]) -> Callable[[], int]:
    """Gives what tells how many a service wants, and has it begin as ECS does."""
    place = {"cluster": service["clusterArn"]}
    if not service["desiredCount"]:
        # The template leaves the number to scaling: ECS begins with one then, moto with none.
        ecs.update_service(**place, service=service["serviceArn"], desiredCount=1)

    def count() -> int:
        (found,) = ecs.describe_services(**place, services=[service["serviceArn"]])["services"]
        return int(found["desiredCount"])

    return count


def _image_folder(assembly: Path, image: str) -> Path:
    tag = image.rpartition(":")[2]
    for manifest in assembly.glob("*.assets.json"):
        images = json.loads(manifest.read_text(encoding="utf-8")).get("dockerImages", {})
        if tag in images:
            return (assembly / str(images[tag]["source"]["directory"])).resolve()
    raise WorkerImageError(f"image {image} is not in {assembly}: synthesise it anew")
