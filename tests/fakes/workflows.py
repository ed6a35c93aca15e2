"""The two workflows in memory."""

from collections.abc import Callable

from moonwalk.domain.task import Answer, Status, Task


class FakeWorkflows:
    """`Workflows` that remember their tasks.

    Attributes:
        answer: gives the light lane's answer; may raise.
        ran: every task of the light lane.
        started: tasks of the heavy lane by name, each once.
    """

    def __init__(self) -> None:
        self.answer: Callable[[Task], Answer] = lambda _task: Answer(Status.PROCESSED)
        self.ran: list[Task] = []
        self.started: dict[str, Task] = {}

    def run_light(self, task: Task) -> Answer:
        self.ran.append(task)
        return self.answer(task)

    def start_heavy(self, task: Task) -> None:
        self.started.setdefault(task.name, task)
