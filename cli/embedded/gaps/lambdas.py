"""Gaps of Lambda: moto answers every invocation itself; here the function runtime does."""

import base64
from typing import Any

from moto.awslambda.exceptions import LambdaClientError
from moto.awslambda_simple.models import LambdaSimpleBackend

from cli.embedded.functions import Functions, TooManyInvocations
from cli.embedded.patches import Patches

# What Lambda returns of an invocation's log when asked for it.
LOG_TAIL = 4096


class TooManyRequestsError(LambdaClientError):
    """Lambda's answer when a function's concurrency is used up."""

    code = 429

    def __init__(self) -> None:
        super().__init__("TooManyRequestsException", "Rate Exceeded.")


def close(patches: Patches, functions: Functions) -> None:
    """Have `functions` answer Lambda's `Invoke`."""

    def invoke(  # noqa: PLR0913, PLR0917 - moto's signature
        self: LambdaSimpleBackend,
        function_name: str,
        qualifier: str | None,
        body: Any,
        headers: Any,
        response_headers: Any,
    ) -> bytes:
        function = self.get_function(function_name, qualifier)
        payload = body.encode() if isinstance(body, str) else body
        payload = payload or b"{}"
        if headers.get("X-Amz-Invocation-Type") == "Event":
            functions.invoke_event(function.function_arn, payload)
            return b""
        return _answer(functions, function.function_arn, payload, response_headers)

    patches.replace(LambdaSimpleBackend, "invoke", invoke)


def _answer(functions: Functions, arn: str, payload: bytes, headers: dict[str, str]) -> bytes:
    try:
        invocation = functions.invoke(arn, payload)
    except TooManyInvocations as error:
        raise TooManyRequestsError from error
    if invocation.error:
        headers["x-amz-function-error"] = invocation.error
    tail = invocation.log.encode()[-LOG_TAIL:]
    headers["x-amz-log-result"] = base64.b64encode(tail).decode()
    return invocation.payload
