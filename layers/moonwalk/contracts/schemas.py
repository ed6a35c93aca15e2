"""Schema numbers: what one version wrote the next one reads, so that a deployment loses nothing."""

KEY = "schema"
"""Under which every message, workflow input, answer and ledger item carries its number."""
_FIRST = 1


def accepted(current: int) -> tuple[int, ...]:
    """Give the numbers that a reader takes: its own version's and the one before, if there is."""
    return tuple(range(max(_FIRST, current - 1), current + 1))
