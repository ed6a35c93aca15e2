"""What a rule is: it looks at a crash and says what it found. It changes nothing itself.

A rule is a pure unit: what it reads and what it sets stand at its head, `applies` says whether
its turn is worth taking, `act` gives what it sets. `moonwalk.rules.running` takes its time, puts
what it found where it belongs, and notes its failure. A new rule is a file here and a line in a
profile, see `docs/rules.md`.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar, Self

from moonwalk.domain.crash_id import CrashId
from moonwalk.domain.dumps import DumpName
from moonwalk.domain.outcome import WalkResult
from moonwalk.domain.schema import Schema
from moonwalk.metrics import Metric
from moonwalk.ports import Signatures, Versions

Document = Mapping[str, Any]
"""A JSON object. Its values may be of any kind, whatever their names promise."""

ANY = "*"
"""Declared by a rule that reads or sets names which only the crash knows."""


@dataclass(frozen=True, slots=True)
class Crash:
    """A crash as it stands when a rule's turn comes; rules change nothing in it.

    Attributes:
        raw: the raw crash's annotations.
        processed: the processed crash so far.
        dumps: the names of all its dumps, in stored order.
        walks: how the walk of each minidump ended, in the same order.
        files: where those dumps lie that rules read themselves, by name.
    """

    crash_id: CrashId
    raw: Document
    processed: Document = field(default_factory=dict)
    dumps: tuple[DumpName, ...] = ()
    walks: Mapping[DumpName, WalkResult] = field(default_factory=dict)
    files: Mapping[DumpName, Path] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Count:
    """A figure that a rule has to tell."""

    metric: Metric
    value: float = 1
    dimensions: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Found:
    """What a rule sets.

    Attributes:
        fields: fields of the processed crash, each whole.
        annotations: annotations of the raw crash, as later rules and the stackwalker see them;
            what is stored as raw crash stays as it came.
        dropped: annotations that later rules do not see.
        notes: sentences for the processor notes. They are public: no value of a crash that is
            protected, no path, no exception's text.
        counts: figures.
    """

    fields: Document = field(default_factory=dict)
    annotations: Document = field(default_factory=dict)
    dropped: frozenset[str] = frozenset()
    notes: tuple[str, ...] = ()
    counts: tuple[Count, ...] = ()


NOTHING = Found()


@dataclass(frozen=True, slots=True)
class Parts:
    """What rules are made of.

    Attributes:
        schema: of the processed crash.
        own_hosts: hosts whose addresses are nobody's business, in lower case.
        told: what the profile says to this rule.
    """

    schema: Schema
    signatures: Signatures
    versions: Versions
    own_hosts: frozenset[str] = frozenset()
    told: Mapping[str, Any] = field(default_factory=dict)


class Rule(ABC):
    """One rule. It is total: whatever a crash holds, it gives a result of bounded size."""

    annotations: ClassVar[tuple[str, ...]] = ()
    """Annotations of the raw crash that it reads or sets."""
    reads: ClassVar[tuple[str, ...]] = ()
    """Fields of the processed crash that it reads, by their top-level names."""
    writes: ClassVar[tuple[str, ...]] = ()
    """Fields of the processed crash that it sets, by their top-level names."""
    files: ClassVar[tuple[str, ...]] = ()
    """Dumps whose content it reads itself, by their names."""

    @classmethod
    def made(cls, parts: Parts) -> Self:  # noqa: ARG003 - most rules need nothing
        """Make the rule for a profile, once for all crashes."""
        return cls()

    @property
    def name(self) -> str:
        """What notes, metrics and profiles call it."""
        return type(self).__name__

    def applies(self, crash: Crash) -> bool:  # noqa: ARG002 - most rules always apply
        """Say whether there is anything to do."""
        return True

    @abstractmethod
    def act(self, crash: Crash) -> Found:
        """Give what the rule finds."""
