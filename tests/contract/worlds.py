"""Real stores that can be filled and looked into the same way as the fakes."""

import gzip
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol

from botocore.exceptions import ClientError

from moonwalk.adapters.dynamodb import DynamoLedger
from moonwalk.adapters.s3 import S3CrashStore
from moonwalk.adapters.symbol_store import S3SymbolStore
from moonwalk.contracts import ledger as names
from moonwalk.contracts import storage
from moonwalk.contracts import symbols as symbol_names
from moonwalk.domain.crash_id import CrashId
from moonwalk.domain.dumps import DumpName
from moonwalk.domain.ledger import Fence
from moonwalk.domain.request import QueueClass
from moonwalk.domain.symbols import Change, SymbolKey
from moonwalk.ports import Clock, CrashStore, Ledger
from moonwalk.symbol_ports import SymbolStore

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.type_defs import MessageTypeDef

BUCKET = "crashes"
TABLE = "ledger"
SYMBOL_BUCKET = "symbols"
MAX_UPLOAD_BYTES = 10_000
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


class SymbolWorld(SymbolStore, Protocol):
    """A symbol store that a test can upload to, and look into."""

    def put_upload(self, key: SymbolKey, content: bytes, uploader: str = "") -> None: ...
    def pack_bytes(self, key: SymbolKey) -> bytes | None: ...
    def recorded(self, key: SymbolKey) -> list[Change]: ...
    def refusal(self, object_key: str) -> str | None: ...


@dataclass(frozen=True)
class S3SymbolWorld(S3SymbolStore):
    """A versioned bucket on moto, and the store on it."""

    def __init__(self, client: "S3Client") -> None:
        super().__init__(client, SYMBOL_BUCKET, MAX_UPLOAD_BYTES)
        client.create_bucket(Bucket=SYMBOL_BUCKET)
        versioned = {"Status": "Enabled"}
        client.put_bucket_versioning(Bucket=SYMBOL_BUCKET, VersioningConfiguration=versioned)  # type: ignore[arg-type]

    def put_upload(self, key: SymbolKey, content: bytes, uploader: str = "") -> None:
        metadata = {symbol_names.UPLOADER: uploader} if uploader else {}
        place = symbol_names.upload(key)
        self.client.put_object(Bucket=SYMBOL_BUCKET, Key=place, Body=content, Metadata=metadata)

    def pack_bytes(self, key: SymbolKey) -> bytes | None:
        try:
            found = self.client.get_object(Bucket=SYMBOL_BUCKET, Key=symbol_names.pack(key))
        except ClientError:
            return None
        return found["Body"].read()

    def recorded(self, key: SymbolKey) -> list[Change]:
        prefix = symbol_names.changes(key)
        listed = self.client.list_objects_v2(Bucket=SYMBOL_BUCKET, Prefix=prefix)
        return [self._change(found["Key"]) for found in listed.get("Contents", [])]

    def refusal(self, object_key: str) -> str | None:
        tags = self.client.get_object_tagging(Bucket=SYMBOL_BUCKET, Key=object_key)["TagSet"]
        return {tag["Key"]: tag["Value"] for tag in tags}.get(symbol_names.REFUSED_TAG)

    def _change(self, place: str) -> Change:
        found = self.client.get_object(Bucket=SYMBOL_BUCKET, Key=place)
        told = json.loads(found["Body"].read())
        at = datetime.fromisoformat(told["at"])
        hashes = told["old_text_sha256"], told["new_text_sha256"]
        return Change(*hashes, told["uploader"], int(at.timestamp()))
