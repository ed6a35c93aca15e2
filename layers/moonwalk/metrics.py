"""The catalogue of metrics: nothing can be recorded that is not declared here."""

from dataclasses import dataclass
from enum import Enum, StrEnum


class Unit(StrEnum):
    """CloudWatch's units, as far as they are used."""

    COUNT = "Count"
    SECONDS = "Seconds"
    BYTES = "Bytes"


@dataclass(frozen=True, slots=True)
class Declaration:
    """A metric's name, unit, dimensions and meaning."""

    name: str
    unit: Unit
    meaning: str
    dimensions: tuple[str, ...] = ()


class Metric(Enum):
    """Every metric of Moonwalk. No dimension may take unbounded values."""

    REQUESTS = Declaration(
        "intake.requests", Unit.COUNT, "Requests read from the intake queues.", ("queue",)
    )
    SETTLED = Declaration(
        "intake.settled",
        Unit.COUNT,
        "Requests that needed no run of their own, by why.",
        ("queue", "why"),
    )
    REJECTED = Declaration(
        "intake.rejected", Unit.COUNT, "Requests laid in a dead-letter queue.", ("reason",)
    )
    RETRIED = Declaration(
        "intake.retried", Unit.COUNT, "Requests left in their queue for a later try.", ("reason",)
    )
    HEAVY = Declaration(
        "lane.heavy", Unit.COUNT, "Crashes handed to the heavy lane, by why.", ("why",)
    )
    ANSWERS = Declaration(
        "crash.answers", Unit.COUNT, "Ends of runs, by lane and status.", ("lane", "status")
    )
    LAG = Declaration(
        "crash.lag",
        Unit.SECONDS,
        "From the sending of the message to the published processed crash.",
        ("queue",),
    )
    WALKS = Declaration("walk.outcomes", Unit.COUNT, "Walked minidumps, by outcome.", ("outcome",))
    WALK_TIME = Declaration("walk.time", Unit.SECONDS, "Wall-clock time of one stackwalker run.")
    WALK_INPUT = Declaration("walk.minidump_size", Unit.BYTES, "Size of a walked minidump.")
    PACKS_OPENED = Declaration(
        "walk.packs_opened", Unit.COUNT, "Packs that one walk read symbols from."
    )
    PACK_READS = Declaration("walk.pack_reads", Unit.COUNT, "Reads of packs in one walk.")
    PACK_BYTES = Declaration("walk.pack_bytes", Unit.BYTES, "Bytes of packs read in one walk.")
    SYMBOL_TIME = Declaration("walk.symbol_time", Unit.SECONDS, "Time of one walk in its symbols.")
    SYMBOL_REQUESTS = Declaration(
        "walk.symbol_requests", Unit.COUNT, "Requests to sources of packs for one walk."
    )
    SYMBOL_SOURCE_BYTES = Declaration(
        "walk.symbol_source_bytes", Unit.BYTES, "Bytes of packs from sources for one walk."
    )
    SYMBOL_KEPT_BYTES = Declaration(
        "walk.symbol_kept_bytes", Unit.BYTES, "Bytes of packs for one walk that the broker had."
    )
    SYMBOL_WAIT = Declaration(
        "walk.symbol_wait", Unit.SECONDS, "Waits for sources of packs in one walk, added up."
    )
    RULE_TIME = Declaration(
        "processor.rule.act.timing", Unit.SECONDS, "Time of one rule over one crash.", ("rule",)
    )
    NULLS = Declaration(
        "processor.denullrule.has_nulls", Unit.COUNT, "Crashes with NUL in annotations."
    )
    NONES = Declaration(
        "processor.denonerule.had_nones", Unit.COUNT, "Crashes with annotations that are null."
    )
    WALKED = Declaration(
        "processor.minidumpstackwalk.run",
        Unit.COUNT,
        "Walked minidumps, by success and exit code.",
        ("outcome", "exitcode"),
    )
    STACK_SIZE = Declaration(
        "processor.truncatestackrule.stack_size", Unit.COUNT, "Frames of a truncated stack."
    )
    STACKS_TRUNCATED = Declaration(
        "processor.truncatestackrule.truncated", Unit.COUNT, "Stacks that were truncated."
    )
    VERSION_CACHE = Declaration(
        "processor.betaversionrule.cache",
        Unit.COUNT,
        "Versions of builds that were wanted, by whether they were remembered.",
        ("result",),
    )
    VERSION_LOOKUP = Declaration(
        "processor.betaversionrule.lookup",
        Unit.COUNT,
        "Versions of builds that were looked up, by whether one was found.",
        ("result",),
    )
    RECONCILED = Declaration(
        "ledger.reconciled",
        Unit.COUNT,
        "Late crashes that the reconciler found, by what it did.",
        ("action",),
    )
    SYMBOLS_PACKED = Declaration(
        "symbols.packed",
        Unit.COUNT,
        "Uploads that were looked at, by what came of it.",
        ("outcome",),
    )
    SYMBOLS_REFUSED = Declaration(
        "symbols.refused", Unit.COUNT, "Uploads that have no pack, by why.", ("reason",)
    )
    SYMBOLS_RETRIED = Declaration(
        "symbols.retried", Unit.COUNT, "Uploads left in the queue for a later try.", ("reason",)
    )
    SYMBOLS_CORRUPT = Declaration(
        "symbols.corrupt", Unit.COUNT, "Packs made of a text that the parser rejects."
    )
    SYMBOL_TEXT = Declaration("symbols.text_size", Unit.BYTES, "Text that a pack was made of.")
    PACKING_TIME = Declaration(
        "symbols.packing_time", Unit.SECONDS, "Wall-clock time of making one pack."
    )
    SYMBOL_NEEDS = Declaration(
        "symbols.needs",
        Unit.COUNT,
        "Needs of symbols that were looked at, by what came of it.",
        ("outcome",),
    )
    SYMBOL_FETCH_TIME = Declaration(
        "symbols.fetch_time", Unit.SECONDS, "Looking for one symbol file in all sources."
    )
    SYMBOL_SOURCE_FAILURES = Declaration(
        "symbols.source_failures",
        Unit.COUNT,
        "Answers of sources that are neither symbols nor their absence, by why.",
        ("reason",),
    )
    SYMBOLS_ASKED = Declaration(
        "symbols.asked", Unit.COUNT, "Symbols that walks were without and that were asked for."
    )
    SYMBOLS_AWAITED = Declaration(
        "symbols.awaited", Unit.SECONDS, "Waits of one crash for symbols that were asked for."
    )
    SYMBOLS_MISSED = Declaration(
        "symbols.missed", Unit.COUNT, "Modules whose lack was written down for a crash."
    )
    CRASHES_RELEASED = Declaration(
        "symbols.crashes_released",
        Unit.COUNT,
        "Crashes sent to be walked again because of symbols, by the news of these.",
        ("news",),
    )
    CRASHES_DROPPED = Declaration(
        "symbols.crashes_dropped",
        Unit.COUNT,
        "Crashes left as they are although there was news of symbols, by why.",
        ("reason",),
    )
    NEWS_WAITING = Declaration(
        "symbols.news_waiting",
        Unit.COUNT,
        "Modules of which there is news, and whose crashes are not all released yet.",
    )
    INCOMPLETE = Declaration(
        "crash.incomplete",
        Unit.COUNT,
        "Crashes published as provisional, for each reason that symbols lack.",
        ("reason",),
    )
