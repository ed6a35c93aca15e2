"""A deployed pipeline as its users see it: a bucket, queues, a ledger."""

import gzip
import json
import random
import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, TypeVar

from cli.embedded.aws import EmbeddedAws
from moonwalk.adapters.ledger_items import decode
from moonwalk.contracts import ledger as ledger_contract
from moonwalk.contracts import outputs, storage
from moonwalk.domain.crash_id import CrashId
from moonwalk.domain.dumps import MAIN_MINIDUMP, DumpName
from moonwalk.domain.ledger import LedgerEntry
from moonwalk.domain.request import QueueClass

T = TypeVar("T")

EXAMPLE = Path("examples/crash")
EXAMPLE_DUMP = EXAMPLE / "upload_file_minidump.dmp"
LOOKS = 0.1
"""Seconds between two looks at something that is waited for."""


def crash_ids(seed: int, count: int) -> list[CrashId]:
    """Make crash ids of one day, the same for the same seed."""
    dice = random.Random(seed)  # noqa: S311 - names, not secrets
    made = [f"{dice.getrandbits(128):032x}" for _ in range(count)]
    return [CrashId(f"{x[:8]}-{x[8:12]}-{x[12:16]}-{x[16:20]}-{x[20:25]}0261123") for x in made]


class Pipeline:
    """What a collector, an operator and a reader of processed crashes do with a deployment."""

    def __init__(self, aws: EmbeddedAws) -> None:
        """Take a running embedded AWS with the stacks on it."""
        self.aws = aws
        self.outputs = {
            key: value for stack in aws.outputs.values() for key, value in stack.items()
        }
        self._s3, self._sqs = aws.client("s3"), aws.client("sqs")
        self._dynamodb = aws.client("dynamodb")
        self._bucket = self.outputs[outputs.CRASH_BUCKET]

    def collect(self, crash_id: CrashId, raw_crash: object = None, **dumps: bytes) -> None:
        """Store a crash as a collector does: dumps first, raw crash last."""
        for name, content in (dumps or {MAIN_MINIDUMP: EXAMPLE_DUMP.read_bytes()}).items():
            self.put(storage.dump(crash_id, DumpName(name)), content)
        self.put(storage.dump_names(crash_id), json.dumps([*(dumps or {MAIN_MINIDUMP: b""})]))
        annotations = {"uuid": crash_id.text} if raw_crash is None else raw_crash
        self.put(storage.raw_crash(crash_id), json.dumps(annotations))

    def put(self, key: str, content: bytes | str) -> None:
        """Store an object."""
        body = content.encode() if isinstance(content, str) else content
        self._s3.put_object(Bucket=self._bucket, Key=key, Body=body)

    def send(self, bodies: Iterable[object], queue: QueueClass = QueueClass.STANDARD) -> None:
        """Ask for crashes."""
        url = self.outputs[outputs.queue_url(queue)]
        texts = [str(body) for body in bodies]
        for start in range(0, len(texts), 10):
            entries = [
                {"Id": str(number), "MessageBody": text}
                for number, text in enumerate(texts[start : start + 10])
            ]
            self._sqs.send_message_batch(QueueUrl=url, Entries=entries)

    def depth(self, url: str) -> tuple[int, int]:
        """Count the visible messages of a queue, and those in flight."""
        names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        found = self._sqs.get_queue_attributes(QueueUrl=url, AttributeNames=names)["Attributes"]
        return int(found[names[0]]), int(found[names[1]])

    def left_in_queues(self) -> dict[str, int]:
        """Count what is left in queues other than dead-letter queues, where anything is."""
        urls = {
            name: url
            for name, url in self.outputs.items()
            if name.endswith("QueueUrl") and "DeadLetter" not in name
        }
        depths = {name: sum(self.depth(url)) for name, url in urls.items()}
        return {name: depth for name, depth in depths.items() if depth}

    def dead_letters(self, queue: QueueClass = QueueClass.STANDARD) -> list[dict[str, str]]:
        """Take what lies in a dead-letter queue: body and attributes of each message."""
        return self.taken_from(self.outputs[outputs.dead_letter_queue_url(queue)])

    def taken_from(self, url: str) -> list[dict[str, str]]:
        """Take all messages of a queue: body and attributes of each."""
        found = []
        while True:
            answer = self._sqs.receive_message(
                QueueUrl=url, MaxNumberOfMessages=10, MessageAttributeNames=["All"]
            )
            for message in answer.get("Messages", []):
                texts = {
                    name: value["StringValue"]
                    for name, value in message.get("MessageAttributes", {}).items()
                }
                found.append({"body": message["Body"], **texts})
                self._sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
            if "Messages" not in answer:
                return found

    def entry(self, crash_id: CrashId) -> LedgerEntry | None:
        """Read a ledger entry."""
        item = self._dynamodb.get_item(
            TableName=self.outputs[outputs.LEDGER_TABLE],
            Key={ledger_contract.CRASH_ID: {"S": crash_id.text}},
            ConsistentRead=True,
        ).get("Item")
        return decode(item) if item else None

    def ended(self, crash_id: CrashId) -> LedgerEntry | None:
        """Read a ledger entry if its run has ended."""
        entry = self.entry(crash_id)
        return entry if entry and not entry.in_flight else None

    def processed(self, crash_id: CrashId) -> Mapping[str, Any]:
        """Read a processed crash."""
        return dict(json.loads(self.stored(storage.processed_crash(crash_id))))

    def stored(self, key: str, bucket: str = "") -> bytes:
        """Read an object, decoded; of crashes unless another bucket is named."""
        found = self._s3.get_object(Bucket=bucket or self._bucket, Key=key)
        content = found["Body"].read()
        return gzip.decompress(content) if found.get("ContentEncoding") == "gzip" else content

    def wait_for(self, look: Callable[[], T | None], what: str, seconds: float = 120.0) -> T:
        """Look until there is something.

        Raises:
            AssertionError: when there was nothing in all that time.
        """
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            if found := look():
                return found
            time.sleep(LOOKS)
        raise AssertionError(f"waited {seconds} s in vain: {what}")

    def wait_until_ended(self, wanted: Iterable[CrashId], seconds: float = 120.0) -> None:
        """Wait until the runs of these crashes have ended."""
        waiting = set(wanted)

        def look() -> bool:
            waiting.difference_update([crash_id for crash_id in waiting if self.ended(crash_id)])
            return not waiting

        self.wait_for(look, f"{len(waiting)} crashes are still in flight", seconds)
