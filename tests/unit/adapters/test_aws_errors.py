"""What fails in AWS, told as one kind of error."""

import pytest
from botocore import exceptions
from botocore.exceptions import ClientError

from moonwalk.adapters.aws_errors import told_as_retry_later
from moonwalk.domain.failures import RetryCode, RetryLater


def refused(code: str, status: int) -> ClientError:
    return ClientError(
        {"Error": {"Code": code}, "ResponseMetadata": {"HTTPStatusCode": status}},  # type: ignore[typeddict-item]
        "Operation",
    )


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (refused("SlowDown", 503), RetryCode.THROTTLED),
        (refused("503", 503), RetryCode.THROTTLED),
        (refused("ThrottlingException", 400), RetryCode.THROTTLED),
        (refused("ProvisionedThroughputExceededException", 400), RetryCode.THROTTLED),
        (refused("SomethingNew", 429), RetryCode.THROTTLED),
        (refused("AccessDenied", 403), RetryCode.UNAVAILABLE),
        (refused("InternalError", 500), RetryCode.UNAVAILABLE),
        (ClientError({}, "Operation"), RetryCode.UNAVAILABLE),
        (exceptions.EndpointConnectionError(endpoint_url="u"), RetryCode.UNAVAILABLE),
        (exceptions.ReadTimeoutError(endpoint_url="u"), RetryCode.UNAVAILABLE),
        (exceptions.ResponseStreamingError(error="broken"), RetryCode.UNAVAILABLE),
        (
            exceptions.IncompleteReadError(actual_bytes=1, expected_bytes=2),
            RetryCode.UNAVAILABLE,
        ),
        (exceptions.NoCredentialsError(), RetryCode.UNAVAILABLE),
    ],
)
def test_a_failing_world_is_a_reason_to_try_again(error: Exception, code: RetryCode) -> None:
    with pytest.raises(RetryLater) as failure, told_as_retry_later("reading the raw crash"):
        raise error
    assert failure.value.code is code
    assert failure.value.detail.startswith("reading the raw crash: ")
    assert failure.value.__cause__ is error


@pytest.mark.parametrize("error", [exceptions.ParamValidationError(report="r"), KeyError("k")])
def test_a_mistake_of_our_own_stays_one(error: Exception) -> None:
    with pytest.raises(type(error)), told_as_retry_later("reading"):
        raise error
