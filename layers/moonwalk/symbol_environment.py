"""What a deployment tells those who pack symbols, checked at start; see `moonwalk.environment`."""

import os
from collections.abc import Mapping
from dataclasses import dataclass

from moonwalk.contracts import environment as names
from moonwalk.contracts.symbol_sources import SymbolSources
from moonwalk.knob_environment import KnobSettings, read_knobs
from moonwalk.miss_environment import Account, read_account
from moonwalk.variables import VariableReader
from moonwalk.worker_place import WorkerPlace, read_worker_place


@dataclass(frozen=True, slots=True)
class Packer:
    """The environment of the packer function, or of a worker as far as it packs.

    Times are in seconds, sizes in bytes.

    Attributes:
        heavy_queue_url: of what is too much for the function.
        workers: who reads that queue.
    """

    symbol_bucket: str
    ledger_table: str
    account: Account
    sources: SymbolSources
    fetch_seconds: float
    lease_seconds: float
    absent_seconds: float
    queue_url: str
    dead_letter_queue_url: str
    heavy_queue_url: str
    workers: WorkerPlace
    upload_bytes: int
    text_bytes: int
    pack_seconds: float
    pack_memory_bytes: int
    max_tries: int
    knobs: KnobSettings


def read_packer(variables: Mapping[str, str] = os.environ) -> Packer:
    """Read the environment of a part that packs.

    Raises:
        BadEnvironmentError: when it is not complete and right.
    """
    reader = VariableReader(variables)
    found = Packer(
        symbol_bucket=reader.text(names.SYMBOL_BUCKET),
        ledger_table=reader.text(names.LEDGER_TABLE),
        account=read_account(reader),
        sources=reader.symbol_sources(names.SYMBOL_SOURCES),
        fetch_seconds=reader.seconds(names.SYMBOL_FETCH_SECONDS),
        lease_seconds=reader.seconds(names.SYMBOL_LEASE_SECONDS),
        absent_seconds=reader.seconds(names.SYMBOL_ABSENT_SECONDS),
        queue_url=reader.text(names.SYMBOL_QUEUE_URL),
        dead_letter_queue_url=reader.text(names.SYMBOL_DEAD_LETTER_QUEUE_URL),
        heavy_queue_url=reader.text(names.HEAVY_PACKING_QUEUE_URL),
        workers=read_worker_place(reader),
        upload_bytes=reader.whole(names.SYMBOL_UPLOAD_BYTES),
        text_bytes=reader.whole(names.SYMBOL_TEXT_BYTES),
        pack_seconds=reader.seconds(names.PACK_SECONDS),
        pack_memory_bytes=reader.whole(names.PACK_MEMORY_BYTES),
        max_tries=reader.whole(names.MAX_TRIES),
        knobs=read_knobs(reader),
    )
    reader.check()
    return found
