"""A network disk that bursts: fast until its credit is used up, then at its baseline for good.

So EBS serves small instances: bytes and operations have a bucket each, which what is used beyond
the baseline empties. Here an empty bucket stays empty; the real one fills up again within a day,
which is longer than a benchmark.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Speed:
    """What a disk gives in a second."""

    bytes: int
    reads: int

    def scaled(self, part: float) -> "Speed":
        """Give a part of it."""
        return Speed(round(self.bytes * part), round(self.reads * part))


M5_XLARGE_BURST = Speed(594_000_000, 18_750)
M5_XLARGE_BASELINE = Speed(144_000_000, 6_000)
M5_XLARGE_PROCESSORS = 4


@dataclass
class BurstDisk:
    """The two buckets.

    Attributes:
        burst, baseline: what the disk gives with credit, and without.
        credit_bytes, credit_reads: what is left.
        ended_at: when the credit ended; None while there is some.
    """

    burst: Speed
    baseline: Speed
    credit_bytes: float
    credit_reads: float
    ended_at: float | None = None

    @classmethod
    def with_credit(cls, burst: Speed, baseline: Speed, seconds: float) -> "BurstDisk":
        """Give a disk that can burst for so many seconds without a pause."""
        return cls(
            burst,
            baseline,
            credit_bytes=(burst.bytes - baseline.bytes) * seconds,
            credit_reads=(burst.reads - baseline.reads) * seconds,
        )

    @property
    def speed(self) -> Speed:
        """What it gives now."""
        return self.burst if self.ended_at is None else self.baseline

    def use(self, read_bytes: int, reads: int, seconds: float, now: float) -> None:
        """Take from the buckets what was read in some seconds, and put in what is its due.

        The credit is never more than it was at the beginning: nothing is saved up.
        """
        if self.ended_at is not None:
            return
        self.credit_bytes -= max(0.0, read_bytes - self.baseline.bytes * seconds)
        self.credit_reads -= max(0.0, reads - self.baseline.reads * seconds)
        if self.credit_bytes <= 0 or self.credit_reads <= 0:
            self.end(now)

    def end(self, now: float) -> None:
        """Have no credit from now on."""
        if self.ended_at is None:
            self.ended_at = now
            self.credit_bytes = self.credit_reads = 0.0
