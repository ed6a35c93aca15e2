"""What a walk cost, as the stackwalker counted it: what it read, and where its time went."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class WalkCost:
    """The figures of one walk, all modules together.

    Attributes:
        packs_opened: packs that symbols were read from.
        reads: of packs; what would be requests if they were not on a disk.
        bytes: that those reads gave.
        blocks: of packs, decompressed.
        lookups: questions that the walk asked of symbols.
        memo_hits: those of them that had been answered before.
        dump_seconds: to open the minidump.
        symbol_seconds: in symbols, packs and text alike.
        walking_seconds: in the walk, without its symbols.
        printing_seconds: for the JSON.
    """

    packs_opened: int
    reads: int
    bytes: int
    blocks: int
    lookups: int
    memo_hits: int
    dump_seconds: float
    symbol_seconds: float
    walking_seconds: float
    printing_seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokerCost:
    """What the broker did for one walk.

    Attributes:
        requests: to sources of packs, each with all its tries.
        source_bytes: that came of them.
        kept_bytes: that it had at hand.
        whole_packs: that it handed over to be read from the disk.
        wait_seconds: that questions waited for sources, side by side.
    """

    requests: int
    source_bytes: int
    kept_bytes: int
    whole_packs: int
    wait_seconds: float
