"""The account of missed symbols, for those who write it and those who read it."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from moonwalk.adapters import aws
from moonwalk.adapters.arrival_items import DynamoArrivals
from moonwalk.adapters.clock import SystemClock
from moonwalk.adapters.metrics import EmfMetrics
from moonwalk.adapters.miss_items import DynamoMisses
from moonwalk.adapters.miss_table import MissTable
from moonwalk.adapters.missed_module_items import DynamoMissedModules
from moonwalk.composition.asking import pack_store
from moonwalk.environment import Processing
from moonwalk.miss_environment import Account
from moonwalk.usecases.record_misses import RecordMisses

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


def table(account: Account) -> MissTable:
    """Give the table of misses."""
    return MissTable(aws.dynamodb(), account.table, account.days, SystemClock())


def record_misses(
    environment: Processing, s3: "S3Client", metrics: EmfMetrics
) -> Mapping[str, RecordMisses]:
    """Put the writing down of each scope's misses together."""
    misses = table(environment.account)
    return {
        scope: _record(scope, misses, environment, s3, metrics)
        for scope in environment.symbol_scopes.names
    }


def _record(
    scope: str,
    misses: MissTable,
    environment: Processing,
    s3: "S3Client",
    metrics: EmfMetrics,
) -> RecordMisses:
    return RecordMisses(
        scope=scope,
        misses=DynamoMisses(misses),
        modules=DynamoMissedModules(misses),
        arrivals=DynamoArrivals(misses),
        store=pack_store(s3, environment.symbol_bucket),
        clock=SystemClock(),
        metrics=metrics,
        most=environment.misses_per_crash,
        after=environment.account.after_seconds,
        all_stacks=environment.asking.all_stacks,
    )
