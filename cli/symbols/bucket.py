"""The symbol bucket as the command line sees it: uploads, packs, marks, versions."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from botocore.exceptions import ClientError

from cli.reachable import Reachable
from moonwalk.adapters.symbol_store import S3SymbolStore, read_stored_pack
from moonwalk.contracts import symbols as keys
from moonwalk.domain.failures import DeadLetter
from moonwalk.domain.symbols import StoredPack, SymbolKey

NEVER_FETCHED = 0
"""Bytes of an upload that the adapter may fetch: here it only looks."""
REFUSED, WAITING = "refused", "waiting"
_ABSENT = frozenset({"404", "NoSuchKey"})


@dataclass(frozen=True)
class SymbolState:
    """What is known of one key.

    Attributes:
        pack: the one in force; None when there is none.
        pack_bytes: its size.
        refused: why the upload in place could not be packed; empty when it could, or waits.
        uploaded: whether there is an upload.
    """

    key: SymbolKey
    pack: StoredPack | None = None
    pack_bytes: int = 0
    refused: str = ""
    uploaded: bool = True

    @property
    def verdict(self) -> str:
        """In a few words."""
        if self.pack:
            return self.pack.facts.verdict
        return f"{REFUSED}: {self.refused}" if self.refused else WAITING

    @property
    def fine(self) -> bool:
        """Whether walks have these symbols, whole."""
        return self.pack is not None and not self.pack.facts.corrupt

    def document(self) -> dict[str, Any]:
        """Give it as commands print it for machines."""
        pack = self.pack
        return {
            "scope": self.key.scope,
            "key": self.key.place,
            "verdict": self.verdict,
            "refused": self.refused or None,
            "text_bytes": pack.facts.text_bytes if pack else None,
            "text_sha256": pack.facts.text_sha256 if pack else None,
            "pack_bytes": self.pack_bytes if pack else None,
            "uploader": (pack.uploader or None) if pack else None,
            "origin": (pack.origin or None) if pack else None,
        }


@dataclass(frozen=True)
class SymbolBucket:
    """Asks a deployment's symbol bucket; its callers stand in `Reachable.asked`."""

    at: Reachable

    @property
    def name(self) -> str:
        """The bucket's."""
        return self.at.symbol_bucket

    @cached_property
    def s3(self) -> Any:
        """One client, which threads may share."""
        return self.at.client("s3")

    @property
    def store(self) -> S3SymbolStore:
        """The deployment's own adapter, to look with."""
        return S3SymbolStore(self.s3, self.name, NEVER_FETCHED)

    def state(self, key: SymbolKey) -> SymbolState | None:
        """Tell what is known of a key; None when nothing is."""
        found = self.head(keys.pack(key))
        upload = self.store.upload(key)
        if found is None and upload is None:
            return None
        mark = self.mark(keys.upload(key)) if upload else ""
        if found is None:
            return SymbolState(key, refused=mark)
        pack, size = read_stored_pack(found), found["ContentLength"]
        return SymbolState(key, pack, size, mark, uploaded=upload is not None)

    def keys(self, scope: str, prefix: str) -> list[SymbolKey]:
        """List the keys of a scope that have an upload or a pack, those below a prefix only."""
        places = (
            (keys.scope_prefix(scope) + prefix, keys.read_upload),
            (keys.packs_prefix(scope) + prefix, keys.read_pack),
        )
        found = set()
        for start, read in places:
            for listed in self.listed(start):
                try:
                    found.add(read(listed["Key"]))
                except DeadLetter:
                    continue
        return sorted(found)

    def listed(self, prefix: str) -> Iterator[Mapping[str, Any]]:
        """List the objects below a prefix."""
        pages = self.s3.get_paginator("list_objects_v2").paginate(Bucket=self.name, Prefix=prefix)
        for page in pages:
            yield from page.get("Contents", [])

    def versions(self, object_key: str) -> list[Mapping[str, Any]]:
        """List the versions of one object, the newest first."""
        found = self.s3.list_object_versions(Bucket=self.name, Prefix=object_key)
        return [each for each in found.get("Versions", []) if each["Key"] == object_key]

    def mark(self, object_key: str) -> str:
        """Give the code with which an upload is marked as refused; empty when it is not."""
        tags = self.s3.get_object_tagging(Bucket=self.name, Key=object_key)["TagSet"]
        return str({tag["Key"]: tag["Value"] for tag in tags}.get(keys.REFUSED_TAG, ""))

    def head(self, object_key: str) -> Mapping[str, Any] | None:
        """Give an object's headers; None when there is no such object."""
        try:
            found: Mapping[str, Any] = self.s3.head_object(Bucket=self.name, Key=object_key)
        except ClientError as error:
            if error.response["Error"]["Code"] not in _ABSENT:
                raise
            return None
        return found
