"""The queues of a lane, one for each class of requests, and the names by which others know them."""

from collections.abc import Callable, Mapping

from aws_cdk import CfnOutput, Duration, Stack
from aws_cdk.aws_sqs import IQueue, Queue
from constructs import Construct

from infra.constructs.queue_with_dead_letters import QueueWithDeadLetters
from infra.constructs.stored import standard_queue_name
from infra.settings import Settings
from moonwalk.contracts import environment, outputs
from moonwalk.domain.request import QueueClass

Naming = Callable[[QueueClass], str]


def urls(queues: Mapping[QueueClass, IQueue], name: Naming) -> dict[str, str]:
    """Give the environment variables with the URLs of queues."""
    return {name(queue_class): queue.queue_url for queue_class, queue in queues.items()}


class _LaneQueues(Construct):
    """Queues by class, with their dead-letter queues and the names of their alarms."""

    def __init__(self, scope: Construct, construct_id: str) -> None:
        super().__init__(scope, construct_id)
        self.queues: dict[QueueClass, Queue] = {}
        self.dead_letters: dict[QueueClass, Queue] = {}
        self.late: dict[QueueClass, list[str]] = {}
        self.laid_aside: list[str] = []

    def _add(self, queue_class: QueueClass, made: QueueWithDeadLetters) -> None:
        self.queues[queue_class] = made.queue
        self.dead_letters[queue_class] = made.dead_letters
        self.late[queue_class] = made.late
        self.laid_aside.append(made.laid_aside)

    def _tell(self, name: Naming, dead_letter_name: Naming) -> None:
        stack = Stack.of(self)
        for queue_class in QueueClass:
            CfnOutput(stack, name(queue_class), value=self.queues[queue_class].queue_url)
            dead_letters = self.dead_letters[queue_class]
            CfnOutput(stack, dead_letter_name(queue_class), value=dead_letters.queue_url)


class IntakeQueues(_LaneQueues):
    """Where requests come in."""

    def __init__(self, scope: Construct, construct_id: str, *, settings: Settings) -> None:
        super().__init__(scope, construct_id)
        for queue_class in QueueClass:
            made = QueueWithDeadLetters(
                self,
                queue_class.capitalize(),
                settings=settings,
                visibility=Duration.seconds(settings.visibility_seconds),
                alarms=settings.alarms(queue_class),
                subject=f"intake-{queue_class}",
                queue_name=(
                    standard_queue_name(settings) if queue_class is QueueClass.STANDARD else None
                ),
            )
            self._add(queue_class, made)
        self._tell(outputs.queue_url, outputs.dead_letter_queue_url)

    @property
    def queue_urls(self) -> dict[str, str]:
        """Environment of a part that sends to the intake, or changes its messages' visibility."""
        return urls(self.queues, environment.queue_url)

    @property
    def dead_letter_urls(self) -> dict[str, str]:
        """Environment of a part that lays requests aside."""
        return urls(self.dead_letters, environment.dead_letter_queue_url)


class HeavyQueues(_LaneQueues):
    """Where tasks wait for a worker."""

    def __init__(self, scope: Construct, construct_id: str, *, settings: Settings) -> None:
        super().__init__(scope, construct_id)
        for queue_class in QueueClass:
            made = QueueWithDeadLetters(
                self,
                queue_class.capitalize(),
                settings=settings,
                visibility=Duration.seconds(settings.heavy_visibility_seconds),
                alarms=settings.heavy_alarms_of(queue_class),
                subject=f"heavy-{queue_class}",
            )
            self._add(queue_class, made)
        self._tell(outputs.heavy_queue_url, outputs.heavy_dead_letter_queue_url)

    @property
    def queue_urls(self) -> dict[str, str]:
        """Environment of the workers."""
        return urls(self.queues, environment.heavy_queue_url)
