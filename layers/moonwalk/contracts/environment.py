"""Environment variables by which a deployment tells its functions and workers what they need."""

from moonwalk.domain.request import QueueClass

CRASH_BUCKET = "MOONWALK_CRASH_BUCKET"
LEDGER_TABLE = "MOONWALK_LEDGER_TABLE"
EVENT_BUS = "MOONWALK_EVENT_BUS"
LIGHT_WORKFLOW = "MOONWALK_LIGHT_WORKFLOW"
"""ARN of the Express workflow."""
HEAVY_WORKFLOW = "MOONWALK_HEAVY_WORKFLOW"
"""ARN of the Standard workflow."""
INTAKE = "MOONWALK_INTAKE"
"""Which messages are requests: `text`, `s3_event`, or both with a comma between."""

LIGHT_LIMIT_BYTES = "MOONWALK_LIGHT_LIMIT_BYTES"
DUE_AFTER_SECONDS = "MOONWALK_DUE_AFTER_SECONDS"
HEAVY_DUE_AFTER_SECONDS = "MOONWALK_HEAVY_DUE_AFTER_SECONDS"
WORKFLOW_SECONDS = "MOONWALK_WORKFLOW_SECONDS"
MAX_TRIES = "MOONWALK_MAX_TRIES"
"""How often a message may be received before the dispatcher gives it up with a reason."""
MAX_PUT_BACKS = "MOONWALK_MAX_PUT_BACKS"
PUT_BACK_PATIENCE_SECONDS = "MOONWALK_PUT_BACK_PATIENCE_SECONDS"
LEDGER_DAYS = "MOONWALK_LEDGER_DAYS"

STORED_ENCODING = "MOONWALK_STORED_ENCODING"
"""`gzip` or `identity`: how processed crashes are stored."""
KEEP_WALKER_OUTPUT = "MOONWALK_KEEP_WALKER_OUTPUT"
"""`true` to store the stackwalker's own output beside the processed crash."""
PACK_FOLDERS = "MOONWALK_PACK_FOLDERS"
"""Folders of packed symbols where the walker runs, with `:` between them; may be empty."""
SYMBOL_FOLDERS = "MOONWALK_SYMBOL_FOLDERS"
"""Folders of Breakpad symbols, looked at for modules without a pack; written likewise."""
KILL_AFTER_SECONDS = "MOONWALK_KILL_AFTER_SECONDS"
WALK_MEMORY_BYTES = "MOONWALK_WALK_MEMORY_BYTES"
WALK_OUTPUT_BYTES = "MOONWALK_WALK_OUTPUT_BYTES"
WALKS_AT_ONCE = "MOONWALK_WALKS_AT_ONCE"
"""How many minidumps of one crash are walked side by side."""
WORKER_SLOTS = "MOONWALK_WORKER_SLOTS"
"""How many crashes a worker of the heavy lane works on at the same time."""
VISIBILITY_SECONDS = "MOONWALK_VISIBILITY_SECONDS"

PACK_DISK_BYTES = "MOONWALK_PACK_DISK_BYTES"
"""Of packs that the broker keeps on disk."""
PACK_CACHE_BYTES = "MOONWALK_PACK_CACHE_BYTES"
"""Of packs that it keeps in memory."""
PACK_FRESH_SECONDS = "MOONWALK_PACK_FRESH_SECONDS"
"""Until the broker asks again about a pack that it knows."""
PACK_ABSENT_SECONDS = "MOONWALK_PACK_ABSENT_SECONDS"
"""Until the broker asks again for a pack that was not there."""
SYMBOL_BUCKET = "MOONWALK_SYMBOL_BUCKET"
SYMBOL_QUEUE_URL = "MOONWALK_SYMBOL_QUEUE_URL"
SYMBOL_DEAD_LETTER_QUEUE_URL = "MOONWALK_SYMBOL_DEAD_LETTER_QUEUE_URL"
SYMBOL_UPLOAD_BYTES = "MOONWALK_SYMBOL_UPLOAD_BYTES"
"""Of an upload as it is stored, compressed or not."""
SYMBOL_TEXT_BYTES = "MOONWALK_SYMBOL_TEXT_BYTES"
"""Of the text in it."""
PACK_SECONDS = "MOONWALK_PACK_SECONDS"
PACK_MEMORY_BYTES = "MOONWALK_PACK_MEMORY_BYTES"


def queue_url(queue: QueueClass) -> str:
    """Name the variable with the URL of an intake queue."""
    return f"MOONWALK_{queue.upper()}_QUEUE_URL"


def dead_letter_queue_url(queue: QueueClass) -> str:
    """Name the variable with the URL of an intake queue's dead-letter queue."""
    return f"MOONWALK_{queue.upper()}_DEAD_LETTER_QUEUE_URL"


def heavy_queue_url(queue: QueueClass) -> str:
    """Name the variable with the URL of a queue of the heavy lane."""
    return f"MOONWALK_HEAVY_{queue.upper()}_QUEUE_URL"
