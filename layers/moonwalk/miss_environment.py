"""What a deployment tells those who keep account of missed symbols; see `moonwalk.environment`."""

import os
from collections.abc import Mapping
from dataclasses import dataclass

from moonwalk.contracts import environment as names
from moonwalk.contracts.symbol_sources import SymbolSources
from moonwalk.domain.request import QueueClass
from moonwalk.knob_environment import KnobSettings, read_knobs
from moonwalk.variables import Queues, VariableReader


@dataclass(frozen=True, slots=True)
class Account:
    """The table of misses.

    Attributes:
        days: how long a miss is kept, which is also how old a crash may be.
        after_seconds: from the news of symbols to the first crash that is walked again.
    """

    table: str
    days: int
    after_seconds: float


@dataclass(frozen=True, slots=True)
class Releaser:
    """The releaser's environment."""

    account: Account
    knobs: KnobSettings
    cap: int
    round_seconds: float
    queues: Queues


@dataclass(frozen=True, slots=True)
class Asker:
    """The asker's environment."""

    account: Account
    ledger_table: str
    symbol_bucket: str
    sources: SymbolSources
    queue_url: str
    pre_packed: int
    round_seconds: float


def read_account(reader: VariableReader) -> Account:
    """Read what all of them are told."""
    return Account(
        table=reader.text(names.MISS_TABLE),
        days=reader.whole(names.RELEASE_DAYS),
        after_seconds=reader.seconds(names.RELEASE_AFTER_SECONDS),
    )


def read_releaser(variables: Mapping[str, str] = os.environ) -> Releaser:
    """Read the releaser's environment.

    Raises:
        BadEnvironmentError: when it is not complete and right.
    """
    reader = VariableReader(variables)
    found = Releaser(
        account=read_account(reader),
        knobs=read_knobs(reader),
        cap=reader.whole(names.RELEASE_CAP),
        round_seconds=reader.seconds(names.ROUND_SECONDS),
        queues=reader.queues(names.queue_url, [QueueClass.REPROCESSING]),
    )
    reader.check()
    return found


def read_asker(variables: Mapping[str, str] = os.environ) -> Asker:
    """Read the asker's environment.

    Raises:
        BadEnvironmentError: when it is not complete and right.
    """
    reader = VariableReader(variables)
    found = Asker(
        account=read_account(reader),
        ledger_table=reader.text(names.LEDGER_TABLE),
        symbol_bucket=reader.text(names.SYMBOL_BUCKET),
        sources=reader.symbol_sources(names.SYMBOL_SOURCES),
        queue_url=reader.text(names.SYMBOL_QUEUE_URL),
        pre_packed=reader.whole(names.PRE_PACKED, least=0),
        round_seconds=reader.seconds(names.ROUND_SECONDS),
    )
    reader.check()
    return found
