"""Symbol sources that can be filled the same way, each with the real thing behind it."""

import gzip
from dataclasses import dataclass
from ipaddress import ip_network
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from moonwalk.adapters.sources.bucket import BucketSource
from moonwalk.adapters.sources.folder import FolderSource
from moonwalk.adapters.sources.limits import Limits
from moonwalk.adapters.sources.symbol_server import SymbolServer
from moonwalk.domain.backoff import Backoff
from moonwalk.domain.symbol_places import SymbolPlace
from moonwalk.domain.symbol_sources import Source, SourceKind
from moonwalk.ports import SymbolSource
from tests.servers import symbol_server
from tests.symbol_texts import PLACE, TEXT, put

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

LOOPBACK = (ip_network("127.0.0.0/8"), ip_network("::1/128"))
LIMITS = Limits(text_bytes=10_000, backoff=Backoff(0.001, 0.001))
BUCKET = "symbols"


class SourceWorld(Protocol):
    """A source, and a way to put files into it."""

    @property
    def source(self) -> SymbolSource: ...
    def put(self, text: bytes = TEXT, place: SymbolPlace = PLACE) -> None: ...


@dataclass
class FolderWorld:
    """A folder."""

    folder: Path

    @property
    def source(self) -> SymbolSource:
        return FolderSource(Source(SourceKind.FOLDER, "folder", str(self.folder)), LIMITS)

    def put(self, text: bytes = TEXT, place: SymbolPlace = PLACE) -> None:
        put(self.folder, place, text)


@dataclass
class ServerWorld(FolderWorld):
    """A symbol server over a folder."""

    server: symbol_server.SymbolServer

    @property
    def source(self) -> SymbolSource:
        source = Source(SourceKind.HTTP, "server", self.server.url, networks=LOOPBACK)
        return SymbolServer(source, LIMITS)


@dataclass
class BucketWorld:
    """A bucket on moto."""

    client: "S3Client"
    compressed: bool

    def __post_init__(self) -> None:
        self.client.create_bucket(Bucket=BUCKET)

    @property
    def source(self) -> SymbolSource:
        return BucketSource(Source(SourceKind.S3, "bucket", f"{BUCKET}/v1"), self.client, LIMITS)

    def put(self, text: bytes = TEXT, place: SymbolPlace = PLACE) -> None:
        key = f"v1/{place.path}"
        if self.compressed:
            body = gzip.compress(text)
            self.client.put_object(Bucket=BUCKET, Key=key, Body=body, ContentEncoding="gzip")
        else:
            self.client.put_object(Bucket=BUCKET, Key=key, Body=text)
