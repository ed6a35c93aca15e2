"""What AWS calls raise, told as the one kind of error that the use cases know: try again later."""

from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus

from botocore.exceptions import BotoCoreError, ClientError, ParamValidationError

from moonwalk.domain.failures import RetryCode, RetryLater

_THROTTLED = frozenset(
    {
        "BandwidthLimitExceeded",
        "ExecutionLimitExceeded",
        "KMS.ThrottlingException",
        "KmsThrottled",
        "KmsThrottlingException",
        "LimitExceededException",
        "OverLimit",
        "PriorRequestNotComplete",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "RequestThrottled",
        "RequestThrottledException",
        "SlowDown",
        "ThrottledException",
        "Throttling",
        "ThrottlingException",
        "TooManyRequestsException",
        "TransactionInProgressException",
    }
)
"""Error codes by which the services ask for patience; a HEAD has no body and gives 503 for it."""
_THROTTLED_STATUSES = frozenset({HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE})
_CODE_LENGTH = 64


@contextmanager
def told_as_retry_later(doing: str) -> Iterator[None]:
    """Turn a failing AWS call into `RetryLater`.

    A refusal for good (no permission, no such table) is one too: the deployment is at fault, not
    the crash, and may be repaired while the message waits. A call that botocore itself refuses
    as malformed is our own mistake and stays what it is.

    Args:
        doing: what was being done, as the beginning of a sentence for the person who reads it.
    """
    try:
        yield
    except ClientError as error:
        code = error_code(error)
        retry = retry_code(code, http_status(error))
        raise RetryLater(retry, f"{doing}: AWS answered {code}") from error
    except ParamValidationError:
        raise
    except BotoCoreError as error:
        raise RetryLater(
            RetryCode.UNAVAILABLE, f"{doing}: {type(error).__name__}, no answer from AWS"
        ) from error


def error_code(error: ClientError) -> str:
    """Give the service's name of an error; for a HEAD the HTTP status as text."""
    return str(error.response.get("Error", {}).get("Code", "Unknown"))[:_CODE_LENGTH]


def http_status(error: ClientError) -> int:
    """Give the HTTP status that an error came with; 0 if it is not known."""
    return int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))


def retry_code(code: str, status: int = 0) -> RetryCode:
    """Tell a request for patience from a failure."""
    throttled = code in _THROTTLED or status in _THROTTLED_STATUSES
    return RetryCode.THROTTLED if throttled else RetryCode.UNAVAILABLE
