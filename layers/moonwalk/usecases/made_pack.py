"""What making a pack came to: a pack of its key's module, what it cost, or too much for here."""

from moonwalk.domain.failures import DeadLetter, DeadLetterCode, MoonwalkError, RetryCode
from moonwalk.domain.symbols import SymbolKey
from moonwalk.metrics import Metric
from moonwalk.ports import Metrics
from moonwalk.symbol_ports import MadePack


def checked(key: SymbolKey, made: MadePack) -> MadePack:
    """Give the pack if it is of its key's module.

    Raises:
        DeadLetter: `not_symbols` or `symbols_of_another_module`.
    """
    if not made.module_id:
        raise DeadLetter(
            DeadLetterCode.NOT_SYMBOLS, f"{key} has no MODULE line: it is no symbol file"
        )
    if made.module_id != key.debug_id:
        raise DeadLetter(
            DeadLetterCode.SYMBOLS_OF_ANOTHER_MODULE,
            f"the MODULE line of {key} has another debug id; upload it under its own",
        )
    return made


def is_too_much_here(failure: MoonwalkError) -> bool:
    """Whether symbols may well be packed where there is more of everything."""
    return failure.code in (DeadLetterCode.SYMBOLS_TOO_LARGE, RetryCode.SCRATCH_FULL)


def measure(metrics: Metrics, made: MadePack) -> None:
    """Count a pack that was stored."""
    metrics.add(Metric.SYMBOL_TEXT, made.facts.text_bytes)
    metrics.add(Metric.PACKING_TIME, made.seconds)
    if made.facts.corrupt:
        metrics.add(Metric.SYMBOLS_CORRUPT)
