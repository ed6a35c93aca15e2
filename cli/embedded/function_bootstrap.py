"""What runs inside a function's process: Lambda's runtime, reduced to what handlers can see of it.

Started by `cli.embedded.function_process` with the standard library as its only import path, so
nothing of this project or of its Python environment is at hand; the function's asset and layers
are put on the path here. It talks to its parent over one socket, in frames of a kind (one byte),
a length (four bytes) and a body:

* to the parent: `R` ready, `E` initialisation failed, `S` the handler's answer, `F` its exception;
* from the parent: `C` the invocation's context as JSON, then `P` its payload.
"""

import ctypes
import importlib
import json
import mmap
import os
import signal
import socket
import struct
import sys
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

FRAME = struct.Struct("!cI")
CLOCK = struct.Struct("<d")
# <linux/prctl.h>: the signal a process gets when its parent dies.
PR_SET_PDEATHSIG = 1

Handler = Callable[[Any, "Context"], Any]
real_time = time.time


class Context:
    """The context object of an invocation, with the attributes that Lambda documents.

    Source: https://docs.aws.amazon.com/lambda/latest/dg/python-context.html
    """

    identity = None
    client_context = None

    def __init__(self, invocation: dict[str, Any]) -> None:
        self.aws_request_id: str = invocation["request_id"]
        self.invoked_function_arn: str = invocation["function_arn"]
        self.function_name = os.environ["AWS_LAMBDA_FUNCTION_NAME"]
        self.function_version = os.environ["AWS_LAMBDA_FUNCTION_VERSION"]
        self.memory_limit_in_mb = os.environ["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"]
        self.log_group_name = os.environ["AWS_LAMBDA_LOG_GROUP_NAME"]
        self.log_stream_name = os.environ["AWS_LAMBDA_LOG_STREAM_NAME"]
        self._deadline: float = invocation["deadline"]

    def get_remaining_time_in_millis(self) -> int:
        """Milliseconds until the function's timeout, never negative."""
        return max(0, int((self._deadline - real_time()) * 1000))


def send(channel: socket.socket, kind: bytes, body: bytes) -> None:
    """Write one frame."""
    channel.sendall(FRAME.pack(kind, len(body)) + body)


def receive(channel: socket.socket) -> tuple[bytes, bytes]:
    """Read one frame; (kind, body).

    Raises:
        EOFError: The other side is gone.
    """
    kind, length = FRAME.unpack(_exactly(channel, FRAME.size))
    return kind, _exactly(channel, length)


def _exactly(channel: socket.socket, count: int) -> bytes:
    data = bytearray()
    while len(data) < count:
        piece = channel.recv(min(count - len(data), 1 << 20))
        if not piece:
            raise EOFError
        data += piece
    return bytes(data)


def die_with_parent(parent: int) -> None:
    """Let the kernel kill this process when its parent ends, whatever way that happens."""
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        sys.exit("the parent ended before its function's process was up")


def follow_clock(file: str) -> None:
    """Make `time.time` run ahead by the offset that `file` holds, as seconds in a double.

    The file belongs to the embedded AWS's clock, which tests move. Signatures and time limits go
    on by the real clock: `datetime` and `time.monotonic` stay as they are.
    """
    with Path(file).open("rb") as opened:
        offset = mmap.mmap(opened.fileno(), CLOCK.size, access=mmap.ACCESS_READ)
    time.time = lambda: real_time() + CLOCK.unpack_from(offset)[0]


def load_handler(name: str, paths: list[str]) -> Handler:
    """Import the handler named `package/module.function` from the function's own path."""
    sys.path[:0] = paths
    module, _, function = name.rpartition(".")
    handler: Handler = getattr(importlib.import_module(module.replace("/", ".")), function)
    return handler


def error_body(error: BaseException, kind: str, request_id: str) -> bytes:
    """An exception as Lambda's Python runtime reports it; frames of this file are left out."""
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if frame.filename != __file__]
    body = {
        "errorMessage": str(error),
        "errorType": kind,
        "requestId": request_id,
        "stackTrace": traceback.format_list(own),
    }
    return json.dumps(body).encode()


def answer(handler: Handler, context: dict[str, Any], payload: bytes) -> tuple[bytes, bytes]:
    """Run one invocation; (kind of frame, body) of its outcome."""
    request_id = context["request_id"]
    os.environ["_X_AMZN_TRACE_ID"] = context["trace_id"]
    try:
        result = handler(json.loads(payload), Context(context))
    except Exception as error:  # noqa: BLE001 - a function may fail in any way; the caller is told
        traceback.print_exc()
        return b"F", error_body(error, type(error).__name__, request_id)
    try:
        return b"S", json.dumps(result).encode()
    except (TypeError, ValueError) as error:
        return b"F", error_body(error, "Runtime.MarshalError", request_id)


def initialise(channel: socket.socket, handler: str, paths: list[str]) -> Handler:
    """Load the handler and say so; a failure is reported and ends the process, as on Lambda."""
    try:
        loaded = load_handler(handler, paths)
    except Exception as error:  # noqa: BLE001 - the function's import may fail in any way
        traceback.print_exc()
        kind = type(error).__name__
        if isinstance(error, ImportError):
            kind = "Runtime.ImportModuleError"
        elif isinstance(error, AttributeError):
            kind = "Runtime.HandlerNotFound"
        send(channel, b"E", error_body(error, kind, ""))
        sys.exit(1)
    send(channel, b"R", b"")
    return loaded


def main(descriptor: str, parent: str, handler: str, *paths: str) -> None:
    """Serve invocations one at a time until the parent closes the socket."""
    die_with_parent(int(parent))
    os.set_inheritable(int(descriptor), False)  # noqa: FBT003 - positional only
    if clock := os.environ.get("MOONWALK_CLOCK_FILE"):
        follow_clock(clock)
    with socket.socket(fileno=int(descriptor)) as channel:
        loaded = initialise(channel, handler, list(paths))
        while True:
            try:
                context = json.loads(receive(channel)[1])
                payload = receive(channel)[1]
            except (EOFError, ConnectionError):
                return
            send(channel, *answer(loaded, context, payload))


if __name__ == "__main__":
    main(*sys.argv[1:])
