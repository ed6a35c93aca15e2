"""The parts of walking, rules and saving, in the function and in the worker."""

import os
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from moonwalk.adapters import aws
from moonwalk.adapters.broker import Broker, BrokerConfig
from moonwalk.adapters.events import EventBridgeEvents
from moonwalk.adapters.metrics import EmfMetrics
from moonwalk.adapters.s3 import S3CrashStore
from moonwalk.adapters.scratch import FolderScratch
from moonwalk.adapters.symbol_access import BrokeredSymbols
from moonwalk.adapters.walker import StackwalkerProcess, WalkLimits
from moonwalk.composition import asking, common, missing, ruling, turning
from moonwalk.contracts.symbols import packs_prefix
from moonwalk.domain.prices import Prices
from moonwalk.domain.symbols import DEFAULT_SCOPE
from moonwalk.environment import Processing
from moonwalk.knob_ports import Knobs
from moonwalk.usecases.heavy import ProcessHeavy
from moonwalk.usecases.process import Process

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

SCRATCH = Path(tempfile.gettempdir()) / "moonwalk"
"""Where the files of crashes are, and the packs that are kept."""


@dataclass(frozen=True, slots=True)
class Walking:
    """The use cases of both lanes, and what their entry points do around them."""

    process: Process
    process_heavy: ProcessHeavy
    knobs: Knobs
    metrics: EmfMetrics
    broker: Broker


def compose(
    environment: Processing, *, kill: str, walk_ended: Callable[[], None] = lambda: None
) -> Walking:
    """Put the processing together.

    Args:
        environment: of the part that walks.
        kill: the knob of how long a walk may take.
        walk_ended: told whenever a walk has a result, for who watches over it.
    """
    shared, s3 = common.parts(environment.common), aws.s3()
    knobs = turning.knobs(environment.knobs, shared.metrics)
    longest = environment.knobs.panel.ranges[kill].most
    store = S3CrashStore(
        s3,
        environment.crash_bucket,
        environment.stored_encoding,
        environment.keep_walker_output,
    )
    broker = _broker(environment, s3)
    symbols = BrokeredSymbols(broker, texts=environment.symbol_folders)
    process = Process(
        store=store,
        walker=StackwalkerProcess(
            _limits(environment, longest), symbols, walk_ended, turning.number(knobs, kill)
        ),
        apply_rules=ruling.apply_rules(environment, store, s3, shared.clock, shared.metrics),
        events=EventBridgeEvents(aws.events(), environment.event_bus),
        ending=shared.ending,
        scratch=FolderScratch(SCRATCH / "crashes"),
        clock=shared.clock,
        metrics=shared.metrics,
        symbol_scopes=environment.symbol_scopes,
        walks_at_once=environment.walks_at_once,
        ask_for_symbols=asking.compose(environment, s3, shared.metrics, longest),
        record_misses=missing.record_misses(environment, s3, shared.metrics),
        export=ruling.export(environment, s3),
        all_stacks=environment.asking.all_stacks,
        prices=Prices(environment.second_dollars),
    )
    heavy = ProcessHeavy(shared.ledger, process, shared.ending)
    return Walking(process, heavy, knobs, shared.metrics, broker)


def _broker(environment: Processing, s3: "S3Client") -> Broker:
    brokering = environment.brokering
    config = BrokerConfig(
        scopes={
            scope: [*_folders(environment, scope), _store(environment, scope, s3)]
            for scope in environment.symbol_scopes.names
        },
        cache_folder=SCRATCH / "packs",
        disk_bytes=brokering.disk_bytes,
        memory_bytes=brokering.memory_bytes,
        fresh_seconds=brokering.fresh_seconds,
        absent_seconds=brokering.absent_seconds,
    )
    return Broker(config)


def _folders(environment: Processing, scope: str) -> list[dict[str, str]]:
    """Name the folders of packs, which have no scopes in them: all they have is `default`'s."""
    folders = environment.pack_folders if scope == DEFAULT_SCOPE else ()
    return [
        {"kind": "folder", "name": str(folder), "path": str(folder.resolve())} for folder in folders
    ]


def _store(environment: Processing, scope: str, s3: "S3Client") -> dict[str, str]:
    """Name a scope's part of the bucket, at the endpoint that boto3 would ask."""
    store = {
        "kind": "s3",
        # Its figures are told by name, so that of two scopes they must differ.
        "name": "store" if scope == DEFAULT_SCOPE else f"store-{scope}",
        "bucket": environment.symbol_bucket,
        "prefix": packs_prefix(scope).rstrip("/"),
        "region": s3.meta.region_name,
    }
    endpoint = os.environ.get("AWS_ENDPOINT_URL_S3") or os.environ.get("AWS_ENDPOINT_URL")
    return store | ({"endpoint": endpoint} if endpoint else {})


def _limits(environment: Processing, longest: float) -> WalkLimits:
    return WalkLimits(
        wall_seconds=longest,
        memory_bytes=environment.walk_memory_bytes,
        output_bytes=environment.walk_output_bytes,
    )
