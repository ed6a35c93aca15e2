"""ECS's agent, played by a server on loopback: what it is asked, and what its answers mean."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from moonwalk.adapters.task_protection import TaskProtection, TaskProtectionError

ARN = "arn:aws:ecs:eu-west-1:123456789012:task/cluster/1"
ON = {"protection": {"ProtectionEnabled": True, "TaskArn": ARN}}


class Agent(HTTPServer):
    """Gives one answer to whatever it is asked, and remembers that."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.answer: tuple[int, bytes] = (200, json.dumps(ON).encode())
        self.asked: list[tuple[str, str, Any]] = []

    @property
    def uri(self) -> str:
        """The address, as ECS would tell it."""
        return f"http://127.0.0.1:{self.server_port}/api/0123-container"


class _Handler(BaseHTTPRequestHandler):
    def do_PUT(self) -> None:
        agent = self.server
        assert isinstance(agent, Agent)
        body = self.rfile.read(int(self.headers["Content-Length"]))
        agent.asked.append((self.path, self.headers["Content-Type"], json.loads(body)))
        status, answer = agent.answer
        self.send_response(status)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_: object) -> None:
        """Print nothing."""


@pytest.fixture
def agent() -> Iterator[Agent]:
    with Agent() as made:
        thread = threading.Thread(target=made.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield made
        made.shutdown()
        thread.join()


def test_protection_is_put_for_a_time_and_taken_away(agent: Agent) -> None:
    protection = TaskProtection(agent.uri)
    protection.protect(60)
    protection.release()
    path = "/api/0123-container/task-protection/v1/state"
    assert agent.asked == [
        (path, "application/json", {"ProtectionEnabled": True, "ExpiresInMinutes": 60}),
        (path, "application/json", {"ProtectionEnabled": False}),
    ]


@pytest.mark.parametrize(
    ("status", "answer", "told"),
    [
        (200, b'{"failure":{"Arn":"a","Reason":"TASK_NOT_VALID"}}', "200: .*TASK_NOT_VALID"),
        (400, b'{"error":{"Code":"AccessDeniedException"}}', "400: .*AccessDenied"),
        (502, b"<html>", "502: <html>"),
        (200, b"[]", "200"),
    ],
    ids=["failure", "error", "no json", "no object"],
)
def test_an_answer_without_protection_is_a_refusal_and_told(
    agent: Agent, status: int, answer: bytes, told: str
) -> None:
    agent.answer = status, answer
    with pytest.raises(TaskProtectionError, match=told):
        TaskProtection(agent.uri).protect(60)


def test_an_agent_that_does_not_answer_is_told_too(agent: Agent) -> None:
    uri = agent.uri
    agent.socket.close()
    with pytest.raises(TaskProtectionError, match="no answer: Connection"):
        TaskProtection(uri).protect(60)
