"""What is public of a processed crash goes a second way, to those who may see no more."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from moonwalk.domain.public import PublicView
from moonwalk.domain.task import Task
from moonwalk.ports import PublicCrashes


@dataclass(frozen=True, slots=True)
class Export:
    """Stores the public form of what was published.

    Attributes:
        view: says what is public.
    """

    view: PublicView
    crashes: PublicCrashes

    def __call__(self, task: Task, processed: Mapping[str, Any]) -> None:
        """Store it; a newer run's stays.

        Raises:
            RetryLater: when it cannot be stored.
        """
        public = self.view.processed(processed)
        self.crashes.publish(task.request.crash_id, public, task.fence)
