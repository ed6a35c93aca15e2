"""Names by which a deployment can be asked for its parts: stacks, parameters, outputs."""

from enum import StrEnum

from moonwalk.domain.request import QueueClass


class StackPart(StrEnum):
    """The stacks of a deployment."""

    STORAGE = "storage"
    """What must outlive everything else: crashes, symbols, ledger, event bus."""
    PIPELINE = "pipeline"
    HEAVY_LANE = "heavy-lane"
    OBSERVABILITY = "observability"
    """Alarms and dashboard: nothing that a crash needs."""


def stack_name(deployment: str, part: StackPart) -> str:
    """Name a stack of a deployment; `moonwalk` is the deployment's name unless set."""
    return f"{deployment}-{part}"


PACK_FOLDERS = "PackFolders"
"""Parameter of the pipeline and the heavy lane: the value of `MOONWALK_PACK_FOLDERS`."""
SYMBOL_FOLDERS = "SymbolFolders"
"""Parameter of the same stacks: the value of `MOONWALK_SYMBOL_FOLDERS`."""

CRASH_BUCKET = "CrashBucketName"
SYMBOL_BUCKET = "SymbolBucketName"
PUBLIC_BUCKET = "PublicBucketName"
"""Only where what is public of crashes is stored apart."""
SYMBOL_QUEUE = "SymbolQueueUrl"
SYMBOL_DEAD_LETTER_QUEUE = "SymbolDeadLetterQueueUrl"
HEAVY_PACKING_QUEUE = "HeavyPackingQueueUrl"
HEAVY_PACKING_DEAD_LETTER_QUEUE = "HeavyPackingDeadLetterQueueUrl"
LEDGER_TABLE = "LedgerTableName"
MISS_TABLE = "MissTableName"
EVENT_BUS = "EventBusName"
LIGHT_WORKFLOW = "LightWorkflowArn"
HEAVY_WORKFLOW = "HeavyWorkflowArn"
DISPATCHER = "DispatcherName"
WALKER = "WalkerName"
RECONCILER = "ReconcilerName"
PACKER = "PackerName"
RELEASER = "ReleaserName"
ASKER = "AskerName"
"""Only where there are symbol sources."""
KEEPER = "KeeperName"
KNOBS = "KnobsParameterName"
"""Of the parameter with what is turned, which is of no stack."""
KNOB_PANEL = "KnobPanelParameterName"
CLUSTER = "WorkerClusterName"
SERVICE = "WorkerServiceName"
TASK_DEFINITION = "WorkerTaskDefinitionArn"


def queue_url(queue: QueueClass) -> str:
    """Name the output with the URL of an intake queue."""
    return f"{queue.capitalize()}QueueUrl"


def dead_letter_queue_url(queue: QueueClass) -> str:
    """Name the output with the URL of an intake queue's dead-letter queue."""
    return f"{queue.capitalize()}DeadLetterQueueUrl"


def heavy_queue_url(queue: QueueClass) -> str:
    """Name the output with the URL of a heavy queue."""
    return f"Heavy{queue.capitalize()}QueueUrl"


def heavy_dead_letter_queue_url(queue: QueueClass) -> str:
    """Name the output with the URL of a heavy queue's dead-letter queue."""
    return f"Heavy{queue.capitalize()}DeadLetterQueueUrl"
