"""The crash bucket: what collectors stored, and what we store beside it."""

from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from moonwalk.adapters import aws_errors, stored_content
from moonwalk.adapters.conditional_put import put_unless_newer
from moonwalk.adapters.json_text import to_json
from moonwalk.adapters.stored_content import UnusableContentError
from moonwalk.adapters.stored_json import stored_json
from moonwalk.contracts import storage
from moonwalk.domain.crash_id import CrashId
from moonwalk.domain.dumps import MAX_DUMPS, Dump, DumpName
from moonwalk.domain.failures import DeadLetter, DeadLetterCode
from moonwalk.domain.ledger import Fence
from moonwalk.domain.outcome import WalkResult

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

MAX_DUMP_NAMES_BYTES = 64 * 1024
"""Thirty times what the longest list of the longest names takes."""
MAX_RAW_CRASH_BYTES = 16 * 1024 * 1024
"""Collectors take payloads of about 20 MiB, dumps included; annotations are a few hundred KiB."""
MAX_PROCESSED_BYTES = 256 * 1024 * 1024
"""The outputs of several walks, each as long as it may be, are less."""
MAX_DUMP_BYTES = 4 * 1024**3
"""A larger file is no minidump: offsets inside of one have 32 bits."""

_HEADS_AT_ONCE = 8
_ABSENT = frozenset({"404", "NoSuchKey"})
"""A refusal (403) is not among them: who may list the bucket is told that an object is missing, so
a refusal is the deployment's fault, and the crash's message has to wait until that is repaired."""


