"""What a function imports: nothing heavy, nothing that another function needs."""

import json

import pytest

from cli.benchmarks import imports
from infra.assets import Assets

pytestmark = pytest.mark.skipif(
    not Assets.of("local", "x86_64").moonwalk_layer.is_dir(),
    reason="the local layers are not built: run `make build`",
)


def test_the_dispatcher_imports_neither_pydantic_nor_what_only_walkers_need() -> None:
    printed = imports.run([], "-c", imports.MEASURED, imports.HANDLER).stdout
    modules = set(json.loads(printed.splitlines()[-1])["modules"])
    assert "moonwalk.usecases.dispatch" in modules
    heavy = {"pydantic", "siggen", "glom", "moonwalk.adapters.walker", "moonwalk.usecases.process"}
    assert not heavy & modules
