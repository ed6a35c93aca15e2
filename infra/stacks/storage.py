"""What must outlive everything else: crashes, symbols, the ledger, the bus that tells of them."""

from typing import Any

from aws_cdk import CfnOutput, RemovalPolicy, Stack
from aws_cdk.aws_events import EventBus
from constructs import Construct

from infra.constructs.crash_bucket import CrashBucket
from infra.constructs.ledger_table import LedgerTable
from infra.constructs.miss_table import MissTable
from infra.constructs.public_bucket import PublicBucket
from infra.constructs.stored import bus_name
from infra.constructs.symbol_bucket import SymbolBucket
from infra.settings import Settings
from moonwalk.contracts import outputs


class StorageStack(Stack):
    """Kept when the deployment goes, and never changed by a change of code."""

    def __init__(
        self, scope: Construct, construct_id: str, *, settings: Settings, **stack: Any
    ) -> None:
        super().__init__(scope, construct_id, **stack)
        crashes = CrashBucket(self, "Crashes", settings=settings)
        symbols = SymbolBucket(self, "Symbols", settings=settings)
        if settings.public_crashes:
            public = PublicBucket(self, "Public", settings=settings)
            CfnOutput(self, outputs.PUBLIC_BUCKET, value=public.bucket.bucket_name)
        ledger = LedgerTable(self, "Ledger", settings=settings)
        misses = MissTable(self, "Misses", settings=settings)
        bus = EventBus(self, "EventBus", event_bus_name=bus_name(settings))
        bus.apply_removal_policy(RemovalPolicy.RETAIN)
        CfnOutput(self, outputs.CRASH_BUCKET, value=crashes.bucket.bucket_name)
        CfnOutput(self, outputs.SYMBOL_BUCKET, value=symbols.bucket.bucket_name)
        CfnOutput(self, outputs.LEDGER_TABLE, value=ledger.table.table_name)
        CfnOutput(self, outputs.MISS_TABLE, value=misses.table.table_name)
        CfnOutput(self, outputs.EVENT_BUS, value=bus.event_bus_name)
