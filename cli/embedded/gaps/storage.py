"""Gaps of S3 and DynamoDB: a request looks and acts in several steps, and others come in between.

Moonwalk rests on conditional writes being atomic (the ledger's claims, first-writer-wins on
objects), and moto's server runs many threads. So writes of objects happen one at a time here, and
so do all requests to tables: moto also copies the item before it updates it, which fails with an
internal error if another request adds an attribute meanwhile.
"""

import threading
from collections.abc import Callable
from functools import wraps
from typing import Any

from moto.dynamodb.responses import DynamoHandler
from moto.s3.responses import S3Response

from cli.embedded.patches import Patches

ONE_AT_A_TIME = {
    DynamoHandler: ("call_action",),
    S3Response: ("put_object", "copy_object", "delete_object"),
}


def close(patches: Patches) -> None:
    """Make the requests to a service exclude one another."""
    for owner, names in ONE_AT_A_TIME.items():
        lock = threading.RLock()
        for name in names:
            patches.replace(owner, name, _exclusive(getattr(owner, name), lock))


def _exclusive(act: Callable[..., Any], lock: threading.RLock) -> Callable[..., Any]:
    @wraps(act)
    def locked(*given: Any, **named: Any) -> Any:
        with lock:
            return act(*given, **named)

    return locked
