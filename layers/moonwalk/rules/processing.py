"""One pass of processing: from a raw crash and its walks to the processed crash, by a profile.

What frames every pass stands here: its first and last fields, its notes and history, and whether
it was a success.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Self

from moonwalk.domain.processed_crash import (
    STATUS_OK,
    STATUS_UNREADABLE_PACKS,
    Pass,
    timestamp,
)
from moonwalk.domain.request import Ruleset
from moonwalk.ports import Metrics
from moonwalk.rules.profile import Profile
from moonwalk.rules.reading import elements, find
from moonwalk.rules.rule import Crash, Document, Parts, Rule
from moonwalk.rules.running import Ran, run

NO_SIGNATURE = "EMPTY: crash failed to process"
"""The signature of a crash until a rule gives it one (Socorro)."""
STATUS = "mdsw_status_string"
WALK_STATUS = "json_dump.status"
MOST_HISTORY = 20
"""Notes of earlier passes that are kept; reprocessed for years, a crash has hundreds."""
MADE_ANEW = frozenset({"proto_signature", "signature_debug"})
"""Fields that a new signature may not have, and its old one must not leave behind."""


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules of a profile, made once for all crashes."""

    before_walk: tuple[Rule, ...]
    rulesets: Mapping[Ruleset, tuple[Rule, ...]]
    metrics: Metrics

    @classmethod
    def of(cls, profile: Profile, parts: Parts, metrics: Metrics) -> Self:
        """Make the rules of a profile, each of the parts and what the profile tells it."""

        def told(words: Mapping[str, Any]) -> Parts:
            return replace(parts, told=words)

        rulesets = {ruleset: profile.rules(ruleset, told) for ruleset in Ruleset}
        return cls(profile.before_walk(told), rulesets, metrics)

    def files(self, ruleset: Ruleset) -> frozenset[str]:
        """Name the dumps whose content the rules read themselves."""
        return frozenset(name for rule in self.rulesets[ruleset] for name in rule.files)

    def prepare(self, this_pass: Pass, raw: Document) -> Ran:
        """Set right the annotations that the stackwalker reads, too."""
        crash = Crash(this_pass.crash_id, raw)
        return run(self.before_walk, crash, this_pass.ruleset, self.metrics)

    def apply(self, this_pass: Pass, prepared: Ran, crash: Crash, earlier: Document) -> "Applied":
        """Make the processed crash, all but its end.

        Args:
            this_pass: says which ruleset.
            prepared: what `prepare` gave; its raw crash is the one in force.
            crash: dumps, walks and files.
            earlier: the processed crash of the pass before; empty for none.
        """
        begun = Crash(
            crash_id=this_pass.crash_id,
            raw=prepared.crash.raw,
            processed=_begun(this_pass, earlier),
            dumps=crash.dumps,
            walks=crash.walks,
            files=crash.files,
        )
        ran = run(self.rulesets[this_pass.ruleset], begun, this_pass.ruleset, self.metrics)
        return Applied(this_pass, prepared, ran, earlier)


@dataclass(frozen=True, slots=True)
class Applied:
    """A processed crash that lacks nothing but the time of its end."""

    this_pass: Pass
    prepared: Ran
    ran: Ran
    earlier: Document = field(default_factory=dict)

    def ended(self, at: datetime) -> dict[str, Any]:
        """Give the processed crash."""
        notes = [self.this_pass.first_note, *self.prepared.notes, *self.ran.notes]
        return {
            **self.ran.crash.processed,
            "success": self._success(),
            "processor_history": _history(self.earlier),
            "processor_notes": "\n".join(notes),
            "completed_datetime": timestamp(at),
        }

    def _success(self) -> bool:
        """Say whether no rule failed and the main minidump, if there is one, was walked well.

        By the stackwalker's own word: what its log says may replace `mdsw_status_string` only. A
        walk without symbols whose packs cannot be read says that it went well, and did not.
        """
        processed = self.ran.crash.processed
        said = processed.get(STATUS)
        well = find(processed, WALK_STATUS) == STATUS_OK and said != STATUS_UNREADABLE_PACKS
        walked = STATUS not in processed or well
        return walked and not self.prepared.failed and not self.ran.failed


def _begun(this_pass: Pass, earlier: Document) -> dict[str, Any]:
    """Give what a pass starts from: nothing, but where a signature only is made anew."""
    kept: dict[str, Any] = {}
    if this_pass.ruleset is Ruleset.REGENERATE_SIGNATURE:
        kept = {name: value for name, value in earlier.items() if name not in MADE_ANEW}
    return {
        **kept,
        "success": False,
        "started_datetime": timestamp(this_pass.started),
        "signature": NO_SIGNATURE,
    }


def _history(earlier: Document) -> list[Any]:
    """Give the notes of earlier passes, the newest first."""
    notes = earlier.get("processor_notes")
    before = [notes] if isinstance(notes, str) and notes else []
    return [*before, *elements(earlier.get("processor_history"))][:MOST_HISTORY]