@dataclass(frozen=True, slots=True)
class S3CrashStore:
    """A `CrashStore` on S3.

    Attributes:
        encoding: `gzip` or `identity`, for what is stored. Both are read.
        keep_output: whether the stackwalker's own output is stored.
    """

    client: "S3Client"
    bucket: str
    encoding: str = stored_content.GZIP
    keep_output: bool = False

    def find_dumps(self, crash_id: CrashId) -> tuple[Dump, ...]:
        """List the dumps with their stored sizes: 2 requests, and one more for each dump."""
        with _must_be_there(DeadLetterCode.RAW_CRASH_MISSING, f"the raw crash of {crash_id}"):
            self.client.head_object(Bucket=self.bucket, Key=storage.raw_crash(crash_id))
        names = self._dump_names(crash_id)
        if len(names) <= 1:
            return tuple(self._dump(crash_id, name) for name in names)
        with ThreadPoolExecutor(_HEADS_AT_ONCE, thread_name_prefix="head") as pool:
            return tuple(pool.map(lambda name: self._dump(crash_id, name), names))

    def raw_crash(self, crash_id: CrashId) -> Mapping[str, Any]:
        """Read the raw crash."""
        what = f"the raw crash of {crash_id}"
        with _must_be_sound(DeadLetterCode.RAW_CRASH_UNREADABLE, what):
            with _must_be_there(DeadLetterCode.RAW_CRASH_MISSING, what):
                content = self._content(storage.raw_crash(crash_id), MAX_RAW_CRASH_BYTES)
            return _object(content)

    def processed_crash(self, crash_id: CrashId) -> Mapping[str, Any] | None:
        """Read the processed crash, if there is one."""
        what = f"the processed crash of {crash_id}"
        with (
            _must_be_sound(DeadLetterCode.PROCESSED_CRASH_UNREADABLE, what),
            aws_errors.told_as_retry_later(f"reading {what}"),
        ):
            try:
                content = self._content(storage.processed_crash(crash_id), MAX_PROCESSED_BYTES)
            except ClientError as error:
                if aws_errors.error_code(error) not in _ABSENT:
                    raise
                return None
            return _object(content)

    def fetch_dump(
        self, crash_id: CrashId, name: DumpName, to: Path, most: int | None = None
    ) -> None:
        """Stream a dump into a file, decoded."""
        what = f"the dump {name} of {crash_id}"
        with (
            _must_be_sound(DeadLetterCode.DUMP_UNREADABLE, what),
            _must_be_there(DeadLetterCode.DUMP_MISSING, what),
            to.open("wb") as file,
        ):
            for piece in self._pieces(storage.dump(crash_id, name), MAX_DUMP_BYTES):
                file.write(piece)
                if most is not None and file.tell() >= most:
                    file.truncate(most)
                    break

    def publish(self, crash_id: CrashId, processed: Mapping[str, Any], fence: Fence) -> bool:
        """Store the processed crash unless a newer run has stored one."""
        key = storage.processed_crash(crash_id)
        with aws_errors.told_as_retry_later(f"storing the processed crash of {crash_id}"):
            return put_unless_newer(
                self.client, self.bucket, key, self._stored(to_json(processed)), fence
            )

    def keep_walker_output(self, crash_id: CrashId, name: DumpName, walk: WalkResult) -> None:
        """Store the stackwalker's output and its account, if there are any and they are wanted.

        Without a condition: any run of the same stackwalker on the same dump gives the same output.
        """
        files = {
            storage.walker_output(crash_id, name): walk.output,
            storage.walker_stats(crash_id, name): walk.stats,
        }
        wanted = {key: content for key, content in files.items() if content and self.keep_output}
        with aws_errors.told_as_retry_later(f"storing the stackwalker's output of {crash_id}"):
            for key, content in wanted.items():
                self.client.put_object(Bucket=self.bucket, Key=key, **self._stored(content))

    def _dump_names(self, crash_id: CrashId) -> list[DumpName]:
        what = f"the list of dumps of {crash_id}"
        with _must_be_sound(DeadLetterCode.DUMP_NAMES_UNREADABLE, what):
            with _must_be_there(DeadLetterCode.DUMP_NAMES_MISSING, what):
                content = self._content(storage.dump_names(crash_id), MAX_DUMP_NAMES_BYTES)
            listed = _checked_names(stored_content.parse_json(content))
        return list(dict.fromkeys(map(DumpName.from_stored, listed)))

    def _dump(self, crash_id: CrashId, name: DumpName) -> Dump:
        with _must_be_there(DeadLetterCode.DUMP_MISSING, f"the dump {name} of {crash_id}"):
            found = self.client.head_object(Bucket=self.bucket, Key=storage.dump(crash_id, name))
        return Dump(name, found["ContentLength"])

    def _content(self, key: str, limit: int) -> bytes:
        return b"".join(self._pieces(key, limit))

    def _pieces(self, key: str, limit: int) -> Iterator[bytes]:
        found = self.client.get_object(Bucket=self.bucket, Key=key)
        with closing(found["Body"]) as body:
            yield from stored_content.decoded(body, found.get("ContentEncoding"), limit)

    def _stored(self, content: bytes) -> dict[str, Any]:
        return stored_json(content, self.encoding)


def _object(content: bytes) -> Mapping[str, Any]:
    found = stored_content.parse_json(content)
    if not isinstance(found, dict):
        raise UnusableContentError("it is no JSON object")
    return found


def _checked_names(listed: object) -> list[str | None]:
    if not isinstance(listed, list):
        raise UnusableContentError("it is no JSON array")
    if len(listed) > MAX_DUMPS:
        raise UnusableContentError(f"it has {len(listed)} names, {MAX_DUMPS} is the limit")
    if not all(name is None or isinstance(name, str) for name in listed):
        raise UnusableContentError("it holds something else than names")
    return listed


@contextmanager
def _must_be_there(code: DeadLetterCode, what: str) -> Iterator[None]:
    with aws_errors.told_as_retry_later(f"reading {what}"):
        try:
            yield
        except ClientError as error:
            if aws_errors.error_code(error) not in _ABSENT:
                raise
            raise DeadLetter(code, f"{what} is not in the bucket") from error


@contextmanager
def _must_be_sound(code: DeadLetterCode, what: str) -> Iterator[None]:
    try:
        yield
    except UnusableContentError as error:
        raise DeadLetter(code, f"{what} cannot be used: {error}") from None
