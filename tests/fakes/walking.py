"""A stackwalker and a signature maker that give what they are told to."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from moonwalk.domain.outcome import WALKED, Outcome, WalkResult
from moonwalk.domain.signature import Signature
from moonwalk.domain.symbols import DEFAULT_SCOPE
from moonwalk.domain.walk_cost import WalkCost

COST = WalkCost(
    packs_opened=1,
    reads=2,
    bytes=3000,
    blocks=4,
    lookups=50,
    memo_hits=6,
    dump_seconds=0.01,
    symbol_seconds=0.1,
    walking_seconds=0.2,
    printing_seconds=0.05,
)


def walked(outcome: Outcome = Outcome.OK, **document: Any) -> WalkResult:
    """Give the result of a walk that ended so."""
    json_dump = {"status": "OK", **document} if outcome in WALKED else {}
    return WalkResult(
        outcome=outcome,
        json_dump=json_dump,
        output=b'{"status": "OK"}' if json_dump else b"",
        exit_code=None if outcome is Outcome.EMPTY else int(outcome is not Outcome.OK),
        log="",
        version="" if outcome is Outcome.EMPTY else "stackwalker 0",
        wall_seconds=0.5,
        cost=COST if json_dump else None,
        stats=b'{"schema": 2}' if json_dump else b"",
    )


class FakeWalker:
    """A `Walker` that looks at the size only.

    Attributes:
        result: gives the result for the content of a minidump that is not empty; may raise.
        walks: contents of what was walked.
        scopes: of each, whose symbols it was to see.
        anew: of each, whether symbols were to be looked for again.
        told: to each, of code files.
    """

    def __init__(self) -> None:
        self.result: Callable[[bytes], WalkResult] = lambda _content: walked()
        self.walks: list[bytes] = []
        self.scopes: list[str] = []
        self.anew: list[bool] = []
        self.told: list[Mapping[str, str] | None] = []

    def walk(
        self,
        minidump: Path,
        raw_crash: Path,  # noqa: ARG002 - the port's
        *,
        scope: str = DEFAULT_SCOPE,
        anew: bool = False,
        told: Mapping[str, str] | None = None,
    ) -> WalkResult:
        content = minidump.read_bytes()
        if not content:
            return walked(Outcome.EMPTY)
        self.walks.append(content)
        self.scopes.append(scope)
        self.anew.append(anew)
        self.told.append(told)
        return self.result(content)


class FakeSignatures:
    """`Signatures` that are always the same."""

    def __init__(self, signature: Signature | None = None) -> None:
        self.signature = signature or Signature("main", "main | start")

    def sign(self, processed: Mapping[str, Any]) -> Signature:  # noqa: ARG002 - the port's
        return self.signature


class FakeVersions:
    """`Versions` by a dictionary.

    Attributes:
        known: versions by product, channel and build.
    """

    def __init__(self) -> None:
        self.known: dict[tuple[str, str, str], str] = {}

    def of(self, product: str, channel: str, build_id: str) -> str | None:
        return self.known.get((product, channel, build_id))
