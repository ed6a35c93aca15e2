"""The table of alarms: what each means, where to look first, and whether it wakes anybody.

A row may be watched on several things, such as each queue; all of them share one section of
`docs/runbook.md`, which has the remedy. Rows that do not page are parts of one that does, and what
another row explains has no page of its own, so that one anomaly pages once, however many of its
signs show.
"""

from dataclasses import dataclass
from enum import Enum


@dataclass(frozen=True, slots=True)
class Row:
    """What is told of an alarm to whom it wakes."""

    slug: str
    title: str
    meaning: str
    look: str
    pages: bool = False
    unless_explained: bool = False
    """Whether its page waits for one that knows the cause, and keeps quiet beside it."""


class Watch(Enum):
    """Every alarm of a deployment."""

    FUGUE = Row(
        "fugue",
        "Fugue",
        "A lane takes in more than it finishes, and not for want of work in its slots: they wait, "
        "each does less, or the disk's credit ends.",
        "What walks wait for: the dashboard's row of walks, then `moonwalk why` of a slow crash.",
        pages=True,
    )
    LATE = Row(
        "late",
        "Fresh crashes are late",
        "Fresh crashes wait longer than the objective allows.",
        "Which lane and which queue: the first row of the dashboard.",
        pages=True,
        unless_explained=True,
    )
    BULK_LATE = Row(
        "bulk-late",
        "Bulk work is late",
        "Reprocessing has queued more, or for longer, than it was planned for.",
        "Who asked for so much, and whether fresh crashes are fine.",
        pages=True,
        unless_explained=True,
    )
    LAID_ASIDE = Row(
        "laid-aside",
        "Requests were laid aside",
        "Something cannot be used, or was tried as often as allowed; it will not come back alone.",
        "The reasons on the messages in the dead-letter queue.",
        pages=True,
    )
    FAILING = Row(
        "failing",
        "Parts of the pipeline fail",
        "Functions or workflows end without an answer, or are refused.",
        "The log of the part that the child alarm names.",
        pages=True,
    )
    UNTENDED = Row(
        "untended",
        "Nobody looks after late crashes",
        "What is past its due time is not put back: the reconciler fails, or says nothing.",
        "The reconciler's log of the last minutes.",
        pages=True,
    )
    CLOCKWORK = Row(
        "clockwork",
        "What the clock starts stands still",
        "Knobs are not kept, news of symbols is not passed on, or symbols are not asked for.",
        "The log of the function that the child alarm names.",
        pages=True,
    )
    WORKERS = Row(
        "workers",
        "Workers are unwell",
        "Workers take no more: too little memory or room is free.",
        "Which of them, for how long, and when it started.",
        pages=True,
    )
    WORKERS_GONE = Row(
        "workers-gone",
        "No worker works",
        "Work waits in the heavy lane, and workers say nothing.",
        "The service's events and the stopped tasks' reasons.",
        pages=True,
    )
    SYMBOLS = Row(
        "symbols",
        "Symbols are stuck",
        "Symbols are not packed, or the crashes that waited for them are not walked again.",
        "The packer's log and its dead-letter queue.",
        pages=True,
        unless_explained=True,
    )
    EXPLAINED = Row(
        "explained",
        "Lateness has a known cause",
        "A fugue, silent workers or failing parts: that has a page, its consequences have none.",
        "The page that came first.",
    )
    VISIBLE = Row(
        "visible-sqs-messages",
        "Visible SQS messages",
        "More messages wait in a queue than its lane works off in good time.",
        "Whether more come in than usual, or fewer go out.",
    )
    OLDEST = Row(
        "oldest-message",
        "Age of the oldest message",
        "A message has waited too long.",
        "Whether the queue moves at all, or is paused.",
    )
    DEAD_LETTERS = Row(
        "dead-letters",
        "Messages in a dead-letter queue",
        "At least one request could not be used; its attributes say why.",
        "The attribute `reason` of the message.",
    )
    OVERDUE = Row(
        "oldest-due-crash",
        "The ledger's oldest due crash",
        "A crash is past its due time and nobody took it up, or the reconciler says nothing.",
        "The reconciler's log of the last minutes.",
    )
    ROUNDS_MISSED = Row(
        "rounds-missed",
        "Rounds are missed",
        "A function that the clock starts has said nothing for ten minutes, or fails each time.",
        "Its log, and whether its schedule is on.",
    )
    WORKFLOW_FAILED = Row(
        "workflow-failed",
        "Workflows fail",
        "Workflows ended without an answer for a reason that is not the crash's own.",
        "The failed executions' causes.",
    )
    WORKFLOW_TIMED_OUT = Row(
        "workflow-timed-out",
        "Workflows time out",
        "Workflows had no answer in their time.",
        "Whether walkers hang (light lane), or no worker came (heavy lane).",
    )
    FUNCTION_ERRORS = Row(
        "function-errors",
        "Functions fail",
        "Functions raise errors, time out or run out of memory.",
        "The functions' logs, errors only.",
    )
    THROTTLES = Row(
        "throttles",
        "Throttles",
        "AWS refuses what comes too fast: functions, workflows, or what functions ask for.",
        "Which of them, in the dashboard's first row; then the account's limits.",
    )
    LAG_FAST = Row(
        "lag-fast-burn",
        "Lag, fast burn",
        "So many fresh crashes are late that a month's allowance is gone within two days.",
        "Queue depth and throughput of the last hour.",
    )
    LAG_SLOW = Row(
        "lag-slow-burn",
        "Lag, slow burn",
        "So many fresh crashes are late that a month's allowance is gone within five days.",
        "What has changed since yesterday: walks, symbols, traffic.",
    )
    BACKLOG_GROWS = Row(
        "backlog-grows",
        "The backlog grows",
        "More comes into a lane than it finishes, or did so for ten minutes of the last hour.",
        "Arrivals against answers.",
    )
    SLOTS_SLOW = Row(
        "throughput-per-slot",
        "Throughput per slot falls",
        "A crash takes a slot much longer than it does when all is well.",
        "Times by step: fetching, walking, symbols, rules, saving.",
    )
    WAITS_RISE = Row(
        "wait-ratio",
        "The wait ratio rises",
        "Walks wait for disk or network for a large part of their time.",
        "Reads of the disk against its limit; requests to symbol sources.",
    )
    NEWS_WAITING = Row(
        "news-waiting",
        "News of symbols waits",
        "Symbols came, and the crashes that missed them are released too slowly.",
        "The releaser's log, and the depth of the reprocessing queue.",
    )
    REFUSALS = Row(
        "packer-refusals",
        "The packer refuses uploads",
        "Uploaded symbol files have no pack: what was uploaded is unusable.",
        "The reasons in the dashboard's row of symbols, and who uploads.",
    )
    DISK_CREDIT = Row(
        "disk-credit",
        "Disk credit runs out",
        "A worker's machine soon reads its network disk at the baseline rate only.",
        "Whether the cache lies on local NVMe, as the worker's probe at its start says.",
    )
    WORKER_SILENT = Row(
        "worker-silent",
        "No heartbeat while work waits",
        "The heavy lane has work, and no worker has said a word for a quarter of an hour.",
        "The service's events: no capacity, an image that cannot be pulled, a task that ends.",
    )
    WORKER_MEMORY = Row(
        "worker-memory",
        "A worker's memory fills",
        "A worker takes no more for want of memory: a leak, or walks too large for their slots.",
        "Resident memory over days, and when the worker started.",
    )
    WORKER_SCRATCH = Row(
        "worker-scratch",
        "A worker's scratch fills",
        "A worker takes no more for want of room for dumps and packs; soon it is replaced.",
        "What lies in scratch, and how the cache is bounded.",
    )
