"""Makes processed crashes from files by the rules of a profile, as the pipeline's function does."""

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Self

from cli import inputs
from cli.exits import UsageError
from cli.processing.recorded import CrashFiles
from cli.processing.versions import VersionFile
from moonwalk.adapters.json_text import to_json
from moonwalk.adapters.signature import SiggenSignatures
from moonwalk.adapters.signature_lists import SignatureLists
from moonwalk.domain.processed_crash import Pass
from moonwalk.metrics import Metric
from moonwalk.rules.processing import Rules
from moonwalk.rules.profile import UnusableProfileError, named
from moonwalk.rules.rule import Crash, Parts


class NoMetrics:
    """`Metrics` that nobody looks at."""

    def add(self, metric: Metric, value: float = 1, **dimensions: str) -> None:
        """Forget a value."""


@dataclass(frozen=True, slots=True)
class Processor:
    """Processes one crash after the other.

    Attributes:
        host: what notes name as the place of the run.
        version: of the stackwalker.
        now: the time at which all is done.
    """

    rules: Rules
    host: str
    version: str
    now: datetime

    @classmethod
    def of(cls, profile: str, betaversions: Path | None, **others: Any) -> Self:
        """Make one with the rules of a profile.

        Raises:
            UsageError: when there is no such profile, or a file cannot be used.
        """
        try:
            chosen = named(profile)
        except UnusableProfileError as error:
            raise UsageError(str(error), "name one by --profile") from error
        signatures = SiggenSignatures(SignatureLists.read(*chosen.signature_lists))
        parts = Parts(chosen.schema, signatures, VersionFile.read(betaversions))
        return cls(Rules.of(chosen, parts, NoMetrics()), **others)

    def processed(self, files: CrashFiles) -> dict[str, Any]:
        """Give the processed crash, whole.

        Raises:
            UsageError: when a file of it cannot be used.
        """
        this_pass = Pass(files.crash_id, files.ruleset, self.now, self.host)
        raw = inputs.annotations(files.raw)
        earlier = inputs.annotations(files.existing) if files.existing else {}
        prepared = self.rules.prepare(this_pass, raw)
        read = self.rules.files(files.ruleset)
        crash = Crash(
            crash_id=files.crash_id,
            raw=prepared.crash.raw,
            dumps=tuple(files.dumps),
            walks=files.results(self.version),
            files={name: path for name, path in files.dumps.items() if name.text in read},
        )
        return self.rules.apply(this_pass, prepared, crash, earlier).ended(self.now)

    def written(self, files: CrashFiles) -> str:
        """Give the processed crash as it is stored, but for its keys, which are sorted.

        Raises:
            UsageError: when a file of it cannot be used.
        """
        stored = json.loads(to_json(self.processed(files)))
        return json.dumps(stored, sort_keys=True, indent=1)
