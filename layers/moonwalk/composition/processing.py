"""The parts of walking, rules and saving, in the function and in the worker."""

import platform
import tempfile
from dataclasses import dataclass
from pathlib import Path

from moonwalk.adapters import aws
from moonwalk.adapters.events import EventBridgeEvents
from moonwalk.adapters.metrics import EmfMetrics
from moonwalk.adapters.s3 import S3CrashStore
from moonwalk.adapters.scratch import FolderScratch
from moonwalk.adapters.signature import SiggenSignatures
from moonwalk.adapters.symbol_access import SymbolFolders
from moonwalk.adapters.walker import StackwalkerProcess, WalkLimits
from moonwalk.composition import common
from moonwalk.environment import Processing
from moonwalk.usecases.heavy import ProcessHeavy
from moonwalk.usecases.process import Process


@dataclass(frozen=True, slots=True)
class Walking:
    """The use cases of both lanes, and what their entry points do around them."""

    process: Process
    process_heavy: ProcessHeavy
    metrics: EmfMetrics


def compose(environment: Processing) -> Walking:
    """Put the processing together."""
    shared = common.parts(environment.common)
    process = Process(
        store=S3CrashStore(
            aws.s3(),
            environment.crash_bucket,
            environment.stored_encoding,
            environment.keep_walker_output,
        ),
        walker=StackwalkerProcess(_limits(environment), _symbols(environment)),
        signatures=SiggenSignatures(),
        events=EventBridgeEvents(aws.events(), environment.event_bus),
        ending=shared.ending,
        scratch=FolderScratch(Path(tempfile.gettempdir()) / "moonwalk"),
        clock=shared.clock,
        metrics=shared.metrics,
        host=platform.node(),
        walks_at_once=environment.walks_at_once,
    )
    return Walking(process, ProcessHeavy(shared.ledger, process, shared.ending), shared.metrics)


def _symbols(environment: Processing) -> SymbolFolders:
    return SymbolFolders(packs=environment.pack_folders, texts=environment.symbol_folders)


def _limits(environment: Processing) -> WalkLimits:
    return WalkLimits(
        wall_seconds=environment.kill_after_seconds,
        memory_bytes=environment.walk_memory_bytes,
        output_bytes=environment.walk_output_bytes,
    )
