"""A Moonwalk that commands can talk to: embedded, kept running by `up`, or deployed."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Self

from botocore.exceptions import BotoCoreError, ClientError

from cli.exits import Negative, Unreachable
from cli.plain import plain
from moonwalk.adapters.clock import SystemClock
from moonwalk.adapters.dynamodb import DynamoLedger
from moonwalk.adapters.miss_table import MissTable
from moonwalk.adapters.missed_module_items import DynamoMissedModules
from moonwalk.adapters.s3 import S3CrashStore
from moonwalk.adapters.stored_content import UnusableContentError
from moonwalk.contracts import outputs
from moonwalk.domain.failures import RetryLater
from moonwalk.domain.request import QueueClass

_NEVER_WRITTEN = 1
"""Days of the ledger's entries: given to the adapter, which here only reads."""

Outputs = Mapping[str, Mapping[str, str]]
"""Per stack, its outputs by name."""


@dataclass(frozen=True)
class Reachable:
    """The parts of a deployment that commands use.

    Attributes:
        name: what a person calls it, for messages.
        remedy: what to do when it does not answer.
        knobs, knob_panel: names of parameters; empty where a deployment has no knobs yet.
        client: makes an AWS client for a service.
    """

    name: str
    remedy: str
    bucket: str
    ledger_table: str
    miss_table: str
    symbol_bucket: str
    symbol_queue: str
    heavy_workflow: str
    queue_urls: Mapping[QueueClass, str]
    knobs: str
    knob_panel: str
    client: Callable[[str], Any]

    @classmethod
    def of(cls, stacks: Outputs, client: Callable[[str], Any], *, name: str, remedy: str) -> Self:
        """Find the parts in the outputs of a deployment's stacks.

        Raises:
            Unreachable: when they do not tell of them.
        """
        merged = {key: value for stack in stacks.values() for key, value in stack.items()}
        try:
            return cls(
                name=name,
                remedy=remedy,
                bucket=merged[outputs.CRASH_BUCKET],
                ledger_table=merged[outputs.LEDGER_TABLE],
                miss_table=merged[outputs.MISS_TABLE],
                symbol_bucket=merged[outputs.SYMBOL_BUCKET],
                symbol_queue=merged[outputs.SYMBOL_QUEUE],
                heavy_workflow=merged[outputs.HEAVY_WORKFLOW],
                queue_urls={queue: merged[outputs.queue_url(queue)] for queue in QueueClass},
                knobs=merged.get(outputs.KNOBS, ""),
                knob_panel=merged.get(outputs.KNOB_PANEL, ""),
                client=client,
            )
        except KeyError as error:
            raise Unreachable(
                f"{name} has no output {error}", "is it a Moonwalk of this version?"
            ) from error

    @property
    def ledger(self) -> DynamoLedger:
        """The ledger, to be read."""
        client = self.client("dynamodb")
        return DynamoLedger(client, self.ledger_table, _NEVER_WRITTEN, SystemClock())

    @property
    def missed_modules(self) -> DynamoMissedModules:
        """The counts of missed symbols, to be read."""
        table = MissTable(self.client("dynamodb"), self.miss_table, _NEVER_WRITTEN, SystemClock())
        return DynamoMissedModules(table)

    @property
    def store(self) -> S3CrashStore:
        """The crash bucket, to be read."""
        return S3CrashStore(self.client("s3"), self.bucket)

    @contextmanager
    def asked(self) -> Iterator[None]:
        """Tell of a deployment that does not answer, or refuses, in a sentence.

        Raises:
            Unreachable: in place of what the AWS client raises.
            Negative: when what is stored there cannot be decoded.
        """
        try:
            yield
        except (BotoCoreError, ClientError, RetryLater) as error:
            raise Unreachable(
                f"{self.name} does not answer: {plain(error)}", self.remedy
            ) from error
        except UnusableContentError as error:
            raise Negative(
                f"an object stored in {self.name} is damaged: {error}", "process its crash again"
            ) from error
