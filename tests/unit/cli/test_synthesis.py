"""The cloud assembly is synthesised when, and only when, what it follows from has changed."""

import os
import shutil
from pathlib import Path

import pytest

from cli import synthesis
from cli.exits import SetUpIncomplete

APP = """import os, pathlib
out = pathlib.Path(os.environ["CDK_OUTDIR"])
out.mkdir(parents=True)
(out / "manifest.json").write_text(os.environ["CDK_CONTEXT_JSON"])
"""


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout whose app takes no time."""
    assets = tmp_path / "build" / "assets" / "local"
    assets.mkdir(parents=True)
    (assets / "worker.stamp").write_text("1")
    (tmp_path / "app.py").write_text(APP)
    (tmp_path / "cdk.json").write_text("{}")
    (tmp_path / "infra").mkdir()
    (tmp_path / "infra" / "settings.py").write_text("")
    monkeypatch.setattr(synthesis, "_SOURCES", ("app.py", "cdk.json", "infra"))
    monkeypatch.setattr(synthesis, "ROOT", tmp_path)
    monkeypatch.setattr(synthesis, "LOCAL", tmp_path / "build" / "local")
    monkeypatch.setattr(synthesis, "LOCAL_ASSETS", assets)
    monkeypatch.setattr(synthesis, "ASSEMBLIES", tmp_path / "build" / "local" / "assemblies")
    monkeypatch.setattr(synthesis, "LOG", tmp_path / "build" / "local" / "synthesis.log")
    return tmp_path


def _synthesised() -> bool:
    """Ask for the assembly; say whether it had to be made."""
    made: list[bool] = []
    assert (synthesis.local_assembly(lambda: made.append(True)) / "manifest.json").is_file()
    return bool(made)


def test_the_first_time_it_is_made_and_then_found(checkout: Path) -> None:
    assert checkout.is_dir()
    assert _synthesised()
    assert not _synthesised()


@pytest.mark.parametrize(
    "file", ["app.py", "cdk.json", "infra/settings.py", "build/assets/local/worker.stamp"]
)
def test_a_change_of_anything_it_follows_from_makes_it_anew(checkout: Path, file: str) -> None:
    _synthesised()
    with (checkout / file).open("a") as changed:
        changed.write("\n")
    assert _synthesised()


def test_a_new_time_without_a_new_content_changes_nothing(checkout: Path) -> None:
    _synthesised()
    os.utime(checkout / "app.py", (1, 1))
    (checkout / "infra" / "settings.pyc").write_text("compiled")
    assert not _synthesised()


def test_it_is_made_for_the_local_profile(checkout: Path) -> None:
    assert checkout.is_dir()
    assembly = synthesis.local_assembly()
    assert '"moonwalk:assets": "local"' in (assembly / "manifest.json").read_text()


def test_only_the_newest_assemblies_are_kept(checkout: Path) -> None:
    for number in range(synthesis.KEPT + 2):
        (checkout / "cdk.json").write_text(str(number))
        _synthesised()
    assert len(list(synthesis.ASSEMBLIES.iterdir())) == synthesis.KEPT


def test_a_failing_synthesis_is_told_in_its_last_words_with_the_log(checkout: Path) -> None:
    (checkout / "app.py").write_text("raise SystemExit('the setting x is \\x1b wrong')")
    with pytest.raises(SetUpIncomplete, match="the setting x is") as told:
        synthesis.local_assembly()
    assert "synthesis.log" in told.value.remedy
    assert "\x1b" not in str(told.value)


def test_without_built_assets_it_says_how_to_build_them(checkout: Path) -> None:
    shutil.rmtree(checkout / "build" / "assets")
    with pytest.raises(SetUpIncomplete, match="make build"):
        synthesis.local_assembly()
