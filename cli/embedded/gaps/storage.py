"""Gaps of S3 and DynamoDB: conditions are looked at and acted on in two steps that can interleave.

Moonwalk rests on conditional writes being atomic (the ledger's claims, first-writer-wins on
objects), and moto's server runs many threads: each kind of write happens one at a time here.
"""

import threading
from collections.abc import Callable
from functools import wraps
from typing import Any

from moto.dynamodb.models import DynamoDBBackend
from moto.s3.responses import S3Response

from cli.embedded.patches import Patches

WRITES = {
    DynamoDBBackend: ("put_item", "update_item", "delete_item", "transact_write_items"),
    S3Response: ("put_object", "copy_object", "delete_object"),
}


def close(patches: Patches) -> None:
    """Make the writes of a service exclude one another."""
    for owner, names in WRITES.items():
        lock = threading.RLock()
        for name in names:
            patches.replace(owner, name, _exclusive(getattr(owner, name), lock))


def _exclusive(write: Callable[..., Any], lock: threading.RLock) -> Callable[..., Any]:
    @wraps(write)
    def locked(*given: Any, **named: Any) -> Any:
        with lock:
            return write(*given, **named)

    return locked
