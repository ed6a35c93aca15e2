"""Builds the deployable parts: `python -m infra.build_assets [local|lambda] [--arch ...]`.

`local` is for the interpreter at hand and the embedded AWS, `lambda` for deployment. Without
arguments it builds what the settings in `cdk.json` ask for, which is how the CDK command line calls
it. Parts whose inputs have not changed are left alone.
"""

import argparse
import json
import sys
from pathlib import Path

from infra.assets import LAMBDA, LAMBDAS, LAYERS, LOCAL, ROOT, Assets
from infra.building.failure import BuildError
from infra.building.folders import fill, fingerprint, link_tree, one_at_a_time, up_to_date
from infra.building.packages import MANYLINUX, PYTHON, Target, install_packages, precompile
from infra.building.stackwalker import built_stackwalker, stackwalker_inputs
from infra.settings import CONTEXT, Settings

LOCK = ROOT / "requirements" / "layer.txt"
PACKAGE = LAYERS / "moonwalk"
WORKER = LAMBDAS / "worker"
RECIPE = Path(__file__).parent / "building"


def build(profile: str, architecture: str) -> None:
    """Build every part of a profile.

    Raises:
        BuildError: naming what is missing and how to get it.
    """
    assets = Assets.of(profile, architecture)
    target = Target(profile, architecture)
    packages = _packages(assets, target)
    _moonwalk_layer(assets, target, packages)
    _stackwalker_layer(assets, target)
    _worker_image(assets)


def _packages(assets: Assets, target: Target) -> Path:
    folder = assets.folder / "packages"
    stamp = fingerprint([LOCK, RECIPE], target.tag)
    if not up_to_date(folder, stamp):
        _say(f"installing the layer's packages for {target}")
        if not target.is_compiled:
            _say(f"there is no Python {PYTHON} here to compile them: cold starts will take longer")
        fill(folder, stamp, lambda empty: install_packages(LOCK, empty, target))
    return folder


def _moonwalk_layer(assets: Assets, target: Target, packages: Path) -> None:
    stamp = fingerprint([LOCK, RECIPE, PACKAGE], target.tag)
    if up_to_date(assets.moonwalk_layer, stamp):
        return

    def make(empty: Path) -> None:
        link_tree(packages, empty / "python")
        link_tree(PACKAGE, empty / "python" / PACKAGE.name)
        precompile(empty / "python" / PACKAGE.name, target)

    _say(f"assembling the layer of Moonwalk's package for {target}")
    fill(assets.moonwalk_layer, stamp, make)


def _stackwalker_layer(assets: Assets, target: Target) -> None:
    stamp = fingerprint([RECIPE, *stackwalker_inputs(target)], target.tag)
    if up_to_date(assets.stackwalker_layer, stamp):
        return
    _say(f"building the stackwalker for {target}")
    binaries = built_stackwalker(target)

    def make(empty: Path) -> None:
        for binary in binaries:
            link_tree(binary, empty / "bin" / binary.name)

    fill(assets.stackwalker_layer, stamp, make)


def _worker_image(assets: Assets) -> None:
    parts = {
        "python": assets.moonwalk_layer / "python",
        "bin": assets.stackwalker_layer / "bin",
        "app/worker": WORKER,
    }
    stamp = fingerprint([*parts.values(), RECIPE], "worker")
    if up_to_date(assets.worker_image, stamp):
        return

    def make(empty: Path) -> None:
        for place, source in parts.items():
            link_tree(source, empty / place)
        (empty / "app" / "worker" / "Dockerfile").rename(empty / "Dockerfile")
        (empty / "scratch").mkdir()
        (empty / "scratch" / ".keep").touch()

    _say("gathering what the worker's image is built from")
    fill(assets.worker_image, stamp, make)


def _say(text: str) -> None:
    sys.stderr.write(f"moonwalk: {text}\n")
    sys.stderr.flush()


def main() -> int:
    """Read the command line, build, and say what went wrong in a line if something did."""
    context = json.loads((ROOT / "cdk.json").read_text(encoding="utf-8"))["context"]
    settings = Settings.from_context({CONTEXT: context[CONTEXT]})
    parser = argparse.ArgumentParser(description="Build the deployable parts of Moonwalk.")
    parser.add_argument("profile", nargs="?", choices=[LOCAL, LAMBDA], default=settings.assets)
    parser.add_argument("--arch", choices=sorted(MANYLINUX), default=settings.architecture)
    chosen = parser.parse_args()
    try:
        with one_at_a_time(lambda: _say("waiting for another build of the same checkout")):
            build(chosen.profile, chosen.arch)
    except BuildError as error:
        _say(str(error))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
