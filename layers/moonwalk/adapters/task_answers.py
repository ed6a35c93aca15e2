"""The answering of task tokens: a Standard workflow waits for what its crash came to."""

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from moonwalk.adapters.aws_errors import error_code, told_as_retry_later
from moonwalk.contracts.tasks import encode_answer
from moonwalk.domain.task import Answer

if TYPE_CHECKING:
    from mypy_boto3_stepfunctions import SFNClient

NOBODY_WAITS = frozenset({"InvalidToken", "TaskDoesNotExist", "TaskTimedOut"})
"""The workflow has ended, or was answered before."""


@dataclass(frozen=True, slots=True)
class TaskAnswers:
    """Answers the Standard workflow."""

    client: "SFNClient"

    def give(self, token: str, answer: Answer) -> bool:
        """Answer a task; False when nobody waits for it any more.

        Raises:
            RetryLater: when the world fails.
        """
        with told_as_retry_later("answering a task of the heavy lane"):
            try:
                self.client.send_task_success(
                    taskToken=token, output=json.dumps(encode_answer(answer))
                )
            except ClientError as error:
                if error_code(error) not in NOBODY_WAITS:
                    raise
                return False
        return True
