"""Brings an embedded AWS up with Moonwalk deployed on it, and says what it does meanwhile."""

import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from cli.exits import SetUpIncomplete
from cli.places import LOCAL, shown
from cli.plain import plain
from cli.reachable import Reachable
from cli.synthesis import local_assembly
from cli.terminal import Steps
from moonwalk.contracts.outputs import PACK_FOLDERS

if TYPE_CHECKING:
    from cli.embedded.aws import EmbeddedAws

KEPT = 3
"""Folders of earlier embedded AWSs that ended badly: their logs may still be wanted."""


@contextmanager
def embedded(
    purpose: str, packs: Sequence[Path], steps: Steps, *, port: int = 0
) -> Iterator["EmbeddedAws"]:
    """Bring up an embedded AWS of one's own; its folder stays only if this ends badly.

    Args:
        purpose: begins the name of its folder below `build/local`.
        packs: folders of packed symbols, absolute.
        steps: told of what is being done.
        port: on loopback; 0 for a free one.

    Raises:
        SetUpIncomplete: when something has to be built first, or the deployment fails.
    """
    assembly = _assembly(steps)
    _forget_old(purpose)
    workspace = LOCAL / f"{purpose}-{os.getpid()}"
    try:
        with ExitStack() as stack:
            with steps.step("bringing up the embedded AWS"):
                aws = stack.enter_context(_start(assembly, workspace, packs, port))
            yield aws
    except Exception:
        steps.note(f"the logs of the embedded AWS stay in {shown(workspace)}")
        raise
    except KeyboardInterrupt:
        shutil.rmtree(workspace, ignore_errors=True)
        raise
    shutil.rmtree(workspace, ignore_errors=True)


def reachable_embedded(aws: "EmbeddedAws") -> Reachable:
    """Give an embedded AWS of this process as something to talk to."""
    logs = f"look at the logs in {shown(LOCAL)}"
    return Reachable.of(aws.outputs, aws.client, name="the embedded AWS", remedy=logs)


def _assembly(steps: Steps) -> Path:
    with ExitStack() as stack:
        return local_assembly(
            lambda: stack.enter_context(
                steps.step("synthesising the templates, as they or the code have changed")
            )
        )


def _start(assembly: Path, workspace: Path, packs: Sequence[Path], port: int) -> "EmbeddedAws":
    """Import moto and its hundreds of modules within the step that says so, then start it."""
    from cli.embedded.assembly import AssemblyError
    from cli.embedded.aws import EmbeddedAws
    from cli.embedded.deployment import DeploymentError
    from cli.embedded.worker_tasks import WorkerImageError

    parameters = {PACK_FOLDERS: ":".join(map(str, packs))}
    try:
        return EmbeddedAws.start(
            assembly, workspace, parameters=parameters, port=port, cache=LOCAL / "code"
        )
    except (AssemblyError, DeploymentError, WorkerImageError, OSError) as error:
        raise SetUpIncomplete(
            f"the embedded AWS does not come up: {plain(error)}", f"see {shown(workspace)}"
        ) from error


def _forget_old(purpose: str) -> None:
    left = [path for path in LOCAL.glob(f"{purpose}-*") if path.is_dir() and _is_left(path)]
    for old in sorted(left, key=lambda path: path.stat().st_mtime)[:-KEPT]:
        shutil.rmtree(old, ignore_errors=True)


def _is_left(workspace: Path) -> bool:
    """Say whether the process that a folder is named after has gone."""
    pid = workspace.name.rpartition("-")[2]
    return pid.isdigit() and not Path("/proc", pid).exists()
