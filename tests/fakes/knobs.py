"""Knobs that a test turns by hand."""

from moonwalk.domain.knobs import (
    HEAVY_KILL,
    LIGHT_KILL,
    LIGHT_LIMIT,
    READ_BY_FUNCTIONS,
    RELEASES,
    SLOTS,
    Panel,
    Positions,
    Range,
    Value,
    concurrency,
)

PANEL = Panel(
    {
        **{concurrency(queue): Range(10, 2, 40) for queue in READ_BY_FUNCTIONS},
        LIGHT_LIMIT: Range(1, 0, 448),
        LIGHT_KILL: Range(120, 1, 120),
        HEAVY_KILL: Range(1800, 1, 36_000),
        SLOTS: Range(2, 1, 4),
        RELEASES: Range(500, 0, 10_000),
    },
    ["vendor"],
)


class FakeKnobs:
    """`Knobs` that stand as the settings say until a test turns one."""

    def __init__(self) -> None:
        self.turned: dict[str, Value] = {}
        self.known = True
        self.refused: set[str] = set()

    def now(self) -> Positions:
        return Positions(PANEL, dict(self.turned), self.known, frozenset(self.refused))
