"""The deployment, synthesised once for all tests that look at it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from infra.app import build_app
from infra.assets import Assets
from tests.infra.templates import Templates

Synthesise = Callable[..., Templates]


@pytest.fixture(scope="session")
def empty_assets(tmp_path_factory: pytest.TempPathFactory) -> Assets:
    """Parts that are empty but for a name: templates do not depend on what is in them."""
    assets = Assets(tmp_path_factory.mktemp("assets"))
    for folder in (assets.moonwalk_layer, assets.stackwalker_layer, assets.worker_image):
        folder.mkdir(parents=True)
        (folder / "placeholder").touch()
    (assets.worker_image / "Dockerfile").write_text("FROM scratch\n", encoding="utf-8")
    return assets


@pytest.fixture(scope="session")
def synthesise(tmp_path_factory: pytest.TempPathFactory, empty_assets: Assets) -> Synthesise:
    """Synthesise with some settings changed."""

    def make(**settings: Any) -> Templates:
        folder = tmp_path_factory.mktemp("templates")
        overrides = {f"moonwalk:{key}": value for key, value in settings.items()}
        build_app(overrides, outdir=str(folder), assets=empty_assets).synth()
        return Templates.read(folder)

    return make


@pytest.fixture(scope="session")
def templates(synthesise: Synthesise) -> Templates:
    """The deployment as `cdk.json` describes it."""
    return synthesise()


@pytest.fixture(scope="session")
def root() -> Path:
    """The checkout."""
    return Path(__file__).resolve().parents[2]
