"""What is told of plugins."""

from typing import Any

import pytest

from moonwalk.rules.mozilla.plugin import PluginRule
from moonwalk.rules.reading import unusable
from moonwalk.rules.rule import NOTHING, Found
from tests.unit.rules.builders import act, crash


def told(**raw: Any) -> Found:
    return act(PluginRule(), crash(raw=raw))


def test_a_plugins_process_tells_file_name_and_version() -> None:
    found = told(
        ProcessType="plugin", PluginFilename="p.dll", PluginName="Player", PluginVersion="1.0"
    )
    assert found.fields == {
        "plugin_filename": "p.dll",
        "plugin_name": "Player",
        "plugin_version": "1.0",
    }


@pytest.mark.parametrize("absent", [{}, {"PluginFilename": None, "PluginName": ""}])
def test_what_a_plugins_process_does_not_tell_is_empty(absent: dict[str, Any]) -> None:
    found = told(ProcessType="plugin", **absent)
    assert found.fields == {"plugin_filename": "", "plugin_name": "", "plugin_version": ""}
    assert found.notes == ()


@pytest.mark.parametrize("kind", ["content", "", "Plugin", None, ["plugin"]])
def test_other_processes_have_no_plugin(kind: Any) -> None:
    assert told(ProcessType=kind, PluginName="Player") is NOTHING
    assert told(PluginName="Player") is NOTHING


def test_what_is_no_text_is_noted_and_costs_only_itself() -> None:
    found = told(ProcessType="plugin", PluginFilename=5, PluginName=["x"], PluginVersion="1")
    assert found == Found(
        fields={"plugin_version": "1"}, notes=(unusable("PluginFilename"), unusable("PluginName"))
    )
