"""The few things that a part of Moonwalk may do, each as narrow as AWS can express it."""

from collections.abc import Iterable

from aws_cdk import Aws
from aws_cdk.aws_dynamodb import ITable
from aws_cdk.aws_events import IEventBus
from aws_cdk.aws_iam import ArnPrincipal, PolicyStatement
from aws_cdk.aws_s3 import IBucket
from aws_cdk.aws_sqs import IQueue
from aws_cdk.aws_stepfunctions import StateMachine
from constructs import Construct

from infra.constructs.acknowledged import acknowledge_below
from moonwalk.contracts import ledger as ledger_names
from moonwalk.contracts import misses, source_items, storage, symbols
from moonwalk.contracts.symbol_sources import SymbolSources
from moonwalk.domain.symbol_sources import SourceKind

PUBLISHED_PREFIXES = (storage.PROCESSED_CRASH_PREFIX, storage.WALKER_OUTPUT_PREFIX)
PACKED_PREFIXES = (symbols.PACK_PREFIX, symbols.CHANGE_PREFIX)


def _allow(actions: Iterable[str], resources: Iterable[str]) -> PolicyStatement:
    return PolicyStatement(actions=list(actions), resources=list(resources))


def read_crashes(bucket: IBucket) -> tuple[PolicyStatement, ...]:
    """Read objects; listing is what makes S3 say 404 of a missing one rather than 403."""
    return (
        _allow(["s3:GetObject"], [bucket.arn_for_objects("*")]),
        _allow(["s3:ListBucket"], [bucket.bucket_arn]),
    )


def publish_crashes(bucket: IBucket) -> PolicyStatement:
    """Write what processing makes, and nothing that a collector wrote."""
    return _allow(["s3:PutObject"], _published(bucket))


def acknowledge_crashes(construct: Construct, bucket: IBucket, *, publishes: bool) -> None:
    """Accept that every object of the crash bucket may be read, or of two prefixes written."""
    acknowledge_below(
        construct,
        "Collectors choose the names of dumps, so they lie anywhere in the bucket.",
        bucket.arn_for_objects("*"),
    )
    if publishes:
        acknowledge_below(
            construct, "Every crash has an object of its own below it.", *_published(bucket)
        )


def read_packs(bucket: IBucket) -> tuple[PolicyStatement, ...]:
    """Read packs; listing is what makes S3 say 404 of a missing one rather than 403."""
    return (
        _allow(["s3:GetObject"], _below(bucket, [symbols.PACK_PREFIX])),
        _allow(["s3:ListBucket"], [bucket.bucket_arn]),
    )


def acknowledge_packs(construct: Construct, bucket: IBucket) -> None:
    """Accept that every pack may be read."""
    places = _below(bucket, [symbols.PACK_PREFIX])
    acknowledge_below(construct, "Every module has a pack of its own below it.", *places)


def pack_symbols(bucket: IBucket) -> tuple[PolicyStatement, ...]:
    """Read uploads and packs, write packs and records of changes, mark uploads and no more."""
    uploads, made = _below(bucket, symbols.UPLOAD_PREFIXES), _below(bucket, PACKED_PREFIXES)
    packs = _below(bucket, [symbols.PACK_PREFIX])
    tagging = ("PutObject", "PutObjectVersion", "DeleteObject", "DeleteObjectVersion")
    return (
        _allow(["s3:GetObject"], [*uploads, *packs]),
        _allow(["s3:ListBucket"], [bucket.bucket_arn]),
        _allow(["s3:PutObject"], made),
        _allow([f"s3:{action}Tagging" for action in tagging], uploads),
    )


def upload_symbols(
    bucket: IBucket, scope: str, principals: Iterable[str]
) -> tuple[PolicyStatement, ...]:
    """Let principals upload symbols of one scope, and see what became of these.

    Listing, without which S3 says 403 of what is missing, cannot be had for one prefix alone.
    """
    uploads, packs = symbols.scope_prefix(scope), symbols.packs_prefix(scope)
    to = [ArnPrincipal(arn) for arn in principals]
    writing = ["s3:PutObject", "s3:AbortMultipartUpload"]
    reading = ["s3:GetObject", "s3:GetObjectTagging"]
    return (
        PolicyStatement(actions=writing, resources=_below(bucket, [uploads]), principals=to),
        PolicyStatement(actions=reading, resources=_below(bucket, [uploads, packs]), principals=to),
        PolicyStatement(actions=["s3:ListBucket"], resources=[bucket.bucket_arn], principals=to),
    )


def acknowledge_symbols(construct: Construct, bucket: IBucket) -> None:
    """Accept that everything below the symbol bucket's prefixes may be read, written or marked."""
    places = _below(bucket, [*symbols.UPLOAD_PREFIXES, *PACKED_PREFIXES])
    acknowledge_below(construct, "Every module has objects of its own below it.", *places)


