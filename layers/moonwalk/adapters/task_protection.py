"""ECS's agent beside a worker: it is asked not to end this task to save capacity."""

import http.client
import json
from urllib.parse import urlsplit

ANSWER_SECONDS = 5.0
"""The agent gives its own call to ECS four seconds, and only then tells that it failed."""
_PATH = "/task-protection/v1/state"
_MAX_ANSWER = 64 * 1024


class TaskProtectionError(Exception):
    """The agent did not do it; the text says what it answered."""


class TaskProtection:
    """Protects the task that this process runs in from being scaled in."""

    def __init__(self, agent_uri: str) -> None:
        """Take the address of the agent, as ECS tells it to the container."""
        address = urlsplit(agent_uri)
        self._host = address.netloc
        self._path = address.path.rstrip("/") + _PATH

    def protect(self, minutes: int) -> None:
        """Protect the task from now on for so many minutes.

        Raises:
            TaskProtectionError: when the agent does not.
        """
        self._put({"ProtectionEnabled": True, "ExpiresInMinutes": minutes})

    def release(self) -> None:
        """Let the task be ended.

        Raises:
            TaskProtectionError: when the agent does not.
        """
        self._put({"ProtectionEnabled": False})

    def _put(self, state: dict[str, object]) -> None:
        connection = http.client.HTTPConnection(self._host, timeout=ANSWER_SECONDS)
        try:
            headers = {"Content-Type": "application/json"}
            connection.request("PUT", self._path, json.dumps(state), headers)
            answer = connection.getresponse()
            body = answer.read(_MAX_ANSWER)
        except (OSError, http.client.HTTPException) as error:
            raise TaskProtectionError(f"no answer: {type(error).__name__}") from error
        finally:
            connection.close()
        if not _is_done(body):
            raise TaskProtectionError(f"{answer.status}: {body[:500].decode('utf-8', 'replace')}")


def _is_done(body: bytes) -> bool:
    """A refusal may come with status 200: only the state that is now in force says that it is."""
    try:
        told = json.loads(body)
    except (ValueError, RecursionError):
        return False
    return isinstance(told, dict) and "protection" in told
