"""Sends crashes through a pipeline and brings back what came of each."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cli import ledger_view, places, walk_costs
from cli.export import Exported, export
from cli.following import follow
from cli.new_crash import NewCrash
from cli.reachable import Reachable
from cli.stack import mapping
from cli.submission import send, upload
from cli.terminal import Steps
from cli.walk_costs import Costs, costs_of
from moonwalk.adapters.stored_content import UnusableContentError, parse_json
from moonwalk.contracts import storage
from moonwalk.domain.ledger import LedgerEntry, State
from moonwalk.domain.public import PublicView
from moonwalk.domain.request import QueueClass, Ruleset


@dataclass(frozen=True)
class Finished:
    """A crash that has ended.

    Attributes:
        dump: what it was made of.
        entry: what the ledger says of it.
        processed: what is public of the processed crash; empty when there is none.
        objects: everything that is stored of it.
        seconds: time per step, the upload included.
        costs: what the walk of each minidump cost, as far as that is kept.
    """

    dump: Path
    entry: LedgerEntry
    processed: Mapping[str, Any]
    objects: list[Exported]
    seconds: Mapping[str, float]
    costs: Costs

    @property
    def failed(self) -> bool:
        """Whether it ended without a processed crash."""
        return self.entry.state is State.FAILED

    def document(self) -> dict[str, Any]:
        """Give it as `run` prints it for machines."""
        return {
            **ledger_view.document(self.entry),
            "dump": str(self.dump),
            "seconds": dict(self.seconds),
            "walks": walk_costs.document(self.costs),
            "objects": {exported.key: str(exported.path) for exported in self.objects},
            "processed_crash": dict(self.processed) or None,
        }


def run_all(
    crashes: Mapping[Path, NewCrash],
    through: Reachable,
    steps: Steps,
    seconds: float,
    view: PublicView,
) -> Iterator[Finished]:
    """Send crashes on the standard queue, all of them at once, and wait for each.

    Args:
        crashes: by the dump that each was made of.
        through: the pipeline.
        steps: is told what is being done.
        seconds: how long to wait for each.
        view: reduces what came of them to what is public.

    Raises:
        Negative: when one has not ended in time.
        Unreachable: when the deployment does not answer.
    """
    uploads = {}
    for dump, crash in crashes.items():
        with steps.step(f"sending {places.shown(dump)} as {crash.crash_id}"):
            uploads[dump] = upload(crash, through)
            send(crash.crash_id, through, QueueClass.STANDARD, Ruleset.DEFAULT)
    for dump, crash in crashes.items():
        with steps.step(f"processing {crash.crash_id}"):
            entry = follow(crash.crash_id, through, seconds)
        objects = export(entry.crash_id, through, places.RUN / entry.crash_id.text)
        yield Finished(
            dump=dump,
            entry=entry,
            processed=view.processed(_processed(entry, objects)),
            objects=objects,
            seconds={"upload": round(uploads[dump], 3), **ledger_view.seconds_of(entry)},
            costs=costs_of(objects),
        )


def _processed(entry: LedgerEntry, objects: list[Exported]) -> Mapping[str, Any]:
    key = storage.processed_crash(entry.crash_id)
    for exported in objects:
        if exported.key == key:
            try:
                return mapping(parse_json(exported.path.read_bytes()))
            except UnusableContentError:
                return {}
    return {}
