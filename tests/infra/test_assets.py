"""Deployable parts: small enough, old enough for Lambda, and the same wherever they run."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.assets import LAMBDA, LAMBDAS, LOCAL, Assets
from infra.building.stackwalker import BINARIES, GLIBC

LIMIT_MIB = 250
"""Unzipped, a function with all its layers (Lambda quotas)."""
MIB = 1024 * 1024
LAYERS_OF = {
    "dispatcher": ("moonwalk",),
    "packer": ("moonwalk", "stackwalker"),
    "reconciler": ("moonwalk",),
    "walker": ("moonwalk", "stackwalker"),
}
ARCHITECTURES = ("x86_64", "arm64")


def built(profile: str, architecture: str = "x86_64") -> Assets:
    assets = Assets.of(profile, architecture)
    if not assets.worker_image.is_dir():
        command = "make build" if profile == LOCAL else f"make lambda-assets ARCH={architecture}"
        pytest.skip(f"the parts in {assets.folder.name} have not been built: run `{command}`")
    return assets


def mib(folder: Path) -> float:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / MIB


def versions(assets: Assets) -> dict[str, str]:
    python = assets.moonwalk_layer / "python"
    found = [path.name.removesuffix(".dist-info") for path in python.glob("*.dist-info")]
    return dict(name.rsplit("-", 1) for name in found)


def native(assets: Assets) -> Iterator[Path]:
    yield from (assets.stackwalker_layer / "bin" / name for name in BINARIES)
    yield from (assets.moonwalk_layer / "python").rglob("*.so")


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_each_function_with_its_layers_is_within_lambda_s_limit(
    architecture: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assets = built(LAMBDA, architecture)
    layers = {"moonwalk": assets.moonwalk_layer, "stackwalker": assets.stackwalker_layer}
    sizes = {name: mib(folder) for name, folder in layers.items()}
    functions = {
        name: mib(LAMBDAS / name) + sum(sizes[layer] for layer in used)
        for name, used in LAYERS_OF.items()
    }
    with capsys.disabled():
        shown = ", ".join(f"{name} {size:.1f}" for name, size in {**sizes, **functions}.items())
        print(f"\nunzipped MiB for Lambda {architecture}: {shown}")
    assert all(0 < size < LIMIT_MIB for size in functions.values())


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_nothing_in_the_layers_needs_a_newer_glibc_than_lambda_has(architecture: str) -> None:
    newest = tuple(map(int, GLIBC.split(".")))
    for path in native(built(LAMBDA, architecture)):
        needed = [
            tuple(map(int, found.split(b".")))
            for found in re.findall(rb"GLIBC_(\d+\.\d+)", path.read_bytes())
        ]
        assert max(needed, default=(0, 0)) <= newest, path.name


@pytest.mark.parametrize(("architecture", "machine"), [("x86_64", 62), ("arm64", 183)])
def test_the_layers_are_for_the_machine_they_are_named_after(
    architecture: str, machine: int
) -> None:
    for path in native(built(LAMBDA, architecture)):
        with path.open("rb") as file:
            header = file.read(20)
        assert int.from_bytes(header[18:20], "little") == machine, path.name


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_local_and_deployed_layers_have_the_same_packages(architecture: str) -> None:
    ours = versions(built(LOCAL))
    assert ours
    assert ours == versions(built(LAMBDA, architecture))


@pytest.mark.parametrize("profile", [LOCAL, LAMBDA])
def test_no_path_of_the_building_machine_is_in_the_layers(profile: str, root: Path) -> None:
    assets = built(profile)
    folders = (assets.moonwalk_layer, assets.stackwalker_layer)
    files = [path for folder in folders for path in folder.rglob("*") if path.is_file()]
    assert files
    told = [path.name for path in files if f"{root}/".encode() in path.read_bytes()]
    assert told == []


def test_the_stackwalkers_layer_has_all_its_programs_and_nothing_else() -> None:
    folder = built(LOCAL).stackwalker_layer
    found = {path.relative_to(folder) for path in folder.rglob("*") if path.is_file()}
    assert found == {Path("bin", name) for name in BINARIES}


def test_the_worker_has_the_files_of_the_layers() -> None:
    assets = built(LOCAL)
    for layer, place in (("moonwalk", "python"), ("stackwalker", "bin")):
        folder = assets.folder / "layers" / layer / place
        theirs = {path.relative_to(folder) for path in folder.rglob("*") if path.is_file()}
        image = assets.worker_image / place
        assert theirs == {path.relative_to(image) for path in image.rglob("*") if path.is_file()}
