"""What the storage stack keeps, as the other stacks know it: by name.

Names rather than exports leave the stacks free of each other: storage can be deployed before the
pipeline or, where the bucket notifies a queue, after it; and nothing that one stack imports locks
another.
"""

from aws_cdk import Stack
from aws_cdk.aws_dynamodb import ITable, Table
from aws_cdk.aws_events import EventBus, IEventBus
from aws_cdk.aws_s3 import Bucket, IBucket
from constructs import Construct

from infra.settings import Settings


def bucket_name(stack: Stack, settings: Settings) -> str:
    """Name the crash bucket. Buckets share one name space with all accounts of the world."""
    return f"{settings.name}-crashes-{stack.account}-{stack.region}"


def symbol_bucket_name(stack: Stack, settings: Settings) -> str:
    """Name the symbol bucket."""
    return f"{settings.name}-symbols-{stack.account}-{stack.region}"


def public_bucket_name(stack: Stack, settings: Settings) -> str:
    """Name the bucket with what is public of crashes."""
    return f"{settings.name}-public-{stack.account}-{stack.region}"


def table_name(settings: Settings) -> str:
    """Name the ledger's table."""
    return f"{settings.name}-ledger"


def miss_table_name(settings: Settings) -> str:
    """Name the table of missed symbols."""
    return f"{settings.name}-misses"


def bus_name(settings: Settings) -> str:
    """Name the bus that tells of processed crashes."""
    return settings.name


def standard_queue_name(settings: Settings) -> str:
    """Name the one queue that the crash bucket may notify."""
    return f"{settings.name}-standard"


def symbol_queue_name(settings: Settings) -> str:
    """Name the queue that the symbol bucket notifies."""
    return f"{settings.name}-symbols"


class Stored(Construct):
    """The stored things, imported into a stack that uses them.

    Attributes:
        public: None where what is public is not stored apart.
    """

    bucket: IBucket
    symbols: IBucket
    public: IBucket | None
    ledger: ITable
    misses: ITable
    bus: IEventBus

    def __init__(self, scope: Construct, construct_id: str, *, settings: Settings) -> None:
        super().__init__(scope, construct_id)
        name = bucket_name(Stack.of(self), settings)
        self.bucket = Bucket.from_bucket_name(self, "CrashBucket", name)
        symbols = symbol_bucket_name(Stack.of(self), settings)
        self.symbols = Bucket.from_bucket_name(self, "SymbolBucket", symbols)
        self.public = None
        if settings.public_crashes:
            public = public_bucket_name(Stack.of(self), settings)
            self.public = Bucket.from_bucket_name(self, "PublicBucket", public)
        self.ledger = Table.from_table_name(self, "Ledger", table_name(settings))
        self.misses = Table.from_table_name(self, "Misses", miss_table_name(settings))
        self.bus = EventBus.from_event_bus_name(self, "EventBus", bus_name(settings))
