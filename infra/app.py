"""The whole deployment as a CDK app, for the command line, for tests and for the embedded AWS."""

import json
from collections.abc import Mapping
from typing import Any

from aws_cdk import App, Environment, Validations
from cdk_nag import AwsSolutionsChecks

from infra.assets import ROOT, Assets
from infra.settings import Settings
from infra.stacks.heavy_lane import HeavyLaneStack
from infra.stacks.observability import ObservabilityStack
from infra.stacks.pipeline import PipelineStack
from infra.stacks.storage import StorageStack
from moonwalk.contracts.outputs import StackPart, stack_name


def build_app(
    overrides: Mapping[str, Any] | None = None,
    *,
    outdir: str | None = None,
    assets: Assets | None = None,
) -> App:
    """Make the app from the context of `cdk.json`, with what the CDK command line adds to it.

    Args:
        overrides: more context, such as `{"moonwalk:assets": "local"}`; it comes before
            `cdk.json` and after the command line.
        outdir: where the templates go; by default where the command line or `CDK_OUTDIR` says.
        assets: parts to deploy in place of the built ones that the settings choose.

    Raises:
        SettingsError: for a setting that cannot be.
        AssetsMissingError: when something has to be built first.
    """
    context = json.loads((ROOT / "cdk.json").read_text(encoding="utf-8"))["context"]
    app = App(
        context={**context, **(overrides or {})},
        outdir=outdir,
        analytics_reporting=False,
        tree_metadata=False,
    )
    settings = Settings.from_context(app.node.get_all_context())
    assets = assets or Assets.of(settings.assets, settings.architecture)
    assets.check()
    _add_stacks(app, settings, assets)
    Validations.of(app).add_plugins(AwsSolutionsChecks(app))
    return app


def _add_stacks(app: App, settings: Settings, assets: Assets) -> None:
    env = Environment(account=settings.account or None, region=settings.region or None)
    names = {part: stack_name(settings.name, part) for part in StackPart}
    storage = StorageStack(
        app,
        "Storage",
        settings=settings,
        env=env,
        stack_name=names[StackPart.STORAGE],
        description="Moonwalk: crashes, symbols, ledger and event bus. Kept.",
        termination_protection=settings.deletion_protection,
    )
    pipeline = PipelineStack(
        app,
        "Pipeline",
        settings=settings,
        assets=assets,
        env=env,
        stack_name=names[StackPart.PIPELINE],
        description="Moonwalk: queues, functions and workflows.",
    )
    heavy_lane = HeavyLaneStack(
        app,
        "HeavyLane",
        settings=settings,
        assets=assets,
        pipeline=pipeline,
        env=env,
        stack_name=names[StackPart.HEAVY_LANE],
        description="Moonwalk: workers for what is too much for a function.",
    )
    heavy_lane.add_stack_dependency(pipeline)
    observability = ObservabilityStack(
        app,
        "Observability",
        settings=settings,
        pipeline=pipeline,
        env=env,
        stack_name=names[StackPart.OBSERVABILITY],
        description="Moonwalk: who is told when it does not hold its speed, and what is shown.",
    )
    observability.add_stack_dependency(pipeline)
    # A bucket that notifies a queue checks that the queue is there.
    if "notification" in (settings.s3_events, settings.symbol_events):
        storage.add_stack_dependency(pipeline)
    else:
        pipeline.add_stack_dependency(storage)
