"""A deployment to which symbols are uploaded, as its users see it."""

import subprocess
from pathlib import Path
from typing import Any

from cli.embedded.aws import EmbeddedAws
from cli.places import PACKER
from cli.reachable import Reachable
from cli.symbols.bucket import SymbolBucket
from cli.symbols.found import find
from cli.symbols.push import Pushed, push, wait_until_packed
from moonwalk.contracts import outputs
from moonwalk.contracts import symbols as keys
from moonwalk.domain.symbols import DEFAULT_SCOPE, SymbolKey, symbol_key
from tests.integration.pipeline.pipeline import Pipeline

PATIENCE = 240.0


class SymbolPipeline(Pipeline):
    """A deployment to which symbols are uploaded."""

    def __init__(self, aws: EmbeddedAws, scratch: Path) -> None:
        super().__init__(aws)
        at = Reachable.of(aws.outputs, aws.client, name="the test's", remedy="look at the logs")
        self.bucket = SymbolBucket(at)
        self.scratch = scratch

    def push(
        self, *paths: Path, scope: str = DEFAULT_SCOPE, compressed: bool = True
    ) -> list[Pushed]:
        """Upload as the command does, and wait for the packs."""
        found = find(list(paths), scope, self.scratch)
        pushed = push(
            found, self.bucket, self.scratch, compressed=compressed, advance=lambda _: None
        )
        return wait_until_packed(list(pushed), self.bucket, PATIENCE)

    def upload(self, object_key: str, content: bytes, **headers: str) -> None:
        """Upload anything anywhere."""
        headers = {"Bucket": self.bucket.name, "Key": object_key, **headers}
        self.bucket.s3.put_object(Body=content, **headers)

    def text(self, key: SymbolKey) -> bytes:
        """Give the text in a pack of the bucket, as `moonwalk-pack` unpacks it."""
        file = self.scratch / "text.pack"
        body = self.bucket.s3.get_object(Bucket=self.bucket.name, Key=keys.pack(key))["Body"]
        file.write_bytes(body.read())
        return subprocess.run([PACKER, "text", file], check=True, capture_output=True).stdout

    def refused(self, mentioned: str) -> dict[str, str]:
        """Wait for the dead letter about an object, known by a part of its key."""
        url = self.outputs[outputs.SYMBOL_DEAD_LETTER_QUEUE]

        def look() -> dict[str, str] | None:
            found = [each for each in self.taken_from(url) if mentioned in each["body"]]
            return found[0] if found else None

        return self.wait_for(look, f"{mentioned} is not laid aside")

    def settle(self) -> None:
        """Wait until nothing is left to be done."""
        self.wait_for(lambda: not self.left_in_queues(), "messages are left in queues")


def text_of(key: SymbolKey, more: str = "FILE 0 a.c\n") -> bytes:
    return f"MODULE Linux x86_64 {key.debug_id} {key.debug_file}\n{more}".encode()


def key_of(number: int, **more: Any) -> SymbolKey:
    return symbol_key("libmoon.so", f"{number:033X}", **more)
