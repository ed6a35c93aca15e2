"""The embedded AWS as a whole: everything a deployment needs, put together and taken apart."""

import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from cli.embedded.clock import EmbeddedClock
from cli.embedded.deployment import deploy
from cli.embedded.functions import Functions
from cli.embedded.mappings import Mappings
from cli.embedded.moto_time import moto_follows
from cli.embedded.poller import PollerContext
from cli.embedded.queues import EmbeddedQueues
from cli.embedded.schedules import Schedules
from cli.embedded.server import EmbeddedServer
from cli.embedded.worker import WorkerService
from cli.embedded.worker_tasks import deployed_tasks

LOOK_AGAIN = 0.05  # seconds between looks at whether all work is done
LAST_STOP = 5.0  # seconds that a worker gets when everything around it ends as well


class NotIdleError(TimeoutError):
    """Work was left when the time was up; the text says where."""


class EmbeddedAws:
    """A deployed assembly with everything that moves it. Made by `start`, ended by `close`.

    Attributes:
        clock: The time of everything in it.
        server: moto's services on loopback.
        outputs: Per stack, its outputs by name.
        mappings: What takes messages to functions.
        schedules: What calls functions by time.
        worker: The heavy lane's processes; None when none is deployed or wanted.
    """

    clock: EmbeddedClock
    server: EmbeddedServer
    outputs: Mapping[str, Mapping[str, str]]
    mappings: Mappings
    schedules: Schedules
    worker: WorkerService | None

    def __init__(self, workspace: Path) -> None:
        self.workspace = workspace
        self._queues: EmbeddedQueues
        self._stack = ExitStack()

    @classmethod
    def start(  # noqa: PLR0913 - choices of the caller, each with its default
        cls,
        assembly: Path,
        workspace: Path,
        *,
        parameters: Mapping[str, str] | None = None,
        worker: bool = True,
        ticking: bool = True,
        port: int = 0,
        cache: Path | None = None,
        on_step: Callable[[str], None] = lambda _: None,
    ) -> Self:
        """Brings up a cloud assembly.

        Args:
            assembly: Folder that CDK synthesised to.
            workspace: Folder for logs and scratch files.
            parameters: Values for parameters of the templates.
            worker: Whether the heavy lane's workers run.
            ticking: Whether schedules fire by themselves; without it `schedules.tick()` fires them.
            port: TCP port on loopback, or 0 for a free one.
            cache: Folder for unpacked code, worth keeping between runs.
            on_step: Told what is being done, in words for a person.

        Raises:
            AssemblyError: The folder is no cloud assembly.
            DeploymentError: A stack could not be created.
            RuntimeError: Another embedded AWS runs in this process.
            WorkerImageError: The worker's image is not in the assembly.
        """
        aws = cls(workspace)
        try:
            on_step("starting the embedded AWS")
            aws._serve(port, cache)
            on_step("deploying the stacks")
            aws.outputs = deploy(assembly, aws.server, parameters).outputs
            on_step("connecting queues, schedules and workers")
            aws._connect(ticking=ticking)
            aws._employ(assembly, worker=worker)
        except BaseException:
            aws.close()
            raise
        return aws

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Ends all processes and threads; what they were doing is lost with moto's state."""
        self._stack.close()

    @property
    def endpoint_url(self) -> str:
        """Where the services answer, on loopback."""
        return self.server.endpoint_url

    @property
    def region(self) -> str:
        """AWS region of everything."""
        return self.server.region

    @property
    def functions(self) -> Functions:
        """The function runtime."""
        return self.server.functions

    def client(self, service: str) -> Any:
        """A boto3 client of this AWS; closed with it."""
        return self.server.client(service)

    def output(self, name: str) -> str:
        """The output of this name, whichever stack it is from.

        Raises:
            KeyError: No stack has such an output.
        """
        return {key: value for stack in self.outputs.values() for key, value in stack.items()}[name]

    def wait_until_idle(self, timeout: float) -> None:
        """Waits until no queue holds work and nothing runs; dead-letter queues do not count.

        Args:
            timeout: Seconds of the machine's clock.

        Raises:
            NotIdleError: There was still work when time was up.
        """
        until = time.monotonic() + timeout
        quiet = 0
        while quiet < 2:  # noqa: PLR2004 - once more, for what moved on between two places
            left = self._work_left()
            quiet = 0 if left else quiet + 1
            if left and time.monotonic() >= until:
                raise NotIdleError(f"still at work after {timeout:.0f} s: {', '.join(left)}")
            time.sleep(LOOK_AGAIN)

    def _work_left(self) -> list[str]:
        queues = self._queues.all()
        dead = {id(queue.dead_letter_queue) for queue in queues}
        held = {q.name: self._queues.unfinished(q) for q in queues if id(q) not in dead}
        left = [f"{count} messages in {name}" for name, count in held.items() if count]
        if self.mappings.active:
            left.append(f"{self.mappings.active} invocations")
        states = self.client("stepfunctions")
        for machine in states.list_state_machines()["stateMachines"]:
            arn = machine["stateMachineArn"]
            runs = states.list_executions(stateMachineArn=arn, statusFilter="RUNNING")["executions"]
            left += [f"{len(runs)} executions of {machine['name']}"] if runs else []
        return left

    def _serve(self, port: int, cache: Path | None) -> None:
        stack = self._stack
        self.clock = EmbeddedClock(self.workspace / "clock")
        stack.enter_context(moto_follows(self.clock))
        self._queues = stack.enter_context(EmbeddedQueues(self.clock))
        self.server = stack.enter_context(
            EmbeddedServer(self.workspace, port=port, cache=cache, clock_file=self.clock.file)
        )
        stack.callback(self._queues.end_polls)

    def _connect(self, *, ticking: bool) -> None:
        invoke = self.functions.invoke
        context = PollerContext(self.clock, self._queues, invoke)
        self.mappings = self._stack.enter_context(Mappings(context))
        self.schedules = Schedules(self.clock, self.client, invoke)
        self.schedules.tick()
        self._stack.callback(self.schedules.stop)
        if ticking:
            self.schedules.start()
        # Last in, first out: take nothing more, end the invocations under way, wait for both.
        self._stack.callback(self.functions.close)
        self._stack.callback(self.mappings.stop)

    def _employ(self, assembly: Path, *, worker: bool) -> None:
        tasks = deployed_tasks(self.client, assembly) if worker else []
        surroundings = {**self.server.environment, "MOONWALK_CLOCK_FILE": str(self.clock.file)}
        services = [WorkerService(task, self.workspace, surroundings) for task in tasks]
        for service in services:
            self._stack.callback(service.stop, LAST_STOP)
            service.start()
        self.worker = next(iter(services), None)