def _below(bucket: IBucket, prefixes: Iterable[str]) -> list[str]:
    return [bucket.arn_for_objects(f"{prefix}*") for prefix in prefixes]


def _published(bucket: IBucket) -> list[str]:
    return _below(bucket, PUBLISHED_PREFIXES)


def keep_ledger(table: ITable) -> PolicyStatement:
    """Read an entry, and write it under a condition."""
    return _allow(["dynamodb:GetItem", "dynamodb:PutItem"], [table.table_arn])


def keep_needs(table: ITable) -> PolicyStatement:
    """Read and write what the ledger's table keeps about symbols, and no crash's entry."""
    actions = ("GetItem", "PutItem", "UpdateItem", "DeleteItem")
    return PolicyStatement(
        actions=[f"dynamodb:{action}" for action in actions],
        resources=[table.table_arn],
        conditions={
            "ForAllValues:StringLike": {"dynamodb:LeadingKeys": [f"{source_items.PREFIX}*"]}
        },
    )


def record_misses(table: ITable) -> PolicyStatement:
    """Write and count what crashes missed, and tell news of it."""
    return _allow(["dynamodb:PutItem", "dynamodb:UpdateItem"], [table.table_arn])


def tell_news(table: ITable) -> PolicyStatement:
    """Tell news of symbols; no other item of the table of misses."""
    return PolicyStatement(
        actions=["dynamodb:UpdateItem"],
        resources=[table.table_arn],
        conditions={"ForAllValues:StringEquals": {"dynamodb:LeadingKeys": [misses.ARRIVALS]}},
    )


def settle_misses(table: ITable) -> PolicyStatement:
    """Read misses and news, and take away what is done with."""
    actions = ("Query", "UpdateItem", "DeleteItem")
    return _allow([f"dynamodb:{action}" for action in actions], [table.table_arn])


def read_sources(sources: SymbolSources) -> tuple[PolicyStatement, ...]:
    """Read the buckets among the symbol sources; listing is what makes S3 say 404."""
    objects = _source_objects(sources)
    buckets = sorted({place.partition("/")[0] for place in objects})
    if not objects:
        return ()
    return _allow(["s3:GetObject"], objects), _allow(["s3:ListBucket"], buckets)


def acknowledge_sources(construct: Construct, sources: SymbolSources) -> None:
    """Accept that all symbols of a source may be read."""
    objects = _source_objects(sources)
    acknowledge_below(construct, "Every module has a file of its own below it.", *objects)


def _source_objects(sources: SymbolSources) -> list[str]:
    listed = [source for _, each in sources.scopes for source in each]
    places = (each.address.rstrip("/") for each in listed if each.kind is SourceKind.S3)
    return [f"arn:{Aws.PARTITION}:s3:::{place}/*" for place in places]


def list_due(table: ITable) -> PolicyStatement:
    """Ask the ledger's index for what is past its due time."""
    index = f"{table.table_arn}/index/{ledger_names.IN_FLIGHT_INDEX}"
    return _allow(["dynamodb:Query"], [index])


def send(queues: Iterable[IQueue]) -> PolicyStatement:
    """Send messages to queues."""
    return _allow(["sqs:SendMessage"], [queue.queue_arn for queue in queues])


def consume(queues: Iterable[IQueue]) -> PolicyStatement:
    """Receive from queues, keep messages invisible, delete them."""
    actions = ("ReceiveMessage", "DeleteMessage", "ChangeMessageVisibility")
    return _allow([f"sqs:{action}" for action in actions], [queue.queue_arn for queue in queues])


def count(queues: Iterable[IQueue]) -> PolicyStatement:
    """See how many messages queues have."""
    return _allow(["sqs:GetQueueAttributes"], [queue.queue_arn for queue in queues])


def tell(bus: IEventBus) -> PolicyStatement:
    """Put events on the bus."""
    return _allow(["events:PutEvents"], [bus.event_bus_arn])


def run_light(workflow: StateMachine) -> PolicyStatement:
    """Run the Express workflow and wait for it."""
    return _allow(["states:StartSyncExecution"], [workflow.state_machine_arn])


def start_heavy(workflow: StateMachine) -> PolicyStatement:
    """Start the Standard workflow. Its name tells whether a run was started before."""
    return _allow(["states:StartExecution"], [workflow.state_machine_arn])


def answer_heavy(workflow: StateMachine) -> PolicyStatement:
    """Answer task tokens of the Standard workflow; a rejected crash is an answer, too."""
    return _allow(["states:SendTaskSuccess"], [workflow.state_machine_arn])
