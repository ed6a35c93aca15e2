"""Metrics of symbols: packing, fetching, and what crashes are without."""

from moonwalk.domain.failures import DeadLetterCode, RetryCode
from moonwalk.domain.knobs import PAUSED
from moonwalk.domain.misses import Drop, News
from moonwalk.domain.symbol_sources import Reason
from moonwalk.metrics.declaration import Unit, counter, dimension, gauge, size, timing

SYMBOLS_PACKED = counter(
    "symbols.packed",
    "Uploads that were looked at, by what came of it.",
    dimension("outcome", "packed", "replaced", "unchanged", "again", "gone", "handed_on"),
)
SYMBOLS_REFUSED = counter(
    "symbols.refused", "Uploads that have no pack, by why.", dimension("reason", DeadLetterCode)
)
SYMBOLS_RETRIED = counter(
    "symbols.retried",
    "Uploads left in the queue for a later try.",
    dimension("reason", RetryCode, PAUSED),
)
SYMBOLS_CORRUPT = counter("symbols.corrupt", "Packs made of a text that the parser rejects.")
SYMBOL_TEXT = size("symbols.text_size", Unit.BYTES, "Text that a pack was made of.")
PACKING_TIME = timing("symbols.packing_time", "Wall-clock time of making one pack.")
SYMBOL_NEEDS = counter(
    "symbols.needs",
    "Needs of symbols that were looked at, by what came of it.",
    dimension(
        "outcome",
        *("packed", "there", "absent", "unusable", "failing"),
        *("given_up", "taken", "handed_on", "no_sources"),
    ),
)
SYMBOL_FETCH_TIME = timing("symbols.fetch_time", "Looking for one symbol file in all sources.")
SYMBOL_SOURCE_FAILURES = counter(
    "symbols.source_failures",
    "Answers of sources that are neither symbols nor their absence, by why.",
    dimension("reason", Reason),
)
SYMBOLS_ASKED = counter("symbols.asked", "Symbols that walks were without and that were asked for.")
SYMBOLS_AWAITED = timing("symbols.awaited", "Waits of one crash for symbols that were asked for.")
SYMBOLS_MISSED = counter("symbols.missed", "Modules whose lack was written down for a crash.")
CRASHES_RELEASED = counter(
    "symbols.crashes_released",
    "Crashes sent to be walked again because of symbols, by the news of these.",
    dimension("news", News),
)
CRASHES_DROPPED = counter(
    "symbols.crashes_dropped",
    "Crashes left as they are although there was news of symbols, by why.",
    dimension("reason", Drop),
)
NEWS_WAITING = gauge(
    "symbols.news_waiting",
    Unit.COUNT,
    "Modules of which there is news, and whose crashes are not all released yet.",
)
