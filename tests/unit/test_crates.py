"""The crates: what cargo is told of their tests is true, or some would never run."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

CRATES = Path(__file__).parents[2] / "layers" / "stackwalker" / "crates"


def untested() -> Iterator[tuple[Path, list[Path]]]:
    """Give each manifest with `test = false` in it, and the sources which that is said of."""
    for manifest in sorted(CRATES.glob("*/Cargo.toml")):
        crate = tomllib.loads(manifest.read_text("utf-8"))
        if not crate.get("lib", {}).get("test", True):
            yield manifest, sorted((manifest.parent / "src").rglob("*.rs"))
        for program in crate.get("bin", []):
            if not program.get("test", True):
                alone = not (manifest.parent / "src" / "lib.rs").is_file()
                main = manifest.parent / program["path"]
                yield manifest, sorted(main.parent.rglob("*.rs")) if alone else with_modules(main)


def with_modules(main: Path) -> list[Path]:
    """Give a program's source beside a library, and the modules that are the program's own."""
    names = re.findall(r"^mod (\w+);", main.read_text("utf-8"), re.MULTILINE)
    return [main, *(main.with_name(f"{name}.rs") for name in names)]


@pytest.mark.parametrize(
    "sources", [pytest.param(found, id=manifest.parent.name) for manifest, found in untested()]
)
def test_where_cargo_looks_for_no_tests_there_are_none(sources: list[Path]) -> None:
    assert sources
    assert [path.name for path in sources if "#[test]" in path.read_text("utf-8")] == []


def with_one_program() -> Iterator[Path]:
    """Give the tests of each crate whose tests are one program by its manifest."""
    for manifest in sorted(CRATES.glob("*/Cargo.toml")):
        if not tomllib.loads(manifest.read_text("utf-8"))["package"].get("autotests", True):
            yield manifest.parent / "tests"


@pytest.mark.parametrize(
    "tests", [pytest.param(found, id=found.parent.name) for found in with_one_program()]
)
def test_a_program_with_all_tests_of_a_crate_has_all_its_files(tests: Path) -> None:
    told = re.findall(r"^mod (\w+);", (tests / "all.rs").read_text("utf-8"), re.MULTILINE)
    files = {path.stem for path in tests.glob("*.rs")} - {"all"}
    assert files <= set(told)
    assert files
