"""Stores a crash and asks for it, in the order in which collectors do."""

import json
import time

from cli.new_crash import NewCrash
from cli.reachable import Reachable
from moonwalk.contracts import storage
from moonwalk.domain.crash_id import CrashId
from moonwalk.domain.request import QueueClass, Ruleset

_JSON = "application/json"


def upload(crash: NewCrash, to: Reachable) -> float:
    """Store dumps and their names, the raw crash last; give the seconds that it took.

    A raw crash that is there means a crash that is complete.

    Raises:
        Unreachable: when the deployment does not take it.
    """
    started = time.monotonic()
    with to.asked():
        s3 = to.client("s3")
        for name, path in crash.dumps.items():
            s3.upload_file(str(path), to.bucket, storage.dump(crash.crash_id, name))
        for key, document in (
            (storage.dump_names(crash.crash_id), [name.text for name in crash.dumps]),
            (storage.raw_crash(crash.crash_id), crash.raw_crash),
        ):
            body = json.dumps(document).encode()
            s3.put_object(Bucket=to.bucket, Key=key, Body=body, ContentType=_JSON)
    return time.monotonic() - started


def send(crash_id: CrashId, to: Reachable, queue: QueueClass, ruleset: Ruleset) -> None:
    """Put the request for a crash into an intake queue.

    Raises:
        Unreachable: when the deployment does not take it.
    """
    plain_request = ruleset is Ruleset.DEFAULT
    body = crash_id.text if plain_request else f"{crash_id}:{ruleset}"
    with to.asked():
        to.client("sqs").send_message(QueueUrl=to.queue_urls[queue], MessageBody=body)
