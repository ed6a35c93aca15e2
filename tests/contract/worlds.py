"""Real stores that can be filled and looked into the same way as the fakes."""

import gzip
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from botocore.exceptions import ClientError

from moonwalk.adapters.dynamodb import DynamoLedger
from moonwalk.adapters.s3 import S3CrashStore
from moonwalk.contracts import ledger as names
from moonwalk.contracts import storage
from moonwalk.domain.crash_id import CrashId
from moonwalk.domain.dumps import DumpName
from moonwalk.domain.ledger import Fence
from moonwalk.domain.request import QueueClass
from moonwalk.ports import Clock, CrashStore, Ledger

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.type_defs import MessageTypeDef

BUCKET = "crashes"
TABLE = "ledger"
LEDGER_DAYS = 30


class StoreWorld(CrashStore, Protocol):
    """A crash store that a test can fill as collectors do, and look into as readers do."""

    def put_raw_crash(self, crash_id: CrashId, raw_crash: Mapping[str, Any]) -> None: ...
    def put_dump_names(self, crash_id: CrashId, names: list[str | None]) -> None: ...
    def put_dump(self, crash_id: CrashId, name: DumpName, content: bytes) -> None: ...
    def put_processed(
        self, crash_id: CrashId, processed: Mapping[str, Any], fence: Fence | None
    ) -> None: ...
    def processed(self, crash_id: CrashId) -> Mapping[str, Any] | None: ...
    def walker_output(self, crash_id: CrashId, name: DumpName) -> bytes | None: ...
    def walker_stats(self, crash_id: CrashId, name: DumpName) -> bytes | None: ...


class LedgerWorld(Ledger, Protocol):
    """A ledger; whatever a test needs of it, the port has."""


@dataclass(frozen=True)
class S3World(S3CrashStore):
    """A bucket on moto, and the store on it."""

    def __init__(self, client: "S3Client") -> None:
        super().__init__(client, BUCKET, keep_output=True)
        client.create_bucket(Bucket=BUCKET)

    def storing(self, encoding: str) -> "S3World":
        object.__setattr__(self, "encoding", encoding)
        return self

    def put(self, key: str, body: bytes, **headers: Any) -> None:
        self.client.put_object(Bucket=BUCKET, Key=key, Body=body, **headers)

    def get(self, key: str) -> bytes | None:
        try:
            found = self.client.get_object(Bucket=BUCKET, Key=key)
        except ClientError:
            return None
        body = found["Body"].read()
        return gzip.decompress(body) if found.get("ContentEncoding") == "gzip" else body

    def put_raw_crash(self, crash_id: CrashId, raw_crash: Mapping[str, Any]) -> None:
        self.put(storage.raw_crash(crash_id), json.dumps(raw_crash).encode())

    def put_dump_names(self, crash_id: CrashId, names: list[str | None]) -> None:
        self.put(storage.dump_names(crash_id), json.dumps(names).encode())

    def put_dump(self, crash_id: CrashId, name: DumpName, content: bytes) -> None:
        self.put(storage.dump(crash_id, name), content)

    def put_processed(
        self, crash_id: CrashId, processed: Mapping[str, Any], fence: Fence | None
    ) -> None:
        metadata = (
            {storage.SINCE: str(fence.since), storage.ATTEMPT: str(fence.attempt)} if fence else {}
        )
        key = storage.processed_crash(crash_id)
        self.put(key, json.dumps(processed).encode(), Metadata=metadata)

    def processed(self, crash_id: CrashId) -> Mapping[str, Any] | None:
        found = self.get(storage.processed_crash(crash_id))
        return json.loads(found) if found else None

    def walker_output(self, crash_id: CrashId, name: DumpName) -> bytes | None:
        return self.get(storage.walker_output(crash_id, name))

    def walker_stats(self, crash_id: CrashId, name: DumpName) -> bytes | None:
        return self.get(storage.walker_stats(crash_id, name))


class DynamoWorld:
    """A table on moto as the storage stack makes it, and the ledger on it."""

    def __init__(self, client: "DynamoDBClient", clock: Clock) -> None:
        self.client = client
        self.ledger = DynamoLedger(client, TABLE, LEDGER_DAYS, clock)
        client.create_table(
            TableName=TABLE,
            BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=[
                {"AttributeName": names.CRASH_ID, "AttributeType": "S"},
                {"AttributeName": names.SHARD, "AttributeType": "N"},
                {"AttributeName": names.DUE_AT, "AttributeType": "N"},
            ],
            KeySchema=[{"AttributeName": names.CRASH_ID, "KeyType": "HASH"}],
            GlobalSecondaryIndexes=[
                {
                    "IndexName": names.IN_FLIGHT_INDEX,
                    "KeySchema": [
                        {"AttributeName": names.SHARD, "KeyType": "HASH"},
                        {"AttributeName": names.DUE_AT, "KeyType": "RANGE"},
                    ],
                    "Projection": {"ProjectionType": "KEYS_ONLY"},
                }
            ],
        )

    def item(self, crash_id: CrashId) -> dict[str, Any]:
        key = {names.CRASH_ID: {"S": crash_id.text}}
        return dict(self.client.get_item(TableName=TABLE, Key=key)["Item"])


class SqsWorld:
    """One queue of each class on moto."""

    def __init__(self, client: "SQSClient", prefix: str) -> None:
        self.client = client
        self.urls = {
            queue: client.create_queue(QueueName=f"{prefix}-{queue}")["QueueUrl"]
            for queue in QueueClass
        }

    def receive(self, queue: QueueClass) -> list["MessageTypeDef"]:
        received = self.client.receive_message(
            QueueUrl=self.urls[queue],
            MaxNumberOfMessages=10,
            MessageAttributeNames=["All"],
            VisibilityTimeout=30,
        )
        return received.get("Messages", [])
